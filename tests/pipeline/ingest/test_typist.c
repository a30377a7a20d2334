/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way to read a slab gives the same rows, rejects and counts; libcsv is the arbiter. */
#include "ingest/typist.h"

#include <stdarg.h>
#include <stdint.h>

#include "ingest/plan.h"

#include "tests/pipeline/ingest/bench.h"
#include "tests/pipeline/ingest/typist_ways.h"
#include "tests/support/draws.h"

static const char codebook[] =
    "codebook: small\n"
    "missing: ['', NA]\n"
    "unique: [id, seen]\n"
    "columns:\n"
    "  id:    {type: text, role: id}\n"
    "  age:   {type: integer, range: [0, 120], missing: ['-9'], units: years}\n"
    "  big:   {type: integer}\n"
    "  dose:  {type: real, missing: ['-9']}\n"
    "  seen:  {type: date}\n"
    "  left:  {type: date, not_before: seen}\n"
    "  stay:  {type: integer, range: [1, 37], missing: ['-9'], intervals: {31: [31, 45], 32: [46, 60], 37: [366, open]}}\n"
    "  ward:  {type: category, codes: {1: a, 2: b}, optional: yes}\n"
    "  notes: {type: text, optional: yes}\n"
    "  sex:   {type: category, codes: {M: male, F: female, 3: other}}\n"
    "  level: {type: category, codes: {ASAM-2.1: iop, ASAM-3.7-withdrawal: detox, x: x}}\n"
    "  site:  {type: category, required: yes}\n"
    "  n:     {type: integer, required: yes}\n"
    "  skip:  {role: row_id}\n";

#define HEADER "id,age,big,dose,seen,left,stay,sex,level,site,skip,n"

struct files {
    struct bench bench;
    struct plan *plan;
    char *text;
    size_t n, capacity;
    struct draws random;
};

static bool one_in(struct files *files, unsigned n)
{
    return draw_next(&files->random) % n == 0;
}

static void add(struct files *files, const char *format, ...)
{
    va_list arguments;
    if (files->capacity - files->n < 4096) {
        files->capacity = 2 * files->capacity + 65536;
        files->text = realloc(files->text, files->capacity);
        assert_non_null(files->text);
    }
    va_start(arguments, format);
    files->n += (size_t)vsnprintf(files->text + files->n, 4096, format, arguments);
    va_end(arguments);
}

/* What a file may be sprinkled with: one row in so many, 0 for none. */
struct spice {
    const char *line_end;
    unsigned bad_cells, spaces, odd_lines, quotes, bytes, line_ends;
};

static const char *pick(struct files *files, const char *const *texts, size_t n)
{
    return texts[draw_next(&files->random) % n];
}
#define PICK(files, ...)                                                                                               \
    pick(files, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void add_cell(struct files *files, const struct spice *spice, const char *good)
{
    const char *cell = good;
    if (spice->bad_cells > 0 && one_in(files, spice->bad_cells))
        cell = PICK(files, "x", "", "NA", "-9", "-9.0", "1e3", "130", "91", "2021-02-30", "2021-3-4", "99999999999999999999",
                    "123-45-6789", "-", "+3", ".5", "5.", "007", "M ", "longer than sixteen bytes", "exactly16bytes..",
                    "eight888", "nine99999", "-9223372036854775808", "0x10", "nan", "jane.doe@example.org");
    if (spice->spaces > 0 && one_in(files, spice->spaces))
        add(files, "%s%s%s", PICK(files, " ", "", "  "), cell, PICK(files, " ", "", "   "));
    else if (spice->quotes > 0 && one_in(files, spice->quotes))
        add(files, "\"%s%s\"", cell, PICK(files, "", "\"\"", ",", "\n", "\r\n", " "));
    else if (spice->bytes > 0 && one_in(files, spice->bytes))
        add(files, "%s%s", cell, PICK(files, "\xc3\xa9", "\xff", "\t", "\x7f", "\x01", "\xe2\x80\xae"));
    else
        add(files, "%s", cell);
}

static void add_good_cell(struct files *files, const struct spice *spice, const char *format, ...)
{
    char cell[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell, sizeof cell, format, arguments);
    va_end(arguments);
    add_cell(files, spice, cell);
}

static void add_row(struct files *files, const struct spice *spice, size_t i)
{
    const uint64_t r = draw_next(&files->random);
    if (spice->odd_lines > 0 && one_in(files, spice->odd_lines)) {
        add(files, "%s", PICK(files, "", "\n", HEADER, "1,2,3", " ", ",,,,,,,,,,,", ",,,,,,,,,,,,", "a", HEADER ",n"));
        return;
    }
    add_good_cell(files, spice, one_in(files, 9) ? "%04zu" : "P%zu", one_in(files, 500) ? 7 : i * 7919);
    add(files, ",");
    add_good_cell(files, spice, "%u", (unsigned)(r % 95));
    add(files, ",");
    add_good_cell(files, spice, "%llu", (unsigned long long)(r >> (r % 60)) / 2);
    add(files, ",");
    add_good_cell(files, spice, r % 3 == 0 ? "%u.%u" : r % 3 == 1 ? "%u" : "-.%ue%u", (unsigned)(r % 977), (unsigned)(r % 7));
    add(files, ",");
    add_good_cell(files, spice, "20%02u-%02u-%02u", (unsigned)(r % 30), (unsigned)(1 + r % 12), (unsigned)(1 + r % 28));
    add(files, ",");
    if (one_in(files, 50)) /* on another day, often an earlier one */
        add_good_cell(files, spice, "20%02u-02-03", (unsigned)(r % 31));
    else
        add_cell(files, spice, "2031-01-01");
    add(files, ",");
    add_good_cell(files, spice, "%u", (unsigned)(1 + r % 37));
    add(files, ",");
    add_cell(files, spice, PICK(files, "M", "F", "3"));
    add(files, ",");
    add_cell(files, spice, PICK(files, "ASAM-2.1", "ASAM-3.7-withdrawal", "x"));
    add(files, ",");
    add_good_cell(files, spice, "site %u", (unsigned)(r % 50));
    add(files, ",%zu,", i);
    add_good_cell(files, spice, "%u", (unsigned)(r % 1000));
}

static void write_file(struct files *files, const struct spice *spice, size_t n_rows)
{
    files->n = 0;
    add(files, "%s%s", HEADER, spice->line_end);
    for (size_t i = 0; i < n_rows; i++) {
        add_row(files, spice, i);
        if (i + 1 == n_rows && one_in(files, 2))
            break;
        if (spice->line_ends > 0 && one_in(files, spice->line_ends))
            add(files, "%s", PICK(files, "\n", "\r\n", "\r", "\n\r", "\r\r\n"));
        else
            add(files, "%s", spice->line_end);
    }
}

static struct ways_result compare(struct files *files)
{
    const char *const path = small_file(&files->bench.folder, "x.csv", files->text, files->n);
    talk_begin(&files->bench.folder);
    const struct ways_result result = compare_ways(path, files->plan, files->bench.folder.path);
    char *const talk = talk_end(&files->bench.folder);
    if (result.wrong != NULL)
        print_error("%s: %s\n%.2000s\n", result.way, result.wrong, talk);
    free(talk);
    assert_null(result.wrong);
    return result;
}

static const struct spice spices[] = {
    {.line_end = "\n"},
    {.line_end = "\r\n"},
    {.line_end = "\r"},
    {.line_end = "\n", .bad_cells = 400},
    {.line_end = "\r\n", .bad_cells = 400, .spaces = 300},
    {.line_end = "\n", .bad_cells = 7, .spaces = 7, .odd_lines = 9},
    {.line_end = "\n", .odd_lines = 20, .line_ends = 10},
    {.line_end = "\r\n", .odd_lines = 20, .line_ends = 10, .bad_cells = 50},
    {.line_end = "\n", .quotes = 40000, .bad_cells = 100},
    {.line_end = "\r\n", .quotes = 5, .bad_cells = 30, .odd_lines = 50},
    {.line_end = "\n", .bytes = 30000, .bad_cells = 300},
    {.line_end = "\r\n", .bytes = 50, .quotes = 50, .spaces = 50, .odd_lines = 50, .line_ends = 50},
};

/* Several slabs each, so that records lie across them. */
static void test_large_files_give_the_same_by_every_way(void **state)
{
    struct files *const files = *state;
    for (size_t i = 0; i < sizeof spices / sizeof spices[0]; i++) {
        write_file(files, &spices[i], 9000);
        assert_true(files->n > 2 * CSV_SLAB_BYTES);
        const struct ways_result result = compare(files);
        assert_true(result.read);
        assert_int_equal(result.n_records, result.n_kept + result.n_rejected);
        assert_true(result.n_records > 8000);
        assert_true(result.n_rejected > 0 && result.n_kept > 100); /* some break the rules between cells and rows */
    }
}

static void test_many_small_files_give_the_same_by_every_way(void **state)
{
    struct files *const files = *state;
    const char *const wanted = getenv("STEPDOWN_MUTATIONS");
    const size_t n = wanted != NULL ? strtoul(wanted, NULL, 10) / 2 : 1000;
    for (size_t i = 0; i < n; i++) {
        const struct spice spice = {.line_end = PICK(files, "\n", "\r\n", "\r"),
                                    .bad_cells = (unsigned)(draw_next(&files->random) % 40),
                                    .spaces = (unsigned)(draw_next(&files->random) % 40),
                                    .odd_lines = (unsigned)(draw_next(&files->random) % 10),
                                    .line_ends = (unsigned)(draw_next(&files->random) % 10),
                                    .quotes = one_in(files, 4) ? 60 : 0,
                                    .bytes = one_in(files, 4) ? 60 : 0};
        write_file(files, &spice, 1 + draw_next(&files->random) % 40);
        compare(files);
    }
}

/* The number of cells, the first faulty cell, and the byte where a row starts, by hand. */
static void test_a_clean_slab_is_read_as_written(void **state)
{
    struct files *const files = *state;
    files->n = 0;
    add(files, "%s\r\n\r\n", HEADER);
    add(files, "P1,34,1,2.385,2019-05-17,2019-05-18,32,M,x,west,9,3\r\n1,2\r\n\n");
    add(files, "P2, 90 ,-5,-9,2019-05-18,2019-05-18,-9,F,ASAM-2.1,east,9,4\rP3,7,8,x,2019-02-30,,1,M,x,west,9,5");
    const char *const path = small_file(&files->bench.folder, "x.csv", files->text, files->n);
    const struct typist_task task = {.plan = files->plan, .schema = files->plan->schema, .what = TYPIST_COUNT};
    struct typed_file typed;
    assert_int_equal(type_file(path, &task, NULL, &typed), 0);
    assert_int_equal(typed.n_records, 4);
    assert_int_equal(typed.n_lines, 6); /* the last line has no end */
    assert_int_equal(typed.rows->n_rows, 2);
    assert_int_equal(column_integer(table_column(typed.rows, "age"), 0), 34);
    assert_int_equal(column_integer(table_column(typed.rows, "age"), 1), 90);
    assert_int_equal(column_integer(table_column(typed.rows, "big"), 1), -5);
    assert_near(column_real(table_column(typed.rows, "dose"), 0), 2.385, 0);
    assert_true(column_is_missing(table_column(typed.rows, "dose"), 1));
    assert_int_equal(column_integer(table_column(typed.rows, "stay_low"), 0), 46);
    assert_int_equal(column_integer(table_column(typed.rows, "stay_high"), 0), 60);
    assert_true(column_is_missing(table_column(typed.rows, "stay_high"), 1));
    assert_true(column_is_missing(table_column(typed.rows, "ward"), 0));
    assert_int_equal(column_code(table_column(typed.rows, "sex"), 1), 1);
    assert_int_equal(typed.counts.tallies[plan_find(files->plan, "age")].trimmed, 1);
    assert_int_equal(typed.rejects.n, 2);
    assert_int_equal(typed.rejects.items[0].line, 4);
    assert_int_equal(typed.rejects.items[0].verdict.reason, REASON_CELL_COUNT);
    assert_int_equal(typed.rejects.items[1].line, 7);
    assert_int_equal(typed.rejects.items[1].verdict.reason, REASON_NOT_REAL);
    assert_int_equal(typed.rejects.items[1].verdict.field, 3);
    assert_int_equal(typed.rejects.items[1].byte, (size_t)(strstr(files->text, "P3") - files->text));
    typed_file_free(&typed, files->plan);
}

/* More different codes than are kept apart, and cells of every length around what is remembered. */
static void test_many_different_cells_are_remembered_rightly(void **state)
{
    struct files *const files = *state;
    files->n = 0;
    add(files, "%s\n", HEADER);
    for (size_t i = 0; i < 6000; i++)
        add(files, "P%zu,%zu,%.*s,%zu.%zu,20%02zu-%02zu-%02zu,,%zu,M,x,%.*s,9,%zu\n", i, i % 130, (int)(1 + i % 20),
            "12345678901234567890123", i % 3000, i % 7, i % 100, 1 + i % 13, 1 + i % 29, 1 + i % 40, (int)(1 + i % 20),
            "abcdefghijklmnopqrstuvw", i % 3000);
    const struct ways_result result = compare(files);
    assert_true(result.read && result.n_kept > 0 && result.n_rejected > 0);
}

static void test_records_around_the_longest_are_judged_alike(void **state)
{
    struct files *const files = *state;
    static const size_t lengths[] = {CSV_RECORD_MAX - 1, CSV_RECORD_MAX, CSV_RECORD_MAX + 1, CSV_RECORD_MAX + 2,
                                     CSV_RECORD_MAX + CSV_SLAB_BYTES};
    for (size_t i = 0; i < 3 * sizeof lengths / sizeof lengths[0]; i++) {
        const size_t length = lengths[i / 3];
        files->n = 0;
        add(files, "%s\nP1,34,1,2.385,2019-05-17,2019-05-18,32,M,x,west,9,3\n", HEADER);
        files->text = realloc(files->text, files->capacity = files->n + length + 65536);
        memset(files->text + files->n, 'y', length);
        files->text[files->n + length / 2] = ',';
        files->n += length;
        add(files, "%sP2,34,1,2.385,2019-05-17,2019-05-18,32,M,x,west,9,3\n", i % 3 == 0 ? "\n" : i % 3 == 1 ? "\r\n" : "\r");
        const struct ways_result result = compare(files);
        assert_int_equal(result.n_records, 3);
        assert_int_equal(result.n_kept, 2);
    }
}

static int setup(void **state)
{
    struct files *const files = calloc(1, sizeof *files);
    bench_make(&files->bench, codebook);
    files->plan = plan_make(&files->bench.study, &files->bench.table);
    files->random.state = 20261128;
    assert_non_null(files->plan);
    *state = files;
    return 0;
}

static int teardown(void **state)
{
    struct files *const files = *state;
    plan_free(files->plan);
    bench_remove(&files->bench);
    free(files->text);
    free(files);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large_files_give_the_same_by_every_way),
        cmocka_unit_test(test_many_small_files_give_the_same_by_every_way),
        cmocka_unit_test(test_a_clean_slab_is_read_as_written),
        cmocka_unit_test(test_many_different_cells_are_remembered_rightly),
        cmocka_unit_test(test_records_around_the_longest_are_judged_alike),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
