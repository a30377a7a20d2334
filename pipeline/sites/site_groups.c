/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/site_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "cohort/cohort.h"

enum { POPULATIONS_MAX = 64 };

struct found {
    int32_t arm;
    uint64_t in; /* a bit a population */
    int64_t n;
    size_t joined; /* the group that it became part of; itself: none */
};

struct finding {
    const struct study *study;
    struct table *cohort;
    int64_t threshold;
    struct column *members[POPULATIONS_MAX]; /* [study->cohort.populations.n] */
    size_t n;
    struct found *groups;
};

void site_groups_free(struct site_groups *groups)
{
    free(groups->of);
    *groups = (struct site_groups){0};
}

static int find_members(struct finding *f)
{
    const size_t n = f->study->cohort.populations.n;

    if (n > POPULATIONS_MAX)
        return fail("%zu populations are more than %d, which a site can tell apart", n, POPULATIONS_MAX);
    for (size_t p = 0; p < n; p++) {
        char *const name = cohort_population_column(f->study, p);
        f->members[p] = name == NULL ? NULL : table_column(f->cohort, name);
        free(name);
        if (f->members[p] == NULL)
            return -1;
    }
    return 0;
}

static uint64_t populations_of(const struct finding *f, size_t row)
{
    uint64_t in = 0;

    for (size_t p = 0; p < f->study->cohort.populations.n; p++)
        in |= (uint64_t)(column_integer(f->members[p], row) == 1) << p;
    return in;
}

/* The group of an arm and populations that stands by itself; f->n: none. */
static size_t find_group(const struct finding *f, int32_t arm, uint64_t in, size_t but)
{
    for (size_t g = 0; g < f->n; g++)
        if (g != but && f->groups[g].joined == g && f->groups[g].arm == arm && f->groups[g].in == in)
            return g;
    return f->n;
}

static int group_of(struct finding *f, size_t row, size_t *group)
{
    const int32_t arm = column_code(table_column(f->cohort, "arm"), row);
    const uint64_t in = populations_of(f, row);

    *group = find_group(f, arm, in, SIZE_MAX);
    if (*group == f->n) {
        struct found *const more = reallocate(f->groups, f->n + 2, sizeof *more);
        if (more == NULL)
            return -1;
        f->groups = more;
        f->groups[f->n] = (struct found){arm, in, 0, f->n};
        f->n++;
    }
    f->groups[*group].n += column_integer(table_column(f->cohort, "weight"), row);
    return 0;
}

/* Order of arms and populations, so that nothing hangs on the order of the people. */
static bool comes_before(const struct found *a, const struct found *b)
{
    return a->arm != b->arm ? a->arm < b->arm : a->in < b->in;
}

static size_t smallest_group(const struct finding *f, int32_t arm)
{
    size_t least = f->n;

    for (size_t g = 0; g < f->n; g++) {
        const struct found *const one = &f->groups[g];
        if (one->arm != arm || one->joined != g)
            continue;
        if (least == f->n || one->n < f->groups[least].n || (one->n == f->groups[least].n && comes_before(one, &f->groups[least])))
            least = g;
    }
    return least;
}

static size_t nearest_group(const struct finding *f, size_t to)
{
    size_t best = f->n;
    int fewest = 0;

    for (size_t g = 0; g < f->n; g++) {
        const struct found *const one = &f->groups[g];
        if (g == to || one->arm != f->groups[to].arm || one->joined != g)
            continue;
        const int differ = __builtin_popcountll(one->in ^ f->groups[to].in);
        if (best == f->n || differ < fewest ||
            (differ == fewest && (one->n > f->groups[best].n || (one->n == f->groups[best].n && comes_before(one, &f->groups[best]))))) {
            best = g;
            fewest = differ;
        }
    }
    return best;
}

/* Group a becomes part of b; where a third one has the same populations then, that one too. */
static void join(struct finding *f, size_t a, size_t b)
{
    struct found *const into = &f->groups[b];

    f->groups[a].joined = b;
    into->n += f->groups[a].n;
    into->in &= f->groups[a].in;
    const size_t same = find_group(f, into->arm, into->in, b);
    if (same < f->n) {
        f->groups[same].joined = b;
        into->n += f->groups[same].n;
    }
}

static void settle_arm(struct finding *f, int32_t arm, struct coarsening *lost)
{
    for (;;) {
        const size_t least = smallest_group(f, arm);
        if (least == f->n || f->groups[least].n >= f->threshold)
            return;
        const size_t other = nearest_group(f, least);
        if (other == f->n) { /* these are all people of the arm */
            f->groups[least].arm = MISSING_CODE;
            lost->n_left_out++;
            return;
        }
        lost->n_changed++;
        join(f, least, other);
    }
}

/* Numbers of groups by row, and the populations of each group. */
static void hand_out(struct finding *f, struct site_groups *groups, size_t *number)
{
    for (size_t g = 0; g < f->n; g++)
        number[g] = f->groups[g].joined != g ? NO_GROUP : f->groups[g].arm == MISSING_CODE ? NO_GROUP : groups->n++;
    for (size_t i = 0; i < f->cohort->n_rows; i++) {
        size_t g = groups->of[i];
        while (f->groups[g].joined != g)
            g = f->groups[g].joined;
        groups->of[i] = number[g];
        for (size_t p = 0; p < f->study->cohort.populations.n; p++)
            column_set_integer(f->members[p], i, (int64_t)(f->groups[g].in >> p & 1));
    }
}

int site_groups_make(const struct study *study, struct table *cohort, int64_t threshold, struct site_groups *groups,
                     struct coarsening *lost)
{
    struct finding f = {.study = study, .cohort = cohort, .threshold = threshold};
    int status = find_members(&f);

    if (status == 0 && ((groups->of = allocate(cohort->n_rows + 1, sizeof *groups->of)) == NULL ||
                        (f.groups = allocate(1, sizeof *f.groups)) == NULL))
        status = -1;
    for (size_t i = 0; status == 0 && i < cohort->n_rows; i++)
        status = group_of(&f, i, &groups->of[i]);
    lost->n_groups = (int64_t)f.n;
    for (size_t arm = 0; status == 0 && arm < study->cohort.arms.n; arm++)
        settle_arm(&f, (int32_t)arm, lost);
    size_t *const number = status != 0 ? NULL : allocate(f.n + 1, sizeof *number);
    if (number != NULL)
        hand_out(&f, groups, number);
    free(number);
    free(f.groups);
    return number == NULL ? -1 : 0;
}
