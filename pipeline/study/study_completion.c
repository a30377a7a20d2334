/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completion by a named rule.  Four are in use, and an answer can turn with them:
 *
 *     completed                            completed, among all discharges
 *     completed_or_transferred             completed or transferred, among all discharges
 *     completed_v_dropout                  completed, among those who completed or dropped out
 *     completed_v_dropout_or_terminated    completed, among those who completed, dropped out or were put out
 *
 * The last two leave people out by what happened later: they describe, and get no verdict.
 */
#include "study/study_file.h"

enum fate { NO_EVENT, EVENT, LEFT_OUT };

static const enum fate FATES[][N_ENDED] = {
    /*                              completed transferred dropped out terminated other */
    [COMPLETION_ALL] =            {EVENT,    NO_EVENT,   NO_EVENT,   NO_EVENT,  NO_EVENT},
    [COMPLETION_WITH_TRANSFERS] = {EVENT,    EVENT,      NO_EVENT,   NO_EVENT,  NO_EVENT},
    [COMPLETION_V_DROPOUT] =      {EVENT,    LEFT_OUT,   NO_EVENT,   LEFT_OUT,  LEFT_OUT},
    [COMPLETION_V_ENDED] =        {EVENT,    LEFT_OUT,   NO_EVENT,   NO_EVENT,  LEFT_OUT},
};

static int gather(const struct study_checker *checker, const struct file_outcome *written, enum fate wanted,
                  struct study_texts *list)
{
    size_t n = 0;

    for (size_t k = 0; k < N_ENDED; k++)
        n += written->ended[k].n;
    if ((list->items = arena_take(checker->arena, n, sizeof *list->items)) == NULL)
        return -1;
    for (size_t k = 0; k < N_ENDED; k++)
        for (size_t i = 0; FATES[written->completion.value][k] == wanted && i < written->ended[k].n; i++)
            list->items[list->n++] = written->ended[k].items[i];
    return 0;
}

int expand_completion(const struct study_checker *checker, const struct file_outcome *written,
                      struct study_outcome *outcome)
{
    if (written->completion.value == 0)
        return 0;
    outcome->completion = written->completion.word;
    return gather(checker, written, EVENT, &outcome->event_reasons) != 0 ||
                   gather(checker, written, NO_EVENT, &outcome->no_event_reasons) != 0 ||
                   gather(checker, written, LEFT_OUT, &outcome->exclude_reasons) != 0
               ? -1
               : 0;
}
