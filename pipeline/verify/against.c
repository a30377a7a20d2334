/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/against.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/memory.h"
#include "verify/findings.h"
#include "verify/recompute.h"

/* ---- causes: two columns of keys and values ------------------------------------------------------------------ */

/* A key's kind, in words. */
static const char *kind_of(const char *key)
{
    static const struct {
        const char *begins, *kind;
    } kinds[] = {
        {"input:", "input"},         {"codebook:", "codebook"}, {"study", "study text"}, {"option:", "option"},
        {"seed", "option"},          {"version", "version"},    {"commit", "version"},   {"compiler", "version"},
        {"library:", "version"},     {"person_key", "input"},
        {"plan", "plan"},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(key, kinds[i].begins, strlen(kinds[i].begins)) == 0)
            return kinds[i].kind;
    return NULL; /* a stage, or the identity of a file in between: these follow from the others */
}

/* before NULL: it was not there; now NULL: it is not there any more. */
static int add_cause(struct table *findings, const char *check, const char *key, const char *kind, const char *before,
                     const char *now)
{
    char *item = kind == NULL ? copy_text(key) : format_text("%s: %s", kind, key);
    char *why = before == NULL ? format_text("not there before, now '%s'", now)
                : now == NULL  ? format_text("'%s' before, now not there", before)
                               : format_text("'%s' before, now '%s'", before, now);
    const int status = item == NULL || why == NULL ? -1 : findings_add(findings, check, item, FINDING_DIFFERS, why);

    free(why);
    free(item);
    return status;
}

static int compare_pairs(const struct table *now, const struct table *before, const char *check, bool of_provenance,
                         struct table *findings)
{
    int status = 0;

    for (size_t pass = 0; status == 0 && pass < 2; pass++) {
        const struct table *one = pass == 0 ? now : before, *other = pass == 0 ? before : now;
        for (size_t i = 0; status == 0 && i < cell_rows(one); i++) {
            char *key = cell_copy(one, "key", i), *value = cell_copy(one, "value", i);
            const size_t k = key == NULL || other == NULL ? 0 : cell_find(other, "key", key);
            const bool there = k < cell_rows(other);
            const char *kind = key == NULL || !of_provenance ? NULL : kind_of(key);
            char *theirs = there ? cell_copy(other, "value", k) : NULL;
            if (key == NULL || value == NULL || (there && theirs == NULL))
                status = -1;
            else if ((of_provenance && kind == NULL) || (there && (pass == 1 || strcmp(value, theirs) == 0)))
                status = 0;
            else
                status = pass == 0 ? add_cause(findings, check, key, kind, theirs, value)
                                   : add_cause(findings, check, key, kind, value, NULL);
            free(theirs);
            free(value);
            free(key);
        }
    }
    return status;
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

struct pairing {
    const char *check;
    const char *const *key, *const *numbers, *const *texts;
};

static int add_item(struct table *findings, const char *check, const struct table *table, size_t row, enum finding finding,
                    const char *why)
{
    char *item = recompute_item(table, row);
    const int status = item == NULL ? -1 : findings_add(findings, check, item, finding, why);

    free(item);
    return status;
}

static int compare_rows(const struct pairing *p, const struct table *now, size_t row, const struct table *before,
                        size_t other, struct table *findings)
{
    bool differs = false;
    int status = 0;

    for (size_t i = 0; status == 0 && p->numbers[i] != NULL; i++) {
        const double a = cell_real(before, p->numbers[i], other), b = cell_real(now, p->numbers[i], row);
        if (a == b || (isnan(a) && isnan(b)))
            continue;
        differs = true;
        char *item = recompute_item(now, row);
        status = item == NULL ? -1 : findings_add_number(findings, p->check, item, p->numbers[i], a, b, false);
        free(item);
    }
    for (size_t i = 0; status == 0 && p->texts[i] != NULL; i++) {
        if (cells_agree(now, row, before, other, (const char *const[]){p->texts[i], NULL}))
            continue;
        differs = true;
        char *a = cell_copy(before, p->texts[i], other), *b = cell_copy(now, p->texts[i], row);
        char *why = a == NULL || b == NULL ? NULL : format_text("%s: '%s' before, now '%s'", p->texts[i], a, b);
        status = why == NULL ? -1 : add_item(findings, p->check, now, row, FINDING_DIFFERS, why);
        free(why);
        free(b);
        free(a);
    }
    return status != 0 || differs ? status : add_item(findings, p->check, now, row, FINDING_HOLDS, NULL);
}

static size_t find_pair(const struct pairing *p, const struct table *table, const struct table *keys, size_t row)
{
    size_t k = 0;

    while (k < cell_rows(table) && !cells_agree(table, k, keys, row, p->key))
        k++;
    return k;
}

static int compare_numbers(const struct pairing *p, const struct table *now, const struct table *before,
                           struct table *findings)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < cell_rows(now); i++) {
        const size_t k = find_pair(p, before, now, i);
        status = k == cell_rows(before) ? add_item(findings, p->check, now, i, FINDING_DIFFERS, "it was not there before")
                                        : compare_rows(p, now, i, before, k, findings);
    }
    for (size_t i = 0; status == 0 && i < cell_rows(before); i++)
        if (find_pair(p, now, before, i) == cell_rows(now))
            status = add_item(findings, p->check, before, i, FINDING_DIFFERS, "it is not there any more");
    return status;
}

int against(const struct stored *now, const struct stored *before, struct table *findings)
{
    static const char *const estimate_key[] = {"analysis", "outcome", "population", "adjustment", "estimand", "stratum",
                                               "measure",  "term",    "cause",      "arm",        "reference", "time", NULL};
    static const char *const estimate_numbers[] = {"estimate",   "std_error", "conf_low", "conf_high", "conf_level", "statistic",
                                                   "df", "df2", "p_value", "n", "n_event", "person_time", NULL};
    static const char *const estimate_texts[] = {"status", "method", "note", NULL};
    static const char *const verdict_key[] = {"analysis", "outcome",   "population", "adjustment", "estimand", "measure",
                                              "arm",      "reference", "time",       "role", NULL};
    static const char *const verdict_numbers[] = {"margin", "estimate", "conf_low", "conf_high", NULL};
    static const char *const verdict_texts[] = {"verdict", "statistically", NULL};
    const struct pairing estimates = {"estimates", estimate_key, estimate_numbers, estimate_texts},
                         verdicts = {"verdicts", verdict_key, verdict_numbers, verdict_texts};

    if (compare_numbers(&estimates, stored_table(now, "estimates"), stored_table(before, "estimates"), findings) != 0 ||
        compare_numbers(&verdicts, stored_table(now, "verdicts"), stored_table(before, "verdicts"), findings) != 0)
        return -1;
    return compare_pairs(stored_table(now, "provenance"), stored_table(before, "provenance"), "cause", true, findings) != 0 ||
                   compare_pairs(stored_table(now, "study"), stored_table(before, "study"), "study", false, findings) != 0
               ? -1
               : 0;
}
