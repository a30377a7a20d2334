/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/same_inputs.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/pack.h"
#include "base/ranks.h"
#include "base/version.h"

/* What and its value, as texts, so that any difference can be told. */
static void put(struct pack *pack, const char *what, const char *value)
{
    pack_put_text(pack, what);
    pack_put_text(pack, value);
}

static void put_size(struct pack *pack, const struct source_file *file)
{
    char text[32];
    snprintf(text, sizeof text, "%lld bytes", (long long)file->mark.st_size);
    put(pack, file->is_input ? "standard input" : file->relative, file->is_input ? "" : text);
}

static void put_all(struct pack *pack, const struct study *study, const struct source_table *tables, size_t n)
{
    put(pack, "the program", stepdown_version);
    put(pack, "the program", stepdown_commit);
    put(pack, study->path, study->sha256);
    for (size_t i = 0; i < n; i++)
        put(pack, tables[i].plan->codebook->path, tables[i].plan->codebook->sha256);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].files.n; k++)
            put_size(pack, &tables[i].files.items[k]);
}

static int compare(const struct ranks_bytes *all, size_t rank)
{
    struct unpack here = {.bytes = all->bytes, .left = all->first[1]};
    struct unpack there = {.bytes = all->bytes + all->first[rank], .left = all->first[rank + 1] - all->first[rank]};
    while (here.left > 0 || there.left > 0) {
        const char *const what = unpack_text(&here), *const value = unpack_text(&here);
        const char *const what_there = unpack_text(&there), *const value_there = unpack_text(&there);
        if (what == NULL || what_there == NULL)
            return fail("rank %zu finds another number of inputs than rank 0", rank);
        if (strcmp(what, what_there) != 0)
            return fail("rank %zu works with '%s' where rank 0 works with '%s'", rank, what_there, what);
        if (strcmp(value, value_there) != 0)
            return fail("rank %zu finds another '%s' than rank 0: %s there, %s here", rank, what, value_there, value);
    }
    return 0;
}

static int compare_all(struct pack *pack)
{
    struct ranks_bytes all = {0};
    int status = pack->broken ? -1 : ranks_collect(pack->bytes, pack->n, &all);
    pack_free(pack);
    for (size_t rank = 1; status == 0 && rank < ranks_n(); rank++)
        status = compare(&all, rank);
    ranks_bytes_free(&all);
    return status;
}

static bool times_differ(const struct source_table *tables, size_t n)
{
    int64_t differ = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].files.n; k++) {
            int64_t time[2] = {tables[i].files.items[k].mark.st_mtim.tv_sec, tables[i].files.items[k].mark.st_mtim.tv_nsec};
            int64_t first[2] = {time[0], time[1]};
            ranks_share(first, sizeof first);
            differ += memcmp(first, time, sizeof time) != 0;
        }
    ranks_sum(&differ, 1);
    return differ > 0;
}

static int compare_digests(const struct source_table *tables, size_t n)
{
    struct pack pack = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].files.n; k++) {
            const struct source_file *const file = &tables[i].files.items[k];
            char hex[SHA256_HEX_SIZE] = "";
            if (!file->is_input && sha256_file(file->path, hex) != 0) {
                pack_free(&pack);
                return -1;
            }
            put(&pack, file->relative, hex);
        }
    return compare_all(&pack);
}

int same_inputs_check(const struct study *study, const struct source_table *tables, size_t n)
{
    struct pack pack = {0};
    if (ranks_n() == 1)
        return 0;
    put_all(&pack, study, tables, n);
    if (compare_all(&pack) != 0)
        return -1;
    return times_differ(tables, n) ? compare_digests(tables, n) : 0;
}
