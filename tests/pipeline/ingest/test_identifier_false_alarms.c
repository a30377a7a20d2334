/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Identifiers on real files: the planted ones are found, clean data stay clean.  Skipped where the files are not at
 * hand; the rules themselves are tested in test_identifier_value.c and test_identifier_evidence.c.
 */
#include "ingest/csv_reader.h"

#include <fts.h>

#include "ingest/identifier_evidence.h"
#include "ingest/identifier_name.h"
#include "tests/pipeline/ingest/small_files.h"

#define SHARED "../shared/"

enum { COLUMNS_MAX = 128 };

struct column {
    char name[128];
    unsigned hints;
    struct identifier_evidence evidence;
    size_t n_cells, n_alarms; /* cells that have a value; cells with anything but a date in them */
};

struct file {
    size_t n_columns;
    struct column columns[COLUMNS_MAX];
};

static void read_cell(struct column *column, const struct csv_field *field, size_t line)
{
    struct identifier_match match;
    if (field->length == 0)
        return;
    identifier_evidence_add(&column->evidence, field->text, field->length, column->hints, line);
    column->n_cells++;
    for (size_t from = 0; identifier_next(field->text, field->length, from, column->hints, &match);
         from = match.start + match.length)
        if (match.kind != IDENTIFIER_DATE) {
            column->n_alarms++;
            break;
        }
}

/* False when the file cannot be read to its end: what was read before counts. */
static bool read_file(const char *path, struct file *file)
{
    const struct csv_options commas = {.delimiter = ','};
    struct csv_reader *const reader = csv_reader_open(path, &commas);
    const struct csv_record *record;
    int more;
    memset(file, 0, sizeof *file);
    if (reader == NULL)
        return false;
    file->n_columns = csv_reader_n_columns(reader);
    assert_true(file->n_columns <= COLUMNS_MAX);
    for (size_t i = 0; i < file->n_columns; i++) {
        snprintf(file->columns[i].name, sizeof file->columns[i].name, "%s", csv_reader_column(reader, i));
        file->columns[i].hints = identifier_hints_of_name(csv_reader_column(reader, i));
    }
    while ((more = csv_reader_next(reader, &record)) > 0)
        for (size_t i = 0; i < record->n_stored && i < file->n_columns; i++)
            read_cell(&file->columns[i], &record->fields[i], record->line);
    csv_reader_close(reader);
    return more == 0;
}

static const struct column *find_column(const struct file *file, const char *name)
{
    size_t i = 0;
    while (i < file->n_columns && strcmp(file->columns[i].name, name) != 0)
        i++;
    assert_true(i < file->n_columns);
    return &file->columns[i];
}

/* ---- planted ------------------------------------------------------------------------------------------------- */

static void test_planted_identifiers_are_found_where_they_are(void **state)
{
    static const struct {
        const char *file, *column;
        char letter;
        bool by_name, by_value;
        uint64_t line;
    } cases[] = {
        {"p01_ssn.csv", "ssn", 'G', true, true, 2},
        {"p03_email.csv", "contact", 'F', false, true, 2},
        {"p07_mrn.csv", "mrn", 'H', true, true, 2},
        {"p08_ip.csv", "src", 'O', false, true, 2},
        {"p09_url.csv", "link", 'N', true, true, 2},
        {"p12_npi_plan.csv", "member_id", 'I', true, true, 2},
        {"p13_ssn_hidden_in_freetext.csv", "discharge_reason", 'G', false, true, 3},
    };
    struct file *const file = malloc(sizeof *file);
    (void)state;
    if (access(SHARED "corpora/csv/files", R_OK) != 0)
        skip();
    assert_non_null(file);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[256];
        struct identifier_verdict verdict;
        snprintf(path, sizeof path, SHARED "corpora/csv/files/%s", cases[i].file);
        assert_true(read_file(path, file));
        const struct column *const column = find_column(file, cases[i].column);
        const char by_name = identifier_letter(identifier_of_name(column->name));
        assert_int_equal(by_name, cases[i].by_name ? cases[i].letter : ' ');
        assert_true(identifier_evidence_verdict(&column->evidence, identifier_limited_data_set(), &verdict));
        assert_int_equal(identifier_letter(verdict.kind), cases[i].letter);
        assert_int_equal(verdict.place, cases[i].line);
    }
    free(file);
}

/* ---- clean ---------------------------------------------------------------------------------------------------- */

/* Identifiers that these files really hold: they must be found, and are no false alarms. */
static char true_letter(const char *path, const char *column)
{
    static const struct {
        const char *path, *column;
        char letter;
    } known[] = {
        {"/published_iop", "source", 'N'},
        {"/published_tedsd2004", "source", 'N'},
        {"/published_tedsd_service", "source", 'N'},
        {"/published_tedsd_service", "los_source", 'N'},
        {"/tedsa_2017_extract", "CASEID", 'R'},      /* dropped unread by its codebook */
        {"/teds_co", "name", 'A'},                   /* names variables, but nothing shows it */
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strstr(path, known[i].path) != NULL && strcmp(column, known[i].column) == 0)
            return known[i].letter;
    return ' ';
}

struct tally {
    size_t n_files, n_columns, n_flagged, n_cells, n_alarms;
};

static void count_file(const char *path, const struct file *file, struct tally *tally)
{
    const uint64_t accepted = identifier_limited_data_set() | identifier_bit(IDENTIFIER_AGE);
    tally->n_files++;
    for (size_t i = 0; i < file->n_columns; i++) {
        const struct column *const column = &file->columns[i];
        const char expected = true_letter(path, column->name);
        struct identifier_verdict verdict;
        enum identifier_kind kind = identifier_of_name(column->name);
        if (kind == IDENTIFIER_NONE && identifier_evidence_verdict(&column->evidence, accepted, &verdict))
            kind = verdict.kind;
        if (expected != ' ') {
            if (identifier_letter(kind) != expected)
                print_error("%s: %s: %c was expected\n", path, column->name, expected);
            assert_int_equal(identifier_letter(kind), expected);
            continue;
        }
        if (kind != IDENTIFIER_NONE)
            print_message("%s: column %s is flagged: %s\n", path, column->name, identifier_kind_name(kind));
        tally->n_columns++;
        tally->n_flagged += kind != IDENTIFIER_NONE;
        tally->n_cells += column->n_cells;
        tally->n_alarms += column->n_alarms;
    }
}

static bool is_clean(const FTSENT *entry)
{
    const char *const name = entry->fts_name;
    const size_t n = entry->fts_namelen;
    const bool csv = (n > 4 && strcmp(name + n - 4, ".csv") == 0) || (n > 7 && strcmp(name + n - 7, ".csv.gz") == 0);
    return entry->fts_info == FTS_F && csv && !(strstr(entry->fts_path, "/corpora/") != NULL && name[0] == 'p');
}

static void test_clean_files_give_at_most_one_false_alarm_in_a_hundred(void **state)
{
    char data[] = SHARED "data", corpus[] = SHARED "corpora/csv/files", *const roots[] = {data, corpus, NULL};
    struct tally tally = {0};
    struct small_folder folder;
    struct file *const file = malloc(sizeof *file);
    (void)state;
    if (access(SHARED "data", R_OK) != 0)
        skip();
    assert_non_null(file);
    FTS *const walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    assert_non_null(walk);
    small_folder_make(&folder);
    for (const FTSENT *entry; (entry = fts_read(walk)) != NULL;) {
        if (!is_clean(entry))
            continue;
        talk_begin(&folder); /* half of the files are malformed on purpose, and told so */
        read_file(entry->fts_path, file);
        free(talk_end(&folder));
        count_file(entry->fts_path, file, &tally);
    }
    fts_close(walk);
    small_folder_remove(&folder);
    print_message("%zu files: %zu of %zu clean columns flagged, %zu of %zu cells with a match of their own\n",
                  tally.n_files, tally.n_flagged, tally.n_columns, tally.n_alarms, tally.n_cells);
    assert_true(tally.n_files > 50 && tally.n_cells > 500000);
    assert_true(tally.n_flagged * 100 <= tally.n_columns);
    assert_true(tally.n_alarms * 100 <= tally.n_cells);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planted_identifiers_are_found_where_they_are),
        cmocka_unit_test(test_clean_files_give_at_most_one_false_alarm_in_a_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
