/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/expression.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

/* ---- a table with every type of column ------------------------------------------------------------ */

enum { I8, I16, I32, I64, REAL, SMALL, LARGE, TEXT, DATE, N_KINDS };
static const char *const kind_names[N_KINDS] = {"i8", "i16", "i32", "i64", "real", "small", "large", "text", "seen.on"};

enum { N_SMALL = 3, N_LARGE = 300 };
static const char *const small_labels[N_SMALL] = {"iop", "in patient", "it's"};

static struct table *make_table(size_t n_rows)
{
    char large[N_LARGE][16];
    const char *large_labels[N_LARGE];
    for (int i = 0; i < N_LARGE; i++) {
        snprintf(large[i], sizeof large[i], "L%d", i);
        large_labels[i] = large[i];
    }
    struct table *table = table_alloc("people", "");
    assert_non_null(table);
    assert_int_equal(table_resize(table, n_rows), 0);
    assert_non_null(table_add_column(table, "i8", COLUMN_INT8, 0, "", ""));
    assert_non_null(table_add_column(table, "i16", COLUMN_INT16, 0, "", ""));
    assert_non_null(table_add_column(table, "i32", COLUMN_INT32, 0, "", ""));
    assert_non_null(table_add_column(table, "i64", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(table, "real", COLUMN_FLOAT64, 0, "", ""));
    assert_non_null(table_add_category(table, "small", small_labels, N_SMALL, ""));
    assert_non_null(table_add_category(table, "large", large_labels, N_LARGE, ""));
    assert_non_null(table_add_column(table, "text", COLUMN_TEXT, 4, "", ""));
    assert_non_null(table_add_column(table, "seen.on", COLUMN_INT32, 0, "", "date"));
    return table;
}

static const struct expression_source nowhere = {"study.yaml", 12, 7};

/* Truth of a text in the one row of a table. */
static int truth_of(const char *text, const struct table *table, size_t row)
{
    uint8_t truth = 9;
    struct expression *expression = expression_compile(text, table, nowhere);
    if (expression == NULL)
        fail_msg("does not compile: %s", text);
    assert_int_equal(expression_compute(expression, table, row, 1, &truth), 0);
    expression_free(expression);
    return truth;
}

static void assert_truth(const struct table *table, const char *text, int expected)
{
    const int truth = truth_of(text, table, 0);
    if (truth != expected)
        fail_msg("%s is %d, expected %d", text, truth, expected);
}

static void test_truth_tables_are_kleenes(void **state)
{
    (void)state;
    static const char *const words[3] = {"false", "true", "i8 == 1"}; /* i8 is missing: unknown */
    static const int and_table[3][3] = {{0, 0, 0}, {0, 1, 2}, {0, 2, 2}};
    static const int or_table[3][3] = {{0, 1, 2}, {1, 1, 1}, {2, 1, 2}};
    static const int not_table[3] = {1, 0, 2};
    struct table *table = make_table(1);
    for (int a = 0; a < 3; a++) {
        char text[64];
        snprintf(text, sizeof text, "not %s", words[a]);
        assert_truth(table, text, not_table[a]);
        for (int b = 0; b < 3; b++) {
            snprintf(text, sizeof text, "%s and %s", words[a], words[b]);
            assert_truth(table, text, and_table[a][b]);
            snprintf(text, sizeof text, "%s or %s", words[a], words[b]);
            assert_truth(table, text, or_table[a][b]);
        }
    }
    table_free(table);
}

static void test_not_binds_before_and_before_or(void **state)
{
    (void)state;
    struct table *table = make_table(1);
    assert_truth(table, "true or true and false", TRUTH_TRUE);
    assert_truth(table, "(true or true) and false", TRUTH_FALSE);
    assert_truth(table, "not false and false", TRUTH_FALSE);
    assert_truth(table, "not (false and false)", TRUTH_TRUE);
    assert_truth(table, "not true or true", TRUTH_TRUE);
    assert_truth(table, "not not true", TRUTH_TRUE);
    assert_truth(table, "false and false or true", TRUTH_TRUE);
    assert_truth(table, "false and (false or true)", TRUTH_FALSE);
    table_free(table);
}

static void set_first_row(struct table *table)
{
    column_set_integer(&table->columns[I8], 0, -5);
    column_set_integer(&table->columns[I16], 0, 300);
    column_set_integer(&table->columns[I32], 0, 70000);
    column_set_integer(&table->columns[I64], 0, INT64_C(9007199254740993));
    column_set_real(&table->columns[REAL], 0, 0.1);
    column_set_code(&table->columns[SMALL], 0, 2);
    column_set_code(&table->columns[LARGE], 0, 200);
    column_set_text(&table->columns[TEXT], 0, "abcd", 4);
    column_set_integer(&table->columns[DATE], 0, 18262); /* 2020-01-01 */
}

static void test_every_operator_on_every_type(void **state)
{
    (void)state;
    struct table *table = make_table(1);
    set_first_row(table);
    static const struct {
        const char *text;
        int truth;
    } cases[] = {
        {"i8 == -5", 1},          {"i8 != -5", 0},          {"i8 < -5", 0},            {"i8 <= -5", 1},
        {"i8 > -5", 0},           {"i8 >= -5", 1},          {"i8 < -4.5", 1},          {"i8 >= -5.5", 1},
        {"i8 == -4.5", 0},        {"i8 != -4.5", 1},        {"i8 < 1000", 1},          {"i8 > 1000", 0},
        {"i8 == 251", 0},         {"i8 < -1e30", 0},        {"i8 > -1e30", 1},         {"i8 in (1, -5)", 1},
        {"i8 not in (1, -5)", 0}, {"i8 in (251, 7)", 0},    {"i16 == 300", 1},         {"i16 > 299.999", 1},
        {"i16 < 300.001", 1},     {"i16 in (44)", 0},       {"i32 == 7e4", 1},         {"i32 == 700000e-1", 1},
        {"i32 >= 70000.5", 0},    {"i32 <= 70000.5", 1},    {"real == 0.1", 1},        {"real == .1", 1},
        {"real < 0.1", 0},        {"real <= 0.1", 1},       {"real > 0.1", 0},         {"real >= 0.1", 1},
        {"real > 0.0999", 1},     {"real in (0.2, 1e-1)", 1}, {"real != 0.1", 0},      {"small == \"it's\"", 1},
        {"small == 'iop'", 0},    {"small != 'iop'", 1},    {"small in ('iop', 'in patient')", 0},
        {"small not in ('iop','in patient')", 1},           {"large == 'L200'", 1},    {"large in ('L0', 'L299')", 0},
        {"text == 'abcd'", 1},    {"text == 'abc'", 0},     {"text == 'abcde'", 0},    {"text != 'abc'", 1},
        {"text in ('x', 'abcd')", 1}, {"text not in ('x', 'abcd')", 0},
        {"seen.on == '2020-01-01'", 1}, {"seen.on < '2020-01-02'", 1}, {"seen.on >= \"2020-01-01\"", 1},
        {"seen.on != '2020-01-01'", 0}, {"seen.on in ('2019-12-31', '2020-01-01')", 1},
        {"missing(i8)", 0},       {"missing(text)", 0},     {"not missing(small)", 1}, {"missing(real)", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_truth(table, cases[i].text, cases[i].truth);
    table_free(table);
}

static void test_integers_compare_exactly_beyond_2_to_53(void **state)
{
    (void)state;
    struct table *table = make_table(1);
    set_first_row(table); /* i64 is 2^53 + 1 */
    assert_truth(table, "i64 == 9007199254740993", TRUTH_TRUE);
    assert_truth(table, "i64 == 9007199254740992", TRUTH_FALSE);
    assert_truth(table, "i64 > 9007199254740992", TRUTH_TRUE);
    assert_truth(table, "i64 > 9007199254740992.5", TRUTH_TRUE);
    assert_truth(table, "i64 < 9007199254740993.5", TRUTH_TRUE);
    assert_truth(table, "i64 == 900719925474099.3e1", TRUTH_TRUE);
    assert_truth(table, "i64 in (9007199254740992, 9007199254740994)", TRUTH_FALSE);
    column_set_integer(&table->columns[I64], 0, INT64_MAX);
    assert_truth(table, "i64 == 9223372036854775807", TRUTH_TRUE);
    assert_truth(table, "i64 == 9223372036854775808", TRUTH_FALSE);
    assert_truth(table, "i64 < 9223372036854775808", TRUTH_TRUE);
    assert_truth(table, "i64 <= 1e19", TRUTH_TRUE);
    assert_truth(table, "i64 > 1e300", TRUTH_FALSE);
    assert_truth(table, "i64 > 9223372036854775807", TRUTH_FALSE);
    column_set_integer(&table->columns[I64], 0, -INT64_MAX);
    assert_truth(table, "i64 == -9223372036854775807", TRUTH_TRUE);
    assert_truth(table, "i64 > -9223372036854775808", TRUTH_TRUE);
    assert_truth(table, "i64 < -9223372036854775808", TRUTH_FALSE);
    assert_truth(table, "i64 > -1e19", TRUTH_TRUE);
    table_free(table);
}

static void test_a_missing_value_makes_every_comparison_unknown(void **state)
{
    (void)state;
    struct table *table = make_table(1); /* all missing */
    static const char *const values[N_KINDS] = {"1", "1", "1", "1", "1", "'iop'", "'L1'", "'x'", "'2020-02-29'"};
    for (int kind = 0; kind < N_KINDS; kind++) {
        static const char *const signs[] = {"==", "!=", "in", "not in", "<", "<=", ">", ">="};
        const bool ordered = kind != SMALL && kind != LARGE && kind != TEXT;
        char text[128];
        for (int i = 0; i < (ordered ? 8 : 4); i++) {
            const bool list = i == 2 || i == 3;
            snprintf(text, sizeof text, "%s %s %s%s%s", kind_names[kind], signs[i], list ? "(" : "", values[kind],
                     list ? ")" : "");
            assert_truth(table, text, TRUTH_UNKNOWN);
        }
        snprintf(text, sizeof text, "missing(%s)", kind_names[kind]);
        assert_truth(table, text, TRUTH_TRUE);
        snprintf(text, sizeof text, "not missing ( %s )", kind_names[kind]);
        assert_truth(table, text, TRUTH_FALSE);
    }
    table_free(table);
}

static void test_columns_are_named_in_order_of_first_use(void **state)
{
    (void)state;
    struct table *table = make_table(0);
    struct expression *expression =
        expression_compile("real > 1 or i8 == 2 and (real < 5 or missing(text))", table, nowhere);
    assert_non_null(expression);
    assert_int_equal(expression_n_columns(expression), 3);
    assert_string_equal(expression_column(expression, 0), "real");
    assert_string_equal(expression_column(expression, 1), "i8");
    assert_string_equal(expression_column(expression, 2), "text");
    expression_free(expression);
    table_free(table);
}

/* ---- equality with a slow evaluator that walks a tree, row by row ------------------------------------ */

static uint64_t random_state;

static uint64_t random_bits(void) /* splitmix64 */
{
    uint64_t z = (random_state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int random_below(int n)
{
    return (int)(random_bits() % (uint64_t)n);
}

enum { MAX_VALUES = 4 };
struct node {
    enum { NODE_AND, NODE_OR, NODE_NOT, NODE_TRUE, NODE_FALSE, NODE_MISSING, NODE_COMPARE, NODE_IN } kind;
    struct node *left, *right;
    int column;
    int comparison; /* 0 == 1 != 2 < 3 <= 4 > 5 >=; for NODE_IN 1 means "not in" */
    int n_values;
    long double value[MAX_VALUES]; /* numbers, day numbers, or codes */
    char word[MAX_VALUES][24];     /* as printed, without quotes */
};

static void random_value(struct node *node, int i)
{
    static const char *const texts[] = {"a", "ab", "abcd", "abcde", "zz"};
    const int pick = random_below(12);
    switch (node->column) {
    case REAL:
        snprintf(node->word[i], sizeof node->word[i], "%d.%d", random_below(7) - 3, random_below(2) * 5);
        break;
    case SMALL:
        snprintf(node->word[i], sizeof node->word[i], "%s", small_labels[pick % N_SMALL]);
        break;
    case LARGE:
        snprintf(node->word[i], sizeof node->word[i], "L%d", 120 + random_below(12));
        break;
    case TEXT:
        snprintf(node->word[i], sizeof node->word[i], "%s", texts[pick % 5]);
        break;
    case DATE:
        snprintf(node->word[i], sizeof node->word[i], "2020-01-%02d", 1 + pick);
        node->value[i] = 18262 + pick;
        return;
    default:
        if (node->column == I64 && pick < 4)
            snprintf(node->word[i], sizeof node->word[i], "90071992547409%d", 90 + random_below(6));
        else if (pick == 0)
            snprintf(node->word[i], sizeof node->word[i], "%d.25", random_below(5));
        else
            snprintf(node->word[i], sizeof node->word[i], "%d", random_below(9) - 4);
    }
    if (node->column != SMALL && node->column != LARGE && node->column != TEXT)
        node->value[i] = strtold(node->word[i], NULL);
}

static struct node *random_node(int depth)
{
    struct node *node = calloc(1, sizeof *node);
    const int pick = random_below(depth > 0 ? 14 : 8);
    if (pick >= 8) {
        node->kind = pick < 10 ? NODE_AND : pick < 12 ? NODE_OR : NODE_NOT;
        node->left = random_node(depth - 1);
        if (node->kind != NODE_NOT)
            node->right = random_node(depth - 1);
        return node;
    }
    node->column = random_below(N_KINDS);
    if (pick == 0)
        node->kind = random_below(2) ? NODE_TRUE : NODE_FALSE;
    else
        node->kind = pick == 1 ? NODE_MISSING : pick < 6 ? NODE_COMPARE : NODE_IN;
    const bool labels = node->column == SMALL || node->column == LARGE || node->column == TEXT;
    node->comparison = random_below(node->kind == NODE_IN || labels ? 2 : 6);
    node->n_values = node->kind == NODE_IN ? 1 + random_below(MAX_VALUES) : 1;
    for (int i = 0; i < node->n_values; i++)
        random_value(node, i);
    return node;
}

static void free_node(struct node *node)
{
    if (node == NULL)
        return;
    free_node(node->left);
    free_node(node->right);
    free(node);
}

static void print_value(FILE *out, const struct node *node, int i)
{
    const bool quoted = node->column >= SMALL;
    const char *quote = !quoted ? "" : strchr(node->word[i], '\'') != NULL || random_below(2) ? "\"" : "'";
    fprintf(out, "%s%s%s", quote, node->word[i], quote);
}

/* Parentheses only where the precedence needs them: level 0 or, 1 and, 2 not. */
static void print_node(FILE *out, const struct node *node, int level)
{
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    const int own = node->kind == NODE_OR ? 0 : node->kind == NODE_AND ? 1 : 2;
    const bool parentheses = own < level || random_below(10) == 0;
    fputs(parentheses ? "( " : "", out);
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        print_node(out, node->left, own);
        fputs(node->kind == NODE_AND ? " and " : "\n or\t", out);
        print_node(out, node->right, own);
        break;
    case NODE_NOT:
        fputs("not ", out);
        print_node(out, node->left, 2);
        break;
    case NODE_TRUE:
    case NODE_FALSE:
        fputs(node->kind == NODE_TRUE ? "true" : "false", out);
        break;
    case NODE_MISSING:
        fprintf(out, "missing(%s)", kind_names[node->column]);
        break;
    case NODE_COMPARE:
        fprintf(out, "%s%s", kind_names[node->column], signs[node->comparison]);
        print_value(out, node, 0);
        break;
    case NODE_IN:
        fprintf(out, "%s %sin (", kind_names[node->column], node->comparison == 1 ? "not " : "");
        for (int i = 0; i < node->n_values; i++) {
            fputs(i > 0 ? ", " : "", out);
            print_value(out, node, i);
        }
        fputs(")", out);
        break;
    }
    fputs(parentheses ? ")" : "", out);
}

static bool value_compares(const struct node *node, int i, const struct column *column, size_t row, int comparison)
{
    int order;
    if (node->column == SMALL || node->column == LARGE || node->column == TEXT) {
        size_t length;
        const char *text = column_text(column, row, &length);
        order = length == strlen(node->word[i]) && memcmp(text, node->word[i], length) == 0 ? 0 : 1;
    } else {
        const long double x = column->type == COLUMN_FLOAT64 ? (long double)column_real(column, row)
                                                             : (long double)column_integer(column, row);
        order = x < node->value[i] ? -1 : x > node->value[i];
    }
    const bool holds[] = {order == 0, order != 0, order < 0, order <= 0, order > 0, order >= 0};
    return holds[comparison];
}

static enum truth slow_truth(const struct node *node, const struct table *table, size_t row)
{
    const struct column *column = &table->columns[node->column];
    switch (node->kind) {
    case NODE_NOT: {
        const enum truth a = slow_truth(node->left, table, row);
        return a == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : a == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
    }
    case NODE_AND:
    case NODE_OR: {
        const enum truth a = slow_truth(node->left, table, row);
        const enum truth b = slow_truth(node->right, table, row);
        const enum truth decides = node->kind == NODE_AND ? TRUTH_FALSE : TRUTH_TRUE;
        if (a == decides || b == decides)
            return decides;
        return a == TRUTH_UNKNOWN ? a : b;
    }
    case NODE_TRUE:
        return TRUTH_TRUE;
    case NODE_FALSE:
        return TRUTH_FALSE;
    case NODE_MISSING:
        return column_is_missing(column, row) ? TRUTH_TRUE : TRUTH_FALSE;
    case NODE_COMPARE:
        if (column_is_missing(column, row))
            return TRUTH_UNKNOWN;
        return value_compares(node, 0, column, row, node->comparison) ? TRUTH_TRUE : TRUTH_FALSE;
    case NODE_IN: {
        if (column_is_missing(column, row))
            return TRUTH_UNKNOWN;
        bool found = false;
        for (int i = 0; i < node->n_values; i++)
            found = found || value_compares(node, i, column, row, 0);
        return found != (node->comparison == 1) ? TRUTH_TRUE : TRUTH_FALSE;
    }
    }
    return TRUTH_UNKNOWN;
}

static void fill_randomly(struct table *table)
{
    static const char *const texts[] = {"a", "ab", "abcd", "b"};
    for (size_t row = 0; row < table->n_rows; row++)
        for (int kind = 0; kind < N_KINDS; kind++) {
            struct column *column = &table->columns[kind];
            const int pick = random_below(9);
            if (random_below(5) == 0)
                continue; /* stays missing */
            if (kind == REAL)
                column_set_real(column, row, (random_below(13) - 6) * 0.5);
            else if (kind == SMALL)
                column_set_code(column, row, pick % N_SMALL);
            else if (kind == LARGE)
                column_set_code(column, row, 118 + pick);
            else if (kind == TEXT)
                column_set_text(column, row, texts[pick % 4], strlen(texts[pick % 4]));
            else if (kind == DATE)
                column_set_integer(column, row, 18262 + pick);
            else if (kind == I64 && pick < 4)
                column_set_integer(column, row, INT64_C(9007199254740990) + random_below(6));
            else
                column_set_integer(column, row, pick - 4);
        }
}

enum { MANY_ROWS = 9001, TEXT_SIZE = 1 << 16 }; /* more than two blocks, and a rest */

static void test_equals_a_slow_evaluator_on_10000_random_conditions(void **state)
{
    (void)state;
    random_state = 20261121;
    struct table *table = make_table(MANY_ROWS);
    fill_randomly(table);
    uint8_t *truth = malloc(MANY_ROWS);
    char *text = malloc(TEXT_SIZE);
    size_t seen[3] = {0};
    for (int trial = 0; trial < 10000; trial++) {
        struct node *node = random_node(4);
        FILE *out = fmemopen(text, TEXT_SIZE, "w");
        print_node(out, node, 0);
        fclose(out);
        struct expression *expression = expression_compile(text, table, nowhere);
        if (expression == NULL)
            fail_msg("trial %d does not compile: %s", trial, text);
        /* Most trials look at a few rows; some cross the blocks. */
        const size_t first = trial % 100 == 0 ? 1 : (size_t)random_below(MANY_ROWS - 70);
        const size_t n = trial % 100 == 0 ? MANY_ROWS - 1 : 70;
        assert_int_equal(expression_compute(expression, table, first, n, truth), 0);
        for (size_t i = 0; i < n; i++) {
            if (truth[i] != slow_truth(node, table, first + i))
                fail_msg("trial %d, row %zu: %d for %s", trial, first + i, truth[i], text);
            seen[truth[i]]++;
        }
        expression_free(expression);
        free_node(node);
    }
    for (int i = 0; i < 3; i++)
        assert_true(seen[i] > 50000); /* the comparison is not of one answer with itself */
    free(text);
    free(truth);
    table_free(table);
}

/* ---- what is refused, and where ------------------------------------------------------------------------ */

static void assert_told(const char *expected)
{
    const char *told = capture_end();
    if (strstr(told, expected) == NULL)
        fail_msg("expected to be told \"%s\", was told \"%s\"", expected, told);
}

static void test_every_mistake_is_told_at_its_character(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *told; /* the text begins at study.yaml:12:7 */
    } cases[] = {
        {"i8 = 5", "study.yaml:12:10: '=' is not a comparison; use '=='"},
        {"i8 == 1 && i16 == 2", "study.yaml:12:15: '&&' is not a word of the language; use 'and'"},
        {"i8 <> 1", "study.yaml:12:10: '<>' is not a comparison; use '!='"},
        {"!missing(i8)", "study.yaml:12:7: '!' is not a word of the language; use 'not'"},
        {"small == 'iop", "study.yaml:12:16: the quote that opens here is not closed"},
        {"smal == 'iop'", "study.yaml:12:7: there is no column 'smal'; did you mean 'small'?"},
        {"i8 == 1 and qwertyuiop == 2", "study.yaml:12:19: there is no column 'qwertyuiop'"},
        {"small == 'ipo'", "study.yaml:12:17: column 'small' has no label 'ipo'; did you mean 'iop'?"},
        {"small == 'residential'", "column 'small' has no label 'residential'; its labels are 'iop', 'in patient', "},
        {"large == 'none of them'", "its labels are 'L0', 'L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7' and 292 more"},
        {"small == 1", "study.yaml:12:16: column 'small' holds labels, not numbers: 'iop', 'in patient', "},
        {"text == 1", "study.yaml:12:15: column 'text' holds text, not numbers; write the value in quotes"},
        {"text < 'b'", "study.yaml:12:15: '<' needs a numeric column, but 'text' holds text; use ==, != or in (...)"},
        {"small >= 'iop'", "'>=' needs a numeric column, but 'small' holds labels; use ==, != or in (...)"},
        {"i8 == '18'", "study.yaml:12:14: column 'i8' holds numbers; write 18 without quotes"},
        {"real > 'high'", "column 'real' holds numbers; it cannot be compared with the label 'high'"},
        {"seen.on > 20200101", "study.yaml:12:17: column 'seen.on' holds dates; write a date as 'YYYY-MM-DD'"},
        {"seen.on > '2019-02-29'", "a day of the calendar as 'YYYY-MM-DD' was expected; value '2019-02-29'"},
        {"small == iop", "study.yaml:12:16: a quoted label is expected to compare with column 'small'; write 'iop' in"},
        {"i8 == i16", "study.yaml:12:13: a number is expected to compare with column 'i8'; found 'i16'"},
        {"text == ''", "no label is empty; for missing values write missing(text)"},
        {"i8 == 0x10", "study.yaml:12:13: '0x10' is not a number; a decimal number was expected"},
        {"i8 == 12abc", "study.yaml:12:13: '12abc' is not a number"},
        {"i8 == 1.", "'1.' is not a number"},
        {"real < 1e999", "'1e999' is not a number"},
        {"real == nan", "a number is expected to compare with column 'real'; found 'nan'"},
        {"real == -inf", "'-inf' is not a number"},
        {"i8", "study.yaml:12:9: the condition ends where a comparison (==, !=, <, <=, >, >=, in) after column 'i8'"},
        {"i8 ==", "study.yaml:12:12: the condition ends where a number is expected"},
        {"", "study.yaml:12:7: the condition ends where a condition is expected"},
        {"i8 == 1 and", "study.yaml:12:18: the condition ends where a condition is expected"},
        {"(i8 == 1", "study.yaml:12:7: the parenthesis that opens here is not closed"},
        {"i8 == 1)", "study.yaml:12:14: no parenthesis is open here"},
        {"i8 == 1 i16 == 2", "study.yaml:12:15: 'and', 'or' or the end of the condition is expected; found 'i16'"},
        {"(i8 == 1 i16 == 2)", "study.yaml:12:16: 'and', 'or' or ')' is expected; found 'i16'"},
        {"5 < i8", "study.yaml:12:7: a comparison begins with its column: write column, sign, value"},
        {"i8 in 5", "study.yaml:12:13: '(' after 'in' is expected; found '5'"},
        {"i8 in (5 6)", "study.yaml:12:16: ',' or ')' in a list of values is expected; found '6'"},
        {"i8 in ()", "study.yaml:12:14: a number is expected to compare with column 'i8'; found ')'"},
        {"i8 not 5", "study.yaml:12:14: 'in' after a column and 'not' is expected; found '5'"},
        {"missing i8", "study.yaml:12:15: '(' after 'missing' is expected; found 'i8'"},
        {"missing('i8')", "a column in missing() is expected"},
        {"i8 == 1 or\n  i9 == 2", "study.yaml:13:3: there is no column 'i9'; did you mean 'i8'?"},
        {"text == '\xc3\xa4\xc3\xb6' and bad == 1", "study.yaml:12:24: there is no column 'bad'"},
        {"i8 == 1 ; i16", "study.yaml:12:15: unexpected character ';'"},
        {"i8 \x1b== 1", "study.yaml:12:10: unexpected character '\\x1b'"},
    };
    struct table *table = make_table(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        capture_start();
        struct expression *expression = expression_compile(cases[i].text, table, nowhere);
        assert_told(cases[i].told);
        assert_null(expression);
    }
    table_free(table);
}

/* n times `open`, then "true", then n times `close`. */
static char *nested(const char *open, const char *close, size_t n)
{
    char *text = calloc(n * (strlen(open) + strlen(close)) + 8, 1);
    for (size_t i = 0; i < n; i++)
        strcat(text, open);
    strcat(text, "true");
    for (size_t i = 0; i < n; i++)
        strcat(text, close);
    return text;
}

static void test_a_hundred_levels_are_refused_and_sixty_are_not(void **state)
{
    (void)state;
    static const char *const forms[][2] = {{"(", ")"}, {"not ", ""}, {"true and (false or ", ")"}};
    struct table *table = make_table(1);
    for (size_t i = 0; i < 3; i++) {
        char *shallow = nested(forms[i][0], forms[i][1], 60);
        assert_int_equal(truth_of(shallow, table, 0), TRUTH_TRUE);
        char *deep = nested(forms[i][0], forms[i][1], 100);
        capture_start();
        struct expression *expression = expression_compile(deep, table, nowhere);
        assert_told("more than 64 levels of parentheses and 'not'");
        assert_null(expression);
        free(shallow);
        free(deep);
    }
    table_free(table);
}

static void test_a_long_chain_needs_no_depth(void **state)
{
    (void)state;
    struct table *table = make_table(1);
    column_set_integer(&table->columns[I8], 0, 7);
    char *text = calloc(200000, 1);
    char *end = stpcpy(text, "i8 == 0");
    for (int i = 1; i < 8000; i++)
        end += sprintf(end, " or i8 == %d", i % 8);
    assert_int_equal(truth_of(text, table, 0), TRUTH_TRUE);
    free(text);
    table_free(table);
}

static void test_another_table_is_refused(void **state)
{
    (void)state;
    struct table *table = make_table(0);
    struct table *other = table_alloc("other", "");
    assert_non_null(table_add_column(other, "i8", COLUMN_FLOAT64, 0, "", ""));
    struct expression *expression = expression_compile("i8 == 1", table, nowhere);
    uint8_t truth;
    capture_start();
    assert_int_equal(expression_compute(expression, other, 0, 0, &truth), -1);
    assert_told("a condition was compiled for other columns than those of table 'other'");
    expression_free(expression);
    table_free(other);
    table_free(table);
}

static void test_a_wider_column_of_the_same_kind_is_fine(void **state)
{
    (void)state;
    struct table *schema = table_alloc("schema", "");
    assert_non_null(table_add_column(schema, "x", COLUMN_INT8, 0, "", ""));
    assert_non_null(table_add_column(schema, "word", COLUMN_TEXT, 1, "", ""));
    struct expression *expression = expression_compile("x == 1000 and word == 'long word'", schema, nowhere);
    assert_non_null(expression);
    struct table *table = table_alloc("data", "");
    assert_int_equal(table_resize(table, 1), 0);
    assert_non_null(table_add_column(table, "x", COLUMN_INT16, 0, "", ""));
    assert_non_null(table_add_column(table, "word", COLUMN_TEXT, 9, "", ""));
    column_set_integer(&table->columns[0], 0, 1000);
    column_set_text(&table->columns[1], 0, "long word", 9);
    uint8_t truth = 9;
    assert_int_equal(expression_compute(expression, table, 0, 1, &truth), 0);
    assert_int_equal(truth, TRUTH_TRUE);
    expression_free(expression);
    table_free(table);
    table_free(schema);
}

static void test_mutated_conditions_compile_or_are_told(void **state)
{
    (void)state;
    static const char *const seeds[] = {
        "i8 == -5 and (real < 0.25 or not missing(text)) and small in ('iop', \"it's\")",
        "seen.on >= '2020-01-01' or i64 not in (9007199254740993, 1e3) and true",
        "not (large != 'L17' and i16 <= 3.5e2) or false",
    };
    random_state = 7;
    struct table *table = make_table(8);
    fill_randomly(table);
    size_t good = 0, bad = 0;
    for (int trial = 0; trial < 20000; trial++) {
        char text[512];
        uint8_t truth[8];
        size_t length = (size_t)snprintf(text, sizeof text, "%s", seeds[trial % 3]);
        for (int edits = 1 + random_below(3); edits > 0; edits--) {
            const size_t at = (size_t)random_below((int)length);
            switch (random_below(4)) {
            case 0: /* another byte */
                text[at] = (char)(1 + random_below(255));
                break;
            case 1: /* a byte less */
                memmove(text + at, text + at + 1, length - at);
                length -= length > 1;
                break;
            case 2: /* a piece twice */
                if (length < 400) {
                    memmove(text + at + 9, text + at, length - at + 1);
                    length += 9;
                }
                break;
            default: /* cut off */
                if (random_below(8) == 0)
                    text[length = at + 1] = '\0';
            }
            text[length] = '\0';
        }
        capture_start();
        struct expression *expression = expression_compile(text, table, nowhere);
        const char *told = capture_end();
        if (expression == NULL) {
            assert_true(strncmp(told, "error: study.yaml:", 18) == 0);
            bad++;
            continue;
        }
        good++;
        assert_int_equal(expression_compute(expression, table, 0, 8, truth), 0);
        for (int i = 0; i < 8; i++)
            assert_true(truth[i] <= TRUTH_UNKNOWN);
        expression_free(expression);
    }
    assert_true(good > 500 && bad > 5000);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truth_tables_are_kleenes),
        cmocka_unit_test(test_not_binds_before_and_before_or),
        cmocka_unit_test(test_every_operator_on_every_type),
        cmocka_unit_test(test_integers_compare_exactly_beyond_2_to_53),
        cmocka_unit_test(test_a_missing_value_makes_every_comparison_unknown),
        cmocka_unit_test(test_columns_are_named_in_order_of_first_use),
        cmocka_unit_test(test_equals_a_slow_evaluator_on_10000_random_conditions),
        cmocka_unit_test(test_every_mistake_is_told_at_its_character),
        cmocka_unit_test(test_a_hundred_levels_are_refused_and_sixty_are_not),
        cmocka_unit_test(test_a_long_chain_needs_no_depth),
        cmocka_unit_test(test_another_table_is_refused),
        cmocka_unit_test(test_a_wider_column_of_the_same_kind_is_fine),
        cmocka_unit_test(test_mutated_conditions_compile_or_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
