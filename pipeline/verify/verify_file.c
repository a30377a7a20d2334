/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/verify_file.h"

#include <unistd.h>

#include "base/fail.h"
#include "base/program.h"
#include "study/study.h"
#include "verify/against.h"
#include "verify/findings.h"
#include "verify/inputs_check.h"
#include "verify/manifest_check.h"
#include "verify/recompute.h"

static int recompute_all(const struct stored *stored, int n_threads, struct table *findings)
{
    struct comparison_book *book = comparison_book_alloc(stored, n_threads);
    struct recompute r;
    int status = -1;

    if (book == NULL)
        return -1;
    recompute_begin(stored, book, findings, &r);
    if (stored_table(stored, "estimates") == NULL)
        warn("'%s' holds no estimates: results.h5 and released.h5 do", stored->path);
    if (recompute_attrition(&r) == 0 && recompute_baseline(&r) == 0 && recompute_curves(&r) == 0 &&
        recompute_estimates(&r) == 0 && recompute_parts(&r) == 0 && recompute_e_values(&r) == 0 && recompute_ranges(&r) == 0 && recompute_verdicts(&r) == 0 &&
        recompute_published(&r) == 0)
        status = 0;
    comparison_book_free(book);
    return status;
}

static int check_inputs(const struct verify_options *options, const struct stored *stored, struct table *findings)
{
    const struct study_options study_options = {.allow_absolute = options->allow_absolute};
    struct study *study = options->study == NULL ? NULL : study_read(options->study, &study_options);
    const int status = options->study == NULL ? 0 : study == NULL ? -1 : inputs_check(stored, study, findings);

    study_free(study);
    return status;
}

/* A file that is there but is not what was written is an answer, not a failure. */
static int unreadable(const char *path, struct table *findings, enum table_format format)
{
    if (access(path, R_OK) != 0)
        return EXIT_FAILED;
    if (findings_add(findings, "checksums", path, FINDING_DIFFERS, "the file is not one that was written whole") != 0 ||
        findings_print(findings, format, FINDINGS_RECOMPUTED) != 0)
        return EXIT_FAILED;
    return EXIT_CHECK_SAID_NO;
}

int verify_file(const struct verify_options *options)
{
    struct table *findings = findings_alloc();
    struct stored stored = {0};
    int status = EXIT_FAILED;

    if (findings == NULL)
        return EXIT_FAILED;
    if (stored_read(options->what, findings, &stored) != 0)
        status = unreadable(options->what, findings, options->format);
    else if (manifest_check(&stored, findings) == 0 && check_inputs(options, &stored, findings) == 0 &&
             recompute_all(&stored, options->n_threads, findings) == 0 &&
             findings_print(findings, options->format, FINDINGS_RECOMPUTED) == 0)
        status = findings_exit_status(findings);
    stored_free(&stored);
    table_free(findings);
    return status;
}

int verify_against(const struct verify_options *options)
{
    struct table *findings = findings_alloc(), *checksums = findings_alloc();
    struct stored now = {0}, before = {0};
    int status = EXIT_FAILED;

    if (findings != NULL && checksums != NULL && stored_read(options->what, checksums, &now) == 0 &&
        stored_read(options->against, checksums, &before) == 0) {
        if (findings_exit_status(checksums) != EXIT_DONE)
            fail("a file that is not what was written is compared with nothing; `stepdown verify FILE.h5` says more");
        else if (against(&now, &before, findings) == 0 && findings_print(findings, options->format, FINDINGS_CHANGED) == 0)
            status = findings_count(findings, "estimates", FINDING_DIFFERS) > 0 ||
                             findings_count(findings, "verdicts", FINDING_DIFFERS) > 0
                         ? EXIT_CHECK_SAID_NO
                         : EXIT_DONE;
    }
    stored_free(&before);
    stored_free(&now);
    table_free(checksums);
    table_free(findings);
    return status;
}
