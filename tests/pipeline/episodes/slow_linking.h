/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * slow_linking.h - what linking should give, day by day and without any of its code.
 *
 * Each person has a calendar: which days lie within a stay (both end days), and at which levels he is on each day.
 * Episodes are runs of days that lie close enough; the level of a day is the most intensive one.
 */
#ifndef TESTS_PIPELINE_EPISODES_SLOW_LINKING_H
#define TESTS_PIPELINE_EPISODES_SLOW_LINKING_H

#include <stdbool.h>
#include <string.h>

enum { CALENDAR = 520, SLOW_STAYS = 12, SLOW_LEVELS = 8 /* 7: unknown */ };

struct slow_stay {
    int start, end, level; /* end is within the calendar */
    bool transfer, open;
};

struct slow_rules {
    int gap, transfer; /* gap >= 1: the calendar does not tell days that touch from days of one stay */
    bool inclusive[SLOW_LEVELS];
};

struct slow_episode {
    int start, end, n_stays;
    char path[CALENDAR]; /* '0' + level, in order */
    int days[SLOW_LEVELS];
    bool open;
};

struct slow_person {
    int n_episodes;
    struct slow_episode episodes[SLOW_STAYS];
    int episode_of[SLOW_STAYS];
};

static inline bool slow_transfer_on(const struct slow_stay *stays, int n, int day)
{
    for (int i = 0; i < n; i++)
        if (stays[i].end == day && stays[i].transfer)
            return true;
    return false;
}

static inline void slow_walk(const struct slow_stay *stays, const int *episode_of, int n, int which,
                             const struct slow_rules *rules, struct slow_episode *episode)
{
    int length = 0;

    for (int day = episode->start; day < CALENDAR; day++) {
        int level = SLOW_LEVELS;
        for (int i = 0; i < n; i++) {
            const int last = stays[i].end - (rules->inclusive[stays[i].level] ? 0 : 1);
            const bool there = day >= stays[i].start && (day <= last || day == stays[i].start);
            if (episode_of[i] == which && there && stays[i].level < level)
                level = stays[i].level;
        }
        if (level == SLOW_LEVELS)
            continue;
        episode->days[level]++;
        if (length == 0 || episode->path[length - 1] != '0' + level)
            episode->path[length++] = (char)('0' + level);
    }
    episode->path[length] = '\0';
}

/* The stays of one person, in any order, no two of them the same. */
static inline struct slow_person slow_link(const struct slow_stay *stays, int n, const struct slow_rules *rules)
{
    bool within[CALENDAR] = {false};
    struct slow_person person = {0};
    int last = -1;

    for (int i = 0; i < n; i++)
        for (int day = stays[i].start; day <= stays[i].end; day++)
            within[day] = true;
    for (int day = 0; day < CALENDAR; day++) {
        if (!within[day])
            continue;
        const int gap = day - last;
        if (last < 0 || (gap > rules->gap && !(gap <= rules->transfer && slow_transfer_on(stays, n, last))))
            person.episodes[person.n_episodes++].start = day;
        person.episodes[person.n_episodes - 1].end = day;
        last = day;
    }
    for (int i = 0; i < n; i++) {
        int e = 0;
        while (stays[i].start > person.episodes[e].end)
            e++;
        person.episode_of[i] = e;
        person.episodes[e].n_stays++;
        person.episodes[e].open |= stays[i].open && stays[i].end == person.episodes[e].end;
    }
    for (int e = 0; e < person.n_episodes; e++)
        slow_walk(stays, person.episode_of, n, e, rules, &person.episodes[e]);
    return person;
}

#endif
