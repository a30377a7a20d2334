/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/show_again.h"

#include <stdlib.h>

#include "base/memory.h"
#include "report/audit.h"
#include "report/protect.h"

/* The part that is tried, as a system of its own. */
struct trial {
    struct count_system *system;
    const struct count_index *index;
    struct count_system part;
    size_t *place;      /* [n_counts] of the system: its number in the part + 1; 0: it is not there */
    size_t *members;    /* [n_counts] of the part: its number in the system, unknown ones first */
    bool *is_there;     /* [n_relations] */
    size_t *there;      /* [n_relations] relations of the part */
    bool *unsafe;       /* [n_counts] */
    bool *is_large;     /* [n_counts] its part is too large to be tried */
    size_t n_unknown;
    size_t work;
};

static bool is_protected(const struct count *count)
{
    return (count->is_small || count->hidden) && count->at_least == 0;
}

/* Would a relation say what its last unknown count is, which must be protected? */
static bool gives_away(const struct trial *trial, size_t relation, size_t shown)
{
    const struct count_system *const system = trial->system;
    const struct relation *const about = &system->relations[relation];
    size_t n = 0, last = shown;

    for (size_t k = about->first; k < about->first + about->n; k++) {
        const size_t count = system->terms[k].count;

        if (count == shown || count == last || !count_is_unknown(system, count))
            continue;
        n++;
        last = count;
    }
    return n == 1 && is_protected(&system->counts[last]);
}

static bool is_needed_at_once(const struct trial *trial, size_t count)
{
    for (size_t k = trial->index->first[count]; k < trial->index->first[count + 1]; k++)
        if (gives_away(trial, trial->index->relations[k], count))
            return true;
    return false;
}

static void add_member(struct trial *trial, size_t count)
{
    trial->members[trial->part.n_counts++] = count;
    trial->place[count] = trial->part.n_counts;
}

static void add_relation(struct trial *trial, size_t relation)
{
    if (trial->is_there[relation])
        return;
    trial->is_there[relation] = true;
    trial->there[trial->part.n_relations++] = relation;
}

/* Every unknown count that hangs together with this one, and then the known ones of their relations.  False: it is too large. */
static bool find_part(struct trial *trial, size_t count)
{
    const struct count_system *const system = trial->system;

    trial->part.n_counts = trial->part.n_relations = trial->part.n_terms = 0;
    add_member(trial, count);
    for (size_t at = 0; at < trial->part.n_counts && trial->part.n_counts <= SHOWN_PART; at++) {
        if (trial->is_large[trial->members[at]])
            return false;
        for (size_t k = trial->index->first[trial->members[at]]; k < trial->index->first[trial->members[at] + 1]; k++) {
            const struct relation *const about = &system->relations[trial->index->relations[k]];

            add_relation(trial, trial->index->relations[k]);
            for (size_t t = about->first; t < about->first + about->n; t++)
                if (trial->place[system->terms[t].count] == 0 && count_is_unknown(system, system->terms[t].count))
                    add_member(trial, system->terms[t].count);
        }
    }
    trial->n_unknown = trial->part.n_counts;
    return trial->n_unknown <= SHOWN_PART;
}

static void forget_part(struct trial *trial, bool is_large)
{
    for (size_t i = 0; i < trial->part.n_counts; i++) {
        trial->place[trial->members[i]] = 0;
        trial->is_large[trial->members[i]] = is_large;
    }
    for (size_t r = 0; r < trial->part.n_relations; r++)
        trial->is_there[trial->there[r]] = false;
}

static int make_part(struct trial *trial)
{
    const struct count_system *const system = trial->system;
    struct count_system *const part = &trial->part;

    for (size_t r = 0; r < part->n_relations; r++) {
        const struct relation *const about = &system->relations[trial->there[r]];

        part->n_terms += about->n;
        for (size_t k = about->first; k < about->first + about->n; k++)
            if (trial->place[system->terms[k].count] == 0)
                add_member(trial, system->terms[k].count);
    }
    part->counts = allocate(part->n_counts + 1, sizeof *part->counts);
    part->relations = allocate(part->n_relations + 1, sizeof *part->relations);
    part->terms = allocate(part->n_terms + 1, sizeof *part->terms);
    if (part->counts == NULL || part->relations == NULL || part->terms == NULL)
        return -1;
    for (size_t i = 0; i < part->n_counts; i++)
        part->counts[i] = system->counts[trial->members[i]];
    part->n_terms = 0;
    for (size_t r = 0; r < part->n_relations; r++) {
        const struct relation *const about = &system->relations[trial->there[r]];

        part->relations[r] = (struct relation){.first = part->n_terms, .n = about->n};
        for (size_t k = about->first; k < about->first + about->n; k++)
            part->terms[part->n_terms++] = (struct term){trial->place[system->terms[k].count] - 1, system->terms[k].coefficient};
    }
    return 0;
}

static void free_part(struct trial *trial)
{
    free(trial->part.counts);
    free(trial->part.relations);
    free(trial->part.terms);
    trial->part.counts = NULL;
    trial->part.relations = NULL;
    trial->part.terms = NULL;
}

/* Audits the part as if its first count were shown. */
static int audit_part(struct trial *trial, bool *is_safe)
{
    struct audit_ranges ranges = {.low = NULL};
    struct audit told = {.n_audited = 0};
    int status = make_part(trial);

    if (status == 0) {
        trial->part.counts[0].hidden = false;
        status = audit_ranges_start(&ranges, &trial->part, 1);
        ranges.is_trial = true;
    }
    if (status == 0)
        status = audit_counts(&trial->part, &ranges, true, trial->unsafe, &told);
    *is_safe = status == 0 && told.n_unsafe == 0;
    trial->work += trial->n_unknown * (told.n_programs + 1);
    audit_ranges_free(&ranges);
    free_part(trial);
    return status;
}

static int try_to_show(struct trial *trial, size_t count)
{
    bool is_safe = false;
    int status = 0;

    if (is_needed_at_once(trial, count))
        return 0;
    const bool is_large = !find_part(trial, count);
    if (!is_large)
        status = audit_part(trial, &is_safe);
    forget_part(trial, is_large);
    if (is_safe)
        trial->system->counts[count].hidden = false;
    return status;
}

/* The heaviest first, then the last one. */
static int by_weight(const void *a, const void *b, void *context)
{
    const struct count_system *const system = context;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const double weight_x = protect_weight(&system->counts[x]), weight_y = protect_weight(&system->counts[y]);

    return weight_x != weight_y ? (weight_x < weight_y) - (weight_x > weight_y) : (x < y) - (x > y);
}

int show_again(struct count_system *system, const struct count_index *index, const bool *chosen)
{
    struct trial trial = {.system = system, .index = index, .part = {.threshold = system->threshold}};
    size_t *const candidates = allocate(system->n_counts + 1, sizeof *candidates);
    size_t n = 0;
    int status = -1;

    trial.place = allocate(system->n_counts + 1, sizeof *trial.place);
    trial.members = allocate(system->n_counts + 1, sizeof *trial.members);
    trial.is_there = allocate(system->n_relations + 1, sizeof *trial.is_there);
    trial.there = allocate(system->n_relations + 1, sizeof *trial.there);
    trial.unsafe = allocate(system->n_counts + 1, sizeof *trial.unsafe);
    trial.is_large = allocate(system->n_counts + 1, sizeof *trial.is_large);
    if (candidates != NULL && trial.place != NULL && trial.members != NULL && trial.is_there != NULL && trial.there != NULL &&
        trial.unsafe != NULL && trial.is_large != NULL) {
        status = 0;
        for (size_t i = 0; i < system->n_counts; i++)
            if (chosen[i] && count_is_unknown(system, i))
                candidates[n++] = i;
        qsort_r(candidates, n, sizeof *candidates, by_weight, system);
        for (size_t k = 0; status == 0 && k < n && system->round_to == 0 && trial.work < SHOWN_WORK; k++)
            status = try_to_show(&trial, candidates[k]);
    }
    free(candidates);
    free(trial.place);
    free(trial.members);
    free(trial.is_there);
    free(trial.there);
    free(trial.unsafe);
    free(trial.is_large);
    return status;
}
