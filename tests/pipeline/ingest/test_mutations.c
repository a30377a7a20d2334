/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte mutations of a good CSV: no crash, the rows add up, and every way to read them agrees, whatever stands there.
 * `make check-mutations` asks for 100,000 by STEPDOWN_MUTATIONS.
 */
#include "ingest/source_table.h"

#include <stdint.h>

#include "tests/pipeline/ingest/bench.h"
#include "tests/pipeline/ingest/typist_ways.h"
#include "tests/support/draws.h"

enum { N_MUTATIONS = 2000, STORED_EVERY = 20, N_ROWS = 40, N_CHANGES_MAX = 4 };

static const char codebook[] =
    "codebook: small\n"
    "missing: ['', NA]\n"
    "columns:\n"
    "  id:    {type: text}\n"
    "  age:   {type: integer, range: [0, 120]}\n"
    "  dose:  {type: real}\n"
    "  seen:  {type: date}\n"
    "  sex:   {type: category, codes: {M: male, F: female}}\n"
    "  site:  {type: category}\n"
    "  n:     {type: integer}\n";

/* With quotes and bytes beyond ASCII, or without both, so that the file is clean until it is mutated. */
static size_t write_good(char *text, bool clean)
{
    size_t n = (size_t)sprintf(text, "id,age,dose,seen,sex,site,n\n");
    for (int i = 0; i < N_ROWS; i++)
        n += (size_t)sprintf(text + n, !clean && i % 4 == 0 ? "\"P%d, \"\"x\"\"\",%d,%d.5,20%02d-05-17,%s,%s,%d\r\n"
                                                  : "P%d,%d,%d.5,20%02d-05-17,%s,%s,%d\n",
                             i, 20 + i, i, 10 + i % 12, i % 2 ? "M" : "F", i % 3 ? "west" : clean ? "east" : "caf\xc3\xa9", i);
    return n;
}

static void mutate(char *text, size_t *length, struct draws *random)
{
    static const char special[] = "\"\"\"\r\n,,;\0\xef\xbb\xbf\xff\xc3-.0 ";
    const size_t n_changes = 1 + draw_next(random) % N_CHANGES_MAX;
    for (size_t i = 0; i < n_changes && *length > 0; i++) {
        const size_t at = draw_next(random) % *length;
        const char byte = draw_next(random) % 2 ? special[draw_next(random) % (sizeof special - 1)]
                                                  : (char)draw_next(random);
        switch (draw_next(random) % 4) {
        case 0: /* replace */
            text[at] = byte;
            break;
        case 1: /* insert */
            memmove(text + at + 1, text + at, *length - at);
            text[at] = byte;
            ++*length;
            break;
        case 2: /* delete */
            memmove(text + at, text + at + 1, *length - at - 1);
            --*length;
            break;
        default: /* cut */
            if (draw_next(random) % 8 == 0)
                *length = at;
            break;
        }
    }
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (const char *line = text; line != NULL && (line = strchr(line, '\n')) != NULL; line++)
        n++;
    return n;
}

/* Reads and counts without storing, by every way; NULL, or what is wrong. *read: the file was read to its end. */
static const char *count_rows(const struct bench *bench, const struct source_table *table, bool *read)
{
    const struct ways_result result = compare_ways(table->files.items[0].path, table->plan, bench->folder.path);
    *read = result.read;
    return result.wrong;
}

/* The whole way, with a store that is then thrown away. */
static const char *store_rows(struct bench *bench, struct source_table *table, bool *read)
{
    struct store_writer *const writer = store_writer_open(bench->records, 1);
    struct rejects *const rejects = rejects_open(bench->rejects_path);
    if (writer == NULL || rejects == NULL)
        return "the outputs cannot be opened";
    *read = source_table_read(table, writer, rejects, bench->folder.path, 2) == 0; /* checks its own sums */
    store_writer_abandon(writer);
    if (!*read) {
        rejects_abandon(rejects);
        return NULL;
    }
    const struct row_counts total = quality_total(&table->quality);
    const int status = rejects_commit(rejects);
    char *const listed = small_read(bench->rejects_path, NULL);
    const size_t n_listed = count_lines(listed);
    free(listed);
    if (status != 0 || total.in != total.kept + total.rejected)
        return "rows in are not rows kept and rows rejected";
    return n_listed == 1 + (size_t)total.rejected ? NULL : "rejects.csv does not list every rejected row";
}

/* No assertion while stderr is caught. */
static const char *try_one(struct bench *bench, bool store, bool *read)
{
    struct source_table table;
    const char *wrong = "the source cannot be opened";
    if (source_table_open(&table, &bench->study, &bench->table) == 0)
        wrong = store ? store_rows(bench, &table, read) : count_rows(bench, &table, read);
    source_table_close(&table);
    return wrong;
}

static void test_whatever_the_bytes_the_rows_add_up(void **state)
{
    struct bench *const bench = *state;
    char good[2][N_ROWS * 64], text[N_ROWS * 64 + N_CHANGES_MAX];
    const size_t n_good[2] = {write_good(good[0], false), write_good(good[1], true)};
    const char *const wanted = getenv("STEPDOWN_MUTATIONS");
    const int n_mutations = wanted != NULL ? atoi(wanted) : N_MUTATIONS;
    struct draws random = {20261121};
    int n_read = 0;
    for (int i = 0; i < n_mutations; i++) {
        size_t length = n_good[i % 2];
        bool read = false;
        memcpy(text, good[i % 2], length);
        mutate(text, &length, &random);
        small_file(&bench->folder, "x.csv", text, length);
        talk_begin(&bench->folder);
        const char *const wrong = try_one(bench, i % STORED_EVERY == 0, &read);
        char *const talk = talk_end(&bench->folder);
        if (wrong != NULL || strstr(talk, "internal error") != NULL)
            fail_msg("mutation %d: %s\n%s", i, wrong != NULL ? wrong : "refused", talk);
        free(talk);
        n_read += read;
    }
    print_message("%d of %d mutated files were read, the others refused\n", n_read, n_mutations);
    assert_in_range(n_read, n_mutations / 4, n_mutations - n_mutations / 50);
}

static int setup(void **state)
{
    struct bench *const bench = bench_setup(state, codebook);
    snprintf(bench->records, sizeof bench->records, "%s/records.h5", bench->folder.path);
    snprintf(bench->rejects_path, sizeof bench->rejects_path, "%s/rejects.csv", bench->folder.path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whatever_the_bytes_the_rows_add_up)};
    return cmocka_run_group_tests(tests, setup, bench_teardown);
}
