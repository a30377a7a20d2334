/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_COMPARED = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Optimal string alignment: insertions, deletions, substitutions and exchanges of neighbours, each
 * 1; capital letters count as small ones.  Both lengths are at most NAME_MAX_COMPARED.
 */
static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t rows[3][NAME_MAX_COMPARED + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n_b; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            row[j] = smaller(last[j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1), smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        size_t *const oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[n_b];
}

const char *nearest_name(const char *wanted, const char *const *names, size_t n)
{
    const size_t length = strlen(wanted);
    if (length == 0 || length > NAME_MAX_COMPARED)
        return NULL;
    /* One typing error in three letters; a word that shares no letter is never near. */
    size_t best = smaller((length + 2) / 3 + 1, length);
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t name_length = strlen(names[i]);
        if (name_length > NAME_MAX_COMPARED)
            continue;
        const size_t distance = edit_distance(wanted, length, names[i], name_length);
        if (distance < best) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
