/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a study may hold by its basis: refused, top-coded or kept; and no value of an identifier is told. */
#include "ingest/safeguard.h"

#include "tests/pipeline/ingest/bench.h"
#include "tests/pipeline/ingest/test_identifier_lines.h"
#include "tests/pipeline/ingest/typist_ways.h"

static const char codebook[] =
    "codebook: small\n"
    "columns:\n"
    "  n:      {type: integer, range: [0, 1000]}\n"
    "  note:   {type: text}\n"
    "  flag:   {type: category, codes: {'123-45-6789': a, b: b}}\n"
    "  level:  {type: category}\n"
    "  amount: {type: integer}\n"
    "  row:    {role: row_id}\n";

#define HEADER "n,note,flag,level,amount,row\n"

static void use(struct bench *bench, const char *text, enum privacy_basis basis)
{
    codebook_free(bench->table.codebook);
    bench->table.codebook = codebook_read(small_text(&bench->folder, "codebook.yaml", text));
    assert_non_null(bench->table.codebook);
    bench->study.basis = basis;
}

static int setup(void **state)
{
    struct bench *const bench = bench_setup(state, codebook);
    bench->study.basis = BASIS_UNDECLARED;
    return 0;
}

/* ---- by value -------------------------------------------------------------------------------------------------- */

static void write_quoted(FILE *file, const char *text)
{
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    if (quoted)
        fputc('"', file);
}

/* A file of clean rows with one cell in the middle; the message of a whole look at it, or NULL when nothing is refused. */
static char *look_at(struct bench *bench, const struct plan *plan, const char *cell)
{
    const char *const path = small_text(&bench->folder, "x.csv", "");
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs(HEADER, file);
    for (int i = 0; i < 40; i++) {
        fprintf(file, "%d,", i);
        write_quoted(file, i == 20 ? cell : "stayed the night");
        fprintf(file, ",b,west,%d,%d\n", i * 13, i);
    }
    fclose(file);
    const struct typist_task task = {.plan = plan, .schema = plan->schema, .what = TYPIST_COUNT};
    struct typed_file typed;
    struct source_files files;
    talk_begin(&bench->folder);
    const int found = source_files_find(&bench->study, &bench->table, &files);
    const int spooled = source_files_spool(&files, plan->codebook, NULL);
    const int status = type_file(path, &task, NULL, &typed);
    const int refused = safeguard_judge(plan, &typed.counts, &files);
    char *const talk = talk_end(&bench->folder);
    assert_int_equal(found + spooled + status, 0);
    assert_int_equal(typed.rows->n_rows + typed.rejects.n, 40);
    typed_file_free(&typed, plan);
    source_files_free(&files);
    if (refused != 0)
        return talk;
    free(talk);
    return NULL;
}

static void test_one_cell_that_holds_an_identifier_refuses_the_column_and_is_not_told(void **state)
{
    struct bench *const bench = *state;
    struct lines lines = lines_open("identifier_values.tsv");
    struct plan *const plan = plan_make(&bench->study, &bench->table);
    size_t n[26] = {0};
    assert_non_null(plan);
    while (lines_next(&lines)) {
        char letter[32];
        if (strcmp(lines.cells[1], "strong") != 0 || strcmp(lines.cells[2], "-") != 0)
            continue;
        char *const talk = look_at(bench, plan, lines.cells[3]);
        if (talk == NULL)
            fail_msg("%s of letter %s was not refused", lines.cells[3], lines.cells[0]);
        snprintf(letter, sizeof letter, "164.514(b)(2)(i)(%c)", lines.cells[0][0]);
        assert_says(talk, letter);
        assert_says(talk, "x.csv:22: column 'note' holds identifiers");
        assert_says(talk, "in 1 of 40 cells");
        assert_keeps_silent_about(talk, lines.cells[3]);
        free(talk);
        n[lines.cells[0][0] - 'A']++;
    }
    for (size_t i = 1; i <= 'R' - 'A'; i++) /* names of persons are mostly told by the name of their column */
        assert_true(n[i] >= 19);
    plan_free(plan);
}

static void test_clean_cells_are_not_refused(void **state)
{
    static const char *const clean[] = {"", "left against advice", "3.5", "12", "2021", "stage II", "5 of 7", "W-12"};
    struct bench *const bench = *state;
    struct plan *const plan = plan_make(&bench->study, &bench->table);
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
        assert_null(look_at(bench, plan, clean[i]));
    plan_free(plan);
}

static size_t write_rows(char *text, const char *const *notes, size_t n_notes, size_t n)
{
    size_t length = (size_t)sprintf(text, HEADER);
    for (size_t i = 0; i < n; i++)
        length += (size_t)sprintf(text + length, "%zu,%s,%s,west,%zu,%zu\n", i % 1000, notes[i % n_notes],
                                  i % 2 ? "123-45-6789" : "b", i * 17, 900000000 + i * 7919);
    return length;
}

static void test_a_refused_run_writes_nothing_and_says_the_same_on_any_number_of_threads(void **state)
{
    static const char *const notes[] = {"fine", "well", "call 207-555-0142 x"};
    struct bench *const bench = *state;
    char *const text = malloc(1 << 21), *first = NULL;
    const size_t n = write_rows(text, notes, 3, 20000);
    for (int n_threads = 1; n_threads <= 4; n_threads += 3) {
        bench->options.n_threads = n_threads;
        assert_int_equal(bench_run_bytes(bench, text, n), EXIT_FAILED);
        assert_says(bench->talk, "x.csv:4: column 'note' holds identifiers: telephone number");
        assert_says(bench->talk, "in 6666 of 20000 cells");
        assert_keeps_silent_about(bench->talk, "207");
        assert_null(bench->rejects);
        assert_int_not_equal(access(bench->records, F_OK), 0);
        if (first != NULL)
            assert_string_equal(first, bench->talk);
        free(first);
        first = strdup(bench->talk);
    }
    free(first);
    free(text);
}

/* Declared codes are no identifiers, and a row id is dropped unread, whatever they look like. */
static void test_codes_and_row_ids_are_not_looked_at(void **state)
{
    static const char *const notes[] = {"fine", "well"};
    struct bench *const bench = *state;
    char *const text = malloc(1 << 16);
    const size_t n = write_rows(text, notes, 2, 500);
    assert_int_equal(bench_run_bytes(bench, text, n), EXIT_DONE);
    assert_int_equal(bench->rows->n_rows, 500);
    assert_null(table_column(bench->rows, "row"));
    free(text);
}

static void test_codes_that_differ_in_every_row_are_refused_unless_they_are_public(void **state)
{
    struct bench *const bench = *state;
    char *const text = malloc(1 << 16);
    size_t n = (size_t)sprintf(text, HEADER);
    for (unsigned i = 0; i < 200; i++)
        n += (size_t)sprintf(text + n, "1,K%08X,b,west,2,3\n", i * 2654435761u);
    assert_int_equal(bench_run_bytes(bench, text, n), EXIT_FAILED);
    assert_says(bench->talk, "unique identifying code (45 CFR 164.514(b)(2)(i)(R))");
    bench->study.basis = BASIS_PUBLIC;
    assert_int_equal(bench_run_bytes(bench, text, n), EXIT_DONE);
    free(text);
}

static void test_even_public_data_hold_no_social_security_numbers(void **state)
{
    struct bench *const bench = *state;
    bench->study.basis = BASIS_PUBLIC;
    assert_int_equal(bench_run_text(bench, HEADER "1,SSN 219-09-9999,b,west,2,3\n1,,b,west,2,3\n"), EXIT_FAILED);
    assert_says(bench->talk, "social security number (45 CFR 164.514(b)(2)(i)(G))");
    assert_keeps_silent_about(bench->talk, "219");
}

static void test_a_rejected_value_that_is_an_identifier_stops_the_run_and_is_not_shown(void **state)
{
    struct bench *const bench = *state;
    assert_int_equal(bench_run_text(bench, HEADER "219-09-9999,,b,west,2,3\n1,,b,west,jane.doe@example.org,3\n"
                                                  "1,,b,west,2,3\n"), EXIT_FAILED);
    assert_says(bench->talk, "x.csv:2:1 (n): a whole number from 0 to 1000 was expected");
    assert_says(bench->talk, "x.csv:2:1: column 'n' holds an identifier in a row that fits no rule: social security number");
    assert_keeps_silent_about(bench->talk, "219");
    assert_keeps_silent_about(bench->talk, "jane");
}

/* ---- by name --------------------------------------------------------------------------------------------------- */

static void test_columns_are_refused_by_their_names_with_their_place(void **state)
{
    struct bench *const bench = *state;
    struct lines lines = lines_open("identifier_names.tsv");
    size_t n = 0;
    while (lines_next(&lines)) {
        char text[512], letter[32];
        snprintf(text, sizeof text, "codebook: c\ncolumns:\n  x: {type: integer, aliases: [\"%s\"]}\n", lines.cells[1]);
        use(bench, text, BASIS_UNDECLARED);
        talk_begin(&bench->folder);
        struct plan *const plan = plan_make(&bench->study, &bench->table);
        char *const talk = talk_end(&bench->folder);
        if (plan != NULL)
            fail_msg("'%s' was not refused", lines.cells[1]);
        snprintf(letter, sizeof letter, "(2)(i)(%s)", lines.cells[0]);
        assert_says(talk, letter);
        assert_says(talk, "codebook.yaml:3:");
        free(talk);
        n++;
    }
    assert_true(n >= 18 * 20);
}

static void test_a_column_whose_codes_are_declared_may_have_any_name(void **state)
{
    struct bench *const bench = *state;
    use(bench, "codebook: c\ncolumns:\n  phone: {type: category, codes: {0: none, 1: has one}}\n", BASIS_UNDECLARED);
    assert_int_equal(bench_run_text(bench, "phone\n0\n1\n"), EXIT_DONE);
}

/* ---- dates and ages ----------------------------------------------------------------------------------------------- */

static void test_dates_need_a_basis(void **state)
{
    static const char text[] = "codebook: c\ncolumns:\n  seen: {type: date}\n";
    static const enum privacy_basis allowed[] = {BASIS_PUBLIC, BASIS_LIMITED_DATA_SET, BASIS_EXPERT};
    struct bench *const bench = *state;
    for (size_t i = 0; i < 3; i++) {
        use(bench, text, allowed[i]);
        assert_int_equal(bench_run_text(bench, "seen\n2021-03-04\n"), EXIT_DONE);
    }
    use(bench, text, BASIS_UNDECLARED);
    assert_int_equal(bench_run_text(bench, "seen\n2021-03-04\n"), EXIT_FAILED);
    assert_says(bench->talk, "codebook.yaml:3:3: column 'seen' holds dates: calendar date (45 CFR 164.514(b)(2)(i)(C))");
}

static const char ages[] =
    "codebook: c\ncolumns:\n"
    "  age:   {type: integer, label: Age at admission, units: years, range: [0, 120], missing: ['99']}\n"
    "  years: {type: real, label: Age at first use, units: years}\n"
    "  stay:  {type: integer, units: days}\n";

static void test_ages_over_89_become_90(void **state)
{
    struct bench *const bench = *state;
    use(bench, ages, BASIS_LIMITED_DATA_SET);
    assert_int_equal(bench_run_text(bench, "age,years,stay\n89,89.5,93\n90,90,94\n91,91.25,95\n120,12.5,96\n99,,97\n"),
                     EXIT_DONE);
    static const int64_t expected[] = {89, 90, 90, 90, MISSING_INTEGER};
    static const double reals[] = {89.5, 90, 90, 12.5};
    const struct column *const age = table_column(bench->rows, "age");
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(column_integer(age, i), expected[i]);
    for (size_t i = 0; i < 4; i++)
        assert_near(column_real(table_column(bench->rows, "years"), i), reals[i], 0);
    assert_int_equal(column_integer(table_column(bench->rows, "stay"), 0), 93);
    assert_string_equal(age->label, "Age at admission (90: 90 and over)");
    assert_int_equal(bench_count(bench, "", "age", "top_coded", ""), 3);
    assert_int_equal(bench_count(bench, "", "years", "top_coded", ""), 2);
    assert_int_equal(bench_count(bench, "", "stay", "top_coded", ""), -1);
}

static void test_public_ages_stay(void **state)
{
    struct bench *const bench = *state;
    use(bench, ages, BASIS_PUBLIC);
    assert_int_equal(bench_run_text(bench, "age,years,stay\n93,93,93\n"), EXIT_DONE);
    assert_int_equal(column_integer(table_column(bench->rows, "age"), 0), 93);
    assert_int_equal(bench_count(bench, "", "age", "top_coded", ""), -1);
}

static void test_an_age_over_89_without_units_is_refused(void **state)
{
    struct bench *const bench = *state;
    use(bench, "codebook: c\ncolumns:\n  age: {type: integer}\n", BASIS_EXPERT);
    assert_int_equal(bench_run_text(bench, "age\n34\n93\n"), EXIT_FAILED);
    assert_says(bench->talk, "x.csv:3: column 'age' holds identifiers: age over 89 (45 CFR 164.514(b)(2)(i)(C))");
    assert_says(bench->talk, "'units: years'");
    assert_keeps_silent_about(bench->talk, "93");
    assert_int_equal(bench_run_text(bench, "age\n34\n89\n"), EXIT_DONE);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        EACH(test_one_cell_that_holds_an_identifier_refuses_the_column_and_is_not_told),
        EACH(test_clean_cells_are_not_refused),
        EACH(test_a_refused_run_writes_nothing_and_says_the_same_on_any_number_of_threads),
        EACH(test_codes_and_row_ids_are_not_looked_at),
        EACH(test_codes_that_differ_in_every_row_are_refused_unless_they_are_public),
        EACH(test_even_public_data_hold_no_social_security_numbers),
        EACH(test_a_rejected_value_that_is_an_identifier_stops_the_run_and_is_not_shown),
        EACH(test_columns_are_refused_by_their_names_with_their_place),
        EACH(test_a_column_whose_codes_are_declared_may_have_any_name),
        EACH(test_dates_need_a_basis),
        EACH(test_ages_over_89_become_90),
        EACH(test_public_ages_stay),
        EACH(test_an_age_over_89_without_units_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
