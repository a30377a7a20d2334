/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/definition.h"

#include <math.h>
#include <string.h>

bool definition_same_work(const struct definition *a, const struct definition *b)
{
    return a->n_unseen == b->n_unseen && a->fill == b->fill &&
           (a->missing == MISSING_DELETED) == (b->missing == MISSING_DELETED) &&
           memcmp(a->recode, b->recode, sizeof a->recode) == 0 &&
           (a->n_unseen == 0 || memcmp(a->unseen, b->unseen, a->n_unseen * sizeof *a->unseen) == 0);
}

/* Copies what there is of a word: most words are far shorter than the longest. */
static void copy_word(struct word *to, const struct word *from)
{
    to->n = from->n;
    to->first_seen = from->first_seen;
    to->last_seen = from->last_seen;
    memcpy(to->week, from->week, from->n);
}

void definition_work(const struct definition *definition, const struct word *recorded, struct word *worked)
{
    copy_word(worked, recorded);
    word_copy_unseen(worked, definition->unseen, definition->n_unseen);
    word_fill(worked, definition->fill);
    word_recode(worked, definition->recode);
    if (definition->missing == MISSING_DELETED)
        word_delete_missing(worked);
    word_tally(worked);
}

static bool all_hold(const struct word_condition *conditions, size_t n, const struct word *worked,
                     const struct word *recorded)
{
    for (size_t i = 0; i < n; i++)
        if (!word_condition_holds(&conditions[i], worked, recorded))
            return false;
    return true;
}

static double read_quantity(const struct quantity *quantity, const struct word *worked, const struct word *recorded)
{
    const struct word_ratio ratio = word_quantity(quantity, worked, recorded);

    return (double)ratio.over / (double)ratio.under;
}

bool definition_read(const struct definition *definition, const struct word *worked, const struct word *recorded,
                     double value[static 2])
{
    value[0] = value[1] = NAN;
    if (recorded->n < definition->weeks_needed)
        return false;
    if (!all_hold(definition->only_if, definition->n_only_if, worked, recorded)) {
        value[0] = 0;
        return true;
    }
    switch (definition->kind) {
    case DEFINITION_YES_NO:
        value[0] = all_hold(definition->all, definition->n_all, worked, recorded);
        break;
    case DEFINITION_QUANTITY:
        value[0] = read_quantity(&definition->quantity, worked, recorded);
        break;
    case DEFINITION_SCORE:
        value[0] = word_score(&definition->score, worked, recorded);
        break;
    case DEFINITION_TIME:
        value[1] = word_event(&definition->event, worked, recorded, &value[0]);
        break;
    }
    return true;
}
