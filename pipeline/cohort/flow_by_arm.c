/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cohort/flow_by_arm.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/threads.h"
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

/* ---- pieces of the cohort, side by side ------------------------------------------------------------------------- */

enum { PIECE = 65536 }; /* people */

struct walk {
    const struct study *study;
    const struct history *history;
    const struct table *people;
    struct moves (*moves)[ARM_MAX]; /* [pieces] */
};

static int walk_piece(void *context, size_t piece)
{
    const struct walk *walk = context;
    const struct column *arm = table_column(walk->people, "arm"), *stay = table_column(walk->people, "stay");
    const size_t first = piece * PIECE, n = walk->people->n_rows, end = n - first < PIECE ? n : first + PIECE;
    struct walker walker = {.history = walk->history};
    int status = 0;

    for (int level = 0; level < N_LEVELS; level++)
        walker.inclusive[level] = walk->study->link.inclusive[level];
    for (size_t i = first; status == 0 && i < end; i++)
        status = walk_from(&walker, (size_t)column_integer(stay, i), &walk->moves[piece][column_code(arm, i)]);
    free(walker.stays);
    free(walker.path.levels);
    free(walker.path.moves);
    return status;
}

static int add_arm_moves(const struct walk *walk, size_t n_pieces, size_t arm, struct table *flow)
{
    struct moves all = {0};
    int status = 0;

    for (size_t piece = 0; status == 0 && piece < n_pieces; piece++)
        status = moves_merge(&all, &walk->moves[piece][arm]);
    if (status == 0)
        status = flow_add(flow, walk->study->cohort.arms.items[arm].name.text, &all);
    moves_free(&all);
    return status;
}

struct table *flow_by_arm(const struct study *study, const struct history *history, const struct table *all,
                          const struct table *people, int n_threads)
{
    const size_t n_pieces = (people->n_rows + PIECE - 1) / PIECE;
    const struct walk walk = {study, history, people, allocate(n_pieces, sizeof *walk.moves)};
    struct table *flow = walk.moves == NULL ? NULL : flow_alloc();
    int status = flow == NULL ? -1 : table_append(flow, all);

    if (status == 0)
        status = threads_run(n_pieces, n_threads, walk_piece, (void *)&walk);
    for (size_t arm = 0; status == 0 && arm < study->cohort.arms.n; arm++)
        status = add_arm_moves(&walk, n_pieces, arm, flow);
    for (size_t piece = 0; walk.moves != NULL && piece < n_pieces; piece++)
        for (size_t arm = 0; arm < ARM_MAX; arm++)
            moves_free(&walk.moves[piece][arm]);
    free(walk.moves);
    if (status == 0)
        return flow;
    table_free(flow);
    return NULL;
}
