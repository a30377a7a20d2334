/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown fit MODEL 'FORMULA' TABLE: read the rows, fit the model, print its estimates. */
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/program.h"
#include "compare/estimates.h"
#include "fit/fit.h"
#include "fit/frame.h"

/* The rows that the model may use; NULL after telling. */
static struct frame *read_frame(const struct fit_request *request, const struct design *design)
{
    struct frame *frame = NULL;
    size_t n_columns;
    const char **columns = frame_columns(request, design, &n_columns);
    struct fit_table *table = columns != NULL ? fit_table_read(request->table, columns, n_columns) : NULL;
    if (table != NULL)
        frame = frame_read(request, design, table);
    fit_table_free(table);
    free(columns);
    return frame;
}

int main(int argc, char *argv[])
{
    struct fit_request request;
    struct formula *formula = NULL;
    struct design *design = NULL;
    struct frame *frame = NULL;
    struct table *estimates = NULL, *residuals = NULL;
    int exit_status = EXIT_FAILED;

    program_start("stepdown fit");
    gsl_set_error_handler_off(); /* GSL would abort; we read return codes */
    if (fit_options_read(&request, argc, argv) != 0)
        goto done;
    /* A formula that cannot be read is wrong usage, whatever the table holds. */
    if ((formula = formula_parse(request.formula)) == NULL ||
        (design = design_read(formula, request.model->name, request.model->outcome,
                              request.model->regression)) == NULL) {
        exit_status = EXIT_USAGE;
        goto done;
    }
    if ((frame = read_frame(&request, design)) == NULL || (estimates = estimates_alloc()) == NULL)
        goto done;
    if (request.residuals != RESIDUALS_NONE || request.pairs) {
        if ((residuals = request.model->residuals(&request, frame)) == NULL)
            goto done;
    } else if (request.model->fit(&request, frame, estimates) != 0) {
        goto done;
    }
    if (table_print(STDOUT_FILENO, residuals != NULL ? residuals : estimates, request.format) != 0)
        goto done;
    exit_status = EXIT_DONE;
done:
    table_free(estimates);
    table_free(residuals);
    frame_free(frame);
    design_free(design);
    formula_free(formula);
    fit_options_clear(&request);
    return exit_status;
}
