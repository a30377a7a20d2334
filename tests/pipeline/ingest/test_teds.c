/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codebooks of TEDS: the real extract, its own rules of consistency, and the layouts of other years. */
#include "ingest/ingest.h"

#include "tests/pipeline/ingest/bench.h"

/* A bench whose codebook is a shipped one. */
static struct bench *teds(const char *path)
{
    struct bench *const bench = malloc(sizeof *bench);
    bench_make(bench, "codebook: none\ncolumns:\n  a: {type: text}\n");
    codebook_free(bench->table.codebook);
    bench->table.codebook = codebook_read(path);
    assert_non_null(bench->table.codebook);
    return bench;
}

static void done(struct bench *bench)
{
    bench_remove(bench);
    free(bench);
}

static struct bench *extract(void)
{
    struct bench *const bench = teds("datasets/teds-a/codebook.yaml");
    size_t length;
    char *const bytes = small_read("datasets/teds-a/tedsa_2017_extract.csv", &length);
    assert_non_null(bytes);
    assert_int_equal(bench_run_bytes(bench, bytes, length), EXIT_DONE);
    free(bytes);
    return bench;
}

static bool label_is(const struct table *rows, const char *column, size_t row, const char *label)
{
    return bench_cell_is(rows, column, row, label);
}

static void test_the_real_extract_parses_completely(void **state)
{
    static const char *const absent[] = {"ADMYR", "PSOURCE", "EMPLOY", "GENDER", "TRNQFLG", "BARBFLG"};
    (void)state;
    struct bench *const bench = extract();
    assert_int_equal(bench->rows->n_rows, 416);
    assert_string_equal(bench->rejects, "file,line,byte,column,reason\n");
    assert_null(table_column(bench->rows, "CASEID"));
    assert_int_equal(bench_count(bench, "", "SUB1", "missing", ""), 0);
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_int_equal(bench_count(bench, "", absent[i], "missing", ""), 416);
    assert_true(label_is(bench->rows, "SERVICES", 0, "Rehab/residential, long term (more than 30 days)"));
    done(bench);
}

static bool uses(const struct table *rows, size_t row, const char *substance)
{
    return label_is(rows, "SUB1", row, substance) || label_is(rows, "SUB2", row, substance) ||
           label_is(rows, "SUB3", row, substance);
}

static void test_flags_of_the_extract_agree_with_its_substances(void **state)
{
    static const char *const flags[][2] = {
        {"ALCFLG", "Alcohol"}, {"COKEFLG", "Cocaine/crack"}, {"MARFLG", "Marijuana/hashish"}, {"HERFLG", "Heroin"},
        {"METHFLG", "Non-prescription methadone"}, {"OPSYNFLG", "Other opiates and synthetics"}, {"PCPFLG", "PCP"},
        {"HALLFLG", "Hallucinogens"}, {"MTHAMFLG", "Methamphetamine/speed"}, {"AMPHFLG", "Other amphetamines"},
        {"STIMFLG", "Other stimulants"}, {"BENZFLG", "Benzodiazepines"}, {"SEDHPFLG", "Other sedatives or hypnotics"},
        {"INHFLG", "Inhalants"}, {"OTCFLG", "Over-the-counter medications"}, {"OTHERFLG", "Other drugs"}};
    (void)state;
    struct bench *const bench = extract();
    size_t n_compared = 0, n_set = 0;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const struct column *const flag = table_column(bench->rows, flags[i][0]);
        assert_int_equal(flag->n_labels, 2);
        for (size_t row = 0; row < bench->rows->n_rows; row++, n_compared++) {
            assert_int_equal(column_code(flag, row), uses(bench->rows, row, flags[i][1]));
            n_set += column_code(flag, row) == 1;
        }
    }
    assert_int_equal(n_compared, 6656);
    assert_true(n_set > 416); /* more than one substance a row */
    done(bench);
}

static void test_other_derived_columns_of_the_extract_agree(void **state)
{
    (void)state;
    struct bench *const bench = extract();
    const struct table *const rows = bench->rows;
    static const char *const substances[] = {"SUB1", "SUB2", "SUB3"}, *const routes[] = {"ROUTE1", "ROUTE2", "ROUTE3"};
    for (size_t row = 0; row < rows->n_rows; row++) {
        bool alcohol = false, drugs = false, injected = false;
        for (size_t i = 0; i < 3; i++) {
            const bool is_alcohol = label_is(rows, substances[i], row, "Alcohol");
            size_t length;
            const char *const route = column_text(table_column(rows, routes[i]), row, &length);
            alcohol |= is_alcohol;
            drugs |= !is_alcohol && !label_is(rows, substances[i], row, "None");
            injected |= length >= 9 && memcmp(route, "Injection", 9) == 0;
        }
        assert_true(label_is(rows, "ALCDRUG", row, alcohol && drugs ? "Alcohol and other drugs"
                                                   : alcohol       ? "Alcohol only"
                                                   : drugs         ? "Other drugs only"
                                                                   : "None"));
        assert_int_equal(column_code(table_column(rows, "IDU"), row), injected);
        static const int region_of[] = {0, 1, 1, 2, 2, 3, 3, 3, 4, 4}; /* of divisions 0 .. 9, U.S. Census Bureau */
        assert_int_equal(column_code(table_column(rows, "REGION"), row),
                         region_of[column_code(table_column(rows, "DIVISION"), row)]);
    }
    done(bench);
}

static void test_missing_is_missing_and_stays_are_intervals(void **state)
{
    static const int64_t days[][3] = {{1, 1, 1},     {30, 30, 30},   {31, 31, 45},   {32, 46, 60},
                                      {33, 61, 90},  {34, 91, 120},  {35, 121, 180}, {36, 181, 365},
                                      {37, 366, MISSING_INTEGER}};
    char text[2048] = "CASEID,SERVICES_D,REASON,LOS,SEX,CBSA2020,METHUSE,NOPRIOR\n";
    (void)state;
    struct bench *const bench = teds("datasets/teds-d/codebook.yaml");
    for (size_t i = 0; i < 9; i++)
        sprintf(text + strlen(text), "%zu,6,1,%lld,%d,-9,%d,-9\n", i, (long long)days[i][0], i == 0 ? -9 : 2, i % 2 == 0 ? 1 : 2);
    assert_int_equal(bench_run_text(bench, text), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_true(column_integer(table_column(bench->rows, "LOS_low"), i) == days[i][1]);
        assert_true(column_integer(table_column(bench->rows, "LOS_high"), i) == days[i][2]);
        assert_true(column_is_missing(table_column(bench->rows, "CBSA2010"), i));
        assert_true(column_is_missing(table_column(bench->rows, "NOPRIOR"), i));
        assert_true(label_is(bench->rows, "METHUSE", i, i % 2 == 0 ? "Yes" : "No"));
    }
    assert_true(column_is_missing(table_column(bench->rows, "GENDER"), 0));
    assert_true(label_is(bench->rows, "GENDER", 1, "Female"));
    assert_true(label_is(bench->rows, "SERVICES_D", 0, "Ambulatory, intensive outpatient"));
    done(bench);
}

/* The labels of 2021 and the codes of other years are one and the same to a study. */
static void test_the_layouts_with_codes_and_with_labels_give_the_same_rows(void **state)
{
    char hashes[2][SHA256_HEX_SIZE];
    (void)state;
    struct bench *const numbers = teds("datasets/teds-d/codebook.yaml");
    assert_int_equal(bench_run_text(numbers, "DISYR,CASEID,SERVICES,SERVICES_D,REASON,LOS,AGE,RACE,METHUSE,IDU,PSOURCE\n"
                                             "2021,1,6,7,2,17,5,5,2,0,1\n2021,2,4,4,1,33,12,-9,1,-9,-9\n"), EXIT_DONE);
    struct bench *const labels = teds("datasets/teds-d/codebook-2021.yaml");
    assert_true(labels->table.codebook->latin1);
    assert_int_equal(
        bench_run_text(labels, "DISYR,CASEID,SERVICES,SERVICES_D,REASON,LOS,AGE,RACE,METHUSE,IDU,PSOURCE\n"
                               "2021,1,\"Ambulatory, intensive outpatient\",\"Ambulatory, non-intensive outpatient\","
                               "Dropped out of treatment,17 days,25-29 years old,White,No,IDU not reported,"
                               "Individual (includes self-referral)\n"
                               "2021,2,\"Rehab/residential, short term (30 days or fewer)\",\"Rehab/residential, short term "
                               "(30 days or fewer)\",Treatment completed,61 to 90 days,65 years and older,"
                               "Missing/unknown/not collected/invalid,Yes,No substances reported,"
                               "Missing/unknown/not collected/invalid\n"), EXIT_DONE);
    assert_int_equal(numbers->rows->n_rows, 2);
    assert_int_equal(labels->rows->n_rows, 2);
    assert_int_equal(store_table_sha256(numbers->rows, hashes[0]), 0);
    assert_int_equal(store_table_sha256(labels->rows, hashes[1]), 0);
    assert_string_equal(hashes[0], hashes[1]);
    done(numbers);
    done(labels);
}

static void test_the_old_layout_without_columns_of_discharge_is_read(void **state)
{
    (void)state;
    struct bench *const bench = teds("datasets/teds-d/codebook-2006-2014.yaml");
    assert_int_equal(bench_run_text(bench, "CASEID,DISYR,AGE,GENDER,SERVSETD,LOS,REASON,SUB1,NUMSUBS,ALCFLG,COKEFLG\n"
                                           "1,2011,12,1,6,34,1,2,1,1,0\n2,2011,2,2,4,7,4,-9,0,0,0\n"), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 2);
    assert_true(label_is(bench->rows, "SERVICES_D", 0, "Ambulatory, intensive outpatient"));
    assert_int_equal(column_integer(table_column(bench->rows, "LOS_low"), 0), 91);
    assert_null(table_column(bench->rows, "AGE")); /* its classes were others then */
    done(bench);
}

static void test_all_columns_of_a_full_layout_are_known(void **state)
{
    (void)state;
    struct codebook *const codebook = codebook_read("datasets/teds-d/codebook.yaml");
    assert_non_null(codebook);
    assert_int_equal(codebook->n_columns, 77); /* 76 of the file, and one more for LOS */
    assert_true(codebook_find(codebook, "CASEID")->dropped);
    assert_true(codebook_find(codebook, "REASON")->known_after);
    assert_true(codebook_find(codebook, "SUB1_D")->known_after);
    assert_false(codebook_find(codebook, "SUB1")->known_after);
    assert_int_equal(codebook_find(codebook, "SUB1")->n_codes, 19);
    assert_ptr_equal(codebook_find(codebook, "SEX"), codebook_find(codebook, "GENDER"));
    codebook_free(codebook);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_real_extract_parses_completely),
        cmocka_unit_test(test_flags_of_the_extract_agree_with_its_substances),
        cmocka_unit_test(test_other_derived_columns_of_the_extract_agree),
        cmocka_unit_test(test_missing_is_missing_and_stays_are_intervals),
        cmocka_unit_test(test_the_layouts_with_codes_and_with_labels_give_the_same_rows),
        cmocka_unit_test(test_the_old_layout_without_columns_of_discharge_is_read),
        cmocka_unit_test(test_all_columns_of_a_full_layout_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
