/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_evidence.h"

#include "ingest/identifier_check.h"
#include "tests/pipeline/ingest/test_identifier_lines.h"

static void add(struct identifier_evidence *evidence, const char *cell, unsigned hints, uint64_t place)
{
    const size_t n = strlen(cell);
    char *const bytes = bare_copy(cell, n);
    identifier_evidence_add(evidence, bytes, n, hints, place);
    free(bytes);
}

static void check(const struct identifier_evidence *evidence, uint64_t accepted, enum identifier_kind expected)
{
    struct identifier_verdict verdict = {.kind = IDENTIFIER_NONE};
    assert_int_equal(identifier_evidence_verdict(evidence, accepted, &verdict), expected != IDENTIFIER_NONE);
    assert_int_equal(verdict.kind, expected);
}

/* Ten digits with the first given, of which a share of `good` in 100 are National Provider Identifiers. */
static void make_npi(char *text, uint64_t *random, unsigned good)
{
    const bool wanted = next_random(random) >> 32 < ((uint64_t)good << 32) / 100;
    do
        snprintf(text, 16, "1%09u", (unsigned)((next_random(random) >> 32) % 1000000000));
    while (check_npi((const unsigned char *)text) != wanted);
}

static void test_nothing_is_no_evidence(void **state)
{
    struct identifier_evidence evidence = {0};
    (void)state;
    check(&evidence, 0, IDENTIFIER_NONE);
    add(&evidence, "", 0, 0);
    add(&evidence, "2", 0, 1);
    add(&evidence, "COMPLETED", 0, 2);
    check(&evidence, 0, IDENTIFIER_NONE);
    assert_int_equal(evidence.n_cells, 3);
}

static void test_one_strong_cell_is_enough(void **state)
{
    struct identifier_evidence evidence = {0};
    struct identifier_verdict verdict;
    (void)state;
    for (uint64_t line = 2; line < 100002; line++)
        add(&evidence, line == 4711 ? "SEE 123-45-6789" : "COMPLETED", 0, line);
    assert_true(identifier_evidence_verdict(&evidence, 0, &verdict));
    assert_int_equal(verdict.kind, IDENTIFIER_SSN);
    assert_true(verdict.strong);
    assert_int_equal(verdict.n_found, 1);
    assert_int_equal(verdict.n_cells, 100000);
    assert_int_equal(verdict.place, 4711);
}

static void test_weak_cells_count_from_half_of_the_column_on(void **state)
{
    uint64_t random = 3;
    (void)state;
    for (unsigned good = 0; good <= 100; good += 10) {
        struct identifier_evidence evidence = {0};
        struct identifier_verdict verdict;
        for (uint64_t line = 0; line < 2000; line++) {
            char text[16];
            make_npi(text, &random, good);
            add(&evidence, text, 0, line);
        }
        const uint64_t codes = identifier_bit(IDENTIFIER_UNIQUE_CODE); /* which all these numbers are as well */
        if (good == 50)
            continue; /* by chance */
        check(&evidence, codes, good > 50 ? IDENTIFIER_NPI : IDENTIFIER_NONE);
        if (good > 50) {
            assert_true(identifier_evidence_verdict(&evidence, codes, &verdict));
            assert_false(verdict.strong);
        }
    }
}

static void test_weak_cells_must_differ(void **state)
{
    (void)state;
    for (unsigned n_different = 1; n_different <= 40; n_different++) {
        struct identifier_evidence evidence = {0};
        for (uint64_t line = 0; line < 5000; line++) {
            char text[16];
            snprintf(text, sizeof text, "2021%02u%02u", 1 + (unsigned)(line % n_different) / 28,
                     1 + (unsigned)(line % n_different) % 28);
            add(&evidence, text, 0, line);
        }
        if (n_different < 20 || n_different > 24) /* between them two cells may share a bin */
            check(&evidence, 0, n_different < 20 ? IDENTIFIER_NONE : IDENTIFIER_DATE);
    }
}

static void test_accepted_kinds_hide_no_others(void **state)
{
    const uint64_t dates = identifier_limited_data_set();
    struct identifier_evidence evidence = {0};
    struct identifier_verdict verdict;
    (void)state;
    for (uint64_t line = 0; line < 1000; line++)
        add(&evidence, "seen 2021-03-04", 0, line);
    check(&evidence, 0, IDENTIFIER_DATE);
    check(&evidence, dates, IDENTIFIER_NONE);
    add(&evidence, "seen 2021-03-04, SSN 123-45-6789", 0, 1000); /* the date comes first in its cell */
    check(&evidence, 0, IDENTIFIER_DATE);                        /* more cells */
    check(&evidence, dates, IDENTIFIER_SSN);
    assert_true(identifier_evidence_verdict(&evidence, dates, &verdict));
    assert_int_equal(verdict.place, 1000);
    assert_int_equal(verdict.n_found, 1);
}

static void test_ages_are_told_by_hint(void **state)
{
    struct identifier_evidence evidence = {0};
    const unsigned hints = identifier_hints_of_name("age");
    (void)state;
    for (unsigned age = 18; age < 90; age++) {
        char text[8];
        snprintf(text, sizeof text, "%u", age);
        add(&evidence, text, hints, age);
    }
    check(&evidence, 0, IDENTIFIER_NONE);
    add(&evidence, "90", hints, 90);
    check(&evidence, 0, IDENTIFIER_AGE);
    check(&evidence, identifier_bit(IDENTIFIER_AGE), IDENTIFIER_NONE);
}

/* ---- unique codes ------------------------------------------------------------------------------------------ */

/* A column of n cells with n_different codes, written by a format with one number. */
static struct identifier_evidence make_codes(const char *prefix, unsigned first, unsigned n, unsigned n_different)
{
    struct identifier_evidence evidence = {0};
    for (unsigned i = 0; i < n; i++) {
        char text[40];
        snprintf(text, sizeof text, "%s%u", prefix, first + i % n_different * 7);
        add(&evidence, text, 0, i);
    }
    return evidence;
}

static void test_codes_that_differ_in_nearly_every_row_are_identifiers(void **state)
{
    static const unsigned sizes[] = {60, 416, 1000, 5000, 100000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const unsigned n = sizes[i];
        struct identifier_evidence evidence = make_codes("20171", 889514, n, n);
        check(&evidence, 0, IDENTIFIER_UNIQUE_CODE);
        check(&evidence, identifier_bit(IDENTIFIER_UNIQUE_CODE), IDENTIFIER_NONE);
        evidence = make_codes("EP-", 100000, n, n);
        check(&evidence, 0, IDENTIFIER_UNIQUE_CODE);
        evidence = make_codes("EP-", 100000, n, n / 2); /* each twice */
        check(&evidence, 0, IDENTIFIER_NONE);
    }
}

static void test_few_short_or_spoken_codes_are_none(void **state)
{
    (void)state;
    struct identifier_evidence evidence = make_codes("EP-", 100000, 40, 40);
    check(&evidence, 0, IDENTIFIER_NONE);       /* fewer than 50 */
    evidence = make_codes("E", 1000, 900, 900);
    check(&evidence, 0, IDENTIFIER_NONE);       /* E1000 ... E7293: five bytes */
    evidence = make_codes("", 1000000, 900, 900);
    check(&evidence, 0, IDENTIFIER_NONE);       /* seven digits: a count, an income */
    evidence = make_codes("0.", 100000000, 900, 900);
    check(&evidence, 0, IDENTIFIER_NONE);       /* a measurement */
    evidence = make_codes("week ", 100000, 900, 900);
    check(&evidence, 0, IDENTIFIER_NONE);       /* words */
}

/* Real days are all different and of ten bytes, but they are dates, which a basis may allow. */
static void test_dates_are_no_codes(void **state)
{
    struct identifier_evidence evidence = {0}, compact = {0};
    (void)state;
    for (unsigned i = 0; i < 12 * 28; i++) {
        char text[40];
        snprintf(text, sizeof text, "2021-%02u-%02u", 1 + i / 28, 1 + i % 28);
        add(&evidence, text, 0, i);
        snprintf(text, sizeof text, "2021%02u%02u", 1 + i / 28, 1 + i % 28);
        add(&compact, text, 0, i);
    }
    check(&evidence, 0, IDENTIFIER_DATE);
    check(&evidence, identifier_limited_data_set(), IDENTIFIER_NONE);
    check(&compact, 0, IDENTIFIER_DATE);
    check(&compact, identifier_limited_data_set(), IDENTIFIER_NONE);
}

/* ---- laws --------------------------------------------------------------------------------------------------- */

static void make_cell(char text[static 64], uint64_t *random)
{
    const unsigned r = (unsigned)(next_random(random) >> 33), a = r % 9000 + 1000;
    switch (r % 7) {
    case 0:
        snprintf(text, 64, "EP%u-%u", a, a * 3);
        break;
    case 1:
        snprintf(text, 64, "3/%u/%02u", r % 28 + 1, r % 90 + 10);
        break;
    case 2:
        snprintf(text, 64, "call 212-555-%04u", a);
        break;
    case 3:
        snprintf(text, 64, "12%08u", r % 100000000);
        break;
    case 4:
        snprintf(text, 64, "%u", r % 120);
        break;
    default:
        snprintf(text, 64, "left early");
    }
}

/* Cells dealt out to threads in any way and merged in any order give the same evidence, byte by byte. */
static void test_merging_is_the_same_as_adding(void **state)
{
    enum { N_CELLS = 20000, N_THREADS = 5 };
    struct identifier_evidence whole = {0}, parts[N_THREADS] = {{0}};
    uint64_t random = 99, deal = 5;
    (void)state;
    for (uint64_t line = 0; line < N_CELLS; line++) {
        char text[64];
        make_cell(text, &random);
        add(&whole, text, IDENTIFIER_HINT_AGE, line);
        add(&parts[(next_random(&deal) >> 40) % N_THREADS], text, IDENTIFIER_HINT_AGE, line);
    }
    for (size_t i = N_THREADS - 1; i > 0; i--)
        identifier_evidence_merge(&parts[(i * 3) % i], &parts[i]);
    assert_memory_equal(&parts[0], &whole, sizeof whole);
    struct identifier_evidence empty = {0};
    identifier_evidence_merge(&empty, &whole);
    assert_memory_equal(&empty, &whole, sizeof whole);
}

static void make_clean(char text[static 64], unsigned form, unsigned number)
{
    switch (form) {
    case 0:
        snprintf(text, 64, "%u", number % 100000);
        break;
    case 1:
        snprintf(text, 64, "%07u", number % 10000000);
        break;
    case 2:
        snprintf(text, 64, "0.%09u", number % 1000000000);
        break;
    case 3:
        snprintf(text, 64, "-%u.%u", number % 1000, number % 7);
        break;
    case 4:
        snprintf(text, 64, "F%02u.%u", number % 100, number % 9);
        break;
    case 5:
        snprintf(text, 64, "%02u:%02u", number % 24, number % 60);
        break;
    case 6:
        snprintf(text, 64, "week %u, visit %u", number % 52, number % 5);
        break;
    default:
        snprintf(text, 64, "%08u", number % 40 * 1234567); /* codes of 8 digits, each many times */
    }
}

static void test_clean_random_columns_are_not_flagged(void **state)
{
    uint64_t random = 11;
    size_t n_flagged = 0, n_columns = 0;
    (void)state;
    for (unsigned form = 0; form < 8; form++)
        for (size_t column = 0; column < 200; column++, n_columns++) {
            struct identifier_evidence evidence = {0};
            struct identifier_verdict verdict;
            for (uint64_t line = 0; line < 300; line++) {
                char text[64];
                make_clean(text, form, (unsigned)(next_random(&random) >> 33));
                add(&evidence, text, 0, line);
            }
            n_flagged += identifier_evidence_verdict(&evidence, 0, &verdict);
        }
    print_message("%zu clean random columns, %zu flagged\n", n_columns, n_flagged);
    assert_int_equal(n_flagged, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_no_evidence),
        cmocka_unit_test(test_one_strong_cell_is_enough),
        cmocka_unit_test(test_weak_cells_count_from_half_of_the_column_on),
        cmocka_unit_test(test_weak_cells_must_differ),
        cmocka_unit_test(test_accepted_kinds_hide_no_others),
        cmocka_unit_test(test_ages_are_told_by_hint),
        cmocka_unit_test(test_codes_that_differ_in_nearly_every_row_are_identifiers),
        cmocka_unit_test(test_few_short_or_spoken_codes_are_none),
        cmocka_unit_test(test_dates_are_no_codes),
        cmocka_unit_test(test_merging_is_the_same_as_adding),
        cmocka_unit_test(test_clean_random_columns_are_not_flagged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
