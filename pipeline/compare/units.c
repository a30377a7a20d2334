/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/units.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/table_pack.h"
#include "compare/rank_places.h"
#include "compare/side_by_side.h"

/* ---- which there are -------------------------------------------------------------------------------------------- */

static int add(struct units *units, struct unit unit)
{
    struct unit *const items = reallocate(units->items, units->n + 1, sizeof *items);

    if (items == NULL)
        return -1;
    units->items = items;
    items[units->n++] = unit;
    return 0;
}

/* Does the analysis look at this population?  An empty list means all of them. */
static bool asks_for(const struct study_analysis *analysis, const char *population)
{
    for (size_t i = 0; i < analysis->populations.n; i++)
        if (strcmp(analysis->populations.items[i].text, population) == 0)
            return true;
    return analysis->populations.n == 0;
}

/* ---- which ones work by parts of the people ------------------------------------------------------------------------- */

/* Matches are looked for among all people. */
static bool adjustment_is_spread(const struct study_adjustment *how)
{
    return how->method != ADJUST_MATCH;
}

static bool analysis_is_spread(const struct study_analysis *analysis)
{
    bool spread = (analysis->n_adjustments == 0 || analysis->bootstrap_n == 0) && analysis->imputation.n == 0;

    for (size_t i = 0; i < analysis->n_adjustments; i++)
        spread = spread && adjustment_is_spread(&analysis->adjustments[i]);
    return spread;
}

static int add_outcome(struct units *units, const struct study *study, const struct study_analysis *analysis, size_t outcome)
{
    const struct study_rules *populations = &study->cohort.populations;
    const bool spread = analysis_is_spread(analysis);
    int status = 0;

    for (size_t p = 0; status == 0 && p < populations->n; p++)
        if (asks_for(analysis, populations->items[p].name.text))
            status = add(units, (struct unit){analysis, outcome, p, spread});
    return status;
}

static int add_analysis(struct units *units, const struct study *study, const struct study_analysis *analysis)
{
    const struct study_rules *populations = &study->cohort.populations;
    int status = 0;

    for (size_t i = 0; status == 0 && i < analysis->n_outcomes; i++)
        status = add_outcome(units, study, analysis, analysis->outcomes[i]);
    for (size_t p = 0; status == 0 && p < populations->n; p++)
        if (asks_for(analysis, populations->items[p].name.text))
            status = add(units, (struct unit){analysis, UNIT_PATHS, p, true});
    return status;
}

int units_list(const struct study *study, struct units *units)
{
    *units = (struct units){0};
    int status = add(units, (struct unit){.is_spread = true});

    for (size_t i = 0; status == 0 && i < study->n_analyses; i++)
        status = add_analysis(units, study, &study->analyses[i]);
    return status;
}

void units_free(struct units *units)
{
    free(units->items);
    *units = (struct units){0};
}

int units_are_spread(const struct study *study)
{
    struct units units;
    int spread = units_list(study, &units) == 0 ? 1 : -1;

    for (size_t i = 0; spread > 0 && i < units.n; i++)
        spread = units.items[i].is_spread;
    units_free(&units);
    return spread;
}

bool unit_is_joint(const struct unit *unit)
{
    return unit->is_spread || (unit->analysis != NULL && unit->outcome != UNIT_PATHS && unit->analysis->bootstrap_n > 0);
}

/* ---- tables of units ---------------------------------------------------------------------------------------------- */

static int append_packed(struct analyses *into, struct unpack *from)
{
    for (size_t i = 0; i < ANALYSES_PARTS; i++) {
        struct table *const part = table_unpack(from);
        const int status = part == NULL ? -1 : table_append(*analyses_part(into, i), part);
        table_free(part);
        if (status != 0)
            return -1;
    }
    const char *const warnings = unpack_text(from);
    if (ranks_rank() == 0)
        fail_tell_warnings(warnings);
    return 0;
}

/* ---- ranks deal the units ------------------------------------------------------------------------------------------- */

static size_t owner_of(const struct units *units, size_t unit)
{
    size_t n_before = 0;

    for (size_t i = 0; i < unit; i++)
        n_before += !unit_is_joint(&units->items[i]);
    return n_before % ranks_n();
}

static int do_own(const struct units *units, const struct analyses_input *input, unit_start *start, unit_work *work,
                  struct analyses *made, struct pack *pack)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < units->n; i++)
        if (!unit_is_joint(&units->items[i]) && owner_of(units, i) == ranks_rank()) {
            status = start(input, &made[i]);
            if (status == 0)
                status = work(input, &units->items[i], &made[i]);
            for (size_t k = 0; status == 0 && k < ANALYSES_PARTS; k++)
                table_pack(pack, *analyses_part(&made[i], k));
            char *const warnings = fail_take_warnings();
            pack_put_text(pack, warnings);
            free(warnings);
        }
    return pack->broken ? -1 : status;
}

/* ---- the people of this rank among all ------------------------------------------------------------------------------ */

struct share {
    struct analyses_input input;
    struct table cohort, records;   /* views: columns are theirs, values are not */
    struct table *outcomes;         /* [n_outcomes] likewise */
    struct table **list;
    struct table **again;           /* [n_outcomes] the stretches of their people; NULL where an outcome does not recur */
    struct table *paths;            /* likewise */
    size_t n_outcomes;
    int64_t *record;                /* people are numbered from 0 */
};

static int view(const struct table *from, struct row_range rows, struct table *to)
{
    *to = *from;
    if ((to->columns = allocate(from->n_columns, sizeof *to->columns)) == NULL)
        return -1;
    to->n_rows = rows.end - rows.first;
    for (size_t k = 0; k < from->n_columns; k++) {
        to->columns[k] = from->columns[k];
        to->columns[k].values = (char *)from->columns[k].values + rows.first * from->columns[k].width;
    }
    return 0;
}

static void share_free(struct share *share)
{
    for (size_t i = 0; share->outcomes != NULL && i < share->n_outcomes; i++)
        free(share->outcomes[i].columns);
    for (size_t i = 0; share->again != NULL && i < share->n_outcomes; i++)
        table_free(share->again[i]);
    free(share->again);
    table_free(share->paths);
    free(share->outcomes);
    free(share->list);
    free(share->record);
    free(share->cohort.columns);
    free(share->records.columns);
}

static int number_people(struct share *share)
{
    struct column *const column = table_column(&share->cohort, "record");

    if ((share->record = allocate(share->cohort.n_rows + 1, sizeof *share->record)) == NULL)
        return -1;
    for (size_t i = 0; i < share->cohort.n_rows; i++)
        share->record[i] = (int64_t)i;
    column->type = COLUMN_INT64;
    column->width = sizeof *share->record;
    column->values = share->record;
    return 0;
}

static int share_again(const struct analyses_input *input, struct row_range people, struct share *share)
{
    if (input->again == NULL)
        return 0;
    if ((share->again = allocate(share->n_outcomes, sizeof(struct table *))) == NULL)
        return -1;
    for (size_t i = 0; i < share->n_outcomes; i++)
        if (input->again[i] != NULL && (share->again[i] = rank_stretches(input->again[i], people)) == NULL)
            return -1;
    share->input.again = share->again;
    return 0;
}

/* Covariates lie in the order of the people (sources.h). */
static int share_take(const struct analyses_input *input, struct share *share)
{
    const struct row_range rows = rank_rows(input->cohort->n_rows);

    *share = (struct share){.input = *input, .n_outcomes = input->study->n_outcomes};
    if (input->reducer != NULL) /* there are no others */
        return 0;
    share->input.reducer = rank_places();
    share->input.again = NULL;
    share->input.paths = NULL;
    if (input->paths != NULL && (share->input.paths = share->paths = rank_stretches(input->paths, rows)) == NULL)
        return -1;
    if (view(input->cohort, rows, &share->cohort) != 0 ||
        (input->records != NULL && view(input->records, rows, &share->records) != 0) || number_people(share) != 0 ||
        (share->outcomes = allocate(share->n_outcomes, sizeof *share->outcomes)) == NULL ||
        (share->list = allocate(share->n_outcomes, sizeof(struct table *))) == NULL || share_again(input, rows, share) != 0)
        return -1;
    for (size_t i = 0; i < share->n_outcomes; i++) {
        if (view(input->outcomes[i], rows, &share->outcomes[i]) != 0)
            return -1;
        share->list[i] = &share->outcomes[i];
    }
    share->input.cohort = &share->cohort;
    share->input.records = input->records != NULL ? &share->records : NULL;
    share->input.outcomes = share->list;
    return 0;
}

static int do_joint(const struct units *units, const struct analyses_input *input, unit_start *start, unit_work *work,
                    struct analyses *made)
{
    struct share share;
    int status = share_take(input, &share);

    for (size_t i = 0; status == 0 && i < units->n; i++)
        if (unit_is_joint(&units->items[i])) {
            const struct analyses_input *const of = units->items[i].is_spread ? &share.input : input;
            status = start(of, &made[i]);
            if (status == 0)
                status = work(of, &units->items[i], &made[i]);
            free(fail_take_warnings()); /* rank 0 has told them */
        }
    share_free(&share);
    return status;
}

static int put_together(const struct units *units, const struct ranks_bytes *all, struct analyses *made,
                        struct analyses *analyses)
{
    struct unpack *const from = allocate(ranks_n(), sizeof *from);
    int status = from == NULL ? -1 : 0;

    for (size_t r = 0; status == 0 && r < ranks_n(); r++)
        from[r] = (struct unpack){.bytes = all->bytes + all->first[r], .left = all->first[r + 1] - all->first[r]};
    for (size_t i = 0; status == 0 && i < units->n; i++)
        status = unit_is_joint(&units->items[i]) ? analyses_append(analyses, &made[i])
                                                 : append_packed(analyses, &from[owner_of(units, i)]);
    free(from);
    return status;
}

static int run_together(const struct units *units, const struct analyses_input *input, unit_start *start,
                        unit_work *work, struct analyses *analyses)
{
    struct analyses *const made = allocate(units->n, sizeof *made);
    struct pack pack = {0};
    struct ranks_bytes all = {0};
    int status = made == NULL ? -1 : do_own(units, input, start, work, made, &pack);

    if (status == 0)
        status = do_joint(units, input, start, work, made);
    if (status == 0)
        status = ranks_collect(pack.bytes, pack.n, &all);
    if (status == 0)
        status = put_together(units, &all, made, analyses);
    for (size_t i = 0; made != NULL && i < units->n; i++)
        analyses_free(&made[i]);
    free(made);
    pack_free(&pack);
    ranks_bytes_free(&all);
    return status;
}

/* ---- threads share them ------------------------------------------------------------------------------------------- */

struct shared {
    const struct units *units;
    struct analyses_input input; /* of one unit */
    unit_work *work;
};

static int do_shared(void *context, size_t unit, struct analyses *made)
{
    const struct shared *const shared = context;

    return shared->work(&shared->input, &shared->units->items[unit], made);
}

int units_run(const struct units *units, const struct analyses_input *input, unit_start *start, unit_work *work,
              struct analyses *analyses)
{
    if (ranks_n() > 1)
        return run_together(units, input, start, work, analyses);
    struct shared shared = {units, *input, work};
    const struct side_by_side parts = {.input = input, .start = start, .work = do_shared, .context = &shared, .n = units->n};

    shared.input.n_threads = side_by_side_threads(input, units->n);
    return side_by_side_run(&parts, analyses);
}
