/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ordinary build: one process, which is all there is. */
#include "base/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

void ranks_start(void)
{
}

bool ranks_may_be_several(void)
{
    return false;
}

size_t ranks_n(void)
{
    return 1;
}

size_t ranks_rank(void)
{
    return 0;
}

void ranks_fail(int exit_status)
{
    (void)exit_status;
}

void ranks_sum(int64_t *values, size_t n)
{
    (void)values;
    (void)n;
}

void ranks_largest(double *values, size_t n)
{
    (void)values;
    (void)n;
}

void ranks_sum_and_largest(int64_t *sums, size_t n_sums, double *largest, size_t n_largest)
{
    (void)sums;
    (void)n_sums;
    (void)largest;
    (void)n_largest;
}

int64_t ranks_before(int64_t value)
{
    (void)value;
    return 0;
}

void ranks_share(void *bytes, size_t n)
{
    (void)bytes;
    (void)n;
}

int ranks_collect(const void *bytes, size_t n, struct ranks_bytes *all)
{
    *all = (struct ranks_bytes){.bytes = allocate(n, 1), .first = allocate(2, sizeof *all->first)};
    if (all->bytes == NULL || all->first == NULL) {
        ranks_bytes_free(all);
        return -1;
    }
    if (n > 0)
        memcpy(all->bytes, bytes, n);
    all->first[1] = n;
    return 0;
}

int ranks_exchange(const unsigned char *bytes, const size_t *first, struct ranks_bytes *from)
{
    return ranks_collect(bytes + first[0], first[1] - first[0], from);
}

void ranks_send(size_t to, const void *bytes, size_t n)
{
    (void)to;
    (void)bytes;
    (void)n;
}

int ranks_receive(size_t from, unsigned char **bytes, size_t *n)
{
    (void)bytes;
    (void)n;
    return fail("internal error: rank %zu was asked for bytes, and there is none", from);
}

uint64_t ranks_n_sent(void)
{
    return 0;
}

uint64_t ranks_n_met(void)
{
    return 0;
}
