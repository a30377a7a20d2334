/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/score_effects.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "compare/numbers.h"
#include "compare/pair_strata.h"
#include "compare/resampled.h"
#include "compare/rows.h"
#include "compare/slice_rows.h"
#include "stats/glm.h"
#include "stats/meta.h"

enum { STRATA_MOST = 100 };

struct by_score {
    struct adjusting *a;
    size_t n;                    /* strata */
    double limit[STRATA_MOST];   /* of the linear predictor, upper, of all but the last */
    char *column;                /* "score of NAME" */
    char *names[STRATA_MOST];    /* "score of NAME=1 of 5" */
    struct slices strata;
};

/* ---- strata ------------------------------------------------------------------------------------------ */

static int name_strata(struct by_score *s)
{
    if ((s->column = format_text("score of %s", s->a->how->name.text)) == NULL)
        return -1;
    for (size_t k = 0; k < s->n; k++)
        if ((s->names[k] = format_text("%s=%zu of %zu", s->column, k + 1, s->n)) == NULL)
            return -1;
    return 0;
}

/* Who is used, and in which stratum. */
static int divide(struct by_score *s)
{
    const struct pair_rows *rows = &s->a->rows;
    const struct pair_weights *w = &s->a->weights;
    uint16_t *part = allocate(rows->n + 1, sizeof *part);
    size_t *used = allocate(rows->n + 1, sizeof *used), n = 0;
    int status = part == NULL || used == NULL ? -1 : pair_strata_divide(w, s->a->how->n_score_strata, part, s->limit, &s->n);

    if (status == 0)
        status = name_strata(s);
    for (size_t i = 0; status == 0 && i < rows->n; i++)
        if (w->weight[i] > 0) {
            part[n] = part[i];
            used[n++] = rows->row[i];
        }
    if (status == 0)
        status = slices_given(s->a->c, s->a->people, n, used, part, s->n, (const char *const *)s->names, &s->strata);
    free(used);
    free(part);
    return status;
}

static void clear(struct by_score *s)
{
    slices_free(&s->strata);
    for (size_t k = 0; k < s->n; k++)
        free(s->names[k]);
    free(s->column);
}

/* ---- rows -------------------------------------------------------------------------------------------- */

/* "scores 0.21 to 0.38" */
static void say_scores(const struct by_score *s, size_t k, char *text, size_t size)
{
    const double low = k == 0 ? 0 : glm_mean(GLM_LOGISTIC, s->limit[k - 1]),
                 high = k + 1 == s->n ? 1 : glm_mean(GLM_LOGISTIC, s->limit[k]);

    if (k == 0)
        snprintf(text, size, "scores to %.2f", high);
    else if (k + 1 == s->n)
        snprintf(text, size, "scores from %.2f", low);
    else
        snprintf(text, size, "scores %.2f to %.2f", low, high);
}

static int add_row(const struct by_score *s, const struct wanted *wanted, size_t k, const struct number *number, long arm)
{
    const struct comparison *c = s->a->c;
    const struct arm_pair pair = s->a->rows.pair;
    struct estimate row = rows_keys(c, wanted);
    char scores[40], note[NOTE_SIZE + 48];

    say_scores(s, k, scores, sizeof scores);
    snprintf(note, sizeof note, "%s%s%s", number->note, number->note[0] == '\0' ? "" : "; ", scores);
    row.adjustment = s->a->how->name.text;
    row.stratum = s->names[k];
    row.arm = comparison_arm(c, arm >= 0 ? (size_t)arm : pair.arm);
    if (arm < 0)
        row.reference = comparison_arm(c, pair.reference);
    else if (!s->a->one_pair)
        row.reference = comparison_arm(c, (size_t)arm == pair.arm ? pair.reference : pair.arm);
    number_put(number, &row);
    row.note = note;
    return estimates_add(s->a->tables->estimates, &row);
}

static int add_pair(const struct by_score *s, const struct wanted *wanted, size_t k)
{
    struct number number;

    slice_contrast(&s->strata.items[k], wanted->measure, s->a->rows.pair, wanted->horizon, CONF_LEVEL, &number);
    return add_row(s, wanted, k, &number, -1);
}

static int add_arms(const struct by_score *s, const struct wanted *wanted, size_t k)
{
    const struct comparison *stratum = &s->strata.items[k].comparison;
    const size_t arms[] = {s->a->rows.pair.arm, s->a->rows.pair.reference};
    int status = 0;

    for (size_t j = 0; status == 0 && j < 2 && slice_shows_arms(wanted->measure); j++) {
        struct number number;
        if (stratum->n[arms[j]] < 2)
            continue;
        contrast_of_arm(stratum, wanted->measure, arms[j], 1, wanted->horizon, CONF_LEVEL, &number);
        status = add_row(s, wanted, k, &number, (long)arms[j]);
    }
    return status;
}

static int add_test(const struct by_score *s, const struct wanted *wanted)
{
    const struct comparison *c = s->a->c;
    struct estimate row = rows_keys(c, wanted);
    struct effects effects = {0};
    struct meta_result pooled;
    char note[120] = "", term[80];
    int status = effects_take(&s->strata, wanted, s->a->rows.pair, 2, &effects);

    snprintf(term, sizeof term, "%s%s", measure_name(wanted->measure), wanted->horizon.at_least ? ", at least" : "");
    row.adjustment = s->a->how->name.text;
    row.measure = MEASURE_interaction_test;
    row.stratum = s->column;
    row.term = term;
    row.arm = comparison_arm(c, s->a->rows.pair.arm);
    row.reference = comparison_arm(c, s->a->rows.pair.reference);
    row.n = adjusting_people(s->a, -1);
    row.method = "heterogeneity of the effect between strata of the score";
    if (status == 0 && effects.n > 1 &&
        meta_solve(effects.estimate, effects.std_error, effects.n, META_FIXED, CONF_LEVEL, &pooled) == GSL_SUCCESS) {
        row.statistic = pooled.heterogeneity.statistic;
        row.df = (double)pooled.heterogeneity.df;
        row.p_value = pooled.heterogeneity.p_value;
        if (effects.n_without > 0)
            snprintf(note, sizeof note, "%zu of %zu strata without an effect are left out", effects.n_without, s->n);
    } else {
        row.status = "undefined";
        snprintf(note, sizeof note, "the effect exists in %zu of %zu strata", effects.n, s->n);
    }
    row.note = note;
    if (status == 0)
        status = estimates_add(s->a->tables->estimates, &row);
    effects_free(&effects);
    return status;
}

static int add_rows(const struct by_score *s)
{
    const struct wanted_list *wanted = s->a->wanted;
    int status = 0;

    for (size_t i = 0; i < wanted->n; i++) {
        const struct wanted *item = &wanted->items[i];
        const bool pair = measure_is_contrast(item->measure);
        if (wanted_is_test(item->measure))
            continue;
        for (size_t k = 0; status == 0 && k < s->n; k++)
            status = pair ? add_pair(s, item, k) : add_arms(s, item, k);
        if (status == 0 && pair && contrast_part(item->measure) != MEASURE_quantile_time)
            status = add_test(s, item);
    }
    return status;
}

int score_effects_add(struct adjusting *a)
{
    struct by_score s = {.a = a};
    int status = 0;

    if (a->how->n_score_strata == 0)
        return 0;
    status = divide(&s);
    if (status == 0)
        status = add_rows(&s);
    for (size_t k = 0; status == 0 && k < s.strata.n; k++)
        status = resampled_add(&s.strata.items[k].comparison, a->wanted, a->how->name.text, a->tables->estimates);
    if (status == 0)
        status = slice_risk_tables_add(&s.strata, a->tables->risk_tables);
    clear(&s);
    return status;
}
