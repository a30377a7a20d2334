/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/join.h"

int stay_compare(const struct stay *a, const struct stay *b)
{
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    if (a->level != b->level)
        return a->level < b->level ? -1 : 1;
    if (a->open != b->open)
        return a->open ? -1 : 1;
    return (int)b->transfer - (int)a->transfer;
}

/* What the episode holds so far. */
struct running {
    int64_t end;      /* running maximum of the ends */
    bool transferred; /* a stay that ends on it ended by a transfer */
};

static enum fate follow(const struct running *running, const struct stay *stay, const struct join_rules *rules)
{
    const int64_t gap = stay->start - running->end;

    if (gap < 0)
        return stay->end <= running->end ? FATE_NESTED : FATE_OVERLAPS;
    if (gap > rules->gap_days)
        return running->transferred && gap <= rules->transfer_days ? FATE_TRANSFER : FATE_BEGINS;
    return gap == 0 ? FATE_SAME_DAY : gap == 1 ? FATE_ADJACENT : FATE_GAP;
}

static void include(struct running *running, const struct stay *stay)
{
    if (stay->end > running->end)
        *running = (struct running){stay->end, stay->transfer};
    else if (stay->end == running->end)
        running->transferred |= stay->transfer;
}

size_t join_stays(struct stay *stays, size_t n, const struct join_rules *rules,
                  bool (*is_duplicate)(const void *context, const struct stay *a, const struct stay *b),
                  const void *context)
{
    struct running running = {INT32_MIN, false};
    size_t n_episodes = 0;

    for (size_t i = 0; i < n; i++) {
        struct stay *stay = &stays[i];
        if (i > 0 && stay_compare(stay, stay - 1) == 0 && is_duplicate(context, stay - 1, stay)) {
            stay->fate = FATE_DUPLICATE;
            stay->episode = stay[-1].episode;
            continue;
        }
        stay->fate = i == 0 ? FATE_BEGINS : (uint8_t)follow(&running, stay, rules);
        if (stay->fate == FATE_BEGINS) {
            n_episodes++;
            running = (struct running){stay->end, stay->transfer};
        } else
            include(&running, stay);
        stay->episode = (uint32_t)(n_episodes - 1);
    }
    return n_episodes;
}

int64_t join_longest_overlap(const struct stay *stays, size_t n)
{
    int64_t end = INT32_MIN, longest = 0;

    for (size_t i = 0; i < n; i++) {
        const bool nested = stays[i].end <= end || (i > 0 && stays[i].start == stays[i - 1].start);
        if (!nested && end - stays[i].start > longest)
            longest = end - stays[i].start;
        if (stays[i].end > end)
            end = stays[i].end;
    }
    return longest;
}
