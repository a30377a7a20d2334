/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_store FILE.h5 TABLE: reads a table back, checked, and prints the seconds it took and the number of rows. */
#include <stdio.h>
#include <time.h>

#include "base/program.h"
#include "store/store.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    program_start("read_store");
    const double start = now();
    struct table *const table = store_read_table(argv[1], argv[2]);
    if (table == NULL)
        return 1;
    printf("%.4f %zu\n", now() - start, table->n_rows);
    table_free(table);
    return 0;
}
