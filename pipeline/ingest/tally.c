/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ingest/identifier.h"

int tally_start(struct tally *tally, const struct plan_column *column, const struct column *stored)
{
    *tally = (struct tally){.is_real = stored->type == COLUMN_FLOAT64};
    if (column->is_id && column->declared->type != VALUE_INTEGER &&
        (tally->widths = allocate(1, sizeof *tally->widths)) == NULL)
        return -1;
    if (stored->type != COLUMN_CATEGORY)
        return 0;
    tally->n_labels = stored->n_labels;
    return (tally->seen = allocate(stored->n_labels, 1)) != NULL ? 0 : -1;
}

void tally_free(struct tally *tally)
{
    free(tally->seen);
    free(tally->widths);
    *tally = (struct tally){0};
}

static void add_counts(struct tally *tally, int64_t kept, size_t n)
{
    tally->kept += kept;
    tally->missing += (int64_t)n - kept;
}

static void widen_integers(struct tally *tally, int64_t low, int64_t high)
{
    if (!tally->has_range || low < tally->lowest.integer)
        tally->lowest.integer = low;
    if (!tally->has_range || high > tally->highest.integer)
        tally->highest.integer = high;
    tally->has_range = true;
}

static void widen_reals(struct tally *tally, double low, double high)
{
    if (!tally->has_range || low < tally->lowest.real)
        tally->lowest.real = low;
    if (!tally->has_range || high > tally->highest.real)
        tally->highest.real = high;
    tally->has_range = true;
}

/* ---- by the width they are stored in: the loops are short, and most of the time goes here -------------------------- */

#define DEFINE_INTEGERS(NAME, TYPE, LOWEST, HIGHEST)                                                                   \
    static void NAME(struct tally *tally, const TYPE *values, size_t n)                                                \
    {                                                                                                                  \
        TYPE low = HIGHEST, high = LOWEST;                                                                             \
        int64_t kept = 0;                                                                                              \
        for (size_t i = 0; i < n; i++) { /* the lowest value of the type means missing */                              \
            const TYPE value = values[i], raised = value == LOWEST ? HIGHEST : value;                                  \
            low = raised < low ? raised : low;                                                                         \
            high = value > high ? value : high;                                                                        \
            kept += value != LOWEST;                                                                                   \
        }                                                                                                              \
        add_counts(tally, kept, n);                                                                                    \
        if (kept > 0)                                                                                                  \
            widen_integers(tally, low, high);                                                                          \
    }

DEFINE_INTEGERS(add_int8, int8_t, INT8_MIN, INT8_MAX)
DEFINE_INTEGERS(add_int16, int16_t, INT16_MIN, INT16_MAX)
DEFINE_INTEGERS(add_int32, int32_t, INT32_MIN, INT32_MAX)
DEFINE_INTEGERS(add_int64, int64_t, INT64_MIN, INT64_MAX)

#define DEFINE_CODES(NAME, TYPE)                                                                                       \
    static void NAME(struct tally *tally, const TYPE *codes, size_t n)                                                 \
    {                                                                                                                  \
        unsigned char *const seen = tally->seen;                                                                       \
        int64_t kept = 0;                                                                                              \
        for (size_t i = 0; i < n; i++) {                                                                               \
            const TYPE code = codes[i];                                                                                \
            if (code >= 0)                                                                                             \
                seen[code] = 1;                                                                                        \
            kept += code >= 0;                                                                                         \
        }                                                                                                              \
        add_counts(tally, kept, n);                                                                                    \
    }

DEFINE_CODES(add_codes_16, int16_t)
DEFINE_CODES(add_codes_32, int32_t)

/* Missing codes, -1, mark a byte of their own, so that nothing depends on what the codes are. */
static void add_codes_8(struct tally *tally, const int8_t *codes, size_t n)
{
    unsigned char seen[256] = {0};
    int64_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        seen[(unsigned char)codes[i]] = 1;
        kept += codes[i] >= 0;
    }
    add_counts(tally, kept, n);
    for (size_t i = 0; i < tally->n_labels; i++)
        tally->seen[i] |= seen[i];
}

static void add_reals(struct tally *tally, const double *values, size_t n)
{
    double low = INFINITY, high = -INFINITY;
    int64_t kept = 0;
    for (size_t i = 0; i < n; i++) { /* comparing with NaN, a missing value, is false */
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
        kept += !isnan(values[i]);
    }
    add_counts(tally, kept, n);
    if (kept > 0)
        widen_reals(tally, low, high);
}

static void count_top_coded(struct tally *tally, const struct column *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tally->top_coded += values->type == COLUMN_FLOAT64 ? column_real(values, i) == IDENTIFIER_TOP_AGE
                                                           : column_integer(values, i) == IDENTIFIER_TOP_AGE;
}

void tally_values(struct tally *tally, const struct column *values, size_t n, bool top_coded)
{
    if (top_coded)
        count_top_coded(tally, values, n);
    switch (values->type) {
    case COLUMN_INT8:
        add_int8(tally, values->values, n);
        break;
    case COLUMN_INT16:
        add_int16(tally, values->values, n);
        break;
    case COLUMN_INT32:
        add_int32(tally, values->values, n);
        break;
    case COLUMN_INT64:
        add_int64(tally, values->values, n);
        break;
    case COLUMN_FLOAT64:
        add_reals(tally, values->values, n);
        break;
    case COLUMN_CATEGORY:
        if (values->width == 1)
            add_codes_8(tally, values->values, n);
        else if (values->width == 2)
            add_codes_16(tally, values->values, n);
        else
            add_codes_32(tally, values->values, n);
        break;
    case COLUMN_TEXT:
        break;
    }
}

void tally_merge(struct tally *tally, const struct tally *other)
{
    tally->kept += other->kept;
    tally->missing += other->missing;
    tally->trimmed += other->trimmed;
    tally->top_coded += other->top_coded;
    if (other->has_range && tally->is_real)
        widen_reals(tally, other->lowest.real, other->highest.real);
    else if (other->has_range)
        widen_integers(tally, other->lowest.integer, other->highest.integer);
    if (tally->widths != NULL)
        id_widths_merge(tally->widths, other->widths);
    for (size_t i = 0; i < tally->n_labels; i++)
        tally->seen[i] |= other->seen[i];
}

int64_t tally_n_distinct(const struct tally *tally)
{
    int64_t n = 0;
    for (size_t i = 0; i < tally->n_labels; i++)
        n += tally->seen[i];
    return n;
}
