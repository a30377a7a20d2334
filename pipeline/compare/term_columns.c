/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/term_columns.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/column_codes.h"
#include "base/memory.h"
#include "stats/radix_order.h"
#include "stats/spline.h"

enum { KNOTS_MAX = 7 };

/* A part of a term, looked at once: levels that occur, or numbers. */
struct part {
    const struct column *column;
    bool is_factor;
    size_t n_level;     /* of a factor */
    int32_t *code;      /* [labels] level of a code; -1: does not occur */
    int32_t *label;     /* [n_level] code of a level */
    size_t n_piece;     /* columns of a number: 1, or knots - 1 */
    size_t n_knots;
    double knots[KNOTS_MAX];
};

static void part_clear(struct part *part)
{
    free(part->code);
    free(part->label);
}

static int look_at_factor(const struct term_rows *rows, struct part *part)
{
    const struct column *column = part->column;

    int64_t *const n = allocate(column->n_labels + 1, sizeof *n);

    if (n == NULL || (part->code = allocate(column->n_labels + 1, sizeof *part->code)) == NULL ||
        (part->label = allocate(column->n_labels + 1, sizeof *part->label)) == NULL) {
        free(n);
        return -1;
    }
    column_codes_mark(column, rows->record, rows->n, n);
    reducer_sum(rows->reducer, n, column->n_labels);
    for (size_t l = 0; l < column->n_labels; l++) {
        const bool occurs = n[l] != 0;
        part->code[l] = occurs ? (int32_t)part->n_level : -1;
        if (occurs)
            part->label[part->n_level++] = (int32_t)l;
    }
    free(n);
    return 0;
}

static int find_knots(const struct term_rows *rows, const struct study_term_part *written, struct part *part)
{
    double *const x = allocate(rows->n + 1, sizeof *x), people = 0;
    struct people_value *const values = allocate(rows->n + 1, sizeof *values);
    uint32_t *const order = allocate(rows->n + 1, sizeof *order);
    int code = x == NULL || values == NULL || order == NULL ? GSL_ENOMEM : GSL_SUCCESS;

    for (size_t i = 0; code == GSL_SUCCESS && i < rows->n; i++)
        x[i] = column_real(part->column, rows->record[i]);
    if (code == GSL_SUCCESS)
        code = radix_order(x, NULL, 1, rows->n, order);
    for (size_t i = 0; code == GSL_SUCCESS && i < rows->n; i++) {
        people += (double)rows->frequency[order[i]];
        values[i] = (struct people_value){x[order[i]], people};
    }
    if (code == GSL_SUCCESS)
        code = spline_knots_all(values, rows->n, part->n_knots, rows->reducer, part->knots);
    free(order);
    free(values);
    free(x);
    if (code == GSL_EINVAL)
        return study_fail(rows->study, written->column.place,
                          "rcs(%s, %zu): too few different values for so many knots; take fewer, or '%s' alone",
                          written->column.text, part->n_knots, written->column.text);
    return code == GSL_SUCCESS ? 0 : fail_memory();
}

static int look_at_part(const struct term_rows *rows, const struct study_term_part *written, struct part *part)
{
    *part = (struct part){.column = table_column(rows->records, written->column.text), .n_piece = 1};
    part->is_factor = part->column->type == COLUMN_CATEGORY;
    if (part->is_factor)
        return look_at_factor(rows, part);
    if (written->n_knots == 0)
        return 0;
    part->n_knots = written->n_knots;
    part->n_piece = written->n_knots - 1;
    return find_knots(rows, written, part);
}

/* ---- columns ----------------------------------------------------------------------------------------- */

static int add_name(struct term_columns *c, char *name, size_t term)
{
    char **names = name == NULL ? NULL : reallocate(c->names, c->design.p + 1, sizeof *names);
    size_t *terms;

    if (names != NULL)
        c->names = names;
    if (names == NULL || (terms = reallocate(c->term, c->design.p + 1, sizeof *terms)) == NULL) {
        free(name);
        return -1;
    }
    c->term = terms;
    names[c->design.p] = name;
    terms[c->design.p++] = term;
    return 0;
}

static struct design_block *new_block(struct term_columns *c)
{
    struct design_block *blocks = reallocate(c->block, c->design.n_block + 1, sizeof *blocks);

    if (blocks == NULL)
        return NULL;
    c->block = blocks;
    c->design.block = blocks;
    blocks[c->design.n_block] = (struct design_block){.n_level = 1};
    return &blocks[c->design.n_block++];
}

/* Pieces of the numbers and levels of the factors that a column is made of. */
struct choice {
    size_t piece[4], level[4];
};

static char *name_of(const struct part *parts, size_t n, const struct choice *choice)
{
    char *name = copy_text("");

    for (size_t k = 0; name != NULL && k < n; k++) {
        const struct part *part = &parts[k];
        char *longer =
            part->is_factor
                ? format_text("%s%s%s=%s", name, k > 0 ? ":" : "", part->column->name,
                              part->column->labels[part->label[choice->level[k]]])
                : format_text("%s%s%s%.*s", name, k > 0 ? ":" : "", part->column->name, (int)choice->piece[k], "''''''");
        free(name);
        name = longer;
    }
    return name;
}

/* Column of every combination of levels: none where a factor is at its first. */
static int number_levels(struct term_columns *c, const struct part *parts, size_t n, struct choice *choice, size_t term,
                         size_t n_level, int32_t *column)
{
    for (size_t l = 0; l < n_level; l++) {
        size_t rest = l;
        bool first = false;
        for (size_t k = 0; k < n; k++) {
            if (!parts[k].is_factor)
                continue;
            choice->level[k] = rest % parts[k].n_level;
            rest /= parts[k].n_level;
            first |= choice->level[k] == 0;
        }
        column[l] = first ? DESIGN_NONE : (int32_t)c->design.p;
        if (!first && add_name(c, name_of(parts, n, choice), term) != 0)
            return -1;
    }
    return 0;
}

/* Most terms are one factor. */
static int fill_one(const struct term_rows *rows, const struct part *part, uint16_t *code)
{
    uint16_t *const level = allocate(part->column->n_labels + 1, sizeof *level);

    if (level == NULL)
        return -1;
    for (size_t l = 0; l < part->n_level; l++)
        level[part->label[l]] = (uint16_t)l;
    column_codes_map(part->column, rows->record, rows->n, level, code);
    free(level);
    return 0;
}

static void fill_codes(const struct term_rows *rows, const struct part *parts, size_t n, uint16_t *code)
{
    for (size_t i = 0; i < rows->n; i++) {
        size_t value = 0, stride = 1;
        for (size_t k = 0; k < n; k++) {
            if (!parts[k].is_factor)
                continue;
            value += stride * (size_t)parts[k].code[column_code(parts[k].column, rows->record[i])];
            stride *= parts[k].n_level;
        }
        code[i] = (uint16_t)value;
    }
}

static void fill_values(const struct term_rows *rows, const struct part *parts, size_t n, const struct choice *choice,
                        double *value)
{
    for (size_t i = 0; i < rows->n; i++)
        value[i] = 1;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; !parts[k].is_factor && i < rows->n; i++) {
            const double x = column_real(parts[k].column, rows->record[i]);
            value[i] *= parts[k].n_knots == 0 ? x : spline_value(parts[k].knots, parts[k].n_knots, choice->piece[k], x);
        }
}

/* One block: all levels of the factors, one piece of each number. */
static int add_block(struct term_columns *c, const struct term_rows *rows, const struct part *parts, size_t n,
                     struct choice *choice, size_t term, size_t n_level, bool numbers)
{
    struct design_block *block = new_block(c);
    double *value = NULL;
    uint16_t *code = NULL;
    int32_t *column = NULL;

    if (block == NULL)
        return -1;
    const size_t at = c->design.n_block - 1;
    if ((column = allocate(n_level, sizeof *column)) != NULL)
        c->block[at].column = column;
    if (numbers && (value = allocate(rows->n + 1, sizeof *value)) != NULL)
        c->block[at].value = value;
    if (n_level > 1 && (code = allocate(rows->n + 1, sizeof *code)) != NULL)
        c->block[at].code = code;
    c->block[at].n_level = n_level;
    if (column == NULL || (numbers && value == NULL) || (n_level > 1 && code == NULL))
        return -1;
    if (numbers)
        fill_values(rows, parts, n, choice, value);
    if (n_level > 1 && n == 1 && fill_one(rows, parts, code) != 0)
        return -1;
    if (n_level > 1 && n > 1)
        fill_codes(rows, parts, n, code);
    return number_levels(c, parts, n, choice, term, n_level, column);
}

static int add_pieces(struct term_columns *c, const struct term_rows *rows, const struct study_term *written,
                      const struct part *parts, size_t term)
{
    const size_t n = written->n_parts;
    size_t n_level = 1, n_piece = 1;
    bool numbers = false;

    for (size_t k = 0; k < n; k++) {
        if (parts[k].is_factor && parts[k].n_level < 2)
            return 0; /* a constant */
        n_level *= parts[k].is_factor ? parts[k].n_level : 1;
        n_piece *= parts[k].is_factor ? 1 : parts[k].n_piece;
        numbers |= !parts[k].is_factor;
        if (n_level > DESIGN_LEVELS_MAX)
            return study_fail(rows->study, written->written.place, "'%s' has more than %d combinations of levels",
                              written->written.text, DESIGN_LEVELS_MAX);
    }
    for (size_t piece = 0; piece < n_piece; piece++) {
        struct choice choice = {{0}, {0}};
        size_t rest = piece;
        for (size_t k = 0; k < n; k++)
            if (!parts[k].is_factor) {
                choice.piece[k] = rest % parts[k].n_piece;
                rest /= parts[k].n_piece;
            }
        if (add_block(c, rows, parts, n, &choice, term, n_level, numbers) != 0)
            return -1;
    }
    return 0;
}

int term_columns_make(const struct study_terms *terms, const struct term_rows *rows, struct term_columns *columns)
{
    int status = 0;

    *columns = (struct term_columns){.design = {.n = rows->n}};
    for (size_t t = 0; status == 0 && t < terms->n; t++) {
        const struct study_term *term = &terms->items[t];
        struct part parts[4] = {{0}};
        for (size_t k = 0; status == 0 && k < term->n_parts; k++)
            status = look_at_part(rows, &term->parts[k], &parts[k]);
        if (status == 0)
            status = add_pieces(columns, rows, term, parts, t);
        for (size_t k = 0; k < term->n_parts; k++)
            part_clear(&parts[k]);
    }
    columns->design.block = columns->block;
    return status;
}

int term_columns_add_indicator(struct term_columns *columns, const uint16_t *code, const char *name)
{
    struct design_block *block = new_block(columns);
    int32_t *column = block == NULL ? NULL : allocate(2, sizeof *column);
    uint16_t *copy = block == NULL ? NULL : allocate(columns->design.n + 1, sizeof *copy);

    if (block != NULL)
        *block = (struct design_block){.code = copy, .n_level = 2, .column = column};
    if (block == NULL || column == NULL || copy == NULL)
        return -1;
    memcpy(copy, code, columns->design.n * sizeof *copy);
    column[0] = DESIGN_NONE;
    column[1] = (int32_t)columns->design.p;
    return add_name(columns, copy_text(name), SIZE_MAX);
}

void term_columns_free(struct term_columns *columns)
{
    for (size_t b = 0; b < columns->design.n_block; b++) {
        free((double *)columns->block[b].value);
        free((uint16_t *)columns->block[b].code);
        free((int32_t *)columns->block[b].column);
    }
    for (size_t j = 0; j < columns->design.p; j++)
        free(columns->names[j]);
    free(columns->block);
    free(columns->names);
    free(columns->term);
    *columns = (struct term_columns){0};
}
