/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/ranks.h"
#include "cohort/source.h"
#include "compare/missing_levels.h"
#include "compare/rank_places.h"
#include "compare/units.h"
#include "store/stage.h"
#include "store/store.h"
#include "study/condition.h"

static struct table *read_covariates(const struct study *study, const char *out, const struct sources *s)
{
    char **columns = NULL;
    struct table *table = NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < study->cohort.covariates.n; i++)
        status = names_add(&columns, study->cohort.covariates.items[i].text);
    for (size_t i = 0; status == 0 && i < study->cohort.strata.n; i++)
        status = names_add(&columns, study->cohort.strata.items[i].text);
    for (size_t i = 0; status == 0 && i < study->n_strategies; i++) {
        struct table *schema = study_columns(study, "source");
        status = schema == NULL ? -1 : names_add(&columns, study->strategies[i].day.text);
        if (status == 0 && study->strategies[i].people.when.text != NULL)
            status = condition_columns(study, &study->strategies[i].people.when, schema, &columns);
        table_free(schema);
    }
    if (status == 0 && study->dashboard.given)
        status = names_add(&columns, study->dashboard.by.text);
    if (status == 0 && study->dashboard.date.text != NULL)
        status = names_add(&columns, study->dashboard.date.text);
    if (status == 0)
        table = (s->reducer != NULL ? rank_covariates : source_read)(study, out, (const char *const *)columns);
    names_free(columns);
    if (table == NULL || missing_levels_add(study, table) == 0)
        return table;
    table_free(table);
    return NULL;
}

static int read_records(const struct study *study, const char *out, const char *path, struct sources *s)
{
    struct store *store = store_open(path);
    int status = -1;

    if (store != NULL && (s->quality = store_read(store, "quality", NULL)) != NULL)
        status = (study->cohort.covariates.n + study->cohort.strata.n + study->n_strategies == 0 && !study->dashboard.given) ||
                         (s->records = read_covariates(study, out, s)) != NULL
                     ? 0
                     : -1;
    store_close(store);
    return status;
}

/* A table with a row a person: of all, or of those of this rank.  columns NULL: all. */
static struct table *read_people(struct store *store, const char *name, const char *const *columns, const struct sources *s)
{
    size_t n;

    if (s->reducer == NULL)
        return store_read(store, name, columns);
    if (store_n_rows(store, name, &n) != 0)
        return NULL;
    return store_read_range(store, name, columns, rank_rows(n).first, rank_rows(n).end);
}

/* Where people stand in files of stays and episodes is nothing that is compared. */
static bool is_place(const char *column)
{
    return strcmp(column, "person") == 0 || strcmp(column, "stay") == 0 || strcmp(column, "episode") == 0;
}

static struct table *read_members(struct store *store, const struct sources *s)
{
    struct table *const schema = store_read_schema(store, "cohort"), *members = NULL;
    char **columns = NULL;
    int status = schema == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < schema->n_columns; i++)
        if (!is_place(schema->columns[i].name))
            status = names_add(&columns, schema->columns[i].name);
    if (status == 0)
        members = read_people(store, "cohort", (const char *const *)columns, s);
    names_free(columns);
    table_free(schema);
    return members;
}

static struct table *read_named(struct store *store, const char *group, const char *outcome, const struct sources *s)
{
    char *name = format_text("%s/%s", group, outcome);
    struct table *table = name == NULL ? NULL : read_people(store, name, NULL, s);

    free(name);
    return table;
}

/* A table with several rows of a person, by person; all people have a row of an outcome. */
static struct table *read_stretches(struct store *store, const char *name, const char *outcome, const struct sources *s)
{
    char *const people = format_text("outcome/%s", outcome);
    struct table *table = NULL;
    size_t n;

    if (s->reducer == NULL)
        table = store_read(store, name, NULL);
    else if (people != NULL && store_n_rows(store, people, &n) == 0)
        table = rank_read_stretches(store, name, rank_rows(n));
    free(people);
    return table;
}

/* Stretches of days at risk. */
static struct table *read_again(struct store *store, const char *outcome, const struct sources *s)
{
    char *const name = format_text("again/%s", outcome);
    struct table *const table = name == NULL ? NULL : read_stretches(store, name, outcome, s);

    free(name);
    return table;
}

static int read_outcomes(const struct study *study, const char *path, struct sources *s)
{
    struct store *store = store_open(path);
    int status = -1;

    s->outcomes = allocate(study->n_outcomes, sizeof(*s->outcomes));
    s->again = allocate(study->n_outcomes, sizeof(*s->again));
    if (store != NULL && s->outcomes != NULL && s->again != NULL && (s->losses = store_read(store, "losses", NULL)) != NULL &&
        (s->evidence = store_read(store, "evidence", NULL)) != NULL &&
        (s->summary = store_read(store, "outcomes", NULL)) != NULL &&
        (!study_reads_paths(study) || (s->paths = read_stretches(store, "care_paths", study->outcomes[0].name.text, s)) != NULL))
        status = 0;
    for (; status == 0 && s->n_outcomes < study->n_outcomes; s->n_outcomes++) {
        const struct study_outcome *outcome = &study->outcomes[s->n_outcomes];
        if ((s->outcomes[s->n_outcomes] = read_named(store, "outcome", outcome->name.text, s)) == NULL ||
            (outcome->again_after > 0 &&
             (s->again[s->n_outcomes] = read_again(store, outcome->name.text, s)) == NULL))
            status = -1;
    }
    store_close(store);
    return status;
}

static int read_cohort(const struct study *study, const char *path, struct sources *s)
{
    struct store *store = store_open(path);
    int status = -1;

    if (store != NULL && (s->cohort = read_members(store, s)) != NULL &&
        (s->attrition = store_read(store, "attrition", NULL)) != NULL &&
        (!study_is_linked(study) || ((s->flow = store_read(store, "flow", NULL)) != NULL &&
                                     (s->states = store_read(store, "states", NULL)) != NULL)))
        status = 0;
    store_close(store);
    return status;
}

/* Covariates came in the order of the people. */
static int number_people(struct column *record, size_t n)
{
    int64_t *const numbers = allocate(n + 1, sizeof *numbers);

    if (numbers == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        numbers[i] = (int64_t)i;
    free(record->values);
    record->type = COLUMN_INT64;
    record->width = sizeof *numbers;
    record->values = numbers;
    return 0;
}

/* Every number is computed person by person: covariates that lie in the order of the cohort are read straight through. */
static int order_by_cohort(struct sources *s)
{
    struct column *const record = table_column(s->cohort, "record");
    const size_t n = s->cohort->n_rows;
    if (s->reducer != NULL)
        return number_people(record, n);
    size_t *const rows = allocate(n + 1, sizeof *rows);
    struct table *ordered = NULL;

    for (size_t i = 0; rows != NULL && i < n; i++) {
        rows[i] = (size_t)column_integer(record, i);
        column_set_integer(record, i, (int64_t)i);
    }
    if (rows != NULL)
        ordered = table_take_rows(s->records, rows, n);
    free(rows);
    if (ordered == NULL)
        return -1;
    table_free(s->records);
    s->records = ordered;
    return 0;
}

int sources_read(const struct study *study, const char *out, struct sources *s)
{
    char *records = stage_file(out, "records.h5"), *cohort = stage_file(out, study->files[STUDY_COHORT]),
         *outcomes = stage_file(out, study->files[STUDY_OUTCOMES]);
    const int spread = ranks_n() > 1 ? units_are_spread(study) : 0;

    s->reducer = spread > 0 ? rank_places() : NULL;
    const int status = spread < 0 || records == NULL || cohort == NULL || outcomes == NULL || read_records(study, out, records, s) != 0 ||
                               read_cohort(study, cohort, s) != 0 || (s->records != NULL && order_by_cohort(s) != 0) ||
                               read_outcomes(study, outcomes, s) != 0
                           ? -1
                           : 0;
    free(records);
    free(cohort);
    free(outcomes);
    return status;
}

void sources_free(struct sources *s)
{
    for (size_t i = 0; i < s->n_outcomes; i++) {
        table_free(s->outcomes[i]);
        table_free(s->again[i]);
    }
    free(s->outcomes);
    free(s->again);
    table_free(s->quality);
    table_free(s->attrition);
    table_free(s->flow);
    table_free(s->states);
    table_free(s->cohort);
    table_free(s->losses);
    table_free(s->evidence);
    table_free(s->summary);
    table_free(s->paths);
    table_free(s->records);
}

struct analyses_input sources_input(const struct sources *s, const struct study *study, int n_threads)
{
    return (struct analyses_input){.study = study, .cohort = s->cohort, .records = s->records, .outcomes = s->outcomes, .again = s->again,
                                   .reducer = s->reducer, .n_threads = n_threads, .paths = s->paths};
}
