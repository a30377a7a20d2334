/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every text of every figure fails in turn: it is told, and nothing crashes.
 *
 * The functions below take the place of the C library's; sanitizers bring their own, so there the test is left out.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "report/drawing.h"
#include "report/figures.h"
#include "tests/pipeline/report/figure_tables.h"
#include "tests/support/scratch.h"

#if defined(__SANITIZE_ADDRESS__)
#define REPLACES_TEXTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REPLACES_TEXTS 0
#endif
#endif
#ifndef REPLACES_TEXTS
#define REPLACES_TEXTS 1
#endif

static size_t n_until_failure; /* 0: never */

#if REPLACES_TEXTS
int __vasprintf_chk(char **text, int flag, const char *format, va_list arguments);

int __vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    static int (*theirs)(char **, int, const char *, va_list);

    if (theirs == NULL)
        *(void **)&theirs = dlsym(RTLD_NEXT, "__vasprintf_chk");
    return n_until_failure > 0 && --n_until_failure == 0 ? -1 : theirs(text, flag, format, arguments);
}
#endif

static struct bundle *every_kind(void)
{
    struct table *curves = table_of("curves", CURVES, NULL), *estimates = table_of("estimates", ESTIMATES, NULL);
    struct table *tables[] = {some_arms("Intensive outpatient", "Inpatient"),
                              some_outcomes("Relapse"),
                              some_balance(3, "Age"),
                              curves,
                              some_programme_measures(2.3, "multiplicative"),
                              some_programmes(2, 4, "North"),
                              some_overlap(),
                              some_differences(),
                              some_calibration(),
                              some_tipping(),
                              estimates};

    for (int day = 30; day <= 90; day += 30)
        add_format(curves, CURVES, "main|relapse|itt|unadjusted||survival||iop|%d|%d|3|1|%.4f|||", day, 300 - day, 1 - day / 300.);
    add_estimate(estimates, "main", "relapse", "unadjusted", "", "e_value", "risk_ratio", 2.31, 0.4);
    add_subgroups(estimates, 2);
    add_trials(estimates);
    add_ways(estimates);
    return bundle_of_tables(tables, sizeof tables / sizeof tables[0]);
}

static bool draw(struct bundle *bundle, const struct figure *figure, const char *stem)
{
    struct drawing drawing;

    if (drawing_start(&drawing, bundle->pool, stem, "narrow", 89) != 0)
        return false;
    if (figure->kind->draw(bundle, figure, &drawing) == 0)
        return drawing_end(&drawing) == 0;
    drawing_abandon(&drawing);
    return false;
}

/* The figure of this number is drawn while text n fails; NO_FIGURE: all are planned.  True when there were fewer. */
#define NO_FIGURE SIZE_MAX
static bool draw_while_failing(size_t number, size_t n, const char *stem, size_t *n_figures)
{
    struct bundle *const bundle = every_kind();
    struct figures figures;
    bool is_whole = true;

    capture_start();
    n_until_failure = number == NO_FIGURE ? n : 0;
    const bool is_planned = figures_plan(bundle, &figures) == 0;
    if (number != NO_FIGURE) {
        n_until_failure = n;
        is_whole = draw(bundle, &figures.items[number], stem);
    }
    const bool done = n_until_failure > 0;
    n_until_failure = 0;
    (void)capture_end();
    is_whole = is_whole && is_planned && !pool_failed(bundle->pool);
    assert_int_equal(done, is_whole); /* what failed is known afterwards */
    if (is_planned) {
        *n_figures = figures.n;
        figures_free(&figures);
    }
    bundle_free(bundle);
    return done;
}

static void test_every_text_of_every_figure_may_fail(void **state)
{
    char *const folder = scratch_folder(), *const stem = format_text("%s/figure", folder);
    size_t n_figures = 0, n_failed = 0;

    (void)state;
    for (size_t n = 1; !draw_while_failing(NO_FIGURE, n, stem, &n_figures); n++)
        n_failed++;
    assert_true(n_figures > 12);
    for (size_t i = 0; i < n_figures; i++)
        for (size_t n = 1; !draw_while_failing(i, n, stem, &n_figures); n++)
            n_failed++;
    assert_true(n_failed > 1000);
    free(stem);
    scratch_remove(folder);
}

/* The name of its files is a text as well. */
static void test_a_drawing_without_a_name_is_written_nowhere(void **state)
{
    struct pool *const pool = pool_alloc();
    struct drawing drawing;

    (void)state;
    assert_int_equal(drawing_start(&drawing, pool, "", "narrow", 89), 0);
    assert_int_equal(drawing_table(&drawing, "rows", "x\n", 2), -1);
    assert_int_equal(access("-rows.tsv", F_OK), -1);
    drawing_abandon(&drawing);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_drawing_without_a_name_is_written_nowhere),
        cmocka_unit_test(test_every_text_of_every_figure_may_fail),
    };

    if (!REPLACES_TEXTS) {
        puts("skipped - sanitizers have functions of their own");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
