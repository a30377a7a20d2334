/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/digitised_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/csv_reader.h"
#include "verify/printed_text.h"

enum { COLUMNS = 4 };

/* A file of which we read some columns by name. */
struct source {
    const char *path;
    const char *const *names; /* [COLUMNS], NULL at the end; the first `needed` must be there */
    size_t needed;
    size_t place[COLUMNS];    /* from 1; 0: not there */
};

static int find_columns(struct source *s, const struct csv_reader *reader)
{
    const size_t line = csv_reader_header_line(reader), n = csv_reader_n_columns(reader);
    size_t n_names = 0;

    while (n_names < COLUMNS && s->names[n_names] != NULL)
        n_names++;
    for (size_t i = 0; i < n; i++) {
        const char *name = csv_reader_column(reader, i), *near = nearest_name(name, s->names, n_names);
        char escaped[ESCAPED_SIZE];
        size_t k = 0;
        while (k < n_names && strcmp(s->names[k], name) != 0)
            k++;
        if (k == n_names)
            return fail_at(s->path, line, i + 1, "there is no use for a column '%s'%s%s%s; known are %s, %s and %s%s%s",
                           escape_value(escaped, name, strlen(name)), near ? "; did you mean '" : "", near ? near : "",
                           near ? "'?" : "", s->names[0], s->names[1], s->names[2], n_names > 3 ? ", " : "",
                           n_names > 3 ? s->names[3] : "");
        s->place[k] = i + 1;
    }
    for (size_t k = 0; k < s->needed; k++)
        if (s->place[k] == 0)
            return fail_at(s->path, line, 0, "the column '%s' is missing", s->names[k]);
    return 0;
}

/* A number of a cell; -1 after telling. */
static int take_number(const struct source *s, const struct csv_record *record, size_t column, const char *expected,
                       struct printed_number *number)
{
    const struct csv_field *field = &record->fields[s->place[column] - 1];
    char escaped[ESCAPED_SIZE];

    if (printed_number_read(field->text, field->length, number) == 0 && number->given && number->relation == '=')
        return 0;
    return fail_at(s->path, record->line, s->place[column], "(%s): %s was expected; value '%s'", s->names[column], expected,
                   escape_value(escaped, field->text, field->length));
}

/* ---- arms ------------------------------------------------------------------------------------------------------- */

static struct digitised_arm *find_arm(struct digitised *d, const char *name, size_t length)
{
    for (size_t i = 0; i < d->n; i++)
        if (strlen(d->arms[i].name) == length && memcmp(d->arms[i].name, name, length) == 0)
            return &d->arms[i];
    return NULL;
}

static struct digitised_arm *add_arm(struct digitised *d, const char *name, size_t length)
{
    struct digitised_arm *longer = reallocate(d->arms, d->n + 1, sizeof *longer);

    if (longer == NULL)
        return NULL;
    d->arms = longer;
    longer[d->n] = (struct digitised_arm){.name = copy_bytes(name, length), .n_event = -1};
    return longer[d->n].name == NULL ? NULL : &longer[d->n++];
}

static int add_point(struct digitised_arm *arm, double time, double surv)
{
    if (arm->n == arm->capacity) {
        const size_t capacity = arm->capacity == 0 ? 256 : 2 * arm->capacity;
        double *times = reallocate(arm->time, capacity, sizeof *times);
        if (times == NULL)
            return -1;
        arm->time = times;
        double *survs = reallocate(arm->surv, capacity, sizeof *survs);
        if (survs == NULL)
            return -1;
        arm->surv = survs;
        arm->capacity = capacity;
    }
    arm->time[arm->n] = time;
    arm->surv[arm->n++] = surv;
    return 0;
}

/* ---- the curve ---------------------------------------------------------------------------------------------------- */

enum { CURVE_TIME, CURVE_SURVIVAL, CURVE_ARM };

static int take_point(const struct source *s, const struct csv_record *record, const struct digitised_options *options,
                      struct digitised *d)
{
    static const struct csv_field none = {.text = ""};
    const struct csv_field *name = s->place[CURVE_ARM] == 0 ? &none : &record->fields[s->place[CURVE_ARM] - 1];
    struct digitised_arm *arm = find_arm(d, name->text, name->length);
    struct printed_number time, value;

    if ((arm == NULL && (arm = add_arm(d, name->text, name->length)) == NULL) ||
        take_number(s, record, CURVE_TIME, "a time", &time) != 0 ||
        take_number(s, record, CURVE_SURVIVAL, "a share", &value) != 0)
        return -1;
    double surv = value.value / (options->percent || value.percent ? 100 : 1);
    if (surv > 1 + READING_SLACK || surv < -READING_SLACK)
        return fail_at(s->path, record->line, s->place[CURVE_SURVIVAL],
                       "(survival): a share from 0 to 1 was expected%s; it is %g", options->percent ? " (0 to 100 with --percent)"
                                                                                              : "; --percent reads 0 to 100",
                       value.value);
    surv = fmin(fmax(options->rising ? 1 - surv : surv, 0), 1);
    if (time.value < 0)
        return fail_at(s->path, record->line, s->place[CURVE_TIME], "(time): a time from 0 was expected; it is %g", time.value);
    if (arm->n == 0 && time.value > 0 && add_point(arm, 0, 1) != 0)
        return -1;
    if (arm->n > 0 && time.value < arm->time[arm->n - 1])
        return fail_at(s->path, record->line, s->place[CURVE_TIME],
                       "(time): points were expected in the order of their times; %g comes after %g", time.value,
                       arm->time[arm->n - 1]);
    if (arm->n > 0 && surv > arm->surv[arm->n - 1] + READING_SLACK)
        return fail_at(s->path, record->line, s->place[CURVE_SURVIVAL],
                       "(survival): the curve %s from %g to %g, more than a slip of reading%s",
                       options->rising ? "falls" : "rises", options->rising ? 1 - arm->surv[arm->n - 1] : arm->surv[arm->n - 1],
                       options->rising ? 1 - surv : surv, options->rising ? "" : "; --rising reads a curve of events that have happened");
    if (arm->n > 0 && surv > arm->surv[arm->n - 1]) {
        surv = arm->surv[arm->n - 1];
        arm->n_levelled++;
    }
    /* A step that is read at both its ends: the lower one counts from here on. */
    if (arm->n > 0 && time.value == arm->time[arm->n - 1]) {
        arm->surv[arm->n - 1] = surv;
        return 0;
    }
    return add_point(arm, time.value, surv);
}

/* ---- numbers at risk ------------------------------------------------------------------------------------------------ */

enum { RISK_TIME, RISK_N, RISK_ARM, RISK_EVENTS };

static int take_events(const struct source *s, const struct csv_record *record, struct digitised_arm *arm)
{
    struct printed_number events;

    if (s->place[RISK_EVENTS] == 0 || record->fields[s->place[RISK_EVENTS] - 1].length == 0)
        return 0;
    if (take_number(s, record, RISK_EVENTS, "a whole number", &events) != 0)
        return -1;
    if (events.digits > 0 || events.value < 0 || (arm->n_event >= 0 && (double)arm->n_event != events.value))
        return fail_at(s->path, record->line, s->place[RISK_EVENTS],
                       "(events): one whole number an arm was expected, all events of its curve; it is %g", events.value);
    arm->n_event = (int64_t)events.value;
    return 0;
}

static int take_risk(const struct source *s, const struct csv_record *record, struct digitised *d)
{
    static const struct csv_field none = {.text = ""};
    const struct csv_field *name = s->place[RISK_ARM] == 0 ? &none : &record->fields[s->place[RISK_ARM] - 1];
    struct digitised_arm *arm = find_arm(d, name->text, name->length);
    struct printed_number time, n;
    char escaped[ESCAPED_SIZE];

    if (arm == NULL)
        return fail_at(s->path, record->line, s->place[RISK_ARM], "(arm): there is no curve of arm '%s'",
                       escape_value(escaped, name->text, name->length));
    if (take_number(s, record, RISK_TIME, "a time", &time) != 0 || take_number(s, record, RISK_N, "a whole number", &n) != 0)
        return -1;
    if (n.digits > 0 || n.value < 0 || n.percent)
        return fail_at(s->path, record->line, s->place[RISK_N], "(n): a whole number from 0 was expected; it is %g", n.value);
    if (arm->n_risk == 0 ? time.value != 0 : time.value <= arm->risk_time[arm->n_risk - 1])
        return fail_at(s->path, record->line, s->place[RISK_TIME],
                       "(time): times from 0 on, each later than the one before, were expected; it is %g", time.value);
    if (arm->n_risk == 0 && n.value == 0)
        return fail_at(s->path, record->line, s->place[RISK_N], "(n): nobody is at risk at the start");
    if (arm->n_risk > 0 && n.value > (double)arm->risk[arm->n_risk - 1])
        return fail_at(s->path, record->line, s->place[RISK_N], "(n): numbers at risk cannot increase: %g after %lld", n.value,
                       (long long)arm->risk[arm->n_risk - 1]);
    double *times = reallocate(arm->risk_time, arm->n_risk + 1, sizeof *times);
    if (times == NULL)
        return -1;
    arm->risk_time = times;
    int64_t *risks = reallocate(arm->risk, arm->n_risk + 1, sizeof *risks);
    if (risks == NULL)
        return -1;
    arm->risk = risks;
    times[arm->n_risk] = time.value;
    risks[arm->n_risk++] = (int64_t)n.value;
    return take_events(s, record, arm);
}

/* ---- both --------------------------------------------------------------------------------------------------------------- */

/* Every number at risk gets a point at its time, on the height of the curve there. */
static int place_risks(const char *at_risk, struct digitised_arm *arm)
{
    struct digitised_arm merged = {.n_event = -1};
    size_t k = 0;
    int status = (arm->place = allocate(arm->n_risk + 1, sizeof *arm->place)) == NULL ? -1 : 0;

    if (arm->n_risk == 0)
        return fail_at(at_risk, 0, 0, "arm '%s' has no numbers at risk", arm->name);
    /* A number at risk behind the last point says nothing of the curve. */
    while (arm->n_risk > 1 && arm->risk_time[arm->n_risk - 1] > arm->time[arm->n - 1])
        arm->n_risk--;
    for (size_t i = 0; status == 0 && i < arm->n_risk; i++) {
        while (status == 0 && k < arm->n && arm->time[k] < arm->risk_time[i]) {
            status = add_point(&merged, arm->time[k], arm->surv[k]);
            k++;
        }
        arm->place[i] = merged.n;
        if (status == 0 && (k == arm->n || arm->time[k] > arm->risk_time[i]))
            status = add_point(&merged, arm->risk_time[i], k == 0 ? 1 : arm->surv[k - 1]);
        else if (status == 0) {
            status = add_point(&merged, arm->time[k], arm->surv[k]);
            k++;
        }
    }
    for (; status == 0 && k < arm->n; k++)
        status = add_point(&merged, arm->time[k], arm->surv[k]);
    free(arm->time);
    free(arm->surv);
    arm->time = merged.time;
    arm->surv = merged.surv;
    arm->n = merged.n;
    arm->capacity = merged.capacity;
    return status;
}

static int read_file(struct source *s, const struct digitised_options *options, struct digitised *d)
{
    const struct csv_options csv = {.delimiter = ',', .pipe_allowed = true};
    struct csv_reader *reader = csv_reader_open(s->path, &csv);
    const struct csv_record *record;
    int more = -1;

    if (reader != NULL && find_columns(s, reader) == 0)
        while ((more = csv_reader_next(reader, &record)) > 0) {
            if (record->n_fields != csv_reader_n_columns(reader))
                more = fail_at(s->path, record->line, 0, "%zu cells were expected, as in the header; there are %zu",
                               csv_reader_n_columns(reader), record->n_fields);
            else
                more = options != NULL ? take_point(s, record, options, d) : take_risk(s, record, d);
            if (more != 0)
                break;
        }
    csv_reader_close(reader);
    return more;
}

int digitised_read(const char *curve, const char *at_risk, const struct digitised_options *options, struct digitised *d)
{
    static const char *const of_curve[COLUMNS] = {"time", "survival", "arm", NULL},
                            *const of_risk[COLUMNS] = {"time", "n", "arm", "events"};
    struct source points = {curve, of_curve, 2, {0}}, risks = {at_risk, of_risk, 2, {0}};

    *d = (struct digitised){.n = 0};
    if (read_file(&points, options, d) != 0)
        return -1;
    for (size_t i = 0; i < d->n; i++)
        if (d->arms[i].n < 2)
            return fail_at(curve, 0, 0, "a curve needs two points or more; arm '%s' has fewer", d->arms[i].name);
    if (d->n == 0)
        return fail_at(curve, 0, 0, "there is no point");
    if (read_file(&risks, NULL, d) != 0)
        return -1;
    for (size_t i = 0; i < d->n; i++)
        if (place_risks(at_risk, &d->arms[i]) != 0)
            return -1;
    return 0;
}

void digitised_free(struct digitised *d)
{
    for (size_t i = 0; i < d->n; i++) {
        free(d->arms[i].name);
        free(d->arms[i].time);
        free(d->arms[i].surv);
        free(d->arms[i].risk_time);
        free(d->arms[i].risk);
        free(d->arms[i].place);
    }
    free(d->arms);
    *d = (struct digitised){0};
}
