/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a file of two tables of which only the last rank has rows, which then go to whom their chunks belong, and a small one of rank 0.
 *   mpirun -n RANKS write_rows FILE.h5 ROWS together|alone [flip]
 * flip: a bit of the first 20,000 bytes or more that go to the disk at once is turned over on the way.
 */
#undef _FORTIFY_SOURCE /* its functions are taken the place of */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/program.h"
#include "base/ranks.h"
#include "store/ranked_rows.h"
#include "store/store.h"

static bool flips;

/* ---- on the way to the disk: what MPI writes files with ------------------------------------------------------------ */

static void flip(const void *bytes, size_t n)
{
    enum { ENOUGH = 20000 };
    if (!flips || n < ENOUGH)
        return;
    ((unsigned char *)(uintptr_t)bytes)[n / 2] ^= 1;
    flips = false;
}

static void flip_some(const struct iovec *pieces, int n)
{
    for (int i = 0; i < n; i++)
        flip(pieces[i].iov_base, pieces[i].iov_len);
}

ssize_t pwrite(int file, const void *bytes, size_t n, off_t at)
{
    flip(bytes, n);
    return syscall(SYS_pwrite64, file, bytes, n, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t n, off64_t at)
{
    return pwrite(file, bytes, n, at);
}

ssize_t pwritev(int file, const struct iovec *pieces, int n, off_t at)
{
    flip_some(pieces, n);
    return syscall(SYS_pwritev, file, pieces, n, at, 0L);
}

ssize_t pwritev64(int file, const struct iovec *pieces, int n, off64_t at)
{
    return pwritev(file, pieces, n, at);
}

ssize_t writev(int file, const struct iovec *pieces, int n)
{
    flip_some(pieces, n);
    return syscall(SYS_writev, file, pieces, n);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static struct table *make_table(const char *name, size_t n_rows)
{
    static const char *const labels[] = {"iop", "inpatient", "residential"};
    struct table *const table = table_alloc(name, "Rows");
    if (table == NULL || table_add_column(table, "day", COLUMN_INT32, 4, "Day", "days") == NULL ||
        table_add_column(table, "dose", COLUMN_FLOAT64, 8, "Dose", "mg") == NULL ||
        table_add_column(table, "note", COLUMN_TEXT, 5, "Note", "") == NULL ||
        table_add_category(table, "level", labels, 3, "Level") == NULL ||
        table_add_category(table, "none", NULL, 0, "Without labels") == NULL || table_resize(table, n_rows) != 0)
        exit(EXIT_FAILED);
    for (size_t i = 0; i < n_rows; i++) {
        const uint64_t chance = (i + 1) * 0x9e3779b97f4a7c15 >> 33;
        ((int32_t *)table->columns[0].values)[i] = (int32_t)(chance % 3650);
        ((double *)table->columns[1].values)[i] = (double)(chance % 97) / 7;
        memcpy((char *)table->columns[2].values + 5 * i, chance % 3 == 0 ? "said" : "", chance % 3 == 0 ? 5 : 1);
        ((int8_t *)table->columns[3].values)[i] = (int8_t)(chance % 4) - 1;
        ((int8_t *)table->columns[4].values)[i] = -1;
    }
    return table;
}

static int write_table(struct store_writer *writer, const char *name, size_t n_rows)
{
    struct table *const schema = make_table(name, 0);
    struct table *const own = make_table(name, ranks_rank() + 1 == ranks_n() ? n_rows : 0);
    struct ranked_rows rows = {0};
    const int status = ranked_rows_add(&rows, own) != 0 || store_writer_ranked(writer, schema, &rows) != 0 ? -1 : 0;
    ranked_rows_free(&rows);
    table_free(own);
    table_free(schema);
    return status;
}

int main(int argc, char **argv)
{
    program_start("write_rows");
    ranks_start();
    if (argc < 4)
        return EXIT_USAGE;
    const size_t n_rows = (size_t)atol(argv[2]);
    flips = argc > 4;
    struct store_writer *const writer =
        (strcmp(argv[3], "together") == 0 ? store_writer_open_collective : store_writer_open)(argv[1], 2);
    struct table *const small = make_table("small", 7);
    int status = writer == NULL ? -1 : write_table(writer, "rows/first", n_rows);
    if (status == 0)
        status = store_writer_table(writer, small);
    if (status == 0)
        status = write_table(writer, "rows/second", n_rows / 3);
    table_free(small);
    if (status == 0)
        status = store_writer_commit(writer);
    if (status != 0)
        ranks_fail(EXIT_FAILED);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}
