/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A corpus of malformed CSV files with the verdict each must get; skipped where the corpus is not at hand. */
#include "ingest/csv_reader.h"

#include <jansson.h>

#include "tests/pipeline/ingest/bench.h"

#define CORPUS "../shared/corpora/csv/"

static const char codebook[] =
    "codebook: corpus\n"
    "unique: episode_id\n"
    "columns:\n"
    "  episode_id:       {type: text, role: id, required: yes}\n"
    "  client_id:        {type: text, role: id, required: yes}\n"
    "  program:          {type: category, codes: {INPATIENT: inpatient, IOP: iop}, required: yes}\n"
    "  admit_date:       {type: date, range: [1900-01-01, 2100-12-31], required: yes}\n"
    "  discharge_date:   {type: date, range: [1900-01-01, 2100-12-31], not_before: admit_date}\n"
    "  discharge_reason: {type: category, codes: {COMPLETED: completed, DROPOUT: dropout}}\n"
    "  relapse_date:     {type: date, not_before: admit_date}\n"
    "  followup_end:     {type: date, not_before: discharge_date}\n"
    "  age:              {type: integer, range: [0, 120], required: yes}\n"
    "  sex:              {type: category, codes: {M: male, F: female}}\n"
    "  substance:        {type: category, codes: {ALCOHOL: alcohol, OPIOID: opioid}}\n";

/* Not of ingest alone: dates of one row against each other, rows of one client, shapes of identifiers. */
static bool is_judged_elsewhere(const char *file)
{
    static const char *const files[] = {"v14_", "v17_", "v41_", "v43_", "v45_", "d01_", "d03_", "p13_"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (strncmp(file, files[i], 4) == 0)
            return true;
    return strstr(file, "(generated)") != NULL;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static void check_file(struct bench *bench, const struct csv_record *expected)
{
    const char *const file = expected->fields[0].text, *const verdict = expected->fields[2].text;
    char path[512];
    size_t length;
    snprintf(path, sizeof path, CORPUS "files/%s", file);
    char *const bytes = small_read(path, &length);
    assert_non_null(bytes);
    const enum exit_status status = bench_run_bytes(bench, bytes, length);
    free(bytes);
    const bool as_expected = (status != EXIT_DONE) == starts_with(verdict, "FATAL");
    if (!as_expected)
        print_error("%s: %s was expected; told: %s\n", file, verdict, bench->talk);
    assert_true(as_expected);
    if (status != EXIT_DONE) {
        assert_says(bench->talk, "error: ");
        return;
    }
    if (bench_count(bench, "", "", "rows_kept", "") != strtoll(expected->fields[4].text, NULL, 10))
        print_error("%s: told: %s\n", file, bench->talk);
    assert_int_equal(bench_count(bench, "", "", "rows_in", ""), strtoll(expected->fields[3].text, NULL, 10));
    assert_int_equal(bench_count(bench, "", "", "rows_kept", ""), strtoll(expected->fields[4].text, NULL, 10));
    assert_int_equal(bench_count(bench, "", "", "rows_rejected", ""), strtoll(expected->fields[5].text, NULL, 10));
    if (strcmp(verdict, "ACCEPT+WARN") == 0 && !starts_with(file, "v42_"))
        assert_says(bench->talk, "warning: ");
}

static void test_every_file_of_the_corpus_gets_its_verdict(void **state)
{
    struct bench *const bench = *state;
    const struct csv_options options = {.delimiter = ','};
    const struct csv_record *record;
    int more, n = 0;
    if (access(CORPUS "expectations.csv", R_OK) != 0)
        skip();
    struct csv_reader *const reader = csv_reader_open(CORPUS "expectations.csv", &options);
    assert_non_null(reader);
    while ((more = csv_reader_next(reader, &record)) > 0)
        if (!is_judged_elsewhere(record->fields[0].text)) {
            check_file(bench, record);
            n++;
        }
    assert_int_equal(more, 0);
    assert_true(n > 70);
    print_message("%d files\n", n);
    csv_reader_close(reader);
}

static void test_no_identifier_of_the_corpus_is_told(void **state)
{
    struct bench *const bench = *state;
    static const char *const files[][2] = {
        {"p01_ssn.csv", "ssn"}, {"p03_email.csv", "contact"}, {"p07_mrn.csv", "mrn"}, {"p08_ip.csv", "src"}};
    if (access(CORPUS "files", R_OK) != 0)
        skip();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[512], value[64] = "";
        size_t length;
        snprintf(path, sizeof path, CORPUS "files/%s", files[i][0]);
        char *const bytes = small_read(path, &length);
        assert_non_null(bytes);
        const char *const last = strrchr(strstr(bytes, "\nE0001") + 1, ',');
        assert_int_equal(sscanf(last + 1, "%63[^\r\n]", value), 1);
        assert_int_equal(bench_run_bytes(bench, bytes, length), EXIT_FAILED);
        assert_says(bench->talk, files[i][1]);
        assert_keeps_silent_about(bench->talk, value);
        free(bytes);
    }
}

/* Records against what they should be as JSON: a list of objects, every value a string. */
static void check_records(const char *name)
{
    char path[512];
    const struct csv_options options = {.delimiter = ','};
    const struct csv_record *record;
    size_t n = 0;
    snprintf(path, sizeof path, CORPUS "spectrum/json/%s.json", name);
    json_t *const expected = json_load_file(path, 0, NULL);
    assert_non_null(expected);
    snprintf(path, sizeof path, CORPUS "spectrum/csvs/%s.csv", name);
    struct csv_reader *const reader = csv_reader_open(path, &options);
    assert_non_null(reader);
    for (; csv_reader_next(reader, &record) > 0; n++)
        for (size_t i = 0; i < csv_reader_n_columns(reader); i++) {
            const json_t *const value = json_object_get(json_array_get(expected, n), csv_reader_column(reader, i));
            assert_string_equal(record->fields[i].text, json_string_value(value));
        }
    assert_int_equal(n, json_array_size(expected));
    csv_reader_close(reader);
    json_decref(expected);
}

static void test_records_are_those_of_the_spectrum(void **state)
{
    /* Without newlines_crlf, whose copy here has lost its carriage returns. */
    static const char *const names[] = {"comma_in_quotes", "empty",       "empty_crlf", "escaped_quotes",
                                        "json",            "newlines",    "simple",     "simple_crlf",
                                        "utf8",            "quotes_and_newlines"};
    (void)state;
    if (access(CORPUS "spectrum/csvs", R_OK) != 0)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_records(names[i]);
}

static int setup(void **state)
{
    struct bench *const bench = malloc(sizeof *bench);
    bench_make(bench, codebook);
    bench->options.max_reject = 0.4;
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    bench_remove(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_of_the_corpus_gets_its_verdict),
        cmocka_unit_test(test_no_identifier_of_the_corpus_is_told),
        cmocka_unit_test(test_records_are_those_of_the_spectrum),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
