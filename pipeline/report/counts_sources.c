/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Relations between what was read, what was set aside, and who was left out. */
#include "report/release_counts.h"

#include <string.h>

static size_t find_row(const struct table *table, const char *const *columns, const char *const *values, size_t n,
                       size_t like)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        bool same = true;

        for (size_t k = 0; same && k < n; k++)
            same = values[k] == NULL ? cells_equal(table, columns[k], i, like) : cell_is(table, columns[k], i, values[k]);
        if (same)
            return i;
    }
    return SIZE_MAX;
}

static const char *const keys[] = {"table", "file", "column", "quantity", "reason"};

/* The count of the row of quality with these cells (NULL: as in row `like`); NO_COUNT when there is none. */
static size_t quality_count(const struct release_counts *counts, const char *file, const char *column,
                            const char *quantity, const char *reason, size_t like)
{
    const struct table *quality = counts->tables.quality;
    const char *const values[] = {NULL, file, column, quantity, reason};
    const size_t row = find_row(quality, keys, values, 5, like);

    return row == SIZE_MAX ? NO_COUNT : release_counts_cell(counts, quality, row, "n");
}

/* The total of row `row` is the sum of the rows that agree with it but for one column, which they fill. */
static void add_parts(struct release_counts *counts, size_t row, const char *open)
{
    const struct table *quality = counts->tables.quality;

    relation_start(counts->system);
    relation_term(counts->system, release_counts_cell(counts, quality, row, "n"), 1);
    for (size_t i = 0; i < quality->n_rows; i++) {
        bool part = !cell_is(quality, open, i, "");

        for (size_t k = 0; part && k < sizeof keys / sizeof keys[0]; k++)
            part = strcmp(keys[k], open) == 0 || cells_equal(quality, keys[k], i, row);
        if (part)
            relation_term(counts->system, release_counts_cell(counts, quality, i, "n"), -1);
    }
    relation_end(counts->system);
}

static void add_quality(struct release_counts *counts)
{
    const struct table *quality = counts->tables.quality;
    struct count_system *system = counts->system;

    for (size_t i = 0; i < cell_rows(quality); i++)
        add_cell(counts, quality, i, "n", COST_DETAIL);
    for (size_t i = 0; i < cell_rows(quality); i++) {
        if (cell_is(quality, "quantity", i, "rows_in")) {
            relation_start(system);
            relation_term(system, release_counts_cell(counts, quality, i, "n"), 1);
            relation_term(system, quality_count(counts, NULL, NULL, "rows_kept", "", i), -1);
            relation_term(system, quality_count(counts, NULL, NULL, "rows_rejected", "", i), -1);
            relation_end(system);
        } else if (cell_is(quality, "quantity", i, "kept")) {
            relation_start(system);
            relation_term(system, release_counts_cell(counts, quality, i, "n"), 1);
            relation_term(system, quality_count(counts, NULL, NULL, "missing", "", i), 1);
            relation_term(system, quality_count(counts, "", "", "rows_kept", "", i), -1);
            relation_end(system);
        }
        if (cell_is(quality, "file", i, "") && cell_is(quality, "column", i, ""))
            add_parts(counts, i, "file");
        if (cell_is(quality, "quantity", i, "rows_rejected")) {
            if (cell_is(quality, "reason", i, ""))
                add_parts(counts, i, "reason");
            if (cell_is(quality, "column", i, ""))
                add_parts(counts, i, "column");
        }
    }
}

/* left = the left of an earlier row - dropped; populations stand beside the way and count from its end. */
static void add_step(struct release_counts *counts, size_t row)
{
    const struct table *attrition = counts->tables.attrition;
    struct count_system *system = counts->system;
    const size_t left = release_counts_cell(counts, attrition, row, "left");
    const size_t dropped = release_counts_cell(counts, attrition, row, "dropped");

    for (size_t before = row; before-- > 0;) {
        if (!cells_equal(attrition, "unit", before, row))
            continue;
        const size_t base = release_counts_cell(counts, attrition, before, "left");
        if (base == left)
            return;
        relation_start(system);
        relation_term(system, base, 1);
        relation_term(system, left, -1);
        relation_term(system, dropped, -1);
        if (relation_end(system))
            return;
    }
}

static void add_attrition(struct release_counts *counts)
{
    const struct table *attrition = counts->tables.attrition, *quality = counts->tables.quality;

    for (size_t i = 0; i < cell_rows(attrition); i++) {
        add_cell(counts, attrition, i, "left", COST_TOTAL);
        add_cell(counts, attrition, i, "dropped", COST_DETAIL);
    }
    for (size_t i = 1; i < cell_rows(attrition); i++)
        add_step(counts, i);
    /* The first lines are what was read and what was set aside. */
    for (size_t q = 0; cell_rows(attrition) > 1 && q < cell_rows(quality); q++) {
        if (!cell_is(quality, "file", q, "") || !cell_is(quality, "column", q, "") || !cell_is(quality, "reason", q, ""))
            continue;
        if (cell_is(quality, "quantity", q, "rows_in"))
            add_equal(counts, release_counts_cell(counts, quality, q, "n"),
                      release_counts_cell(counts, attrition, 0, "left"));
        else if (cell_is(quality, "quantity", q, "rows_kept"))
            add_equal(counts, release_counts_cell(counts, quality, q, "n"),
                      release_counts_cell(counts, attrition, 1, "left"));
        else if (cell_is(quality, "quantity", q, "rows_rejected"))
            add_equal(counts, release_counts_cell(counts, quality, q, "n"),
                      release_counts_cell(counts, attrition, 1, "dropped"));
    }
}

static void add_evidence(struct release_counts *counts)
{
    const struct table *evidence = counts->tables.evidence;
    struct count_system *system = counts->system;

    for (size_t i = 0; i < cell_rows(evidence); i++)
        add_cell(counts, evidence, i, "n", COST_DETAIL);
    for (size_t i = 0; i < cell_rows(evidence); i++) {
        if (!cell_is(evidence, "quantity", i, "rows_in"))
            continue;
        relation_start(system);
        relation_term(system, release_counts_cell(counts, evidence, i, "n"), 1);
        for (size_t k = 0; k < evidence->n_rows; k++)
            if (cells_equal(evidence, "table", k, i) &&
                (cell_is(evidence, "quantity", k, "rows_used") || cell_is(evidence, "quantity", k, "rows_set_aside")))
                relation_term(system, release_counts_cell(counts, evidence, k, "n"), -1);
        relation_end(system);
    }
}

void add_sources(struct release_counts *counts)
{
    add_quality(counts);
    add_attrition(counts);
    add_evidence(counts);
}
