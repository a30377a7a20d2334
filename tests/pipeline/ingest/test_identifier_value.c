/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_value.h"

#include "ingest/identifier_cell.h"
#include "tests/pipeline/ingest/test_identifier_lines.h"

static bool look(const char *text, unsigned hints, struct identifier_match *match)
{
    const size_t n = strlen(text);
    char *const bytes = bare_copy(text, n);
    const bool found = identifier_of_value(bytes, n, hints, match);
    free(bytes);
    if (found) {
        assert_true(match->length > 0 && match->start + match->length <= n);
        assert_in_range(match->kind, 1, N_IDENTIFIER_KINDS - 1);
    }
    return found;
}

static bool is_as_expected(const char *text, char letter, bool strong, unsigned hints)
{
    struct identifier_match match = {.kind = IDENTIFIER_NONE};
    const bool found = look(text, hints, &match);
    if (found && identifier_letter(match.kind) == letter && match.strong == strong)
        return true;
    print_error("%s: %s %c was expected, found %s %s\n", text, strong ? "strong" : "weak", letter,
                match.strong ? "strong" : "weak", identifier_kind_name(match.kind));
    return false;
}

static void test_finds_at_least_20_values_of_each_letter(void **state)
{
    unsigned n[18] = {0}, n_wrong = 0;
    (void)state;
    for (struct lines lines = lines_open("identifier_values.tsv"); lines_next(&lines);) {
        n[lines.cells[0][0] - 'A']++;
        n_wrong += !is_as_expected(lines.cells[3], lines.cells[0][0], strcmp(lines.cells[1], "strong") == 0,
                                   hint_of(lines.cells[2]));
    }
    assert_int_equal(n_wrong, 0);
    for (size_t i = 0; i < 18; i++)
        assert_true(n[i] >= 20);
}

static void test_finds_strong_values_inside_of_a_sentence(void **state)
{
    unsigned n_wrong = 0;
    (void)state;
    for (struct lines lines = lines_open("identifier_values.tsv"); lines_next(&lines);) {
        char text[512];
        if (strcmp(lines.cells[1], "strong") != 0 || lines.cells[2][0] != '-')
            continue;
        snprintf(text, sizeof text, "left early (told staff); %s; to be seen again", lines.cells[3]);
        n_wrong += !is_as_expected(text, lines.cells[0][0], true, 0);
        snprintf(text, sizeof text, "%s\n", lines.cells[3]);
        n_wrong += !is_as_expected(text, lines.cells[0][0], true, 0);
    }
    assert_int_equal(n_wrong, 0);
}

static void test_leaves_near_misses_alone(void **state)
{
    size_t n = 0, n_found = 0;
    (void)state;
    for (struct lines lines = lines_open("identifier_near_misses.txt"); lines_next(&lines); n++) {
        struct identifier_match match;
        if (look(lines.text, 0, &match)) {
            print_error("%s: %s\n", lines.text, identifier_kind_name(match.kind));
            n_found++;
        }
    }
    assert_true(n >= 200);
    assert_int_equal(n_found, 0);
}

/* Hints open rules for bare numbers, and only those. */
static void test_hints_open_the_rules_for_bare_numbers(void **state)
{
    struct identifier_match match;
    (void)state;
    assert_false(look("123456789", 0, &match));
    assert_false(look("123456789", IDENTIFIER_HINT_PHONE | IDENTIFIER_HINT_AGE, &match));
    assert_true(look("123456789", IDENTIFIER_HINT_NUMBER, &match));
    assert_false(look("000456789", IDENTIFIER_HINT_NUMBER, &match));
    assert_false(look("2125550143", IDENTIFIER_HINT_NUMBER, &match));
    assert_true(look("2125550143", IDENTIFIER_HINT_PHONE, &match));
    assert_int_equal(match.kind, IDENTIFIER_PHONE);
    assert_false(look("1125550143", IDENTIFIER_HINT_PHONE, &match));
}

static void test_ages_from_90_on_are_told_where_the_column_holds_ages(void **state)
{
    struct identifier_match match;
    (void)state;
    for (unsigned age = 0; age < 400; age++) {
        char text[16];
        snprintf(text, sizeof text, "%u", age);
        assert_int_equal(look(text, IDENTIFIER_HINT_AGE, &match), age >= 90 && age <= 130);
        assert_false(look(text, 0, &match));
    }
    assert_true(look("90.25", IDENTIFIER_HINT_AGE, &match));
    assert_false(look("89.99", IDENTIFIER_HINT_AGE, &match));
    assert_false(look("90.2.5", IDENTIFIER_HINT_AGE, &match));
    assert_false(look("90+", IDENTIFIER_HINT_AGE, &match)); /* top-coded */
    assert_false(look("9", IDENTIFIER_HINT_AGE, &match));
    assert_false(look("", IDENTIFIER_HINT_AGE, &match));
}

static void test_the_place_is_that_of_the_identifier(void **state)
{
    struct identifier_match match;
    (void)state;
    assert_true(look("SEE 123-45-6789.", 0, &match));
    assert_int_equal(match.start, 4);
    assert_int_equal(match.length, 11);
    assert_true(look("MRN: 12345", 0, &match));
    assert_int_equal(match.start, 5);
    assert_int_equal(match.length, 5);
    assert_true(look("mail jane@example.org!", 0, &match));
    assert_int_equal(match.start, 5);
    assert_int_equal(match.length, 16);
}

static void test_a_strong_match_goes_before_an_earlier_weak_one(void **state)
{
    struct identifier_match match;
    (void)state;
    assert_true(look("3/4/21: 123-45-6789", 0, &match));
    assert_int_equal(match.kind, IDENTIFIER_SSN);
    assert_true(match.strong);
    assert_true(look("3/4/21 and 5/6/21", 0, &match));
    assert_int_equal(match.start, 0);
    assert_false(match.strong);
}

static void test_all_of_a_cell_can_be_masked(void **state)
{
    char text[] = "On 2021-03-04 Mrs. Okafor (SSN 123-45-6789, 212-555-0143) wrote from jane@example.org; 3/4/21.";
    static const enum identifier_kind expected[] = {IDENTIFIER_DATE,  IDENTIFIER_PERSON_NAME, IDENTIFIER_SSN,
                                                    IDENTIFIER_PHONE, IDENTIFIER_EMAIL,       IDENTIFIER_DATE};
    struct identifier_match match;
    size_t n = 0;
    (void)state;
    for (size_t from = 0; identifier_next(text, strlen(text), from, 0, &match); from = match.start + match.length) {
        assert_true(n < 6 && match.start >= from);
        assert_int_equal(match.kind, expected[n++]);
        memset(text + match.start, '*', match.length);
    }
    assert_int_equal(n, 6);
    assert_string_equal(text, "On ********** *********** (SSN ***********, ************) wrote from ****************; "
                              "******.");
}

/* ---- any bytes ------------------------------------------------------------------------------------------ */

/* All matches of any bytes lie inside, go forward, and are not hidden by the quick question before. */
static void check_bytes(const char *bytes, size_t n, unsigned hints)
{
    struct identifier_match match;
    const struct cell_shape shape = cell_shape(bytes, n, hints);
    const struct cell cell = cell_make(bytes, n, hints, &shape);
    size_t from = 0, n_matches = 0;
    assert_int_equal(cell_is_plain(bytes, n, hints), !shape.needs_look && !shape.is_code);
    for (; cell_look(&cell, from, &match); from = match.start + match.length, n_matches++) {
        if (!shape.needs_look)
            print_error("%.*s: %s\n", (int)n, bytes, identifier_kind_name(match.kind));
        assert_true(shape.needs_look);
        assert_true(match.start >= from && match.length > 0 && match.start + match.length <= n);
        assert_in_range(match.kind, 1, N_IDENTIFIER_KINDS - 1);
    }
    if (n >= IDENTIFIER_VALUE_MIN || hints != 0)
        assert_int_equal(identifier_of_value(bytes, n, hints, &match), n_matches > 0);
}

static void test_random_bytes_are_read_safely(void **state)
{
    static const char alphabet[] = "0123456789--..//  ::@@(),+#ABCDEFXabcdefghilmnoprstvw%_\"\xc2\xb0\xff";
    uint64_t random = 20261121;
    (void)state;
    for (size_t turn = 0; turn < 200000; turn++) {
        const size_t n = next_random(&random) % (turn % 100 == 0 ? 600 : 40);
        char *const bytes = malloc(n + 1);
        char *const cell = bytes + 1; /* the byte before it belongs to nobody */
        assert_non_null(bytes);
        bytes[0] = '1';
        for (size_t i = 0; i < n; i++) {
            const uint64_t r = next_random(&random) >> 16;
            cell[i] = turn % 2 == 0 ? alphabet[r % (sizeof alphabet - 1)] : (char)r;
        }
        check_bytes(cell, n, (unsigned)(next_random(&random) >> 32) % 8);
        free(bytes);
    }
}

static void test_changed_identifiers_are_read_safely_and_never_hidden(void **state)
{
    static const char marks[] = "0195-./ :@(),+#AXazs\xc2\xb0";
    uint64_t random = 7;
    (void)state;
    for (struct lines lines = lines_open("identifier_values.tsv"); lines_next(&lines);)
        for (size_t turn = 0; turn < 300; turn++) {
            size_t n = strlen(lines.cells[3]);
            char *bytes = malloc(n + 1);
            assert_non_null(bytes);
            memcpy(bytes, lines.cells[3], n);
            for (size_t change = turn % 4; change > 0 && n > 0; change--) {
                const size_t at = (next_random(&random) >> 20) % n;
                if (next_random(&random) >> 63 != 0)
                    bytes[at] = marks[(next_random(&random) >> 20) % (sizeof marks - 1)];
                else
                    memmove(bytes + at, bytes + at + 1, --n - at);
            }
            bytes = realloc(bytes, n > 0 ? n : 1);
            check_bytes(bytes, n, hint_of(lines.cells[2]));
            free(bytes);
        }
}

/* Cells of letters and digits, of every length that is read in words of eight bytes. */
static void test_plain_cells_are_told_alike_fast_and_slowly(void **state)
{
    static const char alphabet[] = "0123456789AbYzMrn90aZ_-. \x00\x2f\x3a\x40\x5b\x60\x7b\x7f\x80\xb0\xe1\xff";
    uint64_t random = 17;
    (void)state;
    for (size_t turn = 0; turn < 400000; turn++) {
        const size_t n = turn % 20, n_of = turn % 3 == 0 ? sizeof alphabet - 1 : turn % 3 == 1 ? 10 : 21;
        char bytes[20];
        for (size_t i = 0; i < n; i++)
            bytes[i] = alphabet[(next_random(&random) >> 20) % n_of];
        check_bytes(bytes, n, (turn >> 8) % 8);
    }
}

/* A cell of 64 kB made of starts of identifiers takes linear time: within seconds also under sanitizers. */
static void test_long_cells_are_read_in_linear_time(void **state)
{
    static const char *const pieces[] = {"1", "a.", "@", "1-", "(212) ", "+1 ", "http://", "data:image/", "1.1.1.",
                                         "/9j/", "a@a.", "1 Ab ", "mrn ", "2021-", "::", "f:", "Jan ", "A", "(01)0"};
    enum { SIZE = 1 << 16 };
    char *const bytes = malloc(SIZE);
    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        for (size_t j = 0; j < SIZE; j++)
            bytes[j] = pieces[i][j % strlen(pieces[i])];
        check_bytes(bytes, SIZE, 7);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_at_least_20_values_of_each_letter),
        cmocka_unit_test(test_finds_strong_values_inside_of_a_sentence),
        cmocka_unit_test(test_leaves_near_misses_alone),
        cmocka_unit_test(test_hints_open_the_rules_for_bare_numbers),
        cmocka_unit_test(test_ages_from_90_on_are_told_where_the_column_holds_ages),
        cmocka_unit_test(test_the_place_is_that_of_the_identifier),
        cmocka_unit_test(test_a_strong_match_goes_before_an_earlier_weak_one),
        cmocka_unit_test(test_all_of_a_cell_can_be_masked),
        cmocka_unit_test(test_random_bytes_are_read_safely),
        cmocka_unit_test(test_changed_identifiers_are_read_safely_and_never_hidden),
        cmocka_unit_test(test_plain_cells_are_told_alike_fast_and_slowly),
        cmocka_unit_test(test_long_cells_are_read_in_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
