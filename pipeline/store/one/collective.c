/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ordinary build: nobody to write with. */
#include "store/collective.h"

#include <stddef.h>

#include "base/fail.h"

int collective_check_build(void)
{
    return fail("this build has no parallel HDF5, with which ranks write a file together; `make MPI=1` makes one that has");
}

struct collective *collective_open(const char *path, const char *temporary, int n_threads)
{
    (void)path, (void)temporary, (void)n_threads;
    collective_check_build();
    return NULL;
}

int collective_table(struct collective *collective, const struct table *schema, struct ranked_rows *rows,
                     char hex[static SHA256_HEX_SIZE])
{
    (void)collective, (void)schema, (void)rows, (void)hex;
    return collective_check_build();
}

int collective_commit(struct collective *collective, const char *content)
{
    (void)collective, (void)content;
    return collective_check_build();
}

void collective_free(struct collective *collective)
{
    (void)collective;
}

int collective_keep(void *context, const struct message *message)
{
    (void)context, (void)message;
    return collective_check_build();
}
