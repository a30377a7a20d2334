/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/lives.h"

#include <stdlib.h>

#include "base/memory.h"
#include "simulate/history.h"

struct lives {
    struct model model;
};

struct lives *lives_alloc(uint64_t seed, double relapse_ratio)
{
    struct lives *lives = allocate(1, sizeof *lives);
    struct settings settings = default_settings;

    if (lives == NULL)
        return NULL;
    settings.seed = seed;
    settings.relapse_ratio = relapse_ratio;
    model_init(&lives->model, &settings);
    return lives;
}

void lives_free(struct lives *lives)
{
    free(lives);
}

double lives_mean_risk(const struct lives *lives)
{
    return lives->model.mean_risk;
}

static int since(int day, int zero)
{
    return day == NEVER ? NEVER : day - zero;
}

static void look(const struct history *h, int follow_up, int *days, int *cause)
{
    const int zero = h->stays[h->first_care].admission, back = since(h->return_day, zero), death = since(h->death_day, zero);

    *days = back <= death ? back : death;
    *cause = *days > follow_up ? 0 : back <= death ? 1 : 2;
    if (*days > follow_up)
        *days = follow_up + 1;
}

bool lives_find(const struct lives *lives, uint64_t number, int follow_up, struct life *life)
{
    const int horizon = WINDOW_ENTRY + follow_up + 400;
    double share[N_GROUPS];
    struct history h;

    history_live(&lives->model, number, ARM_NONE, horizon, &h);
    if (h.first_care == NO_STAY || h.arm == ARM_NONE)
        return false;
    model_groups(&lives->model, &h.person, share);
    *life = (struct life){.need = h.person.need,
                          .risk = h.person.risk,
                          .share = share[GROUP_IOP] / (share[GROUP_IOP] + share[GROUP_INPATIENT]),
                          .arm = h.arm == ARM_IOP ? LIFE_IOP : LIFE_INPATIENT,
                          .leaves = since(h.leave_day, h.stays[h.first_care].admission)};
    for (int arm = 0; arm < 2; arm++) {
        history_live(&lives->model, number, arm == LIFE_IOP ? ARM_IOP : ARM_INPATIENT, horizon, &h);
        look(&h, follow_up, &life->days[arm], &life->cause[arm]);
    }
    return true;
}
