/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What analysers, which look at one file at a time, cannot see of functions of others: those that tell of a failure return -1.
 * scripts/analyse includes it before each file of pipeline/ but those that define them; no program is compiled with it.
 */
#include "base/fail.h"
#include "base/memory.h"

#define fail(...) ((fail)(__VA_ARGS__), -1)
#define fail_at(...) ((fail_at)(__VA_ARGS__), -1)
#define fail_errno(...) ((fail_errno)(__VA_ARGS__), -1)
#define fail_memory() ((fail_memory)(), -1)
