/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/stored_comparison.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/names.h"
#include "cohort/arms.h"

const char *const stored_comparison_key[] = {"analysis", "outcome", "population", "adjustment", "stratum", NULL};

static const char *const people_key[] = {"analysis", "outcome", "population", NULL};

enum { CAUSES_MAX = 64 };

/* ---- names -------------------------------------------------------------------------------------------------- */

/* A copy that lives as long as the comparison; NULL after telling. */
static char *keep(struct stored_comparison *made, char *text)
{
    size_t n = 0;

    while (made->texts != NULL && made->texts[n] != NULL)
        n++;
    char **longer = text == NULL ? NULL : reallocate(made->texts, n + 2, sizeof *longer);
    if (longer == NULL) {
        free(text);
        return NULL;
    }
    made->texts = longer;
    longer[n] = text;
    longer[n + 1] = NULL;
    return text;
}

static int take_name(struct stored_comparison *made, const struct table *table, const char *column, size_t row,
                     struct study_text *name)
{
    return (name->text = keep(made, cell_copy(table, column, row))) == NULL ? -1 : 0;
}

static int take_arms(struct stored_comparison *made, const struct table *arms)
{
    struct study_rules *rules = &made->study.cohort.arms;
    struct study_texts *references = &made->study.cohort.references;
    int status = (rules->items = allocate(arms->n_rows, sizeof *rules->items)) == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < arms->n_rows; i++, rules->n++)
        status = take_name(made, arms, "arm", i, &rules->items[i].name);
    if (status == 0 && (references->items = allocate(arms->n_rows, sizeof *references->items)) == NULL)
        status = -1;
    for (size_t i = 0; status == 0 && i < arms->n_rows; i++)
        if (cell_integer(arms, "is_reference", i) == 1)
            references->items[references->n++] = rules->items[i].name;
    return status;
}

/* "event, died, other": the event itself, then what competes with it. */
static int take_causes(struct stored_comparison *made, const struct table *outcomes, size_t row)
{
    struct study_rules *competing = &made->outcome.competing_if;
    char *text = keep(made, cell_copy(outcomes, "causes", row)), *rest = NULL;

    if (text == NULL || (competing->items = allocate(CAUSES_MAX, sizeof *competing->items)) == NULL)
        return -1;
    strtok_r(text, ",", &rest);
    for (char *name; (name = strtok_r(NULL, ",", &rest)) != NULL && competing->n < CAUSES_MAX; competing->n++)
        competing->items[competing->n].name.text = name + strspn(name, " ");
    return 0;
}

/* The kind of limits of the analysis, as the study file has it. */
static int take_conf_type(struct stored_comparison *made, const struct stored *stored)
{
    char *type = stored_analysis_value(stored, made->analysis.name.text, "conf_type");

    if (type == NULL)
        return 0;
    return (made->analysis.conf_type.text = keep(made, type)) == NULL ? -1 : 0;
}

static int take_names(struct stored_comparison *made, const struct stored *stored, const struct table *keys, size_t row)
{
    const struct table *arms = stored_table(stored, "arms"), *outcomes = stored_table(stored, "outcomes");
    char *outcome = keep(made, cell_copy(keys, "outcome", row));

    if (outcome == NULL)
        return -1;
    const size_t place = outcomes == NULL ? 0 : cell_find(outcomes, "outcome", outcome);
    if (arms == NULL || outcomes == NULL || place == outcomes->n_rows || arms->n_rows == 0 || arms->n_rows > ARM_MAX) {
        made->missing = "the file does not say which arms and outcomes there are";
        return 0;
    }
    made->study.path = made->study.folder = keep(made, copy_text(path_name(stored->path)));
    made->outcome.name.text = outcome;
    made->outcome.rule = OUTCOME_GIVEN;
    made->outcome.event_is_bad = cell_is(outcomes, "event_is", place, "bad");
    if (take_name(made, keys, "analysis", row, &made->analysis.name) != 0 ||
        take_name(made, keys, "population", row, &made->population.name) != 0 || take_arms(made, arms) != 0 ||
        take_causes(made, outcomes, place) != 0 || take_conf_type(made, stored) != 0)
        return -1;
    return 0;
}

/* ---- people ---------------------------------------------------------------------------------------------------- */

static struct table *people_alloc(const struct stored_comparison *made, bool timed, bool late)
{
    const struct study_rules *arms = &made->study.cohort.arms;
    const char *labels[ARM_MAX];
    struct table *people = table_alloc("people", "");

    for (size_t i = 0; i < arms->n; i++)
        labels[i] = arms->items[i].name.text;
    if (people != NULL && table_add_category(people, "arm", labels, arms->n, "") != NULL &&
        table_add_column(people, "weight", COLUMN_INT64, 0, "", "") != NULL &&
        table_add_column(people, "member", COLUMN_INT8, 0, "", "") != NULL &&
        table_add_column(people, "cause", COLUMN_INT32, 0, "", "") != NULL &&
        (!timed || table_add_column(people, "time", COLUMN_FLOAT64, 0, "", "") != NULL) &&
        (!late || table_add_column(people, "entry", COLUMN_FLOAT64, 0, "", "") != NULL))
        return people;
    table_free(people);
    return NULL;
}

struct person {
    const char *arm;
    int64_t n, cause;
    double time, entry;
};

static int add_people(struct table *people, const struct person *person)
{
    struct row_builder row = table_new_row(people);

    row_text(&row, "arm", person->arm);
    row_integer(&row, "weight", person->n);
    row_integer(&row, "member", 1);
    row_integer(&row, "cause", person->cause);
    if (table_column(people, "time") != NULL)
        row_real(&row, "time", person->time);
    if (table_column(people, "entry") != NULL)
        row_real(&row, "entry", person->entry);
    return row_end(&row);
}

/* What the counts of one part of the people (stratum ""; all of them) are found by. */
struct part {
    const struct stored *stored;
    const struct table *keys;
    size_t key;
    const char *stratum;
};

static bool is_of_part(const struct part *part, const struct table *table, size_t row)
{
    return cells_agree(table, row, part->keys, part->key, people_key) && cell_is(table, "adjustment", row, "unadjusted") &&
           cell_is(table, "stratum", row, part->stratum);
}

/* Who is under observation in an arm, by the day of entry, earliest first. */
struct waiting {
    size_t n, first;
    double *entry;
    int64_t *people;
};

/* n people leave on a day; -1 after telling, or when there are not so many (*missing is set). */
static int leave(struct stored_comparison *made, struct waiting *waiting, struct person person)
{
    int64_t left = person.n;

    while (left > 0 && waiting->first < waiting->n && waiting->entry[waiting->first] < fmax(person.time, 1e-300)) {
        int64_t *here = &waiting->people[waiting->first];
        person.n = left < *here ? left : *here;
        person.entry = waiting->entry[waiting->first];
        if (person.n > 0 && add_people(made->people, &person) != 0)
            return -1;
        left -= person.n;
        *here -= person.n;
        waiting->first += *here == 0;
    }
    if (left > 0)
        made->missing = "more people leave an arm than entered it";
    return 0;
}

static int add_exits(struct stored_comparison *made, const struct table *risk_tables, size_t row, const char *arm,
                     struct waiting *waiting)
{
    const double day = cell_real(risk_tables, "time", row), time = isnan(day) ? 0 : day;
    const int64_t entered = cell_integer(risk_tables, "entered", row);
    int status = 0;

    for (size_t cause = 0; status == 0 && made->missing == NULL && cause <= made->outcome.competing_if.n + 1; cause++) {
        char name[32];
        snprintf(name, sizeof name, cause == 0 ? "n_censor" : "n_event_%zu", cause);
        const int64_t n = cell_integer(risk_tables, name, row);
        if (n == MISSING_INTEGER || n < 0)
            made->missing = "a count of the risk table is missing or withheld";
        else if (n > 0)
            status = leave(made, waiting, (struct person){arm, n, (int64_t)cause, time, 0});
    }
    if (entered == MISSING_INTEGER || entered < 0)
        made->missing = "a count of the risk table is missing or withheld";
    else if (entered > 0) {
        waiting->entry[waiting->n] = time;
        waiting->people[waiting->n++] = entered;
    }
    return status;
}

static int fill_arm(struct stored_comparison *made, const struct table *risk_tables, const struct part *part, const char *arm)
{
    struct waiting waiting = {.entry = allocate(risk_tables->n_rows, sizeof *waiting.entry),
                              .people = allocate(risk_tables->n_rows, sizeof *waiting.people)};
    int status = waiting.entry == NULL || waiting.people == NULL ? -1 : 0;
    double last = -1;

    for (size_t i = 0; status == 0 && made->missing == NULL && i < risk_tables->n_rows; i++) {
        if (!is_of_part(part, risk_tables, i) || !cell_is(risk_tables, "arm", i, arm))
            continue;
        const double day = cell_real(risk_tables, "time", i);
        if (!isnan(day) && day <= last)
            made->missing = "the days of the risk table are not in order";
        last = isnan(day) ? last : day;
        if (made->missing == NULL)
            status = add_exits(made, risk_tables, i, arm, &waiting);
    }
    for (size_t i = 0; status == 0 && made->missing == NULL && i < waiting.n; i++)
        if (waiting.people[i] > 0)
            made->missing = "fewer people leave an arm than entered it";
    free(waiting.entry);
    free(waiting.people);
    return status;
}

static bool has_late_entries(const struct table *risk_tables, const struct part *part)
{
    for (size_t i = 0; i < risk_tables->n_rows; i++)
        if (cells_agree(risk_tables, i, part->keys, part->key, people_key) && cell_real(risk_tables, "time", i) > 0 &&
            cell_integer(risk_tables, "entered", i) > 0)
            return true;
    return false;
}

static int fill_timed(struct stored_comparison *made, const struct part *part)
{
    const struct table *risk_tables = stored_table(part->stored, "risk_tables");
    int status = 0;

    if (cell_rows(risk_tables) == 0) {
        made->missing = "the file holds no risk tables";
        return 0;
    }
    if (made->people == NULL && (made->people = people_alloc(made, true, has_late_entries(risk_tables, part))) == NULL)
        return -1;
    const size_t before = made->people->n_rows;
    for (size_t arm = 0; status == 0 && made->missing == NULL && arm < made->study.cohort.arms.n; arm++)
        status = fill_arm(made, risk_tables, part, made->study.cohort.arms.items[arm].name.text);
    if (status == 0 && made->missing == NULL && made->people->n_rows == before)
        made->missing = "no risk table is stored for it";
    return status;
}

/* Yes or no: the counts stand beside each share, n alone beside each mean. */
static int fill_counts(struct stored_comparison *made, const struct part *part, bool valued)
{
    const struct table *estimates = stored_table(part->stored, "estimates");
    bool found[ARM_MAX] = {false};
    size_t n_found = 0;
    int status = 0;

    if (made->people == NULL && (made->people = people_alloc(made, false, false)) == NULL)
        return -1;
    for (size_t i = 0; status == 0 && i < cell_rows(estimates); i++) {
        if (!is_of_part(part, estimates, i) || !cell_is(estimates, "measure", i, valued ? "mean" : "risk") ||
            !cell_is(estimates, "reference", i, ""))
            continue;
        const size_t arm = stored_comparison_arm(made, estimates, "arm", i);
        const int64_t n = cell_integer(estimates, "n", i),
                      n_event = valued ? 0 : cell_integer(estimates, "n_event", i);
        if (arm == made->study.cohort.arms.n || found[arm] || n == MISSING_INTEGER || n_event == MISSING_INTEGER ||
            n_event < 0 || n < n_event) {
            made->missing = "a count beside a share is missing, withheld or impossible";
            return 0;
        }
        const char *name = made->study.cohort.arms.items[arm].name.text;
        const struct person with = {name, n_event, 1, 0, 0}, without = {name, n - n_event, 0, 0, 0};
        status = add_people(made->people, &with) != 0 || add_people(made->people, &without) != 0 ? -1 : 0;
        found[arm] = true;
        n_found++;
    }
    /* An arm of which a part has hardly anybody has no share there. */
    if (status == 0 && (n_found == 0 || (*part->stratum == '\0' && n_found != made->study.cohort.arms.n)))
        made->missing = "no counts of every arm are stored for it";
    return status;
}

static bool has_values(const struct part *part)
{
    const struct table *estimates = stored_table(part->stored, "estimates");

    for (size_t i = 0; i < cell_rows(estimates); i++)
        if (is_of_part(part, estimates, i) && cell_is(estimates, "measure", i, "mean"))
            return true;
    return false;
}

/* ---- the comparison ---------------------------------------------------------------------------------------------- */

static int take_moments(struct stored_comparison *made, const struct part *part)
{
    const struct table *estimates = stored_table(part->stored, "estimates");

    if ((made->comparison.moments = allocate(made->comparison.n_arm, sizeof *made->comparison.moments)) == NULL)
        return -1;
    for (size_t i = 0; i < cell_rows(estimates); i++) {
        if (!is_of_part(part, estimates, i) || !cell_is(estimates, "measure", i, "mean") ||
            !cell_is(estimates, "reference", i, ""))
            continue;
        const size_t arm = stored_comparison_arm(made, estimates, "arm", i);
        const double error = cell_real(estimates, "std_error", i);
        const int64_t n = cell_integer(estimates, "n", i);
        if (arm < made->comparison.n_arm)
            made->comparison.moments[arm] = (struct group_moments){.n = n,
                                                                   .mean = cell_real(estimates, "estimate", i),
                                                                   .variance = error * error * (double)n};
    }
    return 0;
}

struct comparison_input stored_comparison_input(const struct stored_comparison *made, bool sparse)
{
    return (struct comparison_input){.n_rows = made->people->n_rows,
                                     .arm = table_column(made->people, "arm"),
                                     .weight = table_column(made->people, "weight"),
                                     .member = table_column(made->people, "member"),
                                     .cause = table_column(made->people, "cause"),
                                     .time = table_column(made->people, "time"),
                                     .entry = table_column(made->people, "entry"),
                                     .sparse = sparse};
}

int stored_comparison_solve(struct stored_comparison *made, bool sparse, int n_threads)
{
    const struct comparison_input input = stored_comparison_input(made, sparse);
    int64_t n[ARM_MAX] = {0};

    for (size_t i = 0; i < input.n_rows; i++)
        n[column_code(input.arm, i)] += column_integer(input.weight, i);
    for (size_t arm = 0; !sparse && arm < made->study.cohort.arms.n; arm++)
        if (n[arm] < 2) {
            made->missing = "an arm has fewer than two people";
            return 0;
        }
    return comparison_solve(&made->study, &made->analysis, &made->outcome, &made->population, &input, n_threads,
                            &made->comparison);
}

int stored_comparison_begin(const struct stored *stored, const struct table *keys, size_t row, struct stored_comparison *made)
{
    *made = (struct stored_comparison){.missing = NULL};
    return take_names(made, stored, keys, row);
}

int stored_comparison_add(struct stored_comparison *made, const struct stored *stored, const struct table *keys, size_t row,
                          const char *stratum)
{
    const struct table *outcomes = stored_table(stored, "outcomes");
    const struct part part = {stored, keys, row, stratum};

    if (made->missing != NULL)
        return 0;
    return cell_integer(outcomes, "has_time", cell_find(outcomes, "outcome", made->outcome.name.text)) == 1
               ? fill_timed(made, &part)
               : fill_counts(made, &part, has_values(&part));
}

int stored_comparison_make(const struct stored *stored, const struct table *keys, size_t row, int n_threads,
                           struct stored_comparison *made)
{
    int status = stored_comparison_begin(stored, keys, row, made);
    char *stratum = status != 0 ? NULL : keep(made, cell_copy(keys, "stratum", row));

    if (stratum == NULL)
        return -1;
    if (!cell_is(keys, "adjustment", row, "unadjusted")) {
        made->missing = "it is adjusted: weights or covariates of persons are not stored";
        return 0;
    }
    const struct part part = {stored, keys, row, stratum};
    status = stored_comparison_add(made, stored, keys, row, stratum);
    if (status == 0 && made->missing == NULL)
        status = stored_comparison_solve(made, *stratum != '\0', n_threads);
    made->comparison.stratum = *stratum == '\0' ? NULL : stratum;
    return status == 0 && made->missing == NULL && has_values(&part) ? take_moments(made, &part) : status;
}

void stored_comparison_free(struct stored_comparison *made)
{
    comparison_free(&made->comparison);
    table_free(made->people);
    free(made->study.cohort.references.items);
    free(made->study.cohort.arms.items);
    free(made->outcome.competing_if.items);
    names_free(made->texts);
    *made = (struct stored_comparison){0};
}

size_t stored_comparison_arm(const struct stored_comparison *made, const struct table *table, const char *column,
                             size_t row)
{
    size_t arm = 0;

    while (arm < made->study.cohort.arms.n && !cell_is(table, column, row, made->study.cohort.arms.items[arm].name.text))
        arm++;
    return arm;
}
