/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/risk_table_arms.h"

#include <string.h>

struct risk_table *risk_table_take_arms(const struct risk_table *table, const size_t *arms, size_t n_arm)
{
    const size_t entries = table->n_stratum * table->n_time;
    const size_t exits = entries * (1 + table->n_cause);
    struct risk_table *taken = risk_table_alloc(n_arm, table->n_stratum, table->n_cause, table->time, table->n_time);

    for (size_t i = 0; taken != NULL && i < n_arm; i++) {
        if (arms[i] >= table->n_arm) {
            risk_table_free(taken);
            return NULL;
        }
        memcpy(taken->exits + i * exits, table->exits + arms[i] * exits, exits * sizeof *taken->exits);
        memcpy(taken->entered + i * entries, table->entered + arms[i] * entries, entries * sizeof *taken->entered);
        taken->total += risk_table_n_person(table, arms[i], RISK_TABLE_ALL);
    }
    return taken;
}
