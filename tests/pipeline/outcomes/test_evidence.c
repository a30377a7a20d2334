/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/evidence.h"
#include "tests/pipeline/support/dated_study.h"

static const char rest[] = "cohort:\n  time_zero: {column: start}\n"
                           "  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n"
                           "  reference: inpatient\n"
                           "outcomes: {ended: {event: \"ended > 3\", event_is: good}}\n"
                           "compare: [{outcomes: [ended], measures: [risk_difference]}]\n";

/* id, arm, start, ended, reason: time zero is day 10 for 7 and day 0 for 8; 9 has rows of two index stays. */
static const char people[] = "7,1,10,5,1\n8,2,0,5,1\n9,1,0,5,1\n9,1,100,5,1\n";

static int64_t counted(const struct evidence *evidence, const char *table, const char *quantity, const char *reason)
{
    const struct table *counts = evidence_counts(evidence);
    const char *const wanted[] = {table, quantity, reason};

    for (size_t i = 0; i < counts->n_rows; i++) {
        bool same = true;
        for (size_t k = 0; k < 3; k++) {
            size_t n;
            const char *text = column_text(&counts->columns[k], i, &n);
            same &= n == strlen(wanted[k]) && memcmp(text, wanted[k], n) == 0;
        }
        if (same)
            return column_integer(table_column(counts, "n"), i);
    }
    return -1;
}

static void assert_days(const struct evidence *evidence, const struct study *study, const char *name, size_t person,
                        const char *wanted)
{
    char text[256] = "";
    int n = 0;

    for (size_t k = 0; k < study->n_evidence; k++) {
        const struct evidence_days *days = evidence_days(evidence, k);
        if (strcmp(study->evidence[k].name.text, name) != 0)
            continue;
        for (size_t j = days->first[person]; j < days->first[person + 1]; j++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s%d", n == 0 ? "" : " ", days->day[j]);
        assert_string_equal(text, wanted);
        return;
    }
    fail_msg("there is no evidence '%s'", name);
}

/*
 * visits of 7 (time zero 10):     day -2   0    3    7
 *                                      a   b    a    c
 * positive tests of 7:                          3
 */
static void test_days_count_from_time_zero_and_kinds_are_told_apart(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_VISITS] = "7,8,a\n7,17,c\n7,13,a\n7,10,b\n8,3,a\n",
                                                  [ROLE_TESTS] = "7,13,a\n8,4,b\n"},
                                      .keys = {[ROLE_TESTS] = ", only: positives"}};
    char text[2048];
    snprintf(text, sizeof text,
             "evidence:\n  seen: {visits: \"what in ('a', 'c')\"}\n  iop_only: {visits: \"arm == 'iop'\"}\n"
             "  negative: {visits: true, without: [positive]}\n  caught: {visits: true, with: [positive]}\n%s",
             rest);
    struct dated_study d = dated_study_open(&lines, text);
    struct evidence *evidence = evidence_read(d.study, d.records_path, d.cohort, 2);

    assert_non_null(evidence);
    assert_days(evidence, d.study, "seen", 0, "-2 3 7");
    assert_days(evidence, d.study, "seen", 1, "3");
    assert_days(evidence, d.study, "iop_only", 0, "-2 0 3 7"); /* a column of the person */
    assert_days(evidence, d.study, "iop_only", 1, "");
    assert_days(evidence, d.study, "positive", 0, "3");        /* of a table that holds only positives */
    assert_days(evidence, d.study, "negative", 0, "-2 0 7");   /* a visit that was held without a positive */
    assert_days(evidence, d.study, "caught", 0, "3");
    assert_days(evidence, d.study, "negative", 1, "3");        /* the positive of day 4 is another day's */
    evidence_free(evidence);
    dated_study_close(&d);
}

static void test_every_row_that_is_set_aside_is_counted_with_its_reason(void **state)
{
    (void)state;
    const struct dated_lines lines = {
        .clients = people,
        .of_role = {[ROLE_DOSES] = "7,10,a\n7,10,a\n7,10,b\n7,10,a\n" /* two copies */
                                   "7,,a\n,,a\n"                     /* no day goes before no person */
                                   ",3,a\n5,3,a\n"                   /* nobody, and nobody who is compared */
                                   "8,-31,a\n8,-30,a\n8,60,a\n8,61,a\n"},
        .keys = {[ROLE_DOSES] = ", window: {from: -30, to: 60}"}};
    struct dated_study d = dated_study_open(&lines, rest);
    struct evidence *evidence = evidence_read(d.study, d.records_path, d.cohort, 1);

    assert_int_equal(counted(evidence, "doses", "rows_in", ""), 12);
    assert_int_equal(counted(evidence, "doses", "rows_used", ""), 4);
    assert_int_equal(counted(evidence, "doses", "rows_set_aside", "day missing"), 2);
    assert_int_equal(counted(evidence, "doses", "rows_set_aside", "person missing"), 1);
    assert_int_equal(counted(evidence, "doses", "rows_set_aside", "not in the cohort"), 1);
    assert_int_equal(counted(evidence, "doses", "rows_set_aside", "duplicate of another row"), 2);
    assert_int_equal(counted(evidence, "doses", "rows_set_aside", "outside the window"), 2);
    assert_int_equal(counted(evidence, "doses", "people_seen", ""), 2);
    assert_days(evidence, d.study, "dose", 1, "-30 60");
    evidence_free(evidence);
    dated_study_close(&d);
}

static void test_two_index_stays_of_a_person_see_the_same_rows_from_their_own_day(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people,
                                      .of_role = {[ROLE_USE_DAYS] = "9,20,a\n9,95,a\n9,120,a\n9,120,a\n9,400,b\n"},
                                      .keys = {[ROLE_USE_DAYS] = ", window: {from: -10, to: 100}"}};
    struct dated_study d = dated_study_open(&lines, rest);
    struct evidence *evidence = evidence_read(d.study, d.records_path, d.cohort, 2);

    assert_days(evidence, d.study, "use", 2, "20 95");
    assert_days(evidence, d.study, "use", 3, "-5 20");
    assert_int_equal(counted(evidence, "use_days", "rows_used", ""), 3); /* a row is counted once */
    assert_int_equal(counted(evidence, "use_days", "rows_set_aside", "duplicate of another row"), 1);
    assert_int_equal(counted(evidence, "use_days", "rows_set_aside", "outside the window"), 1);
    evidence_free(evidence);
    dated_study_close(&d);
}

static void test_an_undecided_row_does_not_show_the_kind_and_is_counted(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people, .of_role = {[ROLE_TESTS] = "7,11,a\n7,12,\n7,13,b\n"}};
    char text[2048];
    snprintf(text, sizeof text, "evidence:\n  hit: {tests: \"what == 'a'\"}\n  miss: {tests: \"what != 'a'\"}\n%s", rest);
    struct dated_study d = dated_study_open(&lines, text);
    struct evidence *evidence = evidence_read(d.study, d.records_path, d.cohort, 1);

    assert_days(evidence, d.study, "hit", 0, "1");
    assert_days(evidence, d.study, "miss", 0, "3");
    assert_int_equal(counted(evidence, "tests", "rows_undecided", "hit"), 1);
    evidence_free(evidence);
    dated_study_close(&d);
}

/* ---- laws -------------------------------------------------------------------------------------------------------- */

enum { N_LINES = 3000, N_PEOPLE = 300 };

static void shuffle(char (*lines)[24], size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t k = (size_t)rand() % i;
        char held[24];
        memcpy(held, lines[i - 1], sizeof held);
        memcpy(lines[i - 1], lines[k], sizeof held);
        memcpy(lines[k], held, sizeof held);
    }
}

static char *join(char (*lines)[24], size_t n)
{
    char *text = calloc(n, 24), *end = text;

    for (size_t i = 0; i < n; i++)
        end += sprintf(end, "%s\n", lines[i]);
    return text;
}

/* SHA-256 over the rows of a table as they are handed on. */
static void digest(struct dated_study *d, int n_threads, char hex[static SHA256_HEX_SIZE])
{
    struct evidence *evidence = evidence_read(d->study, d->records_path, d->cohort, n_threads);
    const struct dated_rows *rows = evidence_rows_of(evidence, ROLE_VISITS);

    assert_non_null(rows);
    assert_int_equal(store_table_sha256(rows->rows, hex), 0);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t j = rows->first[i]; j < rows->first[i + 1]; j++)
            assert_int_equal(column_integer(table_column(rows->rows, "id"), j),
                             column_integer(table_column(d->records, "id"), i));
    evidence_free(evidence);
}

static void test_rows_in_any_order_doubled_or_on_any_number_of_threads_give_the_same(void **state)
{
    (void)state;
    static char lines[2 * N_LINES][24];
    char clients[N_PEOPLE * 24], *end = clients, first[SHA256_HEX_SIZE], again[SHA256_HEX_SIZE];

    srand(20261121);
    for (size_t i = 0; i < N_PEOPLE; i++)
        end += sprintf(end, "%zu,1,%d,5,1\n", i, rand() % 20 - 10);
    for (size_t i = 0; i < N_LINES; i++) {
        snprintf(lines[i], sizeof lines[i], "%d,%d,%c", rand() % (N_PEOPLE + 20), rand() % 60, 'a' + rand() % 3);
        memcpy(lines[N_LINES + i], lines[i], sizeof lines[i]);
    }
    for (int round = 0; round < 4; round++) {
        char *text = join(lines, round < 2 ? N_LINES : 2 * N_LINES);
        const struct dated_lines both = {.clients = clients, .of_role = {[ROLE_VISITS] = text}};
        struct dated_study d = dated_study_open(&both, rest);
        digest(&d, 1 + round, round == 0 ? first : again);
        if (round > 0)
            assert_string_equal(again, first);
        dated_study_close(&d);
        free(text);
        shuffle(lines, round == 0 ? N_LINES : 2 * N_LINES);
    }
}

static void test_days_are_found_by_search(void **state)
{
    (void)state;
    size_t first[] = {0, 4, 4};
    int32_t day[] = {-5, 0, 2, 9};
    const struct evidence_days days = {2, first, day};

    for (int32_t wanted = -7; wanted < 12; wanted++) {
        size_t slow = 0;
        while (slow < 4 && day[slow] < wanted)
            slow++;
        assert_int_equal(evidence_from(&days, 0, wanted), slow);
        assert_int_equal(evidence_from(&days, 1, wanted), 4);
        for (int32_t high = wanted - 1; high < 12; high++)
            assert_int_equal(evidence_within(&days, 0, wanted, high), slow < 4 && day[slow] <= high);
    }
}

static void test_a_study_without_dated_tables_has_no_evidence(void **state)
{
    (void)state;
    const struct dated_lines lines = {.clients = people};
    struct dated_study d = dated_study_open(&lines, rest);
    struct evidence *evidence = evidence_read(d.study, "nowhere.h5", d.cohort, 1);

    assert_non_null(evidence);
    assert_int_equal(evidence_counts(evidence)->n_rows, 0);
    assert_null(evidence_rows_of(evidence, ROLE_VISITS));
    evidence_free(evidence);
    evidence_free(NULL);
    dated_study_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_count_from_time_zero_and_kinds_are_told_apart),
        cmocka_unit_test(test_every_row_that_is_set_aside_is_counted_with_its_reason),
        cmocka_unit_test(test_two_index_stays_of_a_person_see_the_same_rows_from_their_own_day),
        cmocka_unit_test(test_an_undecided_row_does_not_show_the_kind_and_is_counted),
        cmocka_unit_test(test_rows_in_any_order_doubled_or_on_any_number_of_threads_give_the_same),
        cmocka_unit_test(test_days_are_found_by_search),
        cmocka_unit_test(test_a_study_without_dated_tables_has_no_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
