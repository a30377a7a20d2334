/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * states.h - the states of a multi-state model, numbered: the values of two columns, the state left and the one entered.
 *
 * Both hold numbers (0: no state is entered), or both hold labels ("none": no state is entered).  States are in the order of
 * their numbers or, for labels, of their bytes.
 */
#ifndef FIT_STATES_H
#define FIT_STATES_H

#include <stddef.h>
#include <stdint.h>

#include "fit/fit_table.h"

enum { STATES_MAX = 64 };

struct states {
    size_t n;
    char **labels; /* [n] */
    int32_t *from; /* [rows] */
};

/** to is filled with the state entered, or -1.  -1 after telling. */
int states_read(struct states *states, const struct fit_table *table, const struct column *from,
                const struct column *entered, const size_t *rows, size_t n_rows, int32_t *to);
void states_clear(struct states *states);

#endif
