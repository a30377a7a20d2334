/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/arm_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The chosen values of a column of `size` bytes each; NULL stays NULL. */
static int take(const struct frame *frame, size_t arm, size_t n, const void *column, size_t size, void **taken)
{
    if (column == NULL)
        return 0;
    char *to = allocate(n, size);
    if ((*taken = to) == NULL)
        return -1;
    for (size_t i = 0; i < frame->n; i++)
        if ((size_t)frame->arms.code[i] == arm) {
            memcpy(to, (const char *)column + i * size, size);
            to += size;
        }
    return 0;
}

int arm_rows_take(const struct frame *frame, size_t arm, struct arm_rows *rows)
{
    *rows = (struct arm_rows){.n_id = frame->n_id};
    for (size_t i = 0; i < frame->n; i++)
        rows->n += (size_t)frame->arms.code[i] == arm;
    const struct {
        const void *column;
        size_t size;
        void **taken;
    } columns[] = {
        {frame->entry, sizeof *rows->entry, (void **)&rows->entry},
        {frame->time, sizeof *rows->time, (void **)&rows->time},
        {frame->upper, sizeof *rows->upper, (void **)&rows->upper},
        {frame->weight, sizeof *rows->weight, (void **)&rows->weight},
        {frame->frequency, sizeof *rows->frequency, (void **)&rows->frequency},
        {frame->event, sizeof *rows->event, (void **)&rows->event},
        {frame->id, sizeof *rows->id, (void **)&rows->id},
        {frame->states.from, sizeof *rows->from, (void **)&rows->from},
    };
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        if (take(frame, arm, rows->n, columns[k].column, columns[k].size, columns[k].taken) != 0)
            return -1;
    return 0;
}

void arm_rows_clear(struct arm_rows *rows)
{
    free(rows->entry);
    free(rows->time);
    free(rows->upper);
    free(rows->weight);
    free(rows->frequency);
    free(rows->event);
    free(rows->id);
    free(rows->from);
    *rows = (struct arm_rows){0};
}
