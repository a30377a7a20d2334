/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/stat_agreement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "ingest/stat_cell.h"

enum { LABELS_TOLD = 5 };

static bool is_among(const char *text, char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

static bool is_missing_number(const struct codebook_column *declared, double number)
{
    for (size_t i = 0; i < declared->n_missing; i++) {
        char *end;
        const double missing = strtod(declared->missing[i], &end);
        if (end != declared->missing[i] && *end == '\0' && missing == number)
            return true;
    }
    return false;
}

/* ---- values that mean missing -------------------------------------------------------------------------- */

static int tell_missing(const char *path, const struct codebook_column *declared, double low, double high)
{
    char from[STAT_CELL_SIZE], to[STAT_CELL_SIZE];
    stat_cell_number(low, from);
    stat_cell_number(high, to);
    if (low == high)
        return fail("'%s': column '%s': the file says that %s means missing, the codebook does not; declare it under "
                    "'missing:'",
                    path, declared->name, from);
    return fail("'%s': column '%s': the file says that %s to %s mean missing, but the codebook would keep some of them; "
                "declare them under 'missing:', or leave them out of its range",
                path, declared->name, from, to);
}

/* Would a number from low to high, which is not declared missing, be kept? */
static bool keeps_one_of(const struct codebook_column *declared, double low, double high)
{
    static const double listed_max = 1000;
    if (declared->type == VALUE_CATEGORY && declared->n_codes > 0) {
        for (size_t i = 0; i < declared->n_codes; i++) {
            char *end;
            const double code = strtod(declared->codes[i], &end);
            if (end != declared->codes[i] && *end == '\0' && code >= low && code <= high)
                return true;
        }
        return false;
    }
    if (low == high && declared->has_range && (low < declared->low || low > declared->high))
        return false;
    if (declared->has_range) {
        low = fmax(low, declared->low);
        high = fmin(high, declared->high);
    }
    if (low > high)
        return false;
    if (declared->type == VALUE_REAL ? low != high : high - low > listed_max)
        return true;
    for (double number = ceil(low); number <= high; number++)
        if (!is_missing_number(declared, number))
            return true;
    return low == high && !is_missing_number(declared, low);
}

static int check_missing(const char *path, const struct stat_column *column, const struct codebook_column *declared)
{
    int status = 0;
    for (size_t i = 0; i < column->n_missing; i++) {
        const char *const text = column->missing[i].text;
        const double low = column->missing[i].low, high = column->missing[i].high;
        if (text != NULL && !is_among(text, declared->missing, declared->n_missing) &&
            (declared->n_codes == 0 || is_among(text, declared->codes, declared->n_codes)))
            status = fail("'%s': column '%s': the file declares a text that means missing, the codebook does not know it",
                          path, declared->name);
        if (text == NULL && keeps_one_of(declared, low, high))
            status = tell_missing(path, declared, low, high);
    }
    return status;
}

/* ---- labelled values ------------------------------------------------------------------------------------ */

static bool is_known(const struct codebook_column *declared, const char *code)
{
    return is_among(code, declared->codes, declared->n_codes) || is_among(code, declared->missing, declared->n_missing);
}

/* Labels are metadata, so their codes may be shown. */
static void check_labels(const char *path, const struct stat_column *column, const struct codebook_column *declared)
{
    char list[LABELS_TOLD * (STAT_CELL_SIZE + 4)] = "";
    size_t n = 0;
    if (declared->n_codes == 0)
        return;
    for (size_t i = 0; i < column->n_labels; i++) {
        if (is_known(declared, column->labels[i].code))
            continue;
        if (n++ < LABELS_TOLD && strlen(column->labels[i].code) < STAT_CELL_SIZE) {
            strcat(list, n == 1 ? "" : ", ");
            strcat(list, column->labels[i].code);
        }
    }
    if (n > 0)
        warn("'%s': column '%s': the file labels %zu %s that the codebook does not declare: %s%s", path, declared->name, n,
             n == 1 ? "value" : "values", list, n > LABELS_TOLD ? ", ..." : "");
}

int stat_agrees(const char *path, const struct stat_head *head, const struct codebook *codebook)
{
    int status = 0;
    for (size_t i = 0; i < head->n_columns; i++) {
        const struct codebook_column *const declared = codebook_find(codebook, head->columns[i].name);
        if (declared == NULL || declared->dropped)
            continue;
        if (check_missing(path, &head->columns[i], declared) != 0)
            status = -1;
        check_labels(path, &head->columns[i], declared);
    }
    return status;
}
