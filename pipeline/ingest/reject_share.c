/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/reject_share.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "store/store.h"

/* A share such as 0.29 has no exact double: 29 rows of 100 are not more than it. */
static const double share_slack = 1e-12;

static bool is_too_many(const struct row_counts *total, double max_reject)
{
    return (double)total->rejected > max_reject * (double)total->in * (1 + share_slack);
}

int reject_share_judge(const char *role, const struct row_counts *total, double max_reject, const char *rejects_path)
{
    const long long in = total->in, rejected = total->rejected;
    if (in == 0)
        return fail("%s: the source has a header but no rows", role);
    note("ingest: %s: %lld rows in, %lld kept, %lld set aside", role, in, (long long)total->kept, rejected);
    if (rejected == 0)
        return 0;
    char *const reasons = quality_reasons(total);
    if (reasons == NULL)
        return -1;
    const double percent = 100 * (double)rejected / (double)in;
    int status = 0;
    if (total->kept == 0)
        status = fail("%s: all %lld rows were set aside: %s; each is listed in %s", role, in, reasons, rejects_path);
    else if (is_too_many(total, max_reject))
        status = fail("%s: %lld of %lld rows (%.3g %%) were set aside, more than --max-reject %g %%: %s; each is "
                      "listed in %s",
                      role, rejected, in, percent, 100 * max_reject, reasons, rejects_path);
    else
        warn("%s: %lld of %lld rows (%.3g %%) were set aside: %s; each is listed in %s", role, rejected, in, percent,
             reasons, rejects_path);
    free(reasons);
    return status;
}

/* A zero that was lost in front cannot be seen in one id; ids of two widths beside each other raise the doubt. */
static void tell_widths(const struct quality *quality, size_t i)
{
    size_t width;
    const struct id_width *first;
    const struct id_widths *const widths = quality->cells.tallies[i].widths;
    const int64_t n = widths != NULL ? id_widths_short(widths, &width, &first) : 0;
    if (n == 0)
        return;
    const struct source_file *const file = &quality->files->items[first->file];
    const size_t line = source_file_line(file, first->place - 1);
    if (line > 0)
        warn("%s:%zu: column '%s': ids of %zu digits start with 0, and %lld %s shorter, first here; has a spreadsheet "
             "program dropped zeros? They are taken as different persons or things",
             file->spool.shown, line, quality->plan->columns[i].declared->name, width, (long long)n, n == 1 ? "is" : "are");
}

static void tell_history(const struct quality *quality)
{
    const struct plan *const plan = quality->plan;
    const long long overlapping = quality->n_overlapping, changes = quality->n_age_changes;
    if (overlapping > 0)
        warn("%s: %lld %s stays that overlap; they are kept, and linking joins them", plan->role, overlapping,
             overlapping == 1 ? "person has" : "persons have");
    if (changes > 0)
        warn("%s: column '%s': the ages of %lld %s cannot all be true; the rows are kept", plan->role,
             plan->columns[plan->history.age].declared->name, changes, changes == 1 ? "person" : "persons");
}

void reject_share_tell_columns(const struct quality *quality)
{
    tell_history(quality);
    for (size_t i = 0; i < quality->plan->n_columns; i++)
        tell_widths(quality, i);
    for (size_t i = 0; i < quality->plan->n_columns; i++)
        if (quality->cells.tallies[i].trimmed > 0)
            warn("%s: column '%s': spaces around %lld %s were dropped", quality->plan->role,
                 quality->plan->columns[i].declared->name, (long long)quality->cells.tallies[i].trimmed,
                 quality->cells.tallies[i].trimmed == 1 ? "value" : "values");
}

/* ---- from a stored table `quality` --------------------------------------------------------------------- */

static bool cell_is(const struct table *quality, const char *column, size_t row, const char *text)
{
    size_t length;
    const char *const cell = column_text(table_column(quality, column), row, &length);
    return length == strlen(text) && memcmp(cell, text, length) == 0;
}

static enum reason reason_at(const struct table *quality, size_t row)
{
    size_t reason = REASON_NONE;
    while (reason + 1 < N_REASONS && !cell_is(quality, "reason", row, reason_text((enum reason)reason)))
        reason++;
    return (enum reason)reason;
}

/* Totals of a role are those rows of `quality` that name neither file nor column. */
static void add_row(const struct table *quality, size_t row, struct row_counts *total)
{
    const int64_t n = column_integer(table_column(quality, "n"), row);
    const enum reason reason = reason_at(quality, row);
    if (!cell_is(quality, "file", row, "") || !cell_is(quality, "column", row, ""))
        return;
    if (cell_is(quality, "quantity", row, "rows_in"))
        total->in = n;
    else if (cell_is(quality, "quantity", row, "rows_kept"))
        total->kept = n;
    else if (reason == REASON_NONE)
        total->rejected = n;
    else
        total->by_reason[reason] = n;
}

static int judge_role(const struct table *quality, const char *role, double max_reject, const char *rejects_path)
{
    struct row_counts total = {0};
    bool any = false;
    for (size_t row = 0; row < quality->n_rows; row++)
        if (cell_is(quality, "table", row, role)) {
            add_row(quality, row, &total);
            any = true;
        }
    return any ? reject_share_judge(role, &total, max_reject, rejects_path) : 0;
}

int reject_share_judge_stored(const char *records_path, double max_reject, const char *rejects_path)
{
    static const char *const columns[] = {"table", "file", "column", "quantity", "reason", "n"};
    struct table *const quality = store_read_table(records_path, "quality");
    int status = quality != NULL ? 0 : -1;
    for (size_t i = 0; status == 0 && i < sizeof columns / sizeof columns[0]; i++)
        if (table_column(quality, columns[i]) == NULL)
            status = fail("'%s': table 'quality' has no column '%s'", records_path, columns[i]);
    for (int role = 0; status == 0 && role < N_ROLES; role++)
        status = judge_role(quality, table_role_name((enum table_role)role), max_reject, rejects_path);
    table_free(quality);
    return status;
}
