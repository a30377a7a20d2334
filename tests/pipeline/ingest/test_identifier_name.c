/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier_name.h"

#include "ingest/identifier_phrases.h"
#include "tests/pipeline/ingest/test_identifier_lines.h"

static void check(const char *name, enum identifier_kind expected)
{
    const enum identifier_kind kind = identifier_of_name(name);
    if (kind != expected)
        print_error("%s: %s\n", name, identifier_kind_name(kind));
    assert_int_equal(kind, expected);
}

static void test_finds_at_least_20_names_of_each_letter(void **state)
{
    unsigned n[18] = {0}, n_wrong = 0;
    (void)state;
    for (struct lines lines = lines_open("identifier_names.tsv"); lines_next(&lines);) {
        const char expected = lines.cells[0][0], found = identifier_letter(identifier_of_name(lines.cells[1]));
        if (found != expected) {
            print_error("%s: %c was expected, not '%c'\n", lines.cells[1], expected, found);
            n_wrong++;
        }
        n[expected - 'A']++;
    }
    assert_int_equal(n_wrong, 0);
    for (size_t i = 0; i < 18; i++)
        assert_true(n[i] >= 20);
}

static void test_finds_them_written_in_any_way(void **state)
{
    (void)state;
    for (struct lines lines = lines_open("identifier_names.tsv"); lines_next(&lines);) {
        const enum identifier_kind kind = identifier_of_name(lines.cells[1]);
        char changed[256];
        size_t n = 0;
        for (const char *c = lines.cells[1]; *c != '\0'; c++) /* spaces for underscores and points */
            changed[n++] = *c == '_' || *c == '.' ? ' ' : *c;
        changed[n] = '\0';
        check(changed, kind);
        snprintf(changed, sizeof changed, "  %s_2 ", lines.cells[1]);
        check(changed, kind);
    }
}

static void test_flags_no_innocent_name(void **state)
{
    size_t n = 0, n_flagged = 0;
    (void)state;
    for (struct lines lines = lines_open("identifier_innocent_names.txt"); lines_next(&lines); n++) {
        const enum identifier_kind kind = identifier_of_name(lines.cells[0]);
        if (kind != IDENTIFIER_NONE) {
            print_error("%s: %s\n", lines.cells[0], identifier_kind_name(kind));
            n_flagged++;
        }
    }
    print_message("%zu innocent names, %zu flagged\n", n, n_flagged);
    assert_true(n >= 1000);
    assert_int_equal(n_flagged, 0);
}

static void test_a_name_about_an_identifier_is_none(void **state)
{
    (void)state;
    check("ssn", IDENTIFIER_SSN);
    check("ssn_flag", IDENTIFIER_NONE);
    check("has_ssn", IDENTIFIER_NONE);
    check("n_addresses", IDENTIFIER_NONE);
    check("n_phone", IDENTIFIER_NONE);
    check("number_of_email", IDENTIFIER_NONE);
    check("number_plate", IDENTIFIER_PLATE);    /* a word of the phrase does not speak about it */
    check("block_group", IDENTIFIER_AREA);
    check("address_changed", IDENTIFIER_NONE);
    check("state_fips", IDENTIFIER_NONE);
    check("county_fips", IDENTIFIER_AREA);
    check("city_state_zip", IDENTIFIER_AREA);
}

static void test_exact_names_allow_owners_and_numbers_only(void **state)
{
    (void)state;
    check("name", IDENTIFIER_PERSON_NAME);
    check("patient_name_2", IDENTIFIER_PERSON_NAME);
    check("name_of_the_patient", IDENTIFIER_PERSON_NAME);
    check("drug_name", IDENTIFIER_NONE);
    check("patient", IDENTIFIER_NONE);
    check("link", IDENTIFIER_URL);
    check("link_function", IDENTIFIER_NONE);
    check("ip", IDENTIFIER_IP);
    check("ip_days", IDENTIFIER_NONE);
}

static void test_odd_names_are_read_safely(void **state)
{
    char long_name[4096];
    (void)state;
    check("", IDENTIFIER_NONE);
    check("___", IDENTIFIER_NONE);
    check("2021", IDENTIFIER_NONE);
    check("\xff\xfe", IDENTIFIER_NONE);
    check("pr\xc3\xa9nom", IDENTIFIER_NONE);
    check("\xc3\xa9mail_ssn", IDENTIFIER_SSN);
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    check(long_name, IDENTIFIER_NONE);
    memcpy(long_name, "ssn_", 4);
    check(long_name, IDENTIFIER_SSN);
    for (size_t i = 0; i < sizeof long_name - 1; i++)
        long_name[i] = i % 2 == 0 ? 'a' : '1'; /* as many words as there are bytes */
    check(long_name, IDENTIFIER_NONE);
}

static void test_no_phrase_is_hidden_by_another(void **state)
{
    (void)state;
    for (const struct identifier_phrase *phrase = identifier_phrases; phrase->words != NULL; phrase++) {
        char name[64];
        const char *const mark = strchr(phrase->words, '#');
        snprintf(name, sizeof name, "%.*s%s", (int)(mark == NULL ? strlen(phrase->words) : strcspn(phrase->words, "#")),
                 phrase->words, mark == NULL ? "" : "number");
        if (mark != NULL)
            assert_true(mark[1] == '\0' && mark[-1] == ' ');
        const char letter = identifier_letter(identifier_of_name(name));
        if (letter != identifier_letter(phrase->kind))
            print_error("%s: %c\n", name, letter);
        assert_int_equal(letter, identifier_letter(phrase->kind));
    }
}

static void test_hints_tell_what_cells_to_expect(void **state)
{
    (void)state;
    assert_int_equal(identifier_hints_of_name("age"), IDENTIFIER_HINT_AGE);
    assert_int_equal(identifier_hints_of_name("AgeAtAdmission"), IDENTIFIER_HINT_AGE);
    assert_int_equal(identifier_hints_of_name("age_first_use"), IDENTIFIER_HINT_AGE);
    assert_int_equal(identifier_hints_of_name("age_group"), 0);
    assert_int_equal(identifier_hints_of_name("age_months"), 0);
    assert_int_equal(identifier_hints_of_name("stage"), 0);
    assert_int_equal(identifier_hints_of_name("ref_no"), IDENTIFIER_HINT_NUMBER);
    assert_int_equal(identifier_hints_of_name("client_id"), IDENTIFIER_HINT_NUMBER);
    assert_int_equal(identifier_hints_of_name("contact"), IDENTIFIER_HINT_PHONE);
    assert_int_equal(identifier_hints_of_name("contact_no"), IDENTIFIER_HINT_PHONE | IDENTIFIER_HINT_NUMBER);
    assert_int_equal(identifier_hints_of_name("substance"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_at_least_20_names_of_each_letter),
        cmocka_unit_test(test_finds_them_written_in_any_way),
        cmocka_unit_test(test_flags_no_innocent_name),
        cmocka_unit_test(test_a_name_about_an_identifier_is_none),
        cmocka_unit_test(test_exact_names_allow_owners_and_numbers_only),
        cmocka_unit_test(test_odd_names_are_read_safely),
        cmocka_unit_test(test_no_phrase_is_hidden_by_another),
        cmocka_unit_test(test_hints_tell_what_cells_to_expect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
