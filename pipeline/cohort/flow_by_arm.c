/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/flow_by_arm.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cohort/arms.h"
#include "episodes/moves.h"
#include "episodes/path.h"

struct walker {
    const struct history *history;
    bool inclusive[N_STAY_LEVELS];
    struct stay *stays;   /* [room] */
    struct path path;     /* room for 2 * room */
    size_t room;
};

static int make_room(struct walker *w, size_t n)
{
    if (n <= w->room)
        return 0;
    free(w->stays);
    free(w->path.levels);
    free(w->path.moves);
    w->room = 2 * n + 16;
    w->stays = allocate(w->room, sizeof *w->stays);
    w->path.levels = allocate(2 * w->room, 1);
    w->path.moves = allocate(2 * w->room, sizeof *w->path.moves);
    return w->stays == NULL || w->path.levels == NULL || w->path.moves == NULL ? -1 : 0;
}

/* The index stay and what follows it in its episode. */
static int walk_from(struct walker *w, size_t index, struct moves *moves)
{
    const struct history *h = w->history;
    size_t end = index + 1, n = 0;

    while (end < h->n_stays && h->episode[end] == h->episode[index])
        end++;
    if (make_room(w, end - index) != 0)
        return -1;
    for (size_t i = index; i < end; i++)
        if (history_is_kept(h, i))
            w->stays[n++] = (struct stay){
                .start = h->start[i], .end = h->end[i], .level = (uint8_t)history_level(h, i), .fate = FATE_BEGINS};
    path_walk(w->stays, n, w->inclusive, &w->path);
    return moves_add(moves, &w->path, column_integer(h->episode_open, (size_t)h->episode[index]) != 0);
}

struct table *flow_by_arm(const struct study *study, const struct history *history, const struct table *all,
                          const struct table *people)
{
    const struct column *arm = table_column(people, "arm"), *stay = table_column(people, "stay");
    struct walker walker = {.history = history};
    struct moves moves[ARM_MAX] = {0};
    struct table *flow = flow_alloc();
    int status = flow == NULL ? -1 : table_append(flow, all);

    for (int level = 0; level < N_LEVELS; level++)
        walker.inclusive[level] = study->link.inclusive[level];
    for (size_t i = 0; status == 0 && i < people->n_rows; i++)
        status = walk_from(&walker, (size_t)column_integer(stay, i), &moves[column_code(arm, i)]);
    for (size_t k = 0; k < study->cohort.arms.n; k++) {
        if (status == 0)
            status = flow_add(flow, study->cohort.arms.items[k].name.text, &moves[k]);
        moves_free(&moves[k]);
    }
    free(walker.stays);
    free(walker.path.levels);
    free(walker.path.moves);
    if (status == 0)
        return flow;
    table_free(flow);
    return NULL;
}
