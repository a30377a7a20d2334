/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/calibration.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "stats/calibration.h"

struct table *calibration_alloc(void)
{
    static const struct {
        const char *name, *label;
        enum column_type type;
    } columns[] = {{"model", "Model", COLUMN_TEXT},
                   {"measure", "Measure of the dashboard", COLUMN_TEXT},
                   {"analysis", "Analysis", COLUMN_TEXT},
                   {"outcome", "Outcome", COLUMN_TEXT},
                   {"population", "Population", COLUMN_TEXT},
                   {"adjustment", "Adjustment", COLUMN_TEXT},
                   {"arm", "Arm", COLUMN_TEXT},
                   {"reference", "Reference arm", COLUMN_TEXT},
                   {"group", "Group of predictions", COLUMN_INT64},
                   {"n", "People", COLUMN_INT64},
                   {"n_event", "People in whom it came true", COLUMN_INT64},
                   {"predicted", "Mean prediction", COLUMN_FLOAT64},
                   {"observed", "Share in whom it came true", COLUMN_FLOAT64},
                   {"conf_low", "Lower 95 % limit", COLUMN_FLOAT64},
                   {"conf_high", "Upper 95 % limit", COLUMN_FLOAT64}};
    struct table *table = table_alloc("calibration", "What was predicted, and what came true");

    for (size_t k = 0; table != NULL && k < sizeof columns / sizeof columns[0]; k++)
        if (table_add_column(table, columns[k].name, columns[k].type, columns[k].type == COLUMN_TEXT, columns[k].label, "") == NULL) {
            table_free(table);
            table = NULL;
        }
    return table;
}

/* People with their predictions, and the texts of their rows. */
struct predictions {
    const char *model, *measure, *analysis, *outcome, *population, *adjustment, *arm, *reference;
    size_t n;
    double *p;        /* [n] */
    unsigned char *y; /* [n] */
    int64_t *count;   /* [n] */
    const struct reducer *reducer; /* people of one of several places; NULL: all */
};

static int take(struct predictions *people, size_t n)
{
    people->n = n;
    return (people->p = allocate(n + 1, sizeof *people->p)) == NULL || (people->y = allocate(n + 1, sizeof *people->y)) == NULL ||
                   (people->count = allocate(n + 1, sizeof *people->count)) == NULL
               ? -1
               : 0;
}

static int add_group(const struct predictions *people, size_t k, const struct calibration_group *group, struct table *calibration)
{
    struct row_builder row = table_new_row(calibration);

    row_text(&row, "model", people->model);
    row_text(&row, "measure", people->measure);
    row_text(&row, "analysis", people->analysis);
    row_text(&row, "outcome", people->outcome);
    row_text(&row, "population", people->population);
    row_text(&row, "adjustment", people->adjustment);
    row_text(&row, "arm", people->arm);
    row_text(&row, "reference", people->reference);
    row_integer(&row, "group", (int64_t)k + 1);
    row_integer(&row, "n", group->n);
    row_integer(&row, "n_event", group->n_event);
    row_real(&row, "predicted", group->predicted);
    row_real(&row, "observed", group->observed);
    row_real(&row, "conf_low", group->conf_low);
    row_real(&row, "conf_high", group->conf_high);
    return row_end(&row);
}

/* Adds the rows, and frees the people in any case. */
static int add_groups(struct predictions *people, int status, struct table *calibration)
{
    struct calibration_group groups[CALIBRATION_GROUPS];
    size_t n = 0;

    if (status == 0 && reducer_sum_one(people->reducer, (int64_t)people->n) > 0) {
        const int code = calibration_groups_all(people->p, people->y, people->count, people->n, CALIBRATION_GROUPS, CONF_LEVEL,
                                                people->reducer, groups, &n);

        if (code != GSL_SUCCESS)
            status = fail("calibration of the %s: %s", people->model, gsl_strerror(code));
    }
    for (size_t k = 0; status == 0 && k < n; k++)
        status = add_group(people, k, &groups[k], calibration);
    free(people->p);
    free(people->y);
    free(people->count);
    return status;
}

int calibration_add_propensity(const struct pair_weights *w, struct table *calibration)
{
    const struct pair_rows *rows = w->rows;
    struct predictions people = {.model = "propensity",
                                 .measure = "",
                                 .analysis = rows->c->analysis->name.text,
                                 .outcome = rows->c->outcome->name.text,
                                 .population = rows->c->population->name.text,
                                 .adjustment = w->how->name.text,
                                 .arm = comparison_arm(rows->c, rows->pair.arm),
                                 .reference = comparison_arm(rows->c, rows->pair.reference),
                                 .reducer = rows->c->reducer};
    const int status = take(&people, rows->n);

    for (size_t i = 0; status == 0 && i < rows->n; i++) {
        people.p[i] = glm_mean(GLM_LOGISTIC, w->score.fit->eta[i]);
        people.y[i] = rows->treated[i];
        people.count[i] = rows->count[i];
    }
    return add_groups(&people, status, calibration);
}

int calibration_add_case_mix(const char *measure, const char *outcome, const char *population, const double *mu, const double *y,
                             const double *people_of, size_t n, const struct reducer *reducer, struct table *calibration)
{
    struct predictions people = {.model = "case mix",
                                 .measure = measure,
                                 .analysis = "",
                                 .outcome = outcome,
                                 .population = population,
                                 .adjustment = "",
                                 .arm = "",
                                 .reference = "",
                                 .reducer = reducer};
    const int status = take(&people, n);

    for (size_t i = 0; status == 0 && i < n; i++) {
        people.p[i] = mu[i];
        people.y[i] = y[i] > 0;
        people.count[i] = llround(people_of[i]);
    }
    return add_groups(&people, status, calibration);
}
