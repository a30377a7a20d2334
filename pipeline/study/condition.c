/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/condition.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/threads.h"
#include "study/expression.h"

enum { CHUNK_ROWS = 65536 };

static struct expression *compile(const struct study *study, const struct study_text *condition,
                                  const struct table *schema)
{
    const struct expression_source source = {study->path, condition->place.line, condition->place.column};

    return expression_compile(condition->text, schema, source);
}

struct compute {
    const struct expression *expression;
    const struct table *records;
    uint8_t *truth;
};

static int compute_chunk(void *context, size_t chunk)
{
    const struct compute *c = context;
    const size_t first = chunk * CHUNK_ROWS, left = c->records->n_rows - first;
    const size_t n = left < CHUNK_ROWS ? left : CHUNK_ROWS;

    return expression_compute(c->expression, c->records, first, n, c->truth + first);
}

uint8_t *condition_compute(const struct study *study, const struct study_text *condition, const struct table *records,
                           int n_threads)
{
    struct expression *expression = compile(study, condition, records);
    uint8_t *truth = expression == NULL ? NULL : allocate(records->n_rows, 1);
    struct compute context = {expression, records, truth};

    if (truth != NULL &&
        threads_run((records->n_rows + CHUNK_ROWS - 1) / CHUNK_ROWS, n_threads, compute_chunk, &context) != 0) {
        free(truth);
        truth = NULL;
    }
    expression_free(expression);
    return truth;
}

int condition_columns(const struct study *study, const struct study_text *condition, const struct table *schema,
                      char ***names)
{
    struct expression *expression = compile(study, condition, schema);
    int status = expression == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < expression_n_columns(expression); i++)
        status = names_add(names, expression_column(expression, i));
    expression_free(expression);
    return status;
}
