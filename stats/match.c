/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/match.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

struct person {
    double score;
    uint64_t order;
    size_t row;
    int32_t stratum;
};

/* Both sides sorted by stratum, score and key.  Controls are numbered from 1, so that 0 and n + 1 are walls. */
struct sides {
    struct person *treated, *control;
    size_t n_treated, n_control;
    size_t *left, *right; /* [n_control + 2] the nearest free control at or before, at or after */
};

static int compare_persons(const void *a, const void *b)
{
    const struct person *const x = a, *const y = b;

    if (x->stratum != y->stratum)
        return x->stratum < y->stratum ? -1 : 1;
    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int check(const struct match_request *request)
{
    if (request->ratio == 0 || !(request->caliper >= 0))
        return GSL_EINVAL;
    for (size_t i = 0; i < request->n; i++)
        if (!isfinite(request->score[i]) || request->treated[i] > 1)
            return GSL_EINVAL;
    return GSL_SUCCESS;
}

static int has_twins(const struct person *persons, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (compare_persons(&persons[i - 1], &persons[i]) == 0)
            return 1;
    return 0;
}

static void sides_free(struct sides *sides)
{
    free(sides->treated);
    free(sides->control);
    free(sides->left);
    free(sides->right);
}

static int sides_fill(struct sides *sides, const struct match_request *request)
{
    for (size_t i = 0; i < request->n; i++) {
        const struct person person = {request->score[i], request->order[i], i,
                                      request->stratum != NULL ? request->stratum[i] : 0};

        if (request->treated[i] == 1)
            sides->treated[sides->n_treated++] = person;
        else
            sides->control[sides->n_control++] = person;
    }
    qsort(sides->treated, sides->n_treated, sizeof *sides->treated, compare_persons);
    qsort(sides->control, sides->n_control, sizeof *sides->control, compare_persons);
    if (has_twins(sides->treated, sides->n_treated) || has_twins(sides->control, sides->n_control))
        return GSL_EINVAL;
    for (size_t i = 0; i < sides->n_control + 2; i++)
        sides->left[i] = sides->right[i] = i;
    return GSL_SUCCESS;
}

static int sides_make(struct sides *sides, const struct match_request *request)
{
    size_t n_treated = 0;

    for (size_t i = 0; i < request->n; i++)
        n_treated += request->treated[i];
    const size_t n_control = request->n - n_treated;
    *sides = (struct sides){.treated = malloc((n_treated + 1) * sizeof(struct person)),
                            .control = malloc((n_control + 1) * sizeof(struct person)),
                            .left = malloc((n_control + 2) * sizeof(size_t)),
                            .right = malloc((n_control + 2) * sizeof(size_t))};
    if (sides->treated == NULL || sides->control == NULL || sides->left == NULL || sides->right == NULL)
        return GSL_ENOMEM;
    return sides_fill(sides, request);
}

/* The end of a chain of taken controls; every link on the way is set to it. */
static size_t find_free(size_t *links, size_t from)
{
    size_t end = from;

    while (links[end] != end)
        end = links[end];
    while (links[from] != end) {
        const size_t next = links[from];

        links[from] = end;
        from = next;
    }
    return end;
}

/* First control that sorts at or after the treated person by stratum and score; 1 .. n_control + 1. */
static size_t place_of(const struct sides *sides, const struct person *person)
{
    size_t low = 1, high = sides->n_control + 1;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct person *const control = &sides->control[middle - 1];

        if (control->stratum < person->stratum ||
            (control->stratum == person->stratum && control->score < person->score))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Distance to a control, INFINITY beyond a wall or in another stratum. */
static double distance(const struct sides *sides, const struct person *person, size_t control)
{
    if (control == 0 || control > sides->n_control || sides->control[control - 1].stratum != person->stratum)
        return INFINITY;
    return fabs(sides->control[control - 1].score - person->score);
}

/* Controls of one score stand by ascending key; seen from the right, the first free one of that score is meant. */
static size_t first_of_score(struct sides *sides, size_t control)
{
    const struct person *const last = &sides->control[control - 1];
    const size_t start = find_free(sides->right, place_of(sides, last));

    return start < control ? start : control;
}

/* The free control to be given to a person, or 0. */
static size_t nearest(struct sides *sides, const struct person *person, double caliper)
{
    const size_t place = place_of(sides, person);
    const size_t after = find_free(sides->right, place);
    size_t before = find_free(sides->left, place - 1);
    const double far = distance(sides, person, after), near = distance(sides, person, before);

    if (!(fmin(near, far) <= caliper) || isinf(fmin(near, far)))
        return 0;
    if (far < near)
        return after;
    before = first_of_score(sides, before);
    if (far == near && sides->control[after - 1].order < sides->control[before - 1].order)
        return after;
    return before;
}

static void take(struct sides *sides, size_t control)
{
    sides->left[control] = control - 1;
    sides->right[control] = control + 1;
}

/* Treated persons with the largest score first; among equals by ascending key. */
static size_t next_served(const struct sides *sides, size_t *low, size_t *high, size_t *at)
{
    if (*at < *high)
        return (*at)++;
    *high = *low;
    if (*high == 0)
        return SIZE_MAX;
    *low = *high - 1;
    while (*low > 0 && sides->treated[*low - 1].score == sides->treated[*high - 1].score &&
           sides->treated[*low - 1].stratum == sides->treated[*high - 1].stratum)
        --*low;
    *at = *low + 1;
    return *low;
}

static size_t serve_all(struct sides *sides, const struct match_request *request, size_t round, size_t *match)
{
    size_t low = sides->n_treated, high = low, at = low, n_pair = 0, i;

    while ((i = next_served(sides, &low, &high, &at)) != SIZE_MAX) {
        const struct person *const person = &sides->treated[i];
        const size_t control = nearest(sides, person, request->caliper);

        if (control == 0)
            continue;
        take(sides, control);
        match[person->row * request->ratio + round] = sides->control[control - 1].row;
        n_pair++;
    }
    return n_pair;
}

int match_nearest(const struct match_request *request, size_t *match, size_t *n_pair)
{
    struct sides sides = {NULL};
    int status = check(request);

    *n_pair = 0;
    if (status == GSL_SUCCESS)
        status = sides_make(&sides, request);
    if (status == GSL_SUCCESS) {
        for (size_t i = 0; i < request->n * request->ratio; i++)
            match[i] = MATCH_NONE;
        for (size_t round = 0; round < request->ratio; round++)
            *n_pair += serve_all(&sides, request, round, match);
    }
    sides_free(&sides);
    return status;
}
