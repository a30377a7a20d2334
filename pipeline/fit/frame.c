/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/frame.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* Causes are numbered from 1; a table of counts has a column for each. */
enum { CAUSE_MAX = 100 };

#define COUNT_MAX 1e15

/* Why a row is not used. */
enum verdict_on_row {
    ROW_GOOD,
    ROW_MISSING,
    ROW_TIME,
    ROW_UPPER,
    ROW_ENTRY,
    ROW_ORDER,
    ROW_STATUS,
    ROW_EXPOSURE,
    ROW_TRIALS,
    ROW_STD_ERROR,
    ROW_WEIGHT,
    ROW_NOTHING, /* weight 0 */
    N_ROW_VERDICTS
};

struct sieve {
    const struct fit_table *table;
    /* NULL when not used */
    const struct column *entry, *time, *upper, *status, *weight, *exposure, *trials, *std_error;
    enum design_outcome outcome;
    enum weight_type weight_type;
    bool counting;   /* status is a count */
    bool estimating; /* status is any number */
    size_t n_factors;
    const struct column **factors; /* whatever else must not be missing */
    size_t count[N_ROW_VERDICTS];
    size_t first[N_ROW_VERDICTS]; /* row */
    size_t n;
    size_t *rows; /* [n] the good ones */
};

static void add_name(const char **names, size_t *n, const char *name)
{
    for (size_t k = 0; k < *n && name != NULL; k++)
        if (strcmp(names[k], name) == 0)
            return;
    if (name != NULL)
        names[(*n)++] = name;
}

const char **frame_columns(const struct fit_request *request, const struct design *design, size_t *n)
{
    const struct terms *terms = design->terms;
    const size_t n_variables = terms != NULL ? terms->n_variables : 0, n_offsets = terms != NULL ? terms->n_offsets : 0;
    const char *fixed[] = {design->trials, design->std_error, request->exposure, design->entry, design->time,
                           design->status, request->weights, request->cluster, request->censor_group, request->id,
                           request->from, design->upper, request->frailty, request->exact};
    const size_t n_fixed = sizeof fixed / sizeof fixed[0];
    const char **names =
        allocate(n_fixed + design->n_groups + design->n_strata + n_variables + n_offsets, sizeof *names);
    if (names == NULL)
        return NULL;
    *n = 0;
    for (size_t i = 0; i < n_fixed; i++)
        add_name(names, n, fixed[i]);
    for (size_t i = 0; i < design->n_groups; i++)
        add_name(names, n, design->groups[i].column);
    for (size_t i = 0; i < design->n_strata; i++)
        add_name(names, n, design->strata[i].column);
    for (size_t i = 0; i < n_variables; i++)
        add_name(names, n, terms->variables[i].factor.column);
    for (size_t i = 0; i < n_offsets; i++)
        add_name(names, n, terms->offsets[i]);
    return names;
}

/* ---- which rows ------------------------------------------------------------------------------------------ */

static bool is_status(const struct sieve *sieve, double status)
{
    if (sieve->outcome == OUTCOME_STATES) /* any state */
        return true;
    if (sieve->estimating)
        return isfinite(status);
    if (sieve->outcome == OUTCOME_COMPETING || sieve->counting)
        return status >= 0 && status <= (sieve->counting ? COUNT_MAX : CAUSE_MAX) && status == trunc(status);
    return status == 0 || status == 1;
}

/* An open end is an empty cell; what is open at both ends says nothing. */
static enum verdict_on_row judge_interval(const struct sieve *sieve, size_t row)
{
    const bool no_lower = column_is_missing(sieve->time, row), no_upper = column_is_missing(sieve->upper, row);
    const double lower = no_lower ? 0 : column_real(sieve->time, row);
    const double upper = no_upper ? INFINITY : column_real(sieve->upper, row);
    if (no_lower && no_upper)
        return ROW_MISSING;
    if (!(lower >= 0) || isinf(lower) || (sieve->outcome == OUTCOME_LIFETIME && no_upper && lower == 0))
        return ROW_TIME;
    if (!(upper >= 0) || (sieve->outcome == OUTCOME_LIFETIME && upper == 0))
        return ROW_UPPER;
    return lower > upper ? ROW_ORDER : ROW_GOOD;
}

static bool is_number_of_trials(double trials, double events)
{
    return trials >= events && trials <= COUNT_MAX && trials == trunc(trials);
}

static enum verdict_on_row judge(const struct sieve *sieve, size_t row)
{
    const struct column *const outcome[] = {sieve->entry, sieve->upper == NULL ? sieve->time : NULL, sieve->status,
                                            sieve->weight, sieve->exposure, sieve->trials, sieve->std_error};
    for (size_t k = 0; k < sizeof outcome / sizeof outcome[0]; k++)
        if (outcome[k] != NULL && column_is_missing(outcome[k], row))
            return ROW_MISSING;
    for (size_t k = 0; k < sieve->n_factors; k++)
        if (column_is_missing(sieve->factors[k], row))
            return ROW_MISSING;
    const double time = sieve->time != NULL && sieve->upper == NULL ? column_real(sieve->time, row) : 0;
    const double entry = sieve->entry != NULL ? column_real(sieve->entry, row) : -1;
    const double weight = sieve->weight != NULL ? column_real(sieve->weight, row) : 1;
    const double status = sieve->status != NULL && sieve->outcome != OUTCOME_STATES ? column_real(sieve->status, row) : 0;
    const enum verdict_on_row ends = sieve->upper != NULL ? judge_interval(sieve, row) : ROW_GOOD;
    if (ends != ROW_GOOD)
        return ends;
    if (!(time >= 0) || isinf(time) || (sieve->outcome == OUTCOME_LIFETIME && sieve->upper == NULL && time == 0))
        return ROW_TIME;
    if (sieve->entry != NULL && (!(entry >= 0) || isinf(entry)))
        return ROW_ENTRY;
    if (entry >= time && sieve->entry != NULL)
        return ROW_ORDER;
    if (sieve->status != NULL && !is_status(sieve, status))
        return ROW_STATUS;
    if (sieve->exposure != NULL && !(column_real(sieve->exposure, row) > 0 && !isinf(column_real(sieve->exposure, row))))
        return ROW_EXPOSURE;
    if (sieve->trials != NULL && !is_number_of_trials(column_real(sieve->trials, row), status))
        return ROW_TRIALS;
    if (sieve->std_error != NULL && !(column_real(sieve->std_error, row) > 0 && !isinf(column_real(sieve->std_error, row))))
        return ROW_STD_ERROR;
    if (!(weight >= 0) || isinf(weight))
        return ROW_WEIGHT;
    return weight == 0 ? ROW_NOTHING : ROW_GOOD;
}

/* Fractional weights say that the user means something else: no row of them is dropped in silence. */
static int want_frequencies(const struct sieve *sieve)
{
    for (size_t i = 0; i < sieve->n; i++) {
        const double weight = column_real(sieve->weight, sieve->rows[i]);
        if (weight != trunc(weight) || weight > 0x1p53)
            return fit_table_fail(sieve->table, sieve->rows[i], sieve->weight,
                                  "a frequency, which is a whole number, was expected; value '%.17g'", weight);
    }
    return 0;
}

/* "data.csv:17": where the first row of its kind stands. */
static void tell_rejected(const struct sieve *sieve, enum verdict_on_row verdict, const struct column *column,
                          const char *expected)
{
    const size_t row = sieve->first[verdict];
    const size_t line = sieve->table->line != NULL ? sieve->table->line[row] : row + 1;
    if (sieve->count[verdict] > 0)
        warn("%s: %zu row%s rejected: column '%s' %s; the first in %s %zu", sieve->table->path, sieve->count[verdict],
             sieve->count[verdict] == 1 ? "" : "s", column->name, expected,
             sieve->table->line != NULL ? "line" : "row", line);
}

static int tell_counts(const struct sieve *sieve)
{
    const char *path = sieve->table->path;
    const size_t n_rows = sieve->table->data->n_rows;
    tell_rejected(sieve, ROW_TIME, sieve->time,
                  sieve->outcome == OUTCOME_LIFETIME ? "is 0, negative or infinite" : "is negative or infinite");
    tell_rejected(sieve, ROW_UPPER, sieve->upper,
                  sieve->outcome == OUTCOME_LIFETIME ? "is 0, negative or infinite" : "is negative or infinite");
    tell_rejected(sieve, ROW_ENTRY, sieve->entry, "is negative or infinite");
    tell_rejected(sieve, ROW_ORDER, sieve->upper != NULL ? sieve->time : sieve->entry,
                  sieve->upper != NULL ? "is above the other end of its interval" : "is not before its stop");
    tell_rejected(sieve, ROW_STATUS, sieve->status,
                  sieve->outcome == OUTCOME_COMPETING ? "is neither 0 nor the number of a cause, 1 to 100"
                  : sieve->counting ? "is no count"
                  : sieve->estimating ? "is infinite"
                                      : "is neither 0 nor 1");
    tell_rejected(sieve, ROW_EXPOSURE, sieve->exposure, "is not above 0, or is infinite");
    tell_rejected(sieve, ROW_TRIALS, sieve->trials, "is no whole number of persons with so many events");
    tell_rejected(sieve, ROW_STD_ERROR, sieve->std_error, "is not above 0, or is infinite");
    tell_rejected(sieve, ROW_WEIGHT, sieve->weight, "is negative or infinite");
    if (sieve->count[ROW_MISSING] > 0)
        note("%s: %zu of %zu rows left out: a used value is missing", path, sieve->count[ROW_MISSING], n_rows);
    if (sieve->count[ROW_NOTHING] > 0)
        note("%s: %zu of %zu rows have the %s 0", path, sieve->count[ROW_NOTHING], n_rows,
             sieve->weight_type == WEIGHT_SAMPLING ? "weight" : "frequency");
    if (sieve->n == 0)
        return fail("%s: none of %zu rows is left", path, n_rows);
    return 0;
}

static int sift(struct sieve *sieve)
{
    const size_t n_rows = sieve->table->data->n_rows;
    if ((sieve->rows = allocate(n_rows, sizeof *sieve->rows)) == NULL)
        return -1;
    for (size_t row = 0; row < n_rows; row++) {
        const enum verdict_on_row verdict = judge(sieve, row);
        if (sieve->count[verdict]++ == 0)
            sieve->first[verdict] = row;
        if (verdict == ROW_GOOD)
            sieve->rows[sieve->n++] = row;
    }
    if (sieve->weight != NULL && sieve->weight_type == WEIGHT_FREQUENCY && want_frequencies(sieve) != 0)
        return -1;
    return tell_counts(sieve);
}

/* ---- their values ---------------------------------------------------------------------------------------- */

static int take_reals(const struct sieve *sieve, const struct column *column, double **values)
{
    if (column == NULL)
        return 0;
    if ((*values = allocate(sieve->n, sizeof **values)) == NULL)
        return -1;
    for (size_t i = 0; i < sieve->n; i++)
        (*values)[i] = column_real(column, sieve->rows[i]) + 0.0; /* no negative zero */
    return 0;
}

/* Both ends of what is known of a time; a lower end that is open is 0, an upper one is infinite. */
static int take_ends(struct frame *frame, const struct sieve *sieve)
{
    if (sieve->outcome != OUTCOME_INTERVAL && sieve->outcome != OUTCOME_LIFETIME)
        return 0;
    if ((frame->upper = allocate(sieve->n, sizeof *frame->upper)) == NULL)
        return -1;
    for (size_t i = 0; i < sieve->n; i++) {
        const size_t row = sieve->rows[i];
        if (sieve->upper == NULL) {
            frame->upper[i] = column_real(sieve->status, row) != 0 ? frame->time[i] : INFINITY;
            continue;
        }
        frame->time[i] = column_is_missing(sieve->time, row) ? 0 : column_real(sieve->time, row) + 0.0;
        frame->upper[i] = column_is_missing(sieve->upper, row) ? INFINITY : column_real(sieve->upper, row) + 0.0;
    }
    return 0;
}

/* The event, cause or state of a row; an interval that ends is an event. */
static int32_t take_event(const struct sieve *sieve, size_t row)
{
    if (sieve->outcome == OUTCOME_STATES)
        return -1; /* states_read() fills it in */
    if (sieve->upper != NULL)
        return !column_is_missing(sieve->upper, row) && isfinite(column_real(sieve->upper, row));
    return (int32_t)column_real(sieve->status, row);
}

static int take_values(struct frame *frame, const struct sieve *sieve)
{
    frame->n = sieve->n;
    if ((frame->line = allocate(sieve->n, sizeof *frame->line)) == NULL)
        return -1;
    for (size_t i = 0; i < sieve->n; i++)
        frame->line[i] = sieve->table->line != NULL ? sieve->table->line[sieve->rows[i]] : sieve->rows[i] + 1;
    frame->n_cause = 1;
    if ((frame->event = allocate(sieve->n, sizeof *frame->event)) == NULL ||
        take_reals(sieve, sieve->entry, &frame->entry) != 0 || take_reals(sieve, sieve->time, &frame->time) != 0 ||
        take_reals(sieve, sieve->counting || sieve->estimating ? sieve->status : NULL, &frame->count) != 0 ||
        take_reals(sieve, sieve->trials, &frame->trials) != 0 || take_reals(sieve, sieve->std_error, &frame->std_error) != 0 ||
        take_reals(sieve, sieve->exposure, &frame->exposure) != 0)
        return -1;
    const bool counted = sieve->weight != NULL && sieve->weight_type == WEIGHT_FREQUENCY;
    if (counted && (frame->frequency = allocate(sieve->n, sizeof *frame->frequency)) == NULL)
        return -1;
    if (!counted && take_reals(sieve, sieve->weight, &frame->weight) != 0)
        return -1;
    for (size_t i = 0; i < sieve->n; i++) {
        const int64_t frequency = counted ? (int64_t)column_real(sieve->weight, sieve->rows[i]) : 1;
        frame->event[i] = sieve->estimating ? 0 : take_event(sieve, sieve->rows[i]);
        if (frame->event[i] > (int32_t)frame->n_cause)
            frame->n_cause = (size_t)frame->event[i];
        if (counted)
            frame->frequency[i] = frequency;
        if (__builtin_add_overflow(frame->n_person, frequency, &frame->n_person) || frame->n_person > INT64_C(1) << 53)
            return fail("%s: the frequencies sum to more than 2^53", sieve->table->path);
    }
    return take_ends(frame, sieve);
}

static void warn_small_arms(const struct frame *frame)
{
    int64_t *n = allocate(frame->arms.n, sizeof *n);
    for (size_t i = 0; n != NULL && i < frame->n; i++)
        n[frame->arms.code[i]] += frame->frequency != NULL ? frame->frequency[i] : 1;
    for (size_t arm = 0; n != NULL && arm < frame->arms.n; arm++)
        if (n[arm] < 2) {
            char escaped[ESCAPED_SIZE];
            const char *label = frame->arms.labels[arm];
            warn("%s%s%s holds one row only; its numbers say little", label[0] != '\0' ? "arm '" : "the table",
                 escape_value(escaped, label, strlen(label)), label[0] != '\0' ? "'" : "");
        }
    free(n);
}

static int want_numeric_offsets(const struct sieve *sieve, const struct design *design)
{
    for (size_t i = 0; design->terms != NULL && i < design->terms->n_offsets; i++)
        if (fit_table_want_numeric(sieve->table, table_column(sieve->table->data, design->terms->offsets[i])) != 0)
            return -1;
    return 0;
}

static int read_groups(struct frame *frame, const struct fit_request *request, const struct sieve *sieve)
{
    if (request->frailty == NULL)
        return 0;
    if ((frame->group = allocate(sieve->n, sizeof *frame->group)) == NULL)
        return -1;
    return groups_number(table_column(sieve->table->data, request->frailty), sieve->rows, sieve->n, frame->group,
                         &frame->n_group);
}

static int read_exact(struct frame *frame, const struct fit_request *request, const struct sieve *sieve)
{
    size_t n;
    if (request->exact == NULL)
        return 0;
    if ((frame->exact = allocate(sieve->n, sizeof *frame->exact)) == NULL)
        return -1;
    return groups_number(table_column(sieve->table->data, request->exact), sieve->rows, sieve->n, frame->exact, &n);
}

static int read_clusters(struct frame *frame, const struct fit_request *request, const struct sieve *sieve)
{
    if (request->cluster == NULL)
        return 0;
    if ((frame->cluster = allocate(sieve->n, sizeof *frame->cluster)) == NULL)
        return -1;
    return groups_number(table_column(sieve->table->data, request->cluster), sieve->rows, sieve->n, frame->cluster,
                         &frame->n_cluster);
}

static int read_censor_groups(struct frame *frame, const struct fit_request *request, const struct sieve *sieve)
{
    if (request->censor_group == NULL)
        return 0;
    if ((frame->censor_group = allocate(sieve->n, sizeof *frame->censor_group)) == NULL)
        return -1;
    return groups_number(table_column(sieve->table->data, request->censor_group), sieve->rows, sieve->n,
                         frame->censor_group, &frame->n_censor_group);
}

/* Persons, and the states of their rows. */
static int read_people(struct frame *frame, const struct fit_request *request, const struct design *design,
                       const struct sieve *sieve)
{
    const struct table *data = sieve->table->data;
    if (request->id != NULL) {
        if ((frame->id = allocate(sieve->n, sizeof *frame->id)) == NULL ||
            groups_number(table_column(data, request->id), sieve->rows, sieve->n, frame->id, &frame->n_id) != 0)
            return -1;
    }
    if (design->outcome != OUTCOME_STATES)
        return 0;
    return states_read(&frame->states, sieve->table, table_column(data, request->from), sieve->status, sieve->rows,
                       sieve->n, frame->event);
}

static int read_regressors(struct frame *frame, const struct design *design, const struct sieve *sieve)
{
    if (design->terms == NULL)
        return 0;
    frame->regressors =
        regressors_read(design->terms, design, sieve->table, sieve->rows, sieve->n, frame->frequency);
    return frame->regressors != NULL ? 0 : -1;
}

/* The columns that are used, as columns of the table; numeric where they must be. */
static int find_columns(struct sieve *sieve, const struct fit_request *request, const struct design *design)
{
    const struct table *data = sieve->table->data;
    const struct {
        const char *name;
        const struct column **column;
    } numeric[] = {
        {design->entry, &sieve->entry},
        {design->time, &sieve->time},
        {design->upper, &sieve->upper},
        {design->outcome != OUTCOME_STATES ? design->status : NULL, &sieve->status},
        {request->weights, &sieve->weight},
        {request->exposure, &sieve->exposure},
        {design->trials, &sieve->trials},
        {design->std_error, &sieve->std_error},
    };
    for (size_t i = 0; i < sizeof numeric / sizeof numeric[0]; i++) {
        if (numeric[i].name == NULL)
            continue;
        *numeric[i].column = table_column(data, numeric[i].name);
        if (fit_table_want_numeric(sieve->table, *numeric[i].column) != 0)
            return -1;
    }
    if (design->outcome == OUTCOME_STATES)
        sieve->status = table_column(data, design->status);
    sieve->weight_type = request->weight_type;
    if ((sieve->factors = allocate(data->n_columns, sizeof *sieve->factors)) == NULL)
        return -1;
    for (size_t k = 0; k < data->n_columns; k++) {
        const struct column *column = &data->columns[k];
        if (column != sieve->entry && column != sieve->time && column != sieve->upper && column != sieve->status &&
            column != sieve->weight && column != sieve->exposure && column != sieve->trials &&
            column != sieve->std_error)
            sieve->factors[sieve->n_factors++] = column;
    }
    return want_numeric_offsets(sieve, design);
}

struct frame *frame_read(const struct fit_request *request, const struct design *design, const struct fit_table *table)
{
    struct sieve sieve = {.table = table, .outcome = design->outcome,
                          .counting = design->outcome == OUTCOME_COUNT || design->trials != NULL,
                          .estimating = design->std_error != NULL || design->outcome == OUTCOME_NUMBER ||
                                        design->outcome == OUTCOME_ARM};
    struct frame *frame = allocate(1, sizeof *frame);
    bool good = frame != NULL && find_columns(&sieve, request, design) == 0 && sift(&sieve) == 0 &&
                take_values(frame, &sieve) == 0 &&
                groups_read(&frame->arms, design, design->groups, design->n_groups, table, sieve.rows, sieve.n) == 0 &&
                groups_read(&frame->strata, design, design->strata, design->n_strata, table, sieve.rows, sieve.n) == 0 &&
                read_exact(frame, request, &sieve) == 0 && read_clusters(frame, request, &sieve) == 0 && read_groups(frame, request, &sieve) == 0 &&
                read_censor_groups(frame, request, &sieve) == 0 &&
                read_people(frame, request, design, &sieve) == 0 &&
                read_regressors(frame, design, &sieve) == 0;
    if (good && request->model->arms_needed && frame->arms.n < 2) {
        fail("%s: '%s' compares arms, and there is only one; name the column that divides the rows after '~'",
             table->path, request->model->name);
        good = false;
    }
    if (good && design->outcome != OUTCOME_STUDIES) /* there a row is an arm of a study */
        warn_small_arms(frame);
    free(sieve.factors);
    free(sieve.rows);
    if (!good) {
        frame_free(frame);
        return NULL;
    }
    return frame;
}

void frame_free(struct frame *frame)
{
    if (frame == NULL)
        return;
    free(frame->count);
    free(frame->trials);
    free(frame->std_error);
    free(frame->weight);
    free(frame->exposure);
    free(frame->entry);
    free(frame->time);
    free(frame->event);
    free(frame->frequency);
    groups_clear(&frame->arms);
    groups_clear(&frame->strata);
    free(frame->cluster);
    free(frame->group);
    free(frame->exact);
    free(frame->line);
    free(frame->censor_group);
    free(frame->upper);
    free(frame->id);
    states_clear(&frame->states);
    regressors_free(frame->regressors);
    free(frame);
}
