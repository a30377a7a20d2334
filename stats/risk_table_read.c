/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_table.h"

#include <math.h>

/* The arms (or strata) meant by an argument: first .. last - 1. */
struct range {
    size_t first, last;
};

static struct range range_of(size_t index, size_t n)
{
    return index == RISK_TABLE_ALL ? (struct range){0, n} : (struct range){index, index + 1};
}

static void add_counts(const struct risk_table *table, size_t group, size_t cause, size_t k, struct risk_counts *counts)
{
    const int64_t *exits = table->exits + group * (1 + table->n_cause) * table->n_time + k;

    counts->n_enter += table->entered[group * table->n_time + k];
    counts->n_censor += exits[RISK_TABLE_CENSORED];
    for (size_t kind = 1; kind <= table->n_cause; kind++)
        *(cause == 0 || cause == kind ? &counts->n_event : &counts->n_other) += exits[kind * table->n_time];
}

struct risk_counts risk_table_counts(const struct risk_table *table, size_t arm, size_t stratum, size_t cause, size_t k)
{
    const struct range arms = range_of(arm, table->n_arm), strata = range_of(stratum, table->n_stratum);
    struct risk_counts counts = {0, 0, 0, 0};

    for (size_t a = arms.first; a < arms.last; a++)
        for (size_t s = strata.first; s < strata.last; s++)
            add_counts(table, a * table->n_stratum + s, cause, k, &counts);
    return counts;
}

int64_t risk_table_n_person(const struct risk_table *table, size_t arm, size_t stratum)
{
    int64_t n_person = 0;

    for (size_t k = 0; k < table->n_time; k++) {
        const struct risk_counts counts = risk_table_counts(table, arm, stratum, 0, k);
        n_person += counts.n_event + counts.n_censor;
    }
    return n_person;
}

/* From the end: at risk at t are those who leave at t or later, but for those who enter at t or later. */
int64_t risk_table_n_risk(const struct risk_table *table, size_t arm, size_t stratum, double t)
{
    int64_t n_risk = 0;

    for (size_t k = table->n_time; k-- > 0 && table->time[k] >= t;) {
        const struct risk_counts counts = risk_table_counts(table, arm, stratum, 0, k);
        n_risk += counts.n_event + counts.n_censor - counts.n_enter;
    }
    return n_risk;
}

int64_t risk_table_start(const struct risk_table *table, size_t arm, size_t stratum)
{
    return risk_table_n_risk(table, arm, stratum, 0);
}

double risk_table_person_time(const struct risk_table *table, size_t arm, size_t stratum, double tau)
{
    double person_time = 0;

    for (size_t k = 0; k < table->n_time; k++) {
        const struct risk_counts counts = risk_table_counts(table, arm, stratum, 0, k);
        person_time += (double)(counts.n_event + counts.n_censor - counts.n_enter) * fmin(table->time[k], tau);
    }
    return person_time;
}
