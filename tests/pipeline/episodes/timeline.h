/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * timeline.h - the stays of one person as a small picture.
 *
 * A line is a stay: what stands at character k is day k.
 *
 *     "  [----]      iop"      from day 2 to day 7, at level iop
 *     "     |        detox"    admitted and discharged on day 5
 *     "  [----T      iop"      as the first, ended by a transfer
 *     "  [-->        iop"      open: not ended when the study ends, here on day 5
 */
#ifndef TESTS_PIPELINE_EPISODES_TIMELINE_H
#define TESTS_PIPELINE_EPISODES_TIMELINE_H

#include <stdlib.h>
#include <string.h>

#include "episodes/join.h"
#include "episodes/path.h"
#include "episodes/tables.h"
#include "tests/support/near.h"

enum { TIMELINE_MAX = 32 };

struct timeline {
    struct stay stays[TIMELINE_MAX]; /* in the order in which they are linked; record: the line */
    size_t n, n_episodes;
};

static inline struct stay timeline_stay(const char *line, size_t record)
{
    const size_t start = strspn(line, " "), length = strcspn(line + start, " ");
    const char last = line[start + length - 1], *name = line + start + length + strspn(line + start + length, " ");
    struct stay stay = {.start = (int32_t)start, .end = (int32_t)(start + length - 1), .record = (uint32_t)record};

    stay.open = last == '>';
    stay.transfer = last == 'T';
    while (stay.level < N_LEVELS && strcmp(level_names[stay.level], name) != 0)
        stay.level++;
    if (stay.level == N_LEVELS)
        assert_string_equal(name, "unknown");
    return stay;
}

static inline int timeline_compare(const void *a, const void *b)
{
    return stay_compare(a, b);
}

/* Records that hold nothing else are duplicates when their days, level and end agree. */
static inline bool timeline_equal(const void *context, const struct stay *a, const struct stay *b)
{
    (void)context;
    (void)a;
    (void)b;
    return true;
}

static inline struct timeline timeline_join(const char *const *lines, int64_t gap_days, int64_t transfer_days)
{
    const struct join_rules rules = {gap_days, transfer_days, -1};
    struct timeline t = {0};

    for (; lines[t.n] != NULL; t.n++)
        t.stays[t.n] = timeline_stay(lines[t.n], t.n);
    qsort(t.stays, t.n, sizeof *t.stays, timeline_compare);
    t.n_episodes = join_stays(t.stays, t.n, &rules, timeline_equal, NULL);
    return t;
}

/* The stay of a line. */
static inline const struct stay *timeline_line(const struct timeline *t, size_t line)
{
    size_t i = 0;

    while (t->stays[i].record != line)
        i++;
    return &t->stays[i];
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
