/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/regressors.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "fit/groups.h"
#include "stats/spline.h"

/* One variable as the terms use it: numbers (a spline: several) or levels. */
struct source {
    const struct variable *variable;
    size_t n_part;    /* numeric columns; 0 for a factor */
    double **part;    /* [n_part] [n_rows] */
    char **part_name; /* [n_part] */
    struct groups levels;
    char *label;      /* "sex", "factor(trt)" */
};

/* Everything that blocks point to. */
struct regressor_memory {
    size_t n_sources;
    struct source *sources;
    size_t n_arrays;
    void **arrays; /* joint codes, products, column maps */
    struct design_block *blocks;
    size_t n_blocks;
};

struct builder {
    const struct terms *terms;
    const struct design *design;
    const struct fit_table *table;
    const size_t *rows;
    size_t n_rows;
    const int64_t *frequency;
    struct regressors *out;
};

/* An array that lives as long as the regressors. */
static void *keep(struct regressor_memory *memory, size_t n, size_t size)
{
    void **grown = reallocate(memory->arrays, memory->n_arrays + 1, sizeof *grown);
    if (grown == NULL)
        return NULL;
    memory->arrays = grown;
    if ((grown[memory->n_arrays] = allocate(n, size)) == NULL)
        return NULL;
    return grown[memory->n_arrays++];
}

static void free_source(struct source *source)
{
    for (size_t k = 0; source->part != NULL && k < source->n_part; k++)
        free(source->part[k]);
    for (size_t k = 0; source->part_name != NULL && k < source->n_part; k++)
        free(source->part_name[k]);
    free(source->part);
    free(source->part_name);
    free(source->label);
    groups_clear(&source->levels);
}

void regressors_free(struct regressors *regressors)
{
    if (regressors == NULL)
        return;
    struct regressor_memory *memory = regressors->memory;
    for (size_t i = 0; memory != NULL && memory->sources != NULL && i < memory->n_sources; i++)
        free_source(&memory->sources[i]);
    for (size_t i = 0; memory != NULL && i < memory->n_arrays; i++)
        free(memory->arrays[i]);
    if (memory != NULL) {
        free(memory->sources);
        free(memory->arrays);
        free(memory->blocks);
    }
    for (size_t j = 0; regressors->names != NULL && j < regressors->matrix.p; j++)
        free(regressors->names[j]);
    for (size_t t = 0; regressors->term_names != NULL && t < regressors->n_terms; t++)
        free(regressors->term_names[t]);
    for (size_t t = 0; regressors->references != NULL && t < regressors->n_terms; t++)
        free(regressors->references[t]);
    free(regressors->references);
    free(regressors->term_names);
    free(regressors->names);
    free(regressors->term);
    free(regressors->offset);
    free(memory);
    free(regressors);
}

/* ---- variables -------------------------------------------------------------------------------------------- */

static int read_numbers(const struct builder *builder, const char *name, double *values)
{
    const struct column *column = table_column(builder->table->data, name);
    for (size_t i = 0; i < builder->n_rows; i++) {
        values[i] = column_real(column, builder->rows[i]) + 0.0; /* no negative zero */
        if (isinf(values[i]))
            return fit_table_fail(builder->table, builder->rows[i], column, "a finite number was expected");
    }
    return 0;
}

struct ranked_value {
    double value;
    int64_t frequency;
};

static int compare_ranked(const void *left, const void *right)
{
    const double a = ((const struct ranked_value *)left)->value, b = ((const struct ranked_value *)right)->value;
    return (a > b) - (a < b);
}

static int find_knots(const struct builder *builder, const struct variable *variable, const double *x, double *knots)
{
    const size_t n = builder->n_rows;
    struct ranked_value *ranked = allocate(n, sizeof *ranked);
    double *sorted = allocate(n, sizeof *sorted);
    int64_t *frequency = allocate(n, sizeof *frequency);
    int result = -1;
    if (ranked == NULL || sorted == NULL || frequency == NULL)
        goto done;
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked_value){x[i], builder->frequency != NULL ? builder->frequency[i] : 1};
    qsort(ranked, n, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = ranked[i].value;
        frequency[i] = ranked[i].frequency;
    }
    if (spline_knots(sorted, frequency, n, variable->n_knots, knots) != GSL_SUCCESS)
        formula_fail(builder->design->formula->text, variable->factor.at,
                     "column '%s' has too few different values for %zu knots", variable->factor.column,
                     variable->n_knots);
    else
        result = 0;
done:
    free(frequency);
    free(sorted);
    free(ranked);
    return result;
}

/* The part j of a spline is named as the column with j primes. */
static int read_spline(const struct builder *builder, struct source *source)
{
    const struct variable *variable = source->variable;
    double knots[SPLINE_KNOTS_MAX];
    if (find_knots(builder, variable, source->part[0], knots) != 0)
        return -1;
    for (size_t j = 1; j < source->n_part; j++)
        for (size_t i = 0; i < builder->n_rows; i++)
            source->part[j][i] = spline_value(knots, variable->n_knots, j, source->part[0][i]);
    return 0;
}

static int read_numeric_source(const struct builder *builder, struct source *source)
{
    const struct variable *variable = source->variable;
    const size_t n_part = variable->kind == VARIABLE_SPLINE ? variable->n_knots - 1 : 1;
    source->part = allocate(n_part, sizeof *source->part);
    source->part_name = allocate(n_part, sizeof *source->part_name);
    if (source->part == NULL || source->part_name == NULL)
        return -1;
    source->n_part = n_part;
    for (size_t j = 0; j < n_part; j++) {
        source->part[j] = allocate(builder->n_rows, sizeof **source->part);
        source->part_name[j] = format_text("%s%.*s", variable->factor.column, (int)j, "'''''''");
        if (source->part[j] == NULL || source->part_name[j] == NULL)
            return -1;
    }
    if (read_numbers(builder, variable->factor.column, source->part[0]) != 0)
        return -1;
    return variable->kind == VARIABLE_SPLINE ? read_spline(builder, source) : 0;
}

static int read_source(const struct builder *builder, struct source *source)
{
    const struct variable *variable = source->variable;
    const struct column *column = table_column(builder->table->data, variable->factor.column);
    const bool numeric = column_is_numeric(column);
    if (variable->kind == VARIABLE_SPLINE && !numeric)
        return fit_table_want_numeric(builder->table, column);
    if (variable->kind != VARIABLE_FACTOR && numeric)
        return read_numeric_source(builder, source);
    source->label = variable->kind == VARIABLE_FACTOR ? format_text("factor(%s)", variable->factor.column)
                                                      : copy_text(variable->factor.column);
    if (source->label == NULL)
        return -1;
    return groups_read(&source->levels, builder->design, &variable->factor, 1, builder->table, builder->rows,
                       builder->n_rows);
}

/* ---- blocks --------------------------------------------------------------------------------------------------- */

/* A term while its blocks are made: factors and numbers apart, and which factors lose their first level. */
struct term_plan {
    size_t degree;
    struct source *source[TERM_DEGREE_MAX];
    bool contrast[TERM_DEGREE_MAX];
    size_t n_part;  /* combinations of numeric parts */
    size_t n_level; /* combinations of levels */
};

/* Is the term without its k-th variable in the model?  The empty term, the baseline, always is. */
static bool margin_is_there(const struct terms *terms, const struct term *term, size_t k)
{
    if (term->degree == 1)
        return true;
    for (size_t t = 0; t < terms->n_terms; t++) {
        const struct term *other = &terms->terms[t];
        bool same = other->degree == term->degree - 1;
        for (size_t i = 0; i < other->degree && same; i++)
            same = other->variable[i] == term->variable[i + (i >= k)];
        if (same)
            return true;
    }
    return false;
}

static int plan_term(const struct builder *builder, const struct term *term, struct term_plan *plan)
{
    *plan = (struct term_plan){.degree = term->degree, .n_part = 1, .n_level = 1};
    for (size_t k = 0; k < term->degree; k++) {
        struct source *source = &builder->out->memory->sources[term->variable[k]];
        plan->source[k] = source;
        plan->contrast[k] = source->n_part == 0 && source->levels.n > 1 && margin_is_there(builder->terms, term, k);
        if (source->n_part > 0)
            plan->n_part *= source->n_part;
        else
            plan->n_level *= source->levels.n;
        if (plan->n_level > DESIGN_LEVELS_MAX)
            return fail("the columns of an interaction have more than %d combinations", DESIGN_LEVELS_MAX);
    }
    return 0;
}

/* Product of the numeric parts of a term, the first varying fastest; NULL in *value when it has none. */
static int make_value(const struct builder *builder, const struct term_plan *plan, size_t part, const double **value)
{
    double *product = NULL;
    *value = NULL;
    for (size_t k = 0; k < plan->degree; k++) {
        const struct source *source = plan->source[k];
        if (source->n_part == 0)
            continue;
        const double *x = source->part[part % source->n_part];
        part /= source->n_part;
        if (*value == NULL) {
            *value = x;
            continue;
        }
        if (product == NULL && (product = keep(builder->out->memory, builder->n_rows, sizeof *product)) == NULL)
            return -1;
        for (size_t i = 0; i < builder->n_rows; i++)
            product[i] = (*value)[i] * x[i];
        *value = product;
    }
    return 0;
}

/* Joint codes of the factors of a term, the first varying fastest; NULL in *code when it has none. */
static int make_code(const struct builder *builder, const struct term_plan *plan, const uint16_t **code)
{
    uint16_t *joint = NULL;
    size_t step = 1;
    *code = NULL;
    for (size_t k = 0; k < plan->degree; k++) {
        const struct source *source = plan->source[k];
        if (source->n_part > 0)
            continue;
        if (joint == NULL && (joint = keep(builder->out->memory, builder->n_rows, sizeof *joint)) == NULL)
            return -1;
        for (size_t i = 0; i < builder->n_rows; i++)
            joint[i] = (uint16_t)(joint[i] + step * (size_t)source->levels.code[i]);
        step *= source->levels.n;
    }
    *code = joint;
    return 0;
}

/* "age:sex=F", or NULL in *name for a combination that is a reference.  -1 after telling. */
static int name_column(const struct term_plan *plan, size_t part, size_t level, char **name)
{
    char *text = NULL;
    *name = NULL;
    for (size_t k = 0; k < plan->degree; k++) {
        const struct source *source = plan->source[k];
        char *longer;
        if (source->n_part > 0) {
            longer = format_text("%s%s%s", text != NULL ? text : "", k > 0 ? ":" : "",
                                 source->part_name[part % source->n_part]);
            part /= source->n_part;
        } else {
            const size_t code = level % source->levels.n;
            level /= source->levels.n;
            if (plan->contrast[k] && code == 0) {
                free(text);
                return 0;
            }
            longer = format_text("%s%s%s=%s", text != NULL ? text : "", k > 0 ? ":" : "", source->label,
                                 source->levels.labels[code]);
        }
        free(text);
        if ((text = longer) == NULL)
            return -1;
    }
    *name = text;
    return 0;
}

/* A new column, or none for a reference. */
static int add_column(const struct builder *builder, const struct term_plan *plan, size_t term, size_t part,
                      size_t level, int32_t *column)
{
    struct regressors *out = builder->out;
    char *name;
    *column = DESIGN_NONE;
    if (name_column(plan, part, level, &name) != 0)
        return -1;
    if (name == NULL)
        return 0;
    char **names = reallocate(out->names, out->matrix.p + 1, sizeof *names);
    if (names != NULL)
        out->names = names;
    int32_t *terms = names != NULL ? reallocate(out->term, out->matrix.p + 1, sizeof *terms) : NULL;
    if (terms == NULL) {
        free(name);
        return -1;
    }
    out->term = terms;
    names[out->matrix.p] = name;
    terms[out->matrix.p] = (int32_t)term;
    *column = (int32_t)out->matrix.p++;
    return 0;
}

static int add_term(const struct builder *builder, size_t t)
{
    struct regressor_memory *memory = builder->out->memory;
    struct term_plan plan;
    const uint16_t *code;
    int32_t *column;
    if (plan_term(builder, &builder->terms->terms[t], &plan) != 0 || make_code(builder, &plan, &code) != 0 ||
        (column = keep(memory, plan.n_part * plan.n_level, sizeof *column)) == NULL)
        return -1;
    struct design_block *grown = reallocate(memory->blocks, memory->n_blocks + plan.n_part, sizeof *grown);
    if (grown == NULL)
        return -1;
    memory->blocks = grown;
    for (size_t level = 0; level < plan.n_level; level++)
        for (size_t part = 0; part < plan.n_part; part++)
            if (add_column(builder, &plan, t, part, level, &column[part * plan.n_level + level]) != 0)
                return -1;
    for (size_t part = 0; part < plan.n_part; part++) {
        struct design_block *block = &memory->blocks[memory->n_blocks++];
        *block = (struct design_block){.code = code, .n_level = plan.n_level,
                                       .column = column + part * plan.n_level};
        if (make_value(builder, &plan, part, &block->value) != 0)
            return -1;
    }
    return 0;
}

/* A term as a test of all its columns is named: with one column, as that. */
static int name_terms(const struct builder *builder)
{
    struct regressors *out = builder->out;
    if ((out->term_names = allocate(builder->terms->n_terms, sizeof *out->term_names)) == NULL)
        return -1;
    out->n_terms = builder->terms->n_terms;
    if ((out->references = allocate(out->n_terms, sizeof *out->references)) == NULL)
        return -1;
    for (size_t t = 0; t < out->n_terms; t++) {
        const struct term *term = &builder->terms->terms[t];
        const struct source *alone = &out->memory->sources[term->variable[0]];
        if (term->degree == 1 && alone->n_part == 0 && alone->levels.n > 1 &&
            (out->references[t] = format_text("%s=%s", alone->label, alone->levels.labels[0])) == NULL)
            return -1;
        size_t n_column = 0, column = 0;
        for (size_t j = 0; j < out->matrix.p; j++)
            if ((size_t)out->term[j] == t) {
                column = j;
                n_column++;
            }
        if (n_column == 1 && (out->term_names[t] = copy_text(out->names[column])) == NULL)
            return -1;
        for (size_t k = 0; n_column != 1 && k < term->degree; k++) {
            const struct source *source = &out->memory->sources[term->variable[k]];
            char *longer = source->n_part > 1
                               ? format_text("%s%srcs(%s, %zu)", k > 0 ? out->term_names[t] : "", k > 0 ? ":" : "",
                                             source->part_name[0], source->n_part + 1)
                               : format_text("%s%s%s", k > 0 ? out->term_names[t] : "", k > 0 ? ":" : "",
                                             source->n_part == 1 ? source->part_name[0] : source->label);
            free(out->term_names[t]);
            if ((out->term_names[t] = longer) == NULL)
                return -1;
        }
    }
    return 0;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static int read_offsets(const struct builder *builder)
{
    struct regressors *out = builder->out;
    double *values;
    if (builder->terms->n_offsets == 0)
        return 0;
    if ((out->offset = allocate(builder->n_rows, sizeof *out->offset)) == NULL ||
        (values = allocate(builder->n_rows, sizeof *values)) == NULL)
        return -1;
    int result = 0;
    for (size_t k = 0; k < builder->terms->n_offsets && result == 0; k++) {
        result = read_numbers(builder, builder->terms->offsets[k], values);
        for (size_t i = 0; i < builder->n_rows && result == 0; i++)
            out->offset[i] += values[i];
    }
    free(values);
    return result;
}

struct regressors *regressors_read(const struct terms *terms, const struct design *design,
                                   const struct fit_table *table, const size_t *rows, size_t n_rows,
                                   const int64_t *frequency)
{
    struct regressors *out = allocate(1, sizeof *out);
    const struct builder builder = {terms, design, table, rows, n_rows, frequency, out};
    if (out == NULL || (out->memory = allocate(1, sizeof *out->memory)) == NULL ||
        (out->memory->sources = allocate(terms->n_variables, sizeof *out->memory->sources)) == NULL)
        goto failed;
    for (size_t i = 0; i < terms->n_variables; i++) {
        out->memory->sources[i].variable = &terms->variables[i];
        out->memory->n_sources++;
        if (read_source(&builder, &out->memory->sources[i]) != 0)
            goto failed;
    }
    for (size_t t = 0; t < terms->n_terms; t++)
        if (add_term(&builder, t) != 0)
            goto failed;
    if (name_terms(&builder) != 0 || read_offsets(&builder) != 0)
        goto failed;
    out->matrix.n = n_rows;
    out->matrix.n_block = out->memory->n_blocks;
    out->matrix.block = out->memory->blocks;
    return out;
failed:
    regressors_free(out);
    return NULL;
}
