/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A corpus of malformed CSV files (tests/corpora/csv/README.md): each must get its verdict, its counts and its place. */
#include "ingest/csv_reader.h"

#include <jansson.h>

#include "tests/pipeline/ingest/bench.h"

#define CORPUS "tests/corpora/csv/"

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

enum { FILE_NAME, CLASS, VERDICT, ROWS_IN, ROWS_KEPT, ROWS_REJECTED, REASON, LINE, COLUMN, N_EXPECTED };
enum { FATAL, QUARANTINE, ACCEPT, WARN, N_VERDICTS };

static const char *const verdicts[N_VERDICTS] = {"FATAL", "QUARANTINE", "ACCEPT", "ACCEPT+WARN"};

/* By default a table may lose no more than one row in 100; these files have five. */
static const double max_reject = 0.4;

static size_t find_verdict(const char *word)
{
    size_t i = 0;
    while (i < N_VERDICTS && strcmp(verdicts[i], word) != 0)
        i++;
    assert_true(i < N_VERDICTS);
    return i;
}

/* "x.csv:3" or "x.csv:3:11": a cell by its number, or by its name in the header of the good file. */
static const char *place_of(const struct bench *bench, const struct csv_field *expected, char *out, size_t size)
{
    size_t number = strtoul(expected[COLUMN].text, NULL, 10);
    for (size_t i = 0; number == 0 && i < bench->table.codebook->n_columns; i++)
        if (strcmp(bench->table.codebook->columns[i].name, expected[COLUMN].text) == 0)
            number = i + 1;
    if (number == 0)
        snprintf(out, size, "x.csv:%s", expected[LINE].text);
    else
        snprintf(out, size, "x.csv:%s:%zu", expected[LINE].text, number);
    return out;
}

static bool counts_are(const struct bench *bench, const struct csv_field *expected)
{
    static const char *const quantities[] = {"rows_in", "rows_kept", "rows_rejected"};
    bool good = true;
    for (size_t i = 0; i < 3; i++)
        good &= bench_count(bench, "", "", quantities[i], "") == strtoll(expected[ROWS_IN + i].text, NULL, 10);
    return good;
}

/* The row is in rejects.csv with its line, its column where one cell is at fault, and its reason. */
static bool is_listed(const struct bench *bench, const struct csv_field *expected)
{
    size_t line, byte;
    char column[64], reason[64];
    for (const char *row = strchr(bench->rejects, '\n') + 1; *row != '\0'; row = strchr(row, '\n') + 1) {
        column[0] = '\0';
        if (sscanf(row, "x.csv,%zu,%zu,%63[^,\n],%63[^\n]", &line, &byte, column, reason) != 4 &&
            sscanf(row, "x.csv,%zu,%zu,,%63[^\n]", &line, &byte, reason) != 3)
            return false;
        if (line == strtoul(expected[LINE].text, NULL, 10) && strcmp(column, expected[COLUMN].text) == 0 &&
            strcmp(reason, expected[REASON].text) == 0)
            return true;
    }
    return false;
}

static const char *fault_of(const struct bench *bench, enum exit_status status, const struct csv_field *expected)
{
    char place[64];
    const size_t verdict = find_verdict(expected[VERDICT].text);
    if ((status != EXIT_DONE) != (verdict == FATAL))
        return "verdict";
    if (verdict == FATAL && strstr(bench->talk, "error: ") == NULL)
        return "no error told";
    if (verdict != FATAL && !counts_are(bench, expected))
        return "counts";
    if ((verdict == FATAL || verdict == WARN) && expected[LINE].length > 0 &&
        strstr(bench->talk, place_of(bench, expected, place, sizeof place)) == NULL)
        return "place";
    if (verdict == WARN && strstr(bench->talk, "warning: ") == NULL)
        return "no warning";
    if (verdict == ACCEPT && strstr(bench->talk, "warning: ") != NULL)
        return "a warning";
    return verdict == QUARANTINE && !is_listed(bench, expected) ? "rejects.csv" : NULL;
}

static bool has_verdict(struct bench *bench, const struct csv_field *expected)
{
    char path[512];
    size_t length;
    snprintf(path, sizeof path, CORPUS "files/%s", expected[FILE_NAME].text);
    char *const bytes = small_read(path, &length);
    assert_non_null(bytes);
    const enum exit_status status = bench_run_bytes(bench, bytes, length);
    const char *const fault = fault_of(bench, status, expected);
    free(bytes);
    if (fault != NULL)
        print_error("%s: %s, %s: %s is wrong; told:\n%s%s", expected[FILE_NAME].text, expected[VERDICT].text,
                    expected[REASON].text, fault, bench->talk, bench->rejects != NULL ? bench->rejects : "");
    return fault == NULL;
}

static void test_every_file_of_the_corpus_gets_its_verdict_counts_and_place(void **state)
{
    struct bench *const bench = *state;
    const struct csv_options options = {.delimiter = ','};
    const struct csv_record *record;
    size_t n[N_VERDICTS] = {0}, n_wrong = 0;
    int more;
    struct csv_reader *const reader = csv_reader_open(CORPUS "expectations.csv", &options);
    assert_non_null(reader);
    while ((more = csv_reader_next(reader, &record)) > 0) {
        assert_int_equal(record->n_fields, N_EXPECTED);
        n[find_verdict(record->fields[VERDICT].text)]++;
        n_wrong += !has_verdict(bench, record->fields);
    }
    csv_reader_close(reader);
    assert_int_equal(more, 0);
    print_message("%zu files: %zu fatal, %zu with rows set aside, %zu accepted, %zu accepted with a warning; %zu wrong\n",
                  n[FATAL] + n[QUARANTINE] + n[ACCEPT] + n[WARN], n[FATAL], n[QUARANTINE], n[ACCEPT], n[WARN], n_wrong);
    assert_int_equal(n[FATAL] + n[QUARANTINE] + n[ACCEPT] + n[WARN], 87);
    assert_int_equal(n_wrong, 0);
}

static void test_no_identifier_of_the_corpus_is_told(void **state)
{
    struct bench *const bench = *state;
    static const char *const files[][2] = {{"p01_ssn.csv", "column 'ssn' is not declared"},
                                           {"p01_ssn.csv", "social security number (45 CFR 164.514(b)(2)(i)(G))"},
                                           {"p03_email.csv", "column 'contact' is not declared"},
                                           {"p07_mrn.csv", "medical record number (45 CFR 164.514(b)(2)(i)(H))"},
                                           {"p08_ip.csv", "column 'src' is not declared"},
                                           {"p12_npi_plan.csv", "health plan number (45 CFR 164.514(b)(2)(i)(I))"}};
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

/* Without the carriage returns, which the copy of a file with them has lost. */
static void check_text(const char *found, const char *expected)
{
    for (; *expected != '\0'; expected++)
        if (*expected != '\r')
            assert_int_equal(*found++, *expected);
    assert_int_equal(*found, '\0');
}

/* Records against what they should be as JSON: an object, or a list of them; every value a string. */
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
            check_text(record->fields[i].text, json_string_value(value));
        }
    assert_int_equal(n, json_array_size(expected));
    csv_reader_close(reader);
    json_decref(expected);
}

static void test_records_are_those_of_the_spectrum(void **state)
{
    static const char *const names[] = {"comma_in_quotes", "empty",    "empty_crlf",   "escaped_quotes",
                                        "json",            "newlines", "newlines_crlf", "quotes_and_newlines",
                                        "simple",          "simple_crlf", "utf8"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        check_records(names[i]);
}

/* Minutes and seconds of arc are written with bare quotes. */
static void test_the_one_file_of_the_spectrum_that_is_no_csv_is_refused_with_its_place(void **state)
{
    struct bench *const bench = *state;
    const struct csv_options options = {.delimiter = ','};
    const struct csv_record *record;
    struct csv_reader *const reader = csv_reader_open(CORPUS "spectrum/csvs/location_coordinates.csv", &options);
    assert_non_null(reader);
    talk_begin(&bench->folder);
    const int more = csv_reader_next(reader, &record);
    char *const talk = talk_end(&bench->folder);
    assert_int_equal(more, -1);
    assert_says(talk, "location_coordinates.csv:2:2: a quote inside a cell that does not start with one");
    csv_reader_close(reader);
    free(talk);
}

static int setup(void **state)
{
    struct bench *const bench = bench_setup(state, codebook);
    bench->options.max_reject = max_reject;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_of_the_corpus_gets_its_verdict_counts_and_place),
        cmocka_unit_test(test_no_identifier_of_the_corpus_is_told),
        cmocka_unit_test(test_records_are_those_of_the_spectrum),
        cmocka_unit_test(test_the_one_file_of_the_spectrum_that_is_no_csv_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, setup, bench_teardown);
}
