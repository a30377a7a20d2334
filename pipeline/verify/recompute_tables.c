/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "base/cells.h"
#include "base/memory.h"
#include "compare/e_values.h"
#include "compare/published.h"
#include "compare/ranges.h"
#include "verify/findings.h"
#include "verify/recompute.h"

static int add(const struct recompute *r, const char *check, const char *item, enum finding finding, const char *why)
{
    return item == NULL ? -1 : findings_add(r->findings, check, item, finding, why);
}

/* ---- published --------------------------------------------------------------------------------------------- */

static int compare_published(const struct recompute *r, const struct table *published, const struct table *again)
{
    static const char *const match[] = {"match", NULL};
    int status = 0;

    for (size_t i = 0; status == 0 && i < published->n_rows; i++) {
        bool differs = false;
        status = recompute_number(r, "published", published, i, "recomputed", cell_real(again, "recomputed", i), true,
                                  &differs);
        /* A difference of two nearly equal numbers has fewer places than they have. */
        const double difference = cell_real(published, "difference", i) - cell_real(again, "difference", i);
        const bool same = isnan(difference) ? isnan(cell_real(published, "difference", i)) == isnan(cell_real(again, "difference", i))
                                            : fabs(difference) <= 2 * r->tolerance * fabs(cell_real(again, "recomputed", i)) + 1e-13;
        char *item = recompute_item(published, i);
        if (status == 0 && !same)
            status = item == NULL ? -1
                                  : findings_add_number(r->findings, "published", item, "difference",
                                                        cell_real(published, "difference", i),
                                                        cell_real(again, "difference", i), false);
        if (status == 0 && !cells_agree(published, i, again, i, match))
            status = add(r, "published", item, FINDING_DIFFERS, "match is not what the numbers say");
        else if (status == 0 && !differs && same)
            status = add(r, "published", item, FINDING_HOLDS, NULL);
        free(item);
    }
    return status;
}

int recompute_published(const struct recompute *r)
{
    const struct table *published = stored_table(r->stored, "published"), *estimates = stored_table(r->stored, "estimates");

    if (cell_rows(published) == 0 || estimates == NULL)
        return 0;
    struct table *again = published_alloc();
    const int status = again == NULL || published_match_again(r->stored->path, published, estimates, again) != 0
                           ? -1
                           : compare_published(r, published, again);
    table_free(again);
    return status;
}

/* ---- ranges --------------------------------------------------------------------------------------------------- */

/* The analyses that stand in the table are those whose range was asked for. */
static int name_analyses(const struct table *ranges, struct study *study)
{
    if ((study->analyses = allocate(ranges->n_rows, sizeof *study->analyses)) == NULL)
        return -1;
    for (; study->n_analyses < ranges->n_rows; study->n_analyses++) {
        struct study_analysis *analysis = &study->analyses[study->n_analyses];
        *analysis = (struct study_analysis){.name = {.text = cell_copy(ranges, "analysis", study->n_analyses)}, .range = true};
        if (analysis->name.text == NULL)
            return -1;
    }
    return 0;
}

static int compare_ranges(const struct recompute *r, const struct table *ranges, const struct table *again)
{
    static const char *const key[] = {"analysis", "population", "adjustment", "measure", "term", "arm", "reference", "time",
                                      NULL};
    static const char *const numbers[] = {"n_definitions", "n_undefined", "lowest", "highest"};
    static const char *const names[] = {"lowest_outcome", "highest_outcome", NULL};
    int status = 0;

    for (size_t i = 0; status == 0 && i < ranges->n_rows; i++) {
        char *item = recompute_item(ranges, i);
        bool differs = false;
        size_t k = 0;
        while (k < again->n_rows && !cells_agree(ranges, i, again, k, key))
            k++;
        for (size_t j = 0; status == 0 && k < again->n_rows && j < sizeof numbers / sizeof numbers[0]; j++)
            status = recompute_number(r, "ranges", ranges, i, numbers[j], cell_real(again, numbers[j], k), true, &differs);
        if (status == 0 && k == again->n_rows)
            status = add(r, "ranges", item, FINDING_DIFFERS, "no stored estimate belongs to it");
        else if (status == 0 && !cells_agree(ranges, i, again, k, names))
            status = add(r, "ranges", item, FINDING_DIFFERS, "another definition gives the lowest or the highest estimate");
        else if (status == 0 && !differs)
            status = add(r, "ranges", item, FINDING_HOLDS, NULL);
        free(item);
    }
    return status;
}

int recompute_ranges(const struct recompute *r)
{
    const struct table *ranges = stored_table(r->stored, "ranges"), *estimates = stored_table(r->stored, "estimates");
    struct study study = {.n_analyses = 0};
    int status = 0;

    if (cell_rows(ranges) == 0 || estimates == NULL)
        return 0;
    struct table *again = name_analyses(ranges, &study) != 0 ? NULL : ranges_table(&study, estimates);
    status = again == NULL ? -1 : compare_ranges(r, ranges, again);
    table_free(again);
    for (size_t i = 0; i < study.n_analyses; i++)
        free(study.analyses[i].name.text);
    free(study.analyses);
    return status;
}

/* ---- E-values ------------------------------------------------------------------------------------------------- */

/* All estimates but the E-values. */
static struct table *without_e_values(const struct table *estimates)
{
    size_t *rows = allocate(estimates->n_rows, sizeof *rows), n = 0;
    struct table *table = NULL;

    for (size_t i = 0; rows != NULL && i < estimates->n_rows; i++)
        if (!cell_is(estimates, "measure", i, "e_value"))
            rows[n++] = i;
    if (rows != NULL)
        table = table_take_rows(estimates, rows, n);
    free(rows);
    return table;
}

/* One E-value with those that the ratios give now. */
static int check_e_value(const struct recompute *r, const struct table *estimates, size_t row, const struct table *again)
{
    static const char *const key[] = {"analysis", "outcome", "population", "adjustment", "estimand", "measure", "term",
                                      "cause",    "arm",     "reference",  "time",       NULL};
    static const char *const numbers[] = {"estimate", "conf_low", "conf_high"};
    char *item = recompute_item(estimates, row);
    bool differs = false;
    size_t k = 0;
    int status = item == NULL ? -1 : 0;

    while (k < again->n_rows && !cells_agree(again, k, estimates, row, key))
        k++;
    /* Near a ratio of 1 an E-value turns a rounding of the ratio into a large one of its own. */
    if (status == 0 && r->tolerance > 1e-6) {
        status = add(r, "estimates", item, FINDING_DOES_NOT_FOLLOW, "its ratio is rounded in a release");
        free(item);
        return status;
    }
    for (size_t j = 0; status == 0 && k < again->n_rows && j < sizeof numbers / sizeof numbers[0]; j++)
        status = recompute_number(r, "estimates", estimates, row, numbers[j], cell_real(again, numbers[j], k), true, &differs);
    if (status == 0 && k == again->n_rows)
        status = add(r, "estimates", item, FINDING_DIFFERS, "no stored ratio belongs to it");
    else if (status == 0 && !differs)
        status = add(r, "estimates", item, FINDING_HOLDS, NULL);
    free(item);
    return status;
}

int recompute_e_values(const struct recompute *r)
{
    const struct table *estimates = stored_table(r->stored, "estimates");
    struct table *again = NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < cell_rows(estimates); i++) {
        if (!cell_is(estimates, "measure", i, "e_value"))
            continue;
        struct study_analysis analysis = {.e_values = true, .name = {.text = cell_copy(estimates, "analysis", i)}};
        const struct study study = {.n_analyses = 1, .analyses = &analysis};
        table_free(again);
        again = analysis.name.text == NULL ? NULL : without_e_values(estimates);
        status = again == NULL || e_values_add(&study, again) != 0 ? -1 : check_e_value(r, estimates, i, again);
        free(analysis.name.text);
    }
    table_free(again);
    return status;
}

/* ---- attrition ---------------------------------------------------------------------------------------------------- */

static int check_step(const struct recompute *r, const struct table *attrition, size_t row)
{
    static const char *const unit[] = {"unit", NULL};
    size_t before = row;
    char *item = cell_copy(attrition, "label", row);
    int status = item == NULL ? -1 : 0;

    while (before > 0 && !cells_agree(attrition, before - 1, attrition, row, unit))
        before--;
    const int64_t left = cell_integer(attrition, "left", row), dropped = cell_integer(attrition, "dropped", row),
                  earlier = before == 0 ? MISSING_INTEGER : cell_integer(attrition, "left", before - 1);
    /* The first row of a unit starts a count; a count that is withheld says nothing. */
    if (status == 0 && left != MISSING_INTEGER && dropped != MISSING_INTEGER && earlier != MISSING_INTEGER)
        status = findings_add_number(r->findings, "attrition", item, "left", (double)left, (double)(earlier - dropped),
                                     left == earlier - dropped);
    free(item);
    return status;
}

int recompute_attrition(const struct recompute *r)
{
    const struct table *attrition = stored_table(r->stored, "attrition");

    for (size_t i = 0; !r->rounded && i < cell_rows(attrition); i++)
        if (check_step(r, attrition, i) != 0)
            return -1;
    return 0;
}

/* ---- baseline ------------------------------------------------------------------------------------------------------- */

int recompute_baseline(const struct recompute *r)
{
    static const char *const group[] = {"population", "term", "arm", NULL};
    const struct table *baseline = stored_table(r->stored, "baseline");
    int status = 0;

    for (size_t i = 0; !r->rounded && status == 0 && i < cell_rows(baseline); i++) {
        int64_t sum = 0;
        bool differs = false, hidden = false;
        const int64_t n = cell_integer(baseline, "n", i);
        if (cell_is(baseline, "level", i, "") || isnan(cell_real(baseline, "percent", i)) || n == MISSING_INTEGER)
            continue;
        for (size_t k = 0; k < baseline->n_rows; k++)
            if (cells_agree(baseline, k, baseline, i, group) && !cell_is(baseline, "level", k, "")) {
                hidden = hidden || cell_integer(baseline, "n", k) == MISSING_INTEGER;
                sum += hidden ? 0 : cell_integer(baseline, "n", k);
            }
        if (hidden)
            continue;
        status = recompute_number(r, "baseline", baseline, i, "percent", 100 * (double)n / (double)sum, true, &differs);
        char *item = cell_copy(baseline, "level", i);
        if (status == 0 && !differs)
            status = add(r, "baseline", item, FINDING_HOLDS, NULL);
        free(item);
    }
    return status;
}
