/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/side_by_side.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "base/threads.h"

struct table **analyses_part(struct analyses *a, size_t part)
{
    struct table **const parts[ANALYSES_PARTS] = {&a->baseline,  &a->balance,  &a->overlap, &a->risk_tables, &a->curves,
                                                  &a->estimates, &a->verdicts, &a->tipping, &a->differences, &a->calibration,
                                                  &a->strategies};
    return parts[part];
}

int analyses_append(struct analyses *into, const struct analyses *from)
{
    struct analyses copy = *from;
    int status = 0;

    for (size_t i = 0; status == 0 && i < ANALYSES_PARTS; i++)
        status = table_append(*analyses_part(into, i), *analyses_part(&copy, i));
    return status;
}

static bool go_in_turn(const struct analyses_input *input, size_t n_parts)
{
    return n_parts < 2 || input->n_threads < 2 || ranks_n() > 1 || input->cohort->n_rows > SIDE_BY_SIDE_ROWS;
}

int side_by_side_threads(const struct analyses_input *input, size_t n_parts)
{
    if (go_in_turn(input, n_parts))
        return input->n_threads;
    const size_t each = (size_t)input->n_threads / n_parts;
    return each > 2 ? (int)each : 2;
}

/* What a part made and said. */
struct made {
    struct analyses tables;
    struct fail_held *said;
    int status;
};

struct run {
    const struct side_by_side *parts;
    struct made *made; /* [parts->n] */
};

static int do_part(void *context, size_t turn)
{
    const struct run *const run = context;
    const struct side_by_side *const parts = run->parts;
    const size_t part = parts->begin != NULL ? parts->begin[turn] : turn;
    struct made *const made = &run->made[part];

    fail_hold();
    made->status = parts->start(parts->input, &made->tables);
    if (made->status == 0)
        made->status = parts->work(parts->context, part, &made->tables);
    made->said = fail_take_held();
    return 0; /* the first part that failed is looked for in their order */
}

static int run_in_turn(const struct side_by_side *parts, struct analyses *into)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < parts->n; i++)
        status = parts->work(parts->context, i, into);
    return status;
}

/* Parts behind one that failed say nothing, as if they had not begun. */
static int put_together(struct run *run, struct analyses *into)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < run->parts->n; i++) {
        fail_tell_held(run->made[i].said);
        run->made[i].said = NULL;
        status = run->made[i].status != 0 ? -1 : analyses_append(into, &run->made[i].tables);
    }
    return status;
}

int side_by_side_run(const struct side_by_side *parts, struct analyses *into)
{
    const struct analyses_input *const input = parts->input;
    struct run run = {.parts = parts};

    if (go_in_turn(input, parts->n))
        return run_in_turn(parts, into);
    if ((run.made = allocate(parts->n, sizeof *run.made)) == NULL)
        return -1;
    threads_run(parts->n, input->n_threads, do_part, &run);
    const int status = put_together(&run, into);

    for (size_t i = 0; i < parts->n; i++) {
        analyses_free(&run.made[i].tables);
        fail_held_free(run.made[i].said);
    }
    free(run.made);
    return status;
}
