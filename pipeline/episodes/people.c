/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "episodes/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const char *const fates[N_FATES] = {"kept", "person on several rows"};

struct key {
    const char *bytes;
    size_t width;
    size_t row;
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    return memcmp(x->bytes, y->bytes, x->width);
}

/* Rows of equal keys end side by side, whatever the type of the key: one value has one byte pattern. */
static int mark_repeated(const struct column *person, size_t n, struct column *fate)
{
    struct key *keys = allocate(n, sizeof *keys);
    size_t n_keys = 0;

    if (keys == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!column_is_missing(person, i))
            keys[n_keys++] =
                (struct key){(const char *)person->values + i * person->width, person->width, i};
    qsort(keys, n_keys, sizeof *keys, compare_keys);
    for (size_t i = 0; i + 1 < n_keys; i++)
        if (compare_keys(&keys[i], &keys[i + 1]) == 0) {
            column_set_code(fate, keys[i].row, FATE_SEVERAL_ROWS);
            column_set_code(fate, keys[i + 1].row, FATE_SEVERAL_ROWS);
        }
    free(keys);
    return 0;
}

struct table *people_episodes(const struct table *records, const struct column *person)
{
    struct table *episodes = table_alloc("episodes", "Episodes of care");
    struct column *record, *fate;

    if (episodes == NULL || table_add_column(episodes, "record", COLUMN_INT64, 0, "Row of the source", "") == NULL ||
        table_add_category(episodes, "fate", fates, N_FATES, "What became of the record") == NULL ||
        table_resize(episodes, records->n_rows) != 0)
        goto failed;
    record = table_column(episodes, "record");
    fate = table_column(episodes, "fate");
    for (size_t i = 0; i < records->n_rows; i++) {
        column_set_integer(record, i, (int64_t)i);
        column_set_code(fate, i, FATE_KEPT);
    }
    if (person != NULL && mark_repeated(person, records->n_rows, fate) != 0)
        goto failed;
    return episodes;
failed:
    table_free(episodes);
    return NULL;
}
