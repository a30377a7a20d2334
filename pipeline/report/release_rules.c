/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/memory.h"
#include "report/pool.h"
#include "report/withhold.h"
#include "report/withhold_programmes.h"

/* Columns by kind; a name that ends in '*' stands for all that begin so. */
struct rule {
    const char *table;
    const char *plain, *count, *number; /* names between blanks */
    const char *path;                   /* a plain column of paths, of which the last part leaves */
    bool only_unhidden;                 /* leaves at threshold 0 alone */
    const char *unhidden;               /* columns that leave at threshold 0 alone; NULL: none */
};

static const struct rule rules[] = {
    {"study", " key value ", "", "", NULL, false, NULL},
    {"outcomes", " outcome label rule event_is causes has_time descriptive units definition ", "", "", NULL, false, NULL},
    {"losses", " outcome reason ", " n ", "", NULL, false, NULL},
    {"evidence", " table quantity reason ", " n ", "", NULL, false, NULL},
    {"arms", " arm label is_reference ", " n ", "", NULL, false, NULL},
    {"quality", " table file column quantity reason ", " n ", " value ", "file", false, NULL},
    {"attrition", " step label unit reason ", " dropped left ", "", NULL, false, NULL},
    {"baseline", " population term label level arm ", " n n_missing ", " mean std_dev percent ", NULL, false, NULL},
    {"balance", " analysis outcome population adjustment term level arm reference denominator ", "",
     " smd variance_ratio ks_statistic ", NULL, false, NULL},
    {"overlap", " analysis outcome population adjustment arm reference people_of score_from score_to ", " n ", "", NULL,
     false, NULL},
    {"flow", " arm from to ", " n ", " median_gap ", NULL, false, NULL},
    {"states", " arm state time ", " n n_followed ", "", NULL, true, NULL},
    {"risk_tables", " analysis outcome population adjustment stratum arm time ", " entered n_event* n_censor ", "",
     NULL, true, NULL},
    {"curves", " analysis outcome population adjustment stratum measure cause arm time ", " n_risk n_event n_censor ",
     " estimate std_error conf_low conf_high ", NULL, true, NULL},
    {"estimates",
     " analysis outcome population adjustment estimand stratum measure term cause arm reference time conf_level"
     " status method note ",
     " n n_event ", " estimate std_error conf_low conf_high statistic df df2 p_value person_time ", NULL, false, NULL},
    {"verdicts",
     " analysis outcome population adjustment estimand measure arm reference time margin because worse_is role"
     " conf_level verdict statistically gate note ",
     "", " estimate conf_low conf_high power n_needed_80 n_needed_90 ", NULL, false, NULL},
    {"tipping",
     " analysis outcome population measure term arm reference time verdict_same verdict_worst verdict_best turns_to note ",
     " n_arm lost_arm n_reference lost_reference tipping_events ", " observed_risk tipping_risk ", NULL, true, NULL},
    {"differences", " analysis outcome population adjustment measure arm reference time ", "",
     " estimate std_error conf_low conf_high ", NULL, true, NULL},
    {"calibration", " model measure analysis outcome population adjustment arm reference group ", " n n_event ",
     " predicted observed conf_low conf_high ", NULL, true, NULL},
    {"strategies", " analysis outcome population strategy step ", " n ", "", NULL, true, NULL},
    {"grid",
     " arm reference outcome label definition profile analysis population adjustment stratum measure term time margin verdict"
     " statistically role ",
     "", " estimate conf_low conf_high ", NULL, false, NULL},
    {"ranges",
     " analysis population adjustment measure term arm reference time lowest_outcome highest_outcome ",
     " n_definitions n_undefined ", " lowest highest ", NULL, true, NULL},
    {"programme_measures",
     " measure outcome time share label better n_programme spread adjusted note chart rules run trend time_units told_as ",
     " n n_event n_unknown n_not_due n_missing ", " phi person_time ", NULL, false, " n_unknown n_not_due n_missing "},
    {"programmes", " measure programme period signal phase baseline ", " n n_event n_unknown ",
     " expected variance ratio conf_low conf_high z centre low high person_time factor ", NULL, false, " n_unknown "},
    {"programme_phases", " measure programme phase from freeze because note ", "", "", NULL, false, NULL},
    {"published",
     " analysis outcome population adjustment estimand stratum measure term cause arm reference time source table"
     " cell printed printed_low printed_high printed_p match expected note ",
     "", " recomputed difference ", NULL, true, NULL},
};

static const struct rule *find_rule(const char *table)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(rules[i].table, table) == 0)
            return &rules[i];
    return NULL;
}

bool release_rules_know(const struct release_policy *policy, const char *table)
{
    const struct rule *rule = find_rule(table);

    return rule != NULL && (policy->threshold == 0 || !rule->only_unhidden);
}

static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *word = list; *word != '\0';) {
        size_t size = strcspn(++word, " ");

        if (size > 0 && (word[size - 1] == '*' ? strncmp(word, name, size - 1) == 0
                                               : size == length && memcmp(word, name, size) == 0))
            return true;
        word += size;
        if (word[0] == ' ' && word[1] == '\0')
            break;
    }
    return false;
}

/* 0 and the kind, or -1: the column stays inside. */
static int kind_of(const struct rule *rule, const char *name, enum release_kind *kind)
{
    if (is_listed(rule->plain, name))
        *kind = RELEASE_PLAIN;
    else if (is_listed(rule->count, name))
        *kind = RELEASE_COUNT;
    else if (is_listed(rule->number, name))
        *kind = RELEASE_NUMBER;
    else
        return -1;
    return 0;
}

/* What becomes of a column of an exact table. */
struct column_rule {
    bool leaves, only_unhidden;
    enum release_kind kind;
};

static struct column_rule *column_rules(const struct rule *rule, const struct table *exact)
{
    struct column_rule *columns = allocate(exact->n_columns, sizeof *columns);

    for (size_t j = 0; columns != NULL && j < exact->n_columns; j++) {
        const char *const name = exact->columns[j].name;

        columns[j].leaves = kind_of(rule, name, &columns[j].kind) == 0;
        columns[j].only_unhidden = rule->unhidden != NULL && is_listed(rule->unhidden, name);
    }
    return columns;
}

static int add_columns(struct release_table *table, const struct rule *rule, const struct table *exact)
{
    for (size_t j = 0; j < exact->n_columns; j++) {
        const struct column *column = &exact->columns[j];
        enum column_type type = column->type == COLUMN_CATEGORY ? COLUMN_TEXT : column->type;
        enum release_kind kind;

        if (kind_of(rule, column->name, &kind) == 0 &&
            release_table_column(table, kind, column->name, type, column->label, column->units) != 0)
            return -1;
    }
    if (table_column(exact, "status") == NULL && rule->count[0] + rule->number[0] != 0)
        return release_table_column(table, RELEASE_PLAIN, "status", COLUMN_TEXT, "Status", "");
    return 0;
}

/* Paths of the study lose their folders: how a machine is laid out is nobody's business. */
static const char *plain_text(struct pool *pool, const struct rule *rule, const struct table *exact, size_t row,
                              const char *name)
{
    const char *text = cell_text(pool, exact, name, row);

    if (rule->path != NULL && strcmp(rule->path, name) == 0)
        return path_name(text);
    if (strcmp(rule->table, "study") == 0 && strcmp(name, "value") == 0) {
        const char *key = cell_text(pool, exact, "key", row);

        if (strncmp(key, "tables.", 7) == 0 && (strstr(key, ".file") != NULL || strstr(key, ".codebook") != NULL))
            return path_name(text);
    }
    return text;
}

/* Counts of a withheld estimate are hidden with it; of other tables each cell is decided by itself. */
static bool is_row_of_numbers(const struct rule *rule, enum fate fate)
{
    return fate == FATE_WITHHELD && strcmp(rule->table, "estimates") == 0;
}

/* The number of a cell, in the form in which it may leave its row. */
static void copy_number(struct release_table *table, const struct release_source *source, const struct table *exact,
                        size_t row, const char *name, enum fate fate, const struct reread *numbers)
{
    static const char *const read[] = {"estimate", "conf_low", "conf_high"};
    const double again[] = {numbers->estimate, numbers->conf_low, numbers->conf_high};
    double value = cell_real(exact, name, row);
    bool is_read = false;

    if (fate == FATE_WITHHELD || (source->policy.threshold > 0 && !number_may_leave(source, exact, row, name)))
        return;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(name, read[i]) == 0) {
            is_read = true;
            if (numbers->kind == REREAD_RELEASED)
                value = again[i];
        }
    if (fate == FATE_COARSE && (is_read || strcmp(name, "p_value") == 0))
        release_coarse(table, name, value);
    else if (fate == FATE_SHOWN || (fate == FATE_REREAD && is_read))
        release_number(table, name, value);
}

static void copy_cell(struct release_table *table, struct pool *pool, const struct rule *rule, const struct column_rule *about,
                      const struct release_source *source, const struct table *exact, size_t row,
                      const struct column *column, enum fate fate, const struct reread *numbers)
{
    const struct release_policy *policy = &source->policy;

    if (!about->leaves || (policy->threshold > 0 && about->only_unhidden))
        return;
    if (about->kind == RELEASE_COUNT) {
        const bool hidden = count_is_hidden(source, exact, row, column->name) || is_row_of_numbers(rule, fate);

        release_count(table, column->name,
                      hidden ? releasable_hidden() : releasable_count(policy, cell_integer(exact, column->name, row)));
    } else if (about->kind == RELEASE_NUMBER) {
        copy_number(table, source, exact, row, column->name, fate, numbers);
    } else if (column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY) {
        const char *text = plain_text(pool, rule, exact, row, column->name);

        release_text(table, column->name,
                     policy->threshold > 0 ? released_text(pool, fate, column->name, text) : text);
    } else {
        release_plain(table, column->name, column_real(column, row));
    }
}

static bool has_hidden_count(const struct column_rule *columns, const struct release_source *source, const struct table *exact,
                             size_t row)
{
    for (size_t j = 0; j < exact->n_columns; j++)
        if (columns[j].leaves && columns[j].kind == RELEASE_COUNT && count_is_hidden(source, exact, row, exact->columns[j].name))
            return true;
    return false;
}

/* The rows of `programmes`, which hang together. */
struct grid_release {
    bool *withheld;              /* NULL: another table */
    enum chart_release *charted; /* NULL: another table, or nothing is hidden */
};

static int grid_release_make(const struct release_source *source, const struct table *exact, struct grid_release *grid)
{
    struct reread numbers = {.kind = REREAD_EXACT};

    *grid = (struct grid_release){NULL, NULL};
    if (strcmp(exact->name, "programmes") != 0)
        return 0;
    if ((grid->withheld = programmes_withheld(&source->policy, exact, source->is_share)) == NULL)
        return -1;
    if (source->policy.threshold == 0 || source->programme_measures == NULL)
        return 0;
    for (size_t i = 0; i < exact->n_rows; i++)
        grid->withheld[i] = grid->withheld[i] || row_fate(source, exact, i, &numbers) == FATE_WITHHELD;
    return (grid->charted = programmes_charted(source->programme_measures, exact, grid->withheld)) == NULL ? -1 : 0;
}

/* Centre and limits stay inside, or signals of several points; true when the cell was dealt with. */
static bool copy_chart(struct release_table *table, struct pool *pool, const struct grid_release *grid, const struct table *exact,
                       size_t row, const struct column *column)
{
    if (grid->charted == NULL || grid->withheld[row] || grid->charted[row] == CHART_EVERY)
        return false;
    if (strcmp(column->name, "signal") == 0) {
        release_text(table, "signal", released_signal(pool, grid->charted[row], cell_text(pool, exact, "signal", row)));
        return true;
    }
    return grid->charted[row] == CHART_NOTHING && is_listed(" centre low high factor ", column->name);
}

static int copy_rows(struct release_table *table, struct pool *pool, const struct rule *rule,
                     const struct release_source *source, const struct table *exact)
{
    bool added_status = table_column(exact, "status") == NULL && rule->count[0] + rule->number[0] != 0;
    struct column_rule *columns = column_rules(rule, exact);
    struct grid_release grid = {NULL, NULL};
    int status = columns == NULL ? -1 : grid_release_make(source, exact, &grid);

    for (size_t i = 0; status == 0 && i < exact->n_rows; i++) {
        struct reread numbers = {.kind = REREAD_EXACT};
        enum fate fate = source->policy.threshold > 0 ? row_fate(source, exact, i, &numbers) : FATE_SHOWN;

        if (grid.withheld != NULL && grid.withheld[i])
            fate = FATE_WITHHELD;

        release_row(table);
        for (size_t j = 0; j < exact->n_columns; j++)
            if (!copy_chart(table, pool, &grid, exact, i, &exact->columns[j]))
                copy_cell(table, pool, rule, &columns[j], source, exact, i, &exact->columns[j], fate, &numbers);
        if (added_status)
            release_text(table, "status",
                         fate == FATE_WITHHELD || has_hidden_count(columns, source, exact, i) ? "withheld" : "shown");
        status = release_row_end(table);
    }
    free(columns);
    free(grid.withheld);
    free(grid.charted);
    return status != 0 || pool_failed(pool) ? -1 : 0;
}

struct release_table *release_by_rules(const struct release_source *source, const struct table *exact)
{
    const struct rule *rule = find_rule(exact->name);
    struct pool *pool = pool_alloc();
    struct release_table *table = NULL;

    if (pool != NULL)
        table = release_table_alloc(&source->policy, exact->name, exact->label);
    if (table != NULL && (add_columns(table, rule, exact) != 0 || copy_rows(table, pool, rule, source, exact) != 0)) {
        release_table_free(table);
        table = NULL;
    }
    pool_free(pool);
    return table;
}
