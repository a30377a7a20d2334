/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"

enum { COUNTS_MAX = 1 << 21, NAMES_MAX = COUNTS_MAX, SLOTS = 1 << 23, RELATIONS_MAX = 1 << 22, TERMS_MAX = 1 << 24 }; /* memory that is not touched costs nothing */

static void *room(size_t n, size_t size)
{
    void *const memory = calloc(n, size);

    if (memory == NULL)
        abort();
    return memory;
}

struct view *view_alloc(int64_t threshold, int64_t round_to)
{
    struct view *view = room(1, sizeof *view);

    view->threshold = threshold;
    view->round_to = round_to;
    view->counts = room(COUNTS_MAX, sizeof *view->counts);
    view->names = room(NAMES_MAX, sizeof *view->names);
    view->slots = room(SLOTS, sizeof *view->slots);
    view->name_slots = room(SLOTS, sizeof *view->name_slots);
    view->first = room(RELATIONS_MAX + 1, sizeof *view->first);
    view->terms = room(TERMS_MAX, sizeof *view->terms);
    return view;
}

void view_free(struct view *view)
{
    for (size_t i = 0; i < view->n_counts; i++)
        free(view->counts[i].key);
    for (size_t i = 0; i < view->n_names; i++)
        free(view->names[i].name);
    free(view->counts);
    free(view->names);
    free(view->slots);
    free(view->name_slots);
    free(view->first);
    free(view->terms);
    free(view);
}

static uint64_t hash_text(const char *text, uint64_t hash) /* FNV-1a */
{
    for (const char *c = text; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
    return hash;
}

/* The slot of a key with this truth: empty (0) or holding its count + 1. */
static size_t slot_of(const struct view *view, const char *key, int64_t truth)
{
    for (size_t slot = hash_text(key, UINT64_C(14695981039346656037) ^ (uint64_t)truth) % SLOTS;; slot = (slot + 1) % SLOTS) {
        const size_t at = view->slots[slot];

        if (at == 0 || (view->counts[at - 1].truth == truth && strcmp(view->counts[at - 1].key, key) == 0))
            return slot;
    }
}

size_t view_find(const struct view *view, int64_t truth, const char *key)
{
    return view->slots[slot_of(view, key, truth)] - 1; /* none: SIZE_MAX */
}

/* Between which a reader knows a count that is shown. */
static void see(struct view *view, struct view_count *count, int64_t seen)
{
    const int64_t half = view->round_to / 2;

    count->shown = true;
    count->low = count->high = seen;
    if (view->round_to > 0 && seen > 0) {
        count->low = seen - half > view->threshold ? seen - half : view->threshold;
        count->high = seen + half;
    }
    view->n_small_shown += count->truth > 0 && count->truth < view->threshold;
    view->n_wrong += count->truth < count->low || count->truth > count->high;
}

size_t view_count(struct view *view, int64_t seen, int64_t truth, const char *format, ...)
{
    char key[1024];
    va_list arguments;

    if (truth == MISSING_INTEGER || truth < 0)
        return NONE;
    va_start(arguments, format);
    vsnprintf(key, sizeof key, format, arguments);
    va_end(arguments);
    const size_t slot = slot_of(view, key, truth);
    if (view->slots[slot] == 0) {
        if (view->n_counts == COUNTS_MAX)
            abort();
        view->counts[view->n_counts] = (struct view_count){.key = strdup(key), .truth = truth, .place = view->place};
        view->slots[slot] = ++view->n_counts;
    }
    struct view_count *count = &view->counts[view->slots[slot] - 1];
    if (seen != MISSING_INTEGER)
        see(view, count, seen);
    return view->slots[slot] - 1;
}

/* The slot of a name: empty (0) or holding its place + 1. */
static size_t name_slot_of(const struct view *view, const char *name)
{
    size_t slot = hash_text(name, UINT64_C(14695981039346656037)) % SLOTS;

    while (view->name_slots[slot] != 0 && strcmp(view->names[view->name_slots[slot] - 1].name, name) != 0)
        slot = (slot + 1) % SLOTS;
    return slot;
}

void view_name(struct view *view, size_t count, const char *format, ...)
{
    char name[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    const size_t slot = name_slot_of(view, name);
    if (count == NONE || view->name_slots[slot] != 0)
        return;
    if (view->n_names == NAMES_MAX)
        abort();
    view->names[view->n_names] = (struct view_name){strdup(name), count};
    view->name_slots[slot] = ++view->n_names;
}

size_t view_named(const struct view *view, const char *name)
{
    const size_t at = view->name_slots[name_slot_of(view, name)];

    return at == 0 ? NONE : view->names[at - 1].count;
}

void view_at_least(struct view *view, size_t count, int64_t low)
{
    if (count == NONE || view->counts[count].shown || view->knows_no_rules)
        return;
    view->n_wrong += view->counts[count].truth < low;
    if (view->counts[count].low < low)
        view->counts[count].low = low;
}

void view_term(struct view *view, size_t count, int sign)
{
    if (count == NONE) {
        view->spoilt = true;
        return;
    }
    if (view->n_terms == TERMS_MAX)
        abort();
    view->terms[view->n_terms++] = (struct view_term){count, sign};
}

bool view_end(struct view *view)
{
    const size_t from = view->first[view->n_relations];
    int64_t sum = 0;

    for (size_t k = from; k < view->n_terms; k++)
        sum += view->terms[k].sign * view->counts[view->terms[k].count].truth;
    const bool good = !view->spoilt && sum == 0 && view->n_terms > from + 1;
    view->spoilt = false;
    if (view->n_relations == RELATIONS_MAX)
        abort();
    if (good)
        view->first[++view->n_relations] = view->n_terms;
    else
        view->n_terms = from;
    return good;
}

void view_equal(struct view *view, size_t a, size_t b)
{
    if (a == b)
        return;
    view_term(view, a, 1);
    view_term(view, b, -1);
    view_end(view);
}

void view_rest(struct view *view, size_t a, size_t b)
{
    if (a == NONE || b == NONE || a == b || view->counts[a].truth < view->counts[b].truth)
        return;
    const int64_t rest = view->counts[a].truth - view->counts[b].truth;
    view_term(view, a, 1);
    view_term(view, b, -1);
    if (rest > 0)
        view_term(view, view_count(view, MISSING_INTEGER, rest, "rest|%s|%s", view->counts[a].key, view->counts[b].key), -1);
    view_end(view);
}

void view_write(const struct view *view, const char *where, FILE *file)
{
    fprintf(file, "release %s\n", where);
    for (size_t i = 0; i < view->n_counts; i++) {
        const struct view_count *const count = &view->counts[i];

        fprintf(file, "count %lld %lld ", (long long)count->truth, (long long)count->low);
        if (count->shown)
            fprintf(file, "%lld %s\n", (long long)count->high, count->key);
        else
            fprintf(file, "- %s\n", count->key);
    }
    for (size_t r = 0; r < view->n_relations; r++) {
        fputs("equation", file);
        for (size_t k = view->first[r]; k < view->first[r + 1]; k++)
            fprintf(file, " %zu %+d", view->terms[k].count, view->terms[k].sign);
        fputc('\n', file);
    }
}
