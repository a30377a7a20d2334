/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown simulate DIR: a made-up source with a known truth. */
#include <gsl/gsl_errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/output.h"
#include "base/program.h"
#include "simulate/made_files.h"
#include "simulate/model.h"
#include "simulate/options.h"
#include "simulate/source.h"
#include "simulate/truth.h"

/* Nobody's study is written over by accident. */
static int check_free(const char *folder)
{
    for (size_t i = 0; i < n_made_files; i++) {
        char *path = path_join(folder, made_file_names[i]);
        const bool there = path != NULL && access(path, F_OK) == 0;

        if (there)
            fail("'%s' is there already; choose another folder, or say --again to write over it", path);
        free(path);
        if (path == NULL || there)
            return -1;
    }
    return 0;
}

static int simulate(const struct simulate_request *request)
{
    struct source_counts counts;
    struct margins margins;
    struct table *margin_table = NULL, *truth = NULL;
    struct model model;
    int status = -1;

    model_init(&model, &request->settings);
    if (output_make_folder(request->folder) != 0 || (!request->again && check_free(request->folder) != 0))
        return -1;
    if (source_write(&model, request->folder, &margins, &counts) != 0 || (margin_table = margins_table(&margins)) == NULL)
        goto done;
    if (request->settings.n_truth > 0 && (truth = truth_table(&model)) == NULL)
        goto done;
    if (made_files_write(&model, request->folder, &counts, margin_table, truth) != 0)
        goto done;
    if (counts.full > 0)
        warn("%" PRId64 " persons have more than %d stays; the rest of theirs is left out", counts.full, STAYS_MAX);
    note("simulate: %" PRId64 " synthetic persons, %" PRId64 " stays, %" PRId64 " tests in '%s'; %" PRId64
         " persons begin care in iop or inpatient",
         request->settings.n_persons, counts.stays, counts.tests, request->folder, counts.cohort);
    status = 0;
done:
    table_free(margin_table);
    table_free(truth);
    return status;
}

int main(int argc, char **argv)
{
    struct simulate_request request;

    program_start("stepdown simulate");
    gsl_set_error_handler_off(); /* GSL would abort; we read return codes */
    simulate_options_read(&request, argc, argv);
    return simulate(&request) == 0 ? EXIT_DONE : EXIT_FAILED;
}
