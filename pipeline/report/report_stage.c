/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report_stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/lock.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/threads.h"
#include "report/answer.h"
#include "report/bundle.h"
#include "report/dashboard.h"
#include "report/figures.h"
#include "report/manifest.h"
#include "report/page.h"
#include "report/release.h"
#include "report/tables_csv.h"
#include "report/words.h"
#include "store/chain.h"
#include "store/stage.h"
#include "store/store.h"
#include "study/study.h"

enum { GNUPLOT_SECONDS = 60 };

/* Paths and history of one run. */
struct run {
    const struct stage_options *options;
    const struct study *study;
    struct release_request request;
    char *folder, *released, *results, *work;
    char *ledger, *log; /* private: of what releases showed and hid */
    char *stamp; /* where the whole provenance stands */
    struct table *provenance;
};

static void run_free(struct run *run)
{
    free(run->folder);
    free(run->released);
    free(run->results);
    free(run->work);
    free(run->ledger);
    free(run->log);
    free(run->stamp);
    table_free(run->provenance);
}

/* Hashes of private tables may not be in a release with a threshold: there the stamp is a private file. */
static int run_prepare(struct run *run, const struct stage_options *options, const struct study *study)
{
    int64_t threshold = study->disclosure_threshold;
    char *value = format_text("%" PRId64, threshold), *rounding = format_text("%" PRId64, study->disclosure_round_to);
    int status = -1;

    *run = (struct run){.options = options, .study = study};
    run->folder = path_join(options->out, "release");
    run->released = run->folder == NULL ? NULL : path_join(run->folder, "released.h5");
    run->results = stage_file(options->out, "results.h5");
    run->work = path_join(options->out, "work");
    run->stamp = threshold > 0 ? stage_file(options->out, "report.h5") : copy_text(run->released);
    run->log = stage_file(options->out, "release-log.csv");
    run->ledger = study->disclosure_ledger.text != NULL ? study_path(study, study->disclosure_ledger.text)
                                                        : stage_file(options->out, "ledger.h5");
    run->request = (struct release_request){.threshold = threshold,
                                            .round_to = study->disclosure_round_to,
                                            .because = study->disclosure_because.text,
                                            .study = study->name.text,
                                            .ledger = run->ledger,
                                            .ledger_is_shared = study->disclosure_ledger.text != NULL,
                                            .n_threads = options->n_threads,
                                            .log = run->log};
    if (value != NULL && rounding != NULL && run->folder != NULL && run->released != NULL && run->results != NULL &&
        run->work != NULL && run->stamp != NULL && run->log != NULL && run->ledger != NULL &&
        chain_check(run->results, study->sha256) == 0 &&
        (run->provenance = chain_start("report", study->sha256, study->seed)) != NULL &&
        chain_add(run->provenance, "option:threshold", value) == 0 &&
        (study->disclosure_round_to == 0 || chain_add(run->provenance, "option:round_to", rounding) == 0))
        status = chain_add_parent(run->provenance, run->results);
    free(value);
    free(rounding);
    return status;
}

/* What runs that were killed have left, also where there is nothing to do. */
static void sweep(const struct run *run)
{
    char *const tables = path_join(run->folder, "tables");

    output_sweep(run->folder);
    output_sweep(run->work);
    if (tables != NULL)
        output_sweep(tables);
    free(tables);
    figures_sweep(run->folder);
}

static int write_release(struct run *run)
{
    if (output_make_folder(run->folder) != 0)
        return -1;
    /* What was released under another policy must not outlive it, whatever becomes of this one. */
    if (!manifest_has_policy(run->folder, run->request.threshold, run->request.round_to))
        manifest_remove_release(run->folder);
    if (output_make_folder(run->folder) != 0)
        return -1;
    return release_write(run->results, run->released, &run->request, run->provenance);
}

static int write_stamp(struct run *run)
{
    struct store_writer *writer;

    if (run->request.threshold == 0)
        return 0;
    writer = store_writer_open(run->stamp, 1);
    if (writer == NULL)
        return -1;
    if (store_writer_table(writer, run->provenance) != 0) {
        store_writer_abandon(writer);
        return -1;
    }
    return store_writer_commit(writer);
}

/* 1 when there is one, 0 when the study has none, -1. */
static int write_dashboard(struct bundle *bundle, const char *folder)
{
    struct dashboard dashboard;
    size_t length = 0;
    int status = dashboard_read(bundle, &dashboard);

    if (status == 1) {
        char *page = page_dashboard(bundle, &dashboard, &length);
        status = page_write(page, length, folder, "dashboard.html") != 0 ? -1 : 1;
    }
    dashboard_free(&dashboard);
    return status;
}

static int write_pages(struct bundle *bundle, const struct figures *figures, const struct answer *answer,
                       const char *folder)
{
    size_t length = 0;
    char *page = page_make(bundle, figures, answer, &length);

    if (page_write(page, length, folder, "report.html") != 0)
        return -1;
    page = page_review(bundle, &length);
    if (page_write(page, length, folder, "review.html") != 0)
        return -1;
    return write_dashboard(bundle, folder) < 0 ? -1 : 0;
}

/* Tables and pages are written side by side: neither changes what both read, and only pages use the pool. */
struct writing {
    struct bundle *bundle;
    const struct figures *figures;
    const struct answer *answer;
    const char *folder;
    struct fail_held *said[2];
};

static int write_one_of_both(void *context, size_t which)
{
    struct writing *const writing = context;

    fail_hold();
    const int status = which == 0 ? tables_csv_write(writing->bundle, writing->folder)
                                  : write_pages(writing->bundle, writing->figures, writing->answer, writing->folder);
    writing->said[which] = fail_take_held();
    return status;
}

/* A full disk is told once. */
static int write_both(struct writing *writing, int n_threads)
{
    const int status = threads_run(2, n_threads, write_one_of_both, writing);

    if (status != 0 && writing->said[0] != NULL && writing->said[1] != NULL) {
        fail_held_free(writing->said[1]);
        writing->said[1] = NULL;
    }
    fail_tell_held(writing->said[0]);
    fail_tell_held(writing->said[1]);
    return status;
}

/* Everything that is drawn from released.h5. 0, 1 when figures failed, -1. */
static int write_rest(struct run *run, struct bundle *bundle, const struct answer *answer)
{
    struct figures figures;
    int status, n_failed = -1;

    if (figures_plan(bundle, &figures) != 0)
        return -1;
    n_failed = figures_make(bundle, &figures, run->folder, run->work, run->options->n_threads, GNUPLOT_SECONDS);
    status = n_failed < 0 ||
                     write_both(&(struct writing){bundle, &figures, answer, run->folder, {NULL, NULL}},
                                run->options->n_threads) != 0 ||
                     pool_failed(bundle->pool) ||
                     manifest_write(bundle, &figures, run->folder) != 0 || write_stamp(run) != 0
                 ? -1
                 : 0;
    if (status == 0)
        note("report: %zu figures, %zu tables%s", figures.n - (size_t)n_failed, bundle->n_tables,
             run->request.threshold > 0 ? "; hidden cells are audited" : "");
    figures_free(&figures);
    return status != 0 ? -1 : n_failed > 0 ? 1 : 0;
}

static int tell_answer(struct run *run, struct bundle *bundle, const struct answer *answer)
{
    printf("%s\n%s/report.html\n", words_ascii(bundle->pool, answer->sentence), run->folder);
    return fflush(stdout) == 0 ? 0 : fail_errno("cannot write to standard output");
}

static int run_report(struct run *run)
{
    bool current =
        !run->options->again && chain_is_current(run->stamp, run->provenance) && manifest_is_whole(run->folder);
    struct bundle *bundle;
    struct answer answer;
    int status = 0;

    if (run->options->dry_run && !current) {
        note("release: would be made");
        return EXIT_CHECK_SAID_NO;
    }
    if (!current && write_release(run) != 0)
        return EXIT_FAILED;
    bundle = bundle_read(run->released);
    if (bundle == NULL)
        return EXIT_FAILED;
    answer = answer_find(bundle);
    if (current)
        detail("report: nothing has changed");
    else
        status = write_rest(run, bundle, &answer);
    if (status >= 0 && tell_answer(run, bundle, &answer) != 0)
        status = -1;
    bundle_free(bundle);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int run_release(struct run *run)
{
    if (run->options->dry_run) {
        note("released.h5: would be made");
        return EXIT_CHECK_SAID_NO;
    }
    if (write_release(run) != 0)
        return EXIT_FAILED;
    printf("%s\n", run->released);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

int report_stage_run(const struct stage_options *options, bool only_release)
{
    const struct study_options study_options = {.allow_absolute = options->allow_absolute};
    struct study *study = study_read(options->study, &study_options);
    struct run run = {.folder = NULL};
    int status = EXIT_FAILED;

    if (study != NULL && (options->dry_run || lock_hold(options->out) == 0) && run_prepare(&run, options, study) == 0) {
        if (!options->dry_run)
            sweep(&run);
        status = only_release ? run_release(&run) : run_report(&run);
    }
    run_free(&run);
    study_free(study);
    return status;
}
