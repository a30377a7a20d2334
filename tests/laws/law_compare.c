/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/laws/law_compare.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "store/store.h"

enum { KEY_MAX = 2000, NUMBERS_MAX = 32, TOLD_MAX = 4 };

#define RELATIVE 1e-6
#define ABSOLUTE 1e-9

/* One row: what it is called, and its numbers. */
struct row {
    char *key;
    double number[NUMBERS_MAX];
};

/* Errors of a logarithm beyond which next to nothing is known of it: the likelihood is flat, and where its search ends is chance. */
#define FLAT 5.

struct rows {
    const struct table *table;
    size_t n, n_number;
    const char *name[NUMBERS_MAX];
    struct row *items;
};

struct comparison {
    enum law law;
    uint64_t seed;
    const char *table;
    struct law_tally *tally;
    int n_told;
};

static void tell(struct comparison *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct comparison *c, const char *format, ...)
{
    va_list arguments;

    c->tally->n_wrong++;
    if (c->n_told++ >= TOLD_MAX)
        return;
    printf("not ok - %s, seed %llu, %s: ", law_name(c->law), (unsigned long long)c->seed, c->table);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

/* ---- what a row is called ------------------------------------------------------------------------------------------ */

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* Numbers that name a row, as its texts do. */
static bool names_a_row(const char *column)
{
    static const char *const names[] = {"time", "group", "score_from", "score_to", "step", "day", NULL};
    return is_one_of(column, names);
}

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* Notes name arms and tell numbers; where these change they are looked at without digits, or not at all. */
static bool is_prose(const char *column)
{
    static const char *const names[] = {"note", "gate", NULL};
    return is_one_of(column, names);
}

/* Appends a text, each word under the name that it had before LAW_RENAMED. */
static size_t add_words(char *key, size_t at, const char *text, size_t length, bool without_digits)
{
    for (size_t i = 0; i < length && at + 64 < KEY_MAX;) {
        char word[48];
        size_t n = 0;

        while (i + n < length && n + 1 < sizeof word && (isalnum((unsigned char)text[i + n]) || text[i + n] == '_'))
            n++;
        if (n == 0) {
            if (!(without_digits && strchr(".-+", text[i]) != NULL))
                key[at++] = text[i];
            i++;
            continue;
        }
        memcpy(word, text + i, n);
        word[n] = '\0';
        i += n;
        if (!(without_digits && isdigit((unsigned char)word[0])))
            at += (size_t)sprintf(key + at, "%s", law_old_name(word));
    }
    return at;
}

static char *make_key(const struct table *table, size_t i, enum law law, double days)
{
    char key[KEY_MAX];
    size_t at = 0;

    for (size_t j = 0; j < table->n_columns; j++) {
        const struct column *column = &table->columns[j];
        const bool is_text = column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY;
        size_t length = 0;

        if (is_text && !(is_prose(column->name) && (law == LAW_RENAMED || law == LAW_REFERENCE))) {
            const char *text = column_text(column, i, &length);
            at = add_words(key, at, text, length, is_prose(column->name) && law > LAW_MISSING);
        } else if (names_a_row(column->name) && at + 64 < KEY_MAX && !column_is_missing(column, i)) {
            at += (size_t)sprintf(key + at, "%.9g", column_real(column, i) / (strcmp(column->name, "time") == 0 ? days : 1));
        }
        key[at++] = '|';
    }
    key[at] = '\0';
    return strdup(key);
}

/* ---- what becomes of a number -------------------------------------------------------------------------------------- */

static bool is_any(const char *column)
{
    static const char *const names[] = {"estimate", "std_error", "conf_low", "conf_high", "margin", NULL};
    return is_one_of(column, names);
}

/* Back to days before LAW_DAYS. */
static double in_old_days(const char *measure, const char *column, double x)
{
    const bool is_time = strcmp(measure, "quantile_time") == 0 || strcmp(measure, "rmst") == 0 || strcmp(measure, "rmst_difference") == 0;

    return strcmp(column, "person_time") == 0 || (is_time && is_any(column)) ? x / LAW_WEEK : x;
}

/* As if the reference had not changed. */
static void turn_round(const struct rows *rows, struct row *row, const char *measure, bool has_sign)
{
    const bool is_ratio = ends_with(measure, "_ratio"), is_difference = ends_with(measure, "_difference");
    const bool is_of_model = strchr(row->key, '+') != NULL; /* its other terms; those of arms are left out */
    double *low = NULL, *high = NULL;

    for (size_t j = 0; j < rows->n_number; j++) {
        double *x = &row->number[j];
        const char *name = rows->name[j];

        if (strcmp(name, "smd") == 0 && has_sign)
            *x = -*x;
        if (strcmp(name, "variance_ratio") == 0)
            *x = 1 / *x;
        if ((!is_ratio && !is_difference) || is_of_model)
            continue;
        if (strcmp(name, "estimate") == 0)
            *x = is_ratio ? 1 / *x : -*x;
        else if (strcmp(name, "statistic") == 0)
            *x = -*x;
        else if (strcmp(name, "conf_low") == 0)
            low = x;
        else if (strcmp(name, "conf_high") == 0)
            high = x;
    }
    if (low != NULL && high != NULL) {
        const double kept = is_ratio ? 1 / *low : -*low;
        *low = is_ratio ? 1 / *high : -*high;
        *high = kept;
    }
}

/* Means and coefficients of covariates, back in their old units. */
static double in_old_units(const char *term, const char *measure, const char *column, double x)
{
    const bool is_age = strcmp(term, "age") == 0, is_mean = strcmp(column, "mean") == 0;
    const double scale = is_age ? LAW_MONTHS : LAW_SEVERITY_SCALE, shift = is_age ? 0 : LAW_SEVERITY_SHIFT;

    if (!is_age && strcmp(term, "severity") != 0)
        return x;
    if (is_mean || strcmp(column, "std_dev") == 0)
        return (x - (is_mean ? shift : 0)) / scale;
    return strncmp(measure, "log_", 4) == 0 && is_any(column) ? x * scale : x;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void copy_text(char *to, size_t size, const struct table *table, const char *name, size_t i)
{
    const struct column *column = table_column(table, name);
    size_t length = 0;
    const char *text = column == NULL ? "" : column_text(column, i, &length);

    snprintf(to, size, "%.*s", (int)length, text);
}

static bool has_text(const struct table *table, const char *name, size_t i)
{
    char text[8];

    copy_text(text, sizeof text, table, name, i);
    return text[0] != '\0';
}

static bool is_factor(const char *term)
{
    return strcmp(term, "sex") == 0 || strcmp(term, "drug") == 0;
}

/* Coefficients of levels depend on which level is the first, ratios of a covariate on its units. */
static bool is_left_out(const char *measure, const char *term, const char *method, enum law law)
{
    const bool is_ratio = ends_with(measure, "_ratio"), turns = law >= LAW_RENAMED && law <= LAW_REFERENCE,
               is_level = strncmp(term, "sex=", 4) == 0 || strncmp(term, "drug=", 5) == 0;

    if (law == LAW_REFERENCE && (strncmp(term, "arm=", 4) == 0 || strcmp(measure, "noninferiority_test") == 0 ||
                                 strcmp(measure, "equivalence_test") == 0))
        return true;
    /* Rows that count many have Breslow's ties in a weighted Cox regression; tests compare its levels. */
    if (law == LAW_COPIES && (strncmp(method, "weighted Cox", 12) == 0 ||
                              (strcmp(measure, "interaction_test") == 0 && strcmp(term, "hazard_ratio") == 0)))
        return true;
    if (law == LAW_UNITS && strcmp(measure, "loglik") == 0 && strstr(method, "Firth") != NULL) /* penalised by the information */
        return true;
    if (law == LAW_DAYS && strcmp(measure, "loglik") == 0) /* of densities per day */
        return true;
    return (turns && strcmp(term, "(intercept)") == 0) || (law == LAW_RENAMED && is_level) || (law == LAW_UNITS && is_ratio && (strcmp(term, "age") == 0 || strcmp(term, "severity") == 0));
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->key, ((const struct row *)b)->key);
}

static void swap_arms(struct table *table)
{
    struct column *arm = table_column(table, "arm"), *reference = table_column(table, "reference");

    if (arm == NULL || reference == NULL)
        return;
    for (size_t i = 0; i < table->n_rows; i++) {
        char a[64], b[64];

        copy_text(a, sizeof a, table, "arm", i);
        copy_text(b, sizeof b, table, "reference", i);
        if (b[0] == '\0')
            continue;
        column_set_text(arm, i, b, strlen(b));
        column_set_text(reference, i, a, strlen(a));
    }
}

static struct rows make_rows(struct table *table, enum law law, bool is_changed)
{
    struct rows rows = {.table = table, .items = calloc(table->n_rows + 1, sizeof *rows.items)};

    if (law == LAW_REFERENCE && is_changed)
        swap_arms(table);
    for (size_t j = 0; j < table->n_columns; j++) {
        const struct column *column = &table->columns[j];
        if (column->type != COLUMN_TEXT && column->type != COLUMN_CATEGORY && !names_a_row(column->name) && rows.n_number < NUMBERS_MAX)
            rows.name[rows.n_number++] = column->name;
    }
    for (size_t i = 0; i < table->n_rows; i++) {
        struct row *row = &rows.items[rows.n];
        char measure[64], term[64], method[64];

        copy_text(measure, sizeof measure, table, "measure", i);
        copy_text(term, sizeof term, table, "term", i);
        copy_text(method, sizeof method, table, "method", i);
        if (is_left_out(measure, term, method, law))
            continue;
        row->key = make_key(table, i, law, law == LAW_DAYS && is_changed ? LAW_WEEK : 1);
        for (size_t j = 0; j < rows.n_number; j++) {
            const struct column *column = table_column(table, rows.name[j]);
            double x = column_is_missing(column, i) ? NAN : column_real(column, i);

            if (is_changed && law == LAW_DAYS)
                x = in_old_days(measure, rows.name[j], x);
            if (is_changed && law == LAW_UNITS)
                x = in_old_units(term, measure, rows.name[j], x);
            row->number[j] = x;
        }
        if (is_changed && law == LAW_REFERENCE)
            turn_round(&rows, row, measure, !is_factor(term) || has_text(table, "level", i));
        rows.n++;
    }
    qsort(rows.items, rows.n, sizeof *rows.items, by_key);
    return rows;
}

static void free_rows(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        free(rows->items[i].key);
    free(rows->items);
}

static bool is_flat(const struct rows *rows, const struct row *row)
{
    for (size_t j = 0; j < rows->n_number; j++)
        if (strcmp(rows->name[j], "std_error") == 0 && row->number[j] > FLAT)
            return strstr(row->key, "hazard_ratio|") != NULL || strstr(row->key, "time_ratio|") != NULL || strstr(row->key, "odds_ratio|") != NULL;
    return false;
}

/* A statistic is a square of effects in their errors, where these are small: its root is what is known to so many digits. */
static double allowed(const char *name, double size)
{
    const double scale = strcmp(name, "statistic") == 0 ? fmax(size, sqrt(size)) : size;

    return fmax(RELATIVE * scale, ABSOLUTE);
}

static void compare_numbers(struct comparison *c, const struct rows *rows, const struct row *a, const struct row *b)
{
    if (is_flat(rows, a) && is_flat(rows, b)) {
        c->tally->n_flat++;
        return;
    }
    for (size_t j = 0; j < rows->n_number; j++) {
        const double x = a->number[j], y = b->number[j], off = fabs(x - y), size = fmax(fabs(x), fabs(y));

        c->tally->n_numbers++;
        if (isnan(x) && isnan(y))
            continue;
        if (!(off <= allowed(rows->name[j], size)))
            tell(c, "%s %s: %.17g, then %.17g", a->key, rows->name[j], x, y);
        else if (size > ABSOLUTE && off > ABSOLUTE)
            c->tally->largest = fmax(c->tally->largest, off / size);
    }
}

static void compare_rows(struct comparison *c, const struct rows *a, const struct rows *b)
{
    for (size_t i = 0, k = 0; i < a->n || k < b->n;) {
        const int order = i == a->n ? 1 : k == b->n ? -1 : strcmp(a->items[i].key, b->items[k].key);

        if (order < 0)
            tell(c, "%s is gone", a->items[i].key);
        else if (order > 0)
            tell(c, "%s is new", b->items[k].key);
        else
            compare_numbers(c, a, &a->items[i], &b->items[k]);
        c->tally->n_rows += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
}

/* Tables that tell of files and lines, or whose rows have a direction that LAW_REFERENCE turns. */
static bool is_compared(const char *table, enum law law)
{
    static const char *const always[] = {"provenance", "study", NULL};
    static const char *const files[] = {"quality", NULL}, *const counts[] = {"quality", "attrition", NULL};
    static const char *const turned[] = {"arms", "verdicts", "grid", "calibration", "overlap", "tipping", NULL};

    if (law == LAW_DAYS && strcmp(table, "differences") == 0) /* on other days */
        return false;
    if (is_one_of(table, always) || (law == LAW_SPLIT && is_one_of(table, files)) || (law == LAW_REFERENCE && is_one_of(table, turned)))
        return false;
    return !((law == LAW_COPIES || law == LAW_MISSING || law == LAW_UNITS || law == LAW_DAYS || law == LAW_RENAMED) && is_one_of(table, counts));
}

static struct table *read_table(const char *path, const char *name)
{
    struct table *table = store_read_table(path, name);

    if (table == NULL)
        exit(1);
    return table;
}

static void compare_table(struct comparison *c, const char *before, const char *after)
{
    struct table *a = read_table(before, c->table), *b = read_table(after, c->table);
    struct rows rows = make_rows(a, c->law, false), changed = make_rows(b, c->law, true);

    compare_rows(c, &rows, &changed);
    free_rows(&rows);
    free_rows(&changed);
    table_free(a);
    table_free(b);
}

void law_compare(const char *before, const char *after, enum law law, uint64_t seed, struct law_tally *tally)
{
    struct store *a = store_open(before), *b = store_open(after);
    struct comparison c = {.law = law, .seed = seed, .table = "results.h5", .tally = tally};

    if (a == NULL || b == NULL)
        exit(1);
    tally->n_studies++;
    if (law == LAW_SHUFFLED && strcmp(store_content_sha256(a), store_content_sha256(b)) != 0)
        tell(&c, "another content");
    for (size_t i = 0; i < store_n_tables(a); i++) {
        c.table = store_table_name(a, i);
        if (is_compared(c.table, law))
            compare_table(&c, before, after);
    }
    store_close(a);
    store_close(b);
}
