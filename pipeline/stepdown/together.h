/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * together.h - a command that several processes were started for, and that would do the same work several times.
 */
#ifndef STEPDOWN_TOGETHER_H
#define STEPDOWN_TOGETHER_H

#include <stdbool.h>

/**
 * May this command be done by this process?  shares: ranks share its work, as far as they have found each other (ranks_start).
 * If not, rank 0 tells, and *status is what to end with.
 */
bool together_may(const char *command, bool shares, int *status);

#endif
