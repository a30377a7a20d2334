/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/quality.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"

/* ---- counting ---------------------------------------------------------------------------------------- */

int quality_start(struct quality *quality, const struct plan *plan, const struct source_files *files)
{
    *quality = (struct quality){.plan = plan, .files = files};
    quality->by_file = allocate(files->n, sizeof *quality->by_file);
    quality->by_column = allocate(plan->n_columns, sizeof *quality->by_column);
    if (quality->by_file == NULL || quality->by_column == NULL)
        return -1;
    return 0;
}

int quality_start_cells(struct quality *quality, const struct table *schema)
{
    return typist_counts_start(&quality->cells, quality->plan, schema);
}

void quality_free(struct quality *quality)
{
    if (quality->plan != NULL)
        typist_counts_free(&quality->cells, quality->plan);
    free(quality->by_file);
    free(quality->by_column);
    *quality = (struct quality){0};
}

void quality_add(struct quality *quality, size_t file, const struct batch *batch)
{
    struct row_counts *const counts = &quality->by_file[file];
    counts->in += (int64_t)batch->n_records;
    counts->kept += (int64_t)batch->rows->n_rows;
    counts->rejected += (int64_t)batch->rejects.n;
    for (size_t i = 0; i < batch->rejects.n; i++) {
        const struct verdict *const verdict = &batch->rejects.items[i].verdict;
        counts->by_reason[verdict->reason]++;
        if (verdict->column >= 0)
            quality->by_column[verdict->column][verdict->reason]++;
    }
}

struct row_counts quality_total(const struct quality *quality)
{
    struct row_counts total = {0};
    for (size_t i = 0; i < quality->files->n; i++) {
        const struct row_counts *const counts = &quality->by_file[i];
        total.in += counts->in;
        total.kept += counts->kept;
        total.rejected += counts->rejected;
        for (size_t reason = 0; reason < N_REASONS; reason++)
            total.by_reason[reason] += counts->by_reason[reason];
    }
    return total;
}

int quality_check(const struct quality *quality, int64_t n_stored)
{
    const struct row_counts total = quality_total(quality);
    int64_t with_reason = 0;
    for (size_t reason = 0; reason < N_REASONS; reason++)
        with_reason += total.by_reason[reason];
    if (total.in != total.kept + total.rejected || with_reason != total.rejected || total.kept != n_stored)
        return fail("internal error: %s: %lld rows in, %lld kept, %lld rejected, %lld of them with a reason, %lld "
                    "stored: this does not add up",
                    quality->plan->role, (long long)total.in, (long long)total.kept, (long long)total.rejected,
                    (long long)with_reason, (long long)n_stored);
    for (size_t i = 0; i < quality->plan->n_columns; i++)
        if (quality->cells.tallies[i].kept + quality->cells.tallies[i].missing != total.kept)
            return fail("internal error: %s: the cells of column '%s' do not add up to the rows", quality->plan->role,
                        quality->plan->columns[i].declared->name);
    return 0;
}

char *quality_reasons(const struct row_counts *counts)
{
    char *text = copy_text("");
    for (size_t reason = 0; text != NULL && reason < N_REASONS; reason++) {
        if (counts->by_reason[reason] == 0)
            continue;
        char *const longer = format_text("%s%s%s %lld", text, text[0] == '\0' ? "" : ", ",
                                         reason_text((enum reason)reason), (long long)counts->by_reason[reason]);
        free(text);
        text = longer;
    }
    return text;
}

/* ---- the table --------------------------------------------------------------------------------------- */

struct table *quality_table(void)
{
    struct table *const table = table_alloc("quality", "What became of the rows of the source");
    if (table == NULL)
        return NULL;
    if (table_add_column(table, "table", COLUMN_TEXT, 1, "Role of the source table", "") == NULL ||
        table_add_column(table, "file", COLUMN_TEXT, 1, "File; empty: all", "") == NULL ||
        table_add_column(table, "column", COLUMN_TEXT, 1, "Column; empty: the row", "") == NULL ||
        table_add_column(table, "quantity", COLUMN_TEXT, 1, "What is counted", "") == NULL ||
        table_add_column(table, "reason", COLUMN_TEXT, 1, "Why; empty: any reason", "") == NULL ||
        table_add_column(table, "n", COLUMN_INT64, 0, "Count", "") == NULL ||
        table_add_column(table, "value", COLUMN_FLOAT64, 0, "Value, where it is no count", "") == NULL) {
        table_free(table);
        return NULL;
    }
    return table;
}

struct place {
    const char *role, *file, *column;
};

static int write_count(struct table *table, struct place place, const char *quantity, enum reason reason, int64_t n)
{
    struct row_builder row = table_new_row(table);
    row_text(&row, "table", place.role);
    row_text(&row, "file", place.file);
    row_text(&row, "column", place.column);
    row_text(&row, "quantity", quantity);
    row_text(&row, "reason", reason_text(reason));
    row_integer(&row, "n", n);
    return row_end(&row);
}

static int write_value(struct table *table, struct place place, const char *quantity, double value)
{
    struct row_builder row = table_new_row(table);
    row_text(&row, "table", place.role);
    row_text(&row, "file", place.file);
    row_text(&row, "column", place.column);
    row_text(&row, "quantity", quantity);
    row_text(&row, "reason", "");
    row_real(&row, "value", value);
    return row_end(&row);
}

static int write_reasons(struct table *table, struct place place, const int64_t by_reason[static N_REASONS])
{
    for (size_t reason = 0; reason < N_REASONS; reason++)
        if (by_reason[reason] > 0 &&
            write_count(table, place, "rows_rejected", (enum reason)reason, by_reason[reason]) != 0)
            return -1;
    return 0;
}

static int write_rows(struct table *table, struct place place, const struct row_counts *counts)
{
    if (write_count(table, place, "rows_in", REASON_NONE, counts->in) != 0 ||
        write_count(table, place, "rows_kept", REASON_NONE, counts->kept) != 0 ||
        write_count(table, place, "rows_rejected", REASON_NONE, counts->rejected) != 0)
        return -1;
    return write_reasons(table, place, counts->by_reason);
}

static double as_real(const struct tally *tally, const union plan_number *number)
{
    return tally->is_real ? number->real : (double)number->integer;
}

static int write_range(struct table *table, struct place place, const struct tally *tally, bool days)
{
    if (!tally->has_range)
        return 0;
    if (write_value(table, place, days ? "first_day" : "lowest", as_real(tally, &tally->lowest)) != 0)
        return -1;
    return write_value(table, place, days ? "last_day" : "highest", as_real(tally, &tally->highest));
}

static int write_column(const struct quality *quality, struct table *table, size_t i)
{
    const struct plan_column *const column = &quality->plan->columns[i];
    const struct tally *const tally = &quality->cells.tallies[i];
    const struct place place = {quality->plan->role, "", column->declared->name};
    if (write_count(table, place, "kept", REASON_NONE, tally->kept) != 0 ||
        write_count(table, place, "missing", REASON_NONE, tally->missing) != 0)
        return -1;
    if (tally->trimmed > 0 && write_count(table, place, "spaces_removed", REASON_NONE, tally->trimmed) != 0)
        return -1;
    const struct id_width *first;
    size_t width;
    const int64_t n_short = tally->widths != NULL ? id_widths_short(tally->widths, &width, &first) : 0;
    if (n_short > 0 && write_count(table, place, "ids_short", REASON_NONE, n_short) != 0)
        return -1;
    if (column->is_top_coded && write_count(table, place, "top_coded", REASON_NONE, tally->top_coded) != 0)
        return -1;
    if (column->declared->type == VALUE_CATEGORY && !column->is_person_key &&
        write_value(table, place, "distinct_codes", (double)tally_n_distinct(tally)) != 0)
        return -1;
    if (!column->is_person_key && write_range(table, place, tally, column->declared->type == VALUE_DATE) != 0)
        return -1;
    return write_reasons(table, place, quality->by_column[i]);
}

/* The two columns of a person key are one column of the source. */
static bool is_shown(const struct plan *plan, size_t i)
{
    return !plan->columns[i].is_second || plan->columns[i].declared != plan->columns[i - 1].declared;
}

static int write_history(const struct quality *quality, struct table *table)
{
    const struct plan *const plan = quality->plan;
    const struct plan_history *const history = &plan->history;
    struct place place = {plan->role, "", NULL};
    if (history->has_stays) {
        place.column = plan->columns[history->admission].declared->name;
        if (write_count(table, place, "persons_overlapping", REASON_NONE, quality->n_overlapping) != 0)
            return -1;
    }
    if (!history->has_age)
        return 0;
    place.column = plan->columns[history->age].declared->name;
    return write_count(table, place, "persons_age_changes", REASON_NONE, quality->n_age_changes);
}

int quality_write(const struct quality *quality, struct table *table)
{
    const struct plan *const plan = quality->plan;
    const struct row_counts total = quality_total(quality);
    if (write_rows(table, (struct place){plan->role, "", ""}, &total) != 0)
        return -1;
    for (size_t i = 0; i < quality->files->n; i++)
        if (write_rows(table, (struct place){plan->role, quality->files->items[i].name, ""}, &quality->by_file[i]) != 0)
            return -1;
    for (size_t i = 0; i < plan->n_columns; i++) {
        const struct place place = {plan->role, "", plan->columns[i].declared->name};
        if (!is_shown(plan, i))
            continue;
        if (write_column(quality, table, i) != 0)
            return -1;
        if (plan->columns[i].is_weight &&
            (write_count(table, place, "weight_total", REASON_NONE, quality->cells.weight_total) != 0 ||
             write_count(table, place, "rows_weight_zero", REASON_NONE, quality->cells.n_weight_zero) != 0))
            return -1;
    }
    return write_history(quality, table);
}
