/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/codebook.h"

#include "base/days.h"
#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"

static struct codebook *read_text(const char *text)
{
    struct codebook *codebook;

    scratch_write("codebook.yaml", text);
    codebook = codebook_read("codebook.yaml");
    assert_non_null(codebook);
    return codebook;
}

static void test_columns_are_read_with_types_and_places(void **state)
{
    struct codebook *codebook = read_text(GOOD_CODEBOOK);
    const struct codebook_column *age = codebook_find(codebook, "age");
    const struct codebook_column *seen = codebook_find(codebook, "seen");
    int32_t first;

    (void)state;
    assert_string_equal(codebook->path, "codebook.yaml");
    assert_int_equal(strlen(codebook->sha256), 64);
    assert_string_equal(codebook->name, "example");
    assert_int_equal(codebook->delimiter, ',');
    assert_false(codebook->latin1);
    assert_int_equal(codebook->n_columns, 12);
    assert_true(codebook->columns[0].dropped);
    assert_int_equal(age->type, VALUE_INTEGER);
    assert_string_equal(age->label, "Age");
    assert_string_equal(age->units, "years");
    assert_int_equal(age->line, 6);
    assert_int_equal(age->column, 3);
    assert_true(age->has_range);
    assert_near(age->low, 0, 0);
    assert_near(age->high, 120, 0);
    assert_false(age->required);
    assert_int_equal(seen->type, VALUE_DATE);
    assert_string_equal(seen->units, "date");
    assert_string_equal(seen->label, "seen");
    assert_int_equal(day_from_iso("2018-01-01", 10, &first), 0);
    assert_near(seen->low, first, 0);
    assert_true(codebook_find(codebook, "days")->required);
    assert_int_equal(codebook_find(codebook, "days")->type, VALUE_REAL);
    assert_int_equal(codebook_find(codebook, "note")->type, VALUE_TEXT);
    assert_true(codebook_find(codebook, "los")->known_after);
    assert_true(codebook_find(codebook, "plan")->known_before);
    codebook_free(codebook);
}

static void test_missing_cells_are_those_of_the_column_and_of_the_codebook(void **state)
{
    struct codebook *codebook = read_text(GOOD_CODEBOOK);
    const struct codebook_column *age = codebook_find(codebook, "age");

    (void)state;
    assert_int_equal(age->n_missing, 3);
    assert_string_equal(age->missing[0], "-9");
    assert_string_equal(age->missing[1], "");
    assert_string_equal(age->missing[2], "NA");
    assert_int_equal(codebook_find(codebook, "note")->n_missing, 2);
    codebook_free(codebook);
}

static void test_the_empty_cell_is_missing_when_nothing_is_said(void **state)
{
    struct codebook *codebook = read_text("codebook: x\ncolumns: {a: {type: text}}\n");

    (void)state;
    assert_int_equal(codebook->columns[0].n_missing, 1);
    assert_string_equal(codebook->columns[0].missing[0], "");
    codebook_free(codebook);
}

static void test_a_column_is_found_by_name_before_alias(void **state)
{
    struct codebook *codebook = read_text(GOOD_CODEBOOK);

    (void)state;
    assert_ptr_equal(codebook_find(codebook, "AGE"), codebook_find(codebook, "age"));
    assert_null(codebook_find(codebook, "Age"));
    codebook_free(codebook);
}

static void test_codes_keep_their_text_and_order(void **state)
{
    struct codebook *codebook =
        read_text("codebook: x\ncolumns: {a: {type: category, codes: {03: c, ' 1': yes, no: \"b \\u00e9\"}}}\n");
    const struct codebook_column *a = codebook->columns;

    (void)state;
    assert_int_equal(a->n_codes, 3);
    assert_string_equal(a->codes[0], "03");
    assert_string_equal(a->codes[1], " 1");
    assert_string_equal(a->codes[2], "no");
    assert_string_equal(a->labels[1], "yes");
    assert_string_equal(a->labels[2], "b \xc3\xa9");
    codebook_free(codebook);
}

static void test_delimiter_and_encoding(void **state)
{
    static const struct {
        const char *text;
        char delimiter;
        bool latin1;
    } CASES[] = {
        {"codebook: x\ndelimiter: tab\ncolumns: {a: {type: text}}\n", '\t', false},
        {"codebook: x\ndelimiter: \"\\t\"\nencoding: latin-1\ncolumns: {a: {type: text}}\n", '\t', true},
        {"codebook: x\ndelimiter: ';'\nencoding: utf-8\ncolumns: {a: {type: text}}\n", ';', false},
        {"codebook: x\ndelimiter: ' '\ncolumns: {a: {type: text}}\n", ' ', false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct codebook *codebook = read_text(CASES[i].text);
        assert_int_equal(codebook->delimiter, CASES[i].delimiter);
        assert_true(codebook->latin1 == CASES[i].latin1);
        codebook_free(codebook);
    }
}

static void assert_column(const struct table *table, size_t i, const char *name, enum column_type type)
{
    assert_string_equal(table->columns[i].name, name);
    assert_int_equal(table->columns[i].type, type);
}

static void test_schema_has_the_kept_columns_as_ingest_makes_them(void **state)
{
    struct codebook *codebook = read_text(GOOD_CODEBOOK);
    struct table *table = codebook_schema(codebook, "clients");
    const struct column *ended;

    (void)state;
    assert_non_null(table);
    assert_string_equal(table->name, "clients");
    assert_int_equal(table->n_rows, 0);
    assert_int_equal(table->n_columns, 11); /* all but the row id */
    assert_column(table, 0, "arm", COLUMN_CATEGORY);
    assert_column(table, 1, "age", COLUMN_INT8);
    assert_column(table, 2, "site", COLUMN_CATEGORY);
    assert_int_equal(table->columns[2].n_labels, 0); /* its labels are its cells */
    assert_column(table, 4, "los", COLUMN_INT16);
    assert_column(table, 5, "days", COLUMN_FLOAT64);
    assert_column(table, 6, "status", COLUMN_INT64);
    assert_column(table, 8, "seen", COLUMN_INT32);
    assert_column(table, 9, "note", COLUMN_TEXT);
    assert_string_equal(table->columns[8].units, "date");
    assert_string_equal(table->columns[1].label, "Age");
    ended = &table->columns[7];
    assert_int_equal(ended->n_labels, 4); /* codes 2 and 5 have one label, which stands where it first stood */
    assert_string_equal(ended->labels[1], "dropout");
    assert_string_equal(ended->labels[3], "died");
    table_free(table);
    codebook_free(codebook);
}

static void test_an_integer_is_the_smallest_that_holds_its_range_and_a_missing_value(void **state)
{
    static const struct {
        const char *range;
        enum column_type type;
    } CASES[] = {
        {"[-127, 127]", COLUMN_INT8},       {"[-128, 0]", COLUMN_INT16},         {"[0, 128]", COLUMN_INT16},
        {"[-32767, 0]", COLUMN_INT16},      {"[-32768, 0]", COLUMN_INT32},       {"[0, 32768]", COLUMN_INT32},
        {"[0, 2147483647]", COLUMN_INT32},  {"[0, 2147483648]", COLUMN_INT64},   {"[-2147483648, 0]", COLUMN_INT64},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "codebook: x\ncolumns: {a: {type: integer, range: %s}}\n", CASES[i].range);
        struct codebook *codebook = read_text(text);
        struct table *table = codebook_schema(codebook, "t");
        assert_column(table, 0, "a", CASES[i].type);
        table_free(table);
        codebook_free(codebook);
    }
}

/* 32767 labels are the most an int16 code counts. */
static void test_too_many_labels_are_told(void **state)
{
    enum { TOO_MANY = 32768, BYTES = 40 * TOO_MANY };
    char *text = malloc(BYTES);
    size_t n = (size_t)sprintf(text, "codebook: x\ncolumns:\n  a:\n    type: category\n    codes:\n");

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < TOO_MANY; i++)
        n += (size_t)sprintf(text + n, "      %d: l%d\n", i, i);
    assert_codebook_told(text, "error: codebook.yaml:6:7: codes: a category has at most 32767 labels; here are 32768\n");
    text[strlen(text) - strlen("      32767: l32767\n")] = '\0';
    assert_codebook_told(text, "");
    free(text);
}

static void test_a_file_that_is_not_there_is_told(void **state)
{
    (void)state;
    capture_start();
    assert_null(codebook_read("nowhere.yaml"));
    assert_string_equal(capture_end(), "error: cannot open 'nowhere.yaml': No such file or directory\n");
}

/* Each row breaks the good codebook in one place: the text that is replaced, by what, and what is told. */
static void test_a_column_with_intervals_becomes_its_two_ends(void **state)
{
    struct codebook *codebook = read_text("codebook: stays\n"
                                          "columns:\n"
                                          "  a: {type: integer}\n"
                                          "  los: {type: integer, label: Days, aliases: LOS, range: [1, 33], known: after,\n"
                                          "        intervals: {33: [366, open], 31: [31, 45], 32: [46, 365]}}\n"
                                          "  b: {type: integer, not_before: los_high}\n");
    struct table *schema = codebook_schema(codebook, "stays");
    const struct codebook_column *low = codebook_find(codebook, "los"), *high = codebook_find(codebook, "los_high");

    (void)state;
    assert_int_equal(codebook->n_columns, 4);
    assert_ptr_equal(low, codebook_find(codebook, "LOS"));
    assert_ptr_equal(low + 1, high);
    assert_string_equal(low->name, "los_low");
    assert_string_equal(high->label, "Days, at most");
    assert_int_equal(low->part, INTERVAL_LOW);
    assert_int_equal(high->part, INTERVAL_HIGH);
    assert_true(low->known_after && high->known_after);
    assert_int_equal(low->n_intervals, 3);
    assert_int_equal(low->intervals[0].code, 31);
    assert_true(high->intervals[2].high == INT64_MAX);
    assert_int_equal(codebook->columns[3].n_not_before, 1);
    assert_int_equal(codebook->columns[3].not_before[0], 2);
    assert_non_null(schema);
    assert_int_equal(schema->n_columns, 4);
    assert_int_equal(table_column(schema, "los_high")->type, COLUMN_INT16); /* 366 is larger than the code 33 */
    table_free(schema);
    codebook_free(codebook);
}

static const struct rule RULES[] = {
    {"a_codebook_has_a_name",
     "codebook: example\n",
     "",
     "error: codebook.yaml:1:1: missing key 'codebook': its name\n"},
    {"an_unknown_key_of_a_codebook_is_told",
     "missing: ['', NA]",
     "mising: ['', NA]",
     "error: codebook.yaml:2:1: unknown key 'mising'; did you mean 'missing'?\n"},
    {"an_unknown_key_of_a_column_is_told",
     "{type: integer, range: [0, 9999], known: after}",
     "{type: integer, rnge: [0, 9999], known: after}",
     "error: codebook.yaml:9:24: unknown key 'rnge'; did you mean 'range'?\n"},
    {"a_column_needs_a_type",
     "  note: {type: text}",
     "  note: {label: Note}",
     "error: codebook.yaml:14:3: note: missing key 'type' (integer, real, category, date or text; or 'role: drop')\n"},
    {"a_type_is_one_of_five",
     "  note: {type: text}",
     "  note: {type: string}",
     "error: codebook.yaml:14:16: type: integer, real, category, date or text was expected; value 'string'\n"},
    {"a_column_stands_once",
     "  note: {type: text}",
     "  note: {type: text}\n"
     "  los: {type: integer}",
     "error: codebook.yaml:15:3: key 'los' stands twice; the first is at 9:3\n"},
    {"a_column_begins_with_no_digit",
     "  note: {type: text}",
     "  3rd: {type: text}",
     "error: codebook.yaml:14:3: columns: the name of a column (1 to 64 letters, digits, '_' or '.', no digit first, "
     "no word of conditions) was expected; value '3rd'\n"},
    {"a_word_of_the_conditions_is_no_column",
     "  note: {type: text}",
     "  missing: {type: text}",
     "error: codebook.yaml:14:3: columns: the name of a column (1 to 64 letters, digits, '_' or '.', no digit first, "
     "no word of conditions) was expected; value 'missing'\n"},
    {"a_code_stands_once",
     "codes: {1: iop, 2: php,",
     "codes: {1: iop, 1: php,",
     "error: codebook.yaml:5:41: key '1' stands twice; the first is at 5:33\n"},
    {"a_code_is_not_missing_in_every_column",
     "codes: {1: iop,",
     "codes: {NA: iop,",
     "error: codebook.yaml:5:33: codes: the cell 'NA' is declared missing as well\n"},
    {"a_code_is_not_missing_in_its_column",
     "codes: {1: iop, 2: php, 3: inpatient}",
     "codes: {1: iop, 2: php, 3: inpatient}, missing: ['2']",
     "error: codebook.yaml:5:41: codes: the cell '2' is declared missing as well\n"},
    {"a_code_needs_a_label",
     "codes: {1: iop,",
     "codes: {1: ,",
     "error: codebook.yaml:5:36: 1: a text was expected; here is nothing\n"},
    {"only_a_category_has_codes",
     "  status: {type: integer}",
     "  status: {type: integer, codes: {1: x}}",
     "error: codebook.yaml:11:35: codes: only a category has codes; type is integer\n"},
    {"an_alias_is_no_other_column",
     "aliases: AGE",
     "aliases: [AGE, los]",
     "error: codebook.yaml:6:99: aliases: the name 'los' is taken at 9:3\n"},
    {"an_alias_belongs_to_one_column",
     "  status: {type: integer}",
     "  status: {type: integer, aliases: AGE}",
     "error: codebook.yaml:11:36: aliases: the name 'AGE' is taken at 6:93\n"},
    {"an_alias_is_not_the_column_itself",
     "aliases: AGE",
     "aliases: [age]",
     "error: codebook.yaml:6:94: aliases: the name 'age' is taken at 6:3\n"},
    {"a_range_is_lowest_and_highest",
     "range: [0, 120]",
     "range: [0]",
     "error: codebook.yaml:6:57: range: at least 2 are expected; here is 1\n"},
    {"a_range_ascends",
     "range: [0, 120]",
     "range: [120, 0]",
     "error: codebook.yaml:6:58: range: the lowest value is above the highest; values '120' and '0'\n"},
    {"a_range_of_integers_is_whole",
     "range: [0, 120]",
     "range: [0.5, 120]",
     "error: codebook.yaml:6:58: range: two whole numbers were expected; value '0.5'\n"},
    {"a_range_of_dates_is_of_dates",
     "range: [2018-01-01, 2020-12-31]",
     "range: [2018, 2020]",
     "error: codebook.yaml:13:30: range: two dates as YYYY-MM-DD were expected; value '2018'\n"},
    {"a_text_has_no_range",
     "  note: {type: text}",
     "  note: {type: text, range: [0, 1]}",
     "error: codebook.yaml:14:30: range: a text column has no range\n"},
    {"a_category_has_no_range",
     "  site: {type: category}",
     "  site: {type: category, range: [a, b]}",
     "error: codebook.yaml:7:34: range: a category column has no range\n"},
    {"a_date_has_no_units",
     "{type: date,",
     "{type: date, units: days,",
     "error: codebook.yaml:13:29: units: a date has no units\n"},
    {"required_is_yes_or_no",
     "required: yes",
     "required: maybe",
     "error: codebook.yaml:10:32: required: yes or no was expected; value 'maybe'\n"},
    {"known_is_before_or_after",
     "  site: {type: category}",
     "  site: {type: category, known: during}",
     "error: codebook.yaml:7:33: known: before or after was expected; value 'during'\n"},
    {"a_role_is_row_id_or_drop",
     "{role: row_id}",
     "{role: rowid}",
     "error: codebook.yaml:4:18: role: row_id, drop or id was expected; value 'rowid'; did you mean 'row_id'?\n"},
    {"an_id_needs_a_type",
     "{role: row_id}",
     "{role: id}",
     "error: codebook.yaml:4:3: caseid: missing key 'type' (integer, real, category, date or text; or 'role: drop')\n"},
    {"what_is_required_cannot_be_optional",
     "{type: real, required: yes}",
     "{type: real, required: yes, optional: yes}",
     "error: codebook.yaml:10:47: optional: the column is required as well; a file without it would keep no row\n"},
    {"only_a_date_lies_ahead",
     "{type: real, required: yes}",
     "{type: real, ahead: yes}",
     "error: codebook.yaml:10:29: ahead: only a date lies ahead; type is real\n"},
    {"nothing_lies_before_itself_or_before_another_kind",
     "{type: integer, range: [0, 9999], known: after}",
     "{type: integer, not_before: [los, days, status, caseid, AGE, lso, site]}",
     "error: codebook.yaml:9:37: not_before: a column never lies before itself\n"
     "error: codebook.yaml:9:42: not_before: two columns of numbers, or of dates, were expected\n"
     "error: codebook.yaml:9:56: not_before: column 'caseid' is dropped unread\n"
     "error: codebook.yaml:9:64: not_before: 'AGE' is another name of column 'age'; write 'age'\n"
     "error: codebook.yaml:9:69: not_before: there is no column 'lso'\n"
     "error: codebook.yaml:9:74: not_before: two columns of numbers, or of dates, were expected\n"},
    {"unique_names_columns",
     "missing: ['', NA]",
     "unique: [days, nobody]",
     "error: codebook.yaml:2:16: unique: there is no column 'nobody'\n"},
    {"intervals_are_whole_numbers_in_order",
     "{type: integer, range: [0, 9999], known: after}",
     "{type: integer, intervals: {31: [45, 31], x: [1, 2], 33: [1, many], 34: [1], 35: [0.5, open]}}",
     "error: codebook.yaml:9:41: intervals: the lowest value is above the highest\n"
     "error: codebook.yaml:9:66: intervals: two whole numbers were expected, or one and the word open; values '1' and "
     "'many'\n"
     "error: codebook.yaml:9:80: 34: at least 2 are expected; here is 1\n"
     "error: codebook.yaml:9:90: intervals: two whole numbers were expected, or one and the word open; values '0.5' and "
     "'open'\n"},
    {"only_whole_numbers_have_intervals",
     "{type: real, required: yes}",
     "{type: real, intervals: {31: [31, 45]}}",
     "error: codebook.yaml:10:34: intervals: only whole numbers have them; type is real\n"},
    {"the_parts_of_an_interval_have_names_of_their_own",
     "  status: {type: integer}",
     "  days_low: {type: integer, intervals: {1: [1, 2]}, aliases: [days_low_high]}",
     "error: codebook.yaml:11:63: aliases: the name 'days_low_high' is taken at 11:3\n"},
    {"a_delimiter_is_one_byte",
     "missing: ['', NA]",
     "delimiter: ';;'",
     "error: codebook.yaml:2:12: delimiter: one byte such as ',' ';' or '|', or the word tab, was expected (no letter, "
     "digit, quote, sign, point or line end); value ';;'\n"},
    {"a_delimiter_is_no_letter",
     "missing: ['', NA]",
     "delimiter: x",
     "error: codebook.yaml:2:12: delimiter: one byte such as ',' ';' or '|', or the word tab, was expected (no letter, "
     "digit, quote, sign, point or line end); value 'x'\n"},
    {"a_delimiter_is_no_quote",
     "missing: ['', NA]",
     "delimiter: '\"'",
     "error: codebook.yaml:2:12: delimiter: one byte such as ',' ';' or '|', or the word tab, was expected (no letter, "
     "digit, quote, sign, point or line end); value '\\x22'\n"},
    {"a_delimiter_is_no_line_end",
     "missing: ['', NA]",
     "delimiter: \"\\n"
     "\"",
     "error: codebook.yaml:2:12: delimiter: one byte such as ',' ';' or '|', or the word tab, was expected (no letter, "
     "digit, quote, sign, point or line end); value '\\x0a'\n"},
    {"an_encoding_is_one_of_two",
     "missing: ['', NA]",
     "encoding: utf8",
     "error: codebook.yaml:2:11: encoding: utf-8 or latin-1 was expected; value 'utf8'; did you mean 'utf-8'?\n"},
    {"columns_are_needed",
     NULL,
     "codebook: x\n"
     "columns: {}\n",
     "error: codebook.yaml:2:10: columns: a table of columns by name was expected; here is nothing\n"},
    {"a_codebook_that_drops_all_is_told",
     NULL,
     "codebook: x\n"
     "columns: {a: {role: drop}, b: {role: row_id}}\n",
     "error: codebook.yaml:2:11: columns: every column is dropped; nothing would be read\n"},
    {"mistakes_of_a_codebook_are_told_together_in_line_order",
     NULL,
     "codebok: x\n"
     "columns:\n"
     "  a: {type: integr}\n"
     "  b: {type: category, codes: {1: x, 1: y}}\n"
     "  c: {type: integer, range: [2, 1]}\n"
     "  a.b: {type: integer, aliases: a}\n",
     "error: codebook.yaml:1:1: unknown key 'codebok'; did you mean 'codebook'?\n"
     "error: codebook.yaml:1:1: missing key 'codebook': its name\n"
     "error: codebook.yaml:3:13: type: integer, real, category, date or text was expected; value 'integr'; did you "
     "mean 'integer'?\n"
     "error: codebook.yaml:4:37: key '1' stands twice; the first is at 4:31\n"
     "error: codebook.yaml:5:30: range: the lowest value is above the highest; values '2' and '1'\n"
     "error: codebook.yaml:6:33: aliases: the name 'a' is taken at 3:3\n"},
};

static void test_rule(void **state)
{
    const struct rule *rule = *state;
    char *text = replaced(GOOD_CODEBOOK, rule->old == NULL ? GOOD_CODEBOOK : rule->old, rule->with);

    assert_codebook_told(text, rule->told);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_column_with_intervals_becomes_its_two_ends),
        cmocka_unit_test(test_columns_are_read_with_types_and_places),
        cmocka_unit_test(test_missing_cells_are_those_of_the_column_and_of_the_codebook),
        cmocka_unit_test(test_the_empty_cell_is_missing_when_nothing_is_said),
        cmocka_unit_test(test_a_column_is_found_by_name_before_alias),
        cmocka_unit_test(test_codes_keep_their_text_and_order),
        cmocka_unit_test(test_delimiter_and_encoding),
        cmocka_unit_test(test_schema_has_the_kept_columns_as_ingest_makes_them),
        cmocka_unit_test(test_an_integer_is_the_smallest_that_holds_its_range_and_a_missing_value),
        cmocka_unit_test(test_too_many_labels_are_told),
        cmocka_unit_test(test_a_file_that_is_not_there_is_told),
    };
    int failed = cmocka_run_group_tests(tests, enter_folder, leave_folder);

    return failed + run_rules(RULES, sizeof RULES / sizeof RULES[0], test_rule);
}
