/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of figure, drawn from tables made up here: nothing overflows, nothing overlaps, and pictures stay as they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/program.h"
#include "base/sha256.h"
#include "report/drawing.h"
#include "report/figures.h"
#include "report/gnuplot.h"
#include "report/svg.h"
#include "tests/pipeline/report/figure_tables.h"
#include "tests/pipeline/report/svg_boxes.h"
#include "tests/support/scratch.h"

#define PAYLOAD "<script>alert(1)</script> `touch pwned` $(touch pwned) @x _a {/Bold b} \\n 'q' %s ${HOME}"
#define HEBREW "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd7\xa2\xd7\x95\xd7\x9c\xd7\x9d"

static const struct {
    const char *name;
    double width;
} sizes[] = {{"wide", 183}, {"narrow", 89}};

struct gallery {
    struct bundle *bundle;
    struct figures figures;
};

/* All figures of these tables as SVGs, in figures.items[].svg. */
static struct gallery gallery_draw(struct table *const *tables, size_t n)
{
    struct gallery gallery = {.bundle = bundle_of_tables(tables, n)};
    char *folder = scratch_folder(), *plots = program_share("plots");
    struct gnuplot_run run = {.jobs = "", .limit_seconds = 60};
    struct pool *pool = gallery.bundle->pool;

    assert_int_equal(figures_plan(gallery.bundle, &gallery.figures), 0);
    for (size_t i = 0; i < gallery.figures.n; i++) {
        const struct figure *figure = &gallery.figures.items[i];

        for (size_t s = 0; s < 2; s++) {
            struct drawing drawing;

            assert_int_equal(drawing_start(&drawing, pool, pool_format(pool, "%s/%zu-%s", folder, i, sizes[s].name), sizes[s].name,
                                           sizes[s].width),
                             0);
            assert_int_equal(figure->kind->draw(gallery.bundle, figure, &drawing), 0);
            assert_int_equal(drawing_end(&drawing), 0);
        }
        run.jobs = pool_format(pool, "%s%zu:%s:svg ", run.jobs, i, figure->kind->template_name);
    }
    gnuplot_run(plots, folder, &run, 1, NULL, NULL);
    gnuplot_tell(folder, &run, 0, "figures");
    assert_int_equal(run.end, GNUPLOT_DONE);
    for (size_t i = 0; i < gallery.figures.n; i++)
        for (size_t s = 0; s < 2; s++) {
            struct figure *figure = &gallery.figures.items[i];
            char *bytes = scratch_read(pool_format(pool, "%s/%zu-%s.svg", folder, i, sizes[s].name));

            assert_non_null(bytes);
            assert_int_equal(svg_finish(bytes, strlen(bytes), figure->name, figure->title, figure->description, &figure->svg[s],
                                        &figure->svg_length[s]),
                             0);
            free(bytes);
        }
    assert_false(pool_failed(pool));
    free(plots);
    scratch_remove(folder);
    return gallery;
}

static void gallery_free(struct gallery *gallery)
{
    figures_free(&gallery->figures);
    bundle_free(gallery->bundle);
}

static const struct figure *gallery_find(const struct gallery *gallery, const char *name)
{
    for (size_t i = 0; i < gallery->figures.n; i++)
        if (strcmp(gallery->figures.items[i].name, name) == 0)
            return &gallery->figures.items[i];
    fail_msg("there is no figure '%s'", name);
    return NULL;
}

/* Every text within the picture, none on another; every figure with words and with its numbers as a table. */
static void gallery_check(const struct gallery *gallery)
{
    for (size_t i = 0; i < gallery->figures.n; i++) {
        const struct figure *figure = &gallery->figures.items[i];

        assert_true(figure->title[0] != '\0' && figure->caption[0] != '\0' && figure->description[0] != '\0');
        assert_true(figure->alternative.n_rows > 0);
        for (size_t s = 0; s < 2; s++) {
            struct svg_boxes *boxes = svg_boxes_read(figure->svg[s], figure->svg_length[s]);
            const struct svg_box *one, *two;

            assert_non_null(boxes);
            assert_true(boxes->n > 2 && boxes->height > 40 && boxes->height < 3000);
            if ((one = svg_box_outside(boxes)) != NULL)
                fail_msg("%s %s: '%s' reaches outside (%.1f to %.1f of %.1f, %.1f to %.1f of %.1f)", figure->name, sizes[s].name, one->text,
                         one->left, one->right, boxes->width, one->top, one->bottom, boxes->height);
            if (svg_boxes_overlap(boxes, &one, &two))
                fail_msg("%s %s: '%s' and '%s' lie on each other", figure->name, sizes[s].name, one->text, two->text);
            free(boxes);
        }
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static struct gallery draw_all_kinds(const char *label, size_t n_covariates, size_t n_programmes, size_t n_levels)
{
    struct table *estimates = table_of("estimates", ESTIMATES, NULL);
    struct table *tables[] = {some_arms(label, "Inpatient"),
                              some_outcomes("Relapse"),
                              some_balance(n_covariates, label),
                              some_incidences(),
                              some_programme_measures(2.3, "multiplicative"),
                              some_programmes(n_programmes, 36, label),
                              some_overlap(),
                              some_differences(),
                              some_calibration(),
                              some_tipping(),
                              estimates};

    add_estimate(estimates, "main", "relapse", "unadjusted", "", "e_value", "risk_ratio", 2.31, 0.4);
    add_subgroups(estimates, n_levels);
    add_trials(estimates);
    add_ways(estimates);
    return gallery_draw(tables, sizeof tables / sizeof tables[0]);
}

static struct gallery draw_states(void)
{
    struct table *tables[] = {some_arms("Intensive outpatient", "Inpatient"), some_outcomes("Care"), some_states()};

    return gallery_draw(tables, sizeof tables / sizeof tables[0]);
}

/* Rates of four programmes in three years, charts in two phases of which the first is held. */
static struct gallery draw_rates(void)
{
    struct table *measures, *phases, *cells = some_rates(4, 36, &measures, &phases);
    struct table *tables[] = {some_arms("Intensive outpatient", "Inpatient"), some_outcomes("Relapse"), measures, phases, cells};

    return gallery_draw(tables, sizeof tables / sizeof tables[0]);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void test_texts_of_every_kind_lie_apart_and_inside(void **state)
{
    static const char *const names[] = {
        "curves-relapse", "stacked-relapse", "rmst-relapse", "differences", "subgroups-relapse-risk-difference",
        "trials-relapse-odds-ratio", "specification-relapse-hazard-ratio", "balance-iop", "overlap-iop", "bias-relapse",
        "tipping-points", "calibration-iop", "funnel-retained-90", "programmes-expected", "control-charts",
        "programmes-retained-90"};
    struct gallery gallery = draw_all_kinds("Intensive outpatient", 14, 40, 9), states = draw_states();

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        gallery_find(&gallery, names[i]);
    gallery_find(&states, "states");
    gallery_check(&gallery);
    gallery_check(&states);
    gallery_free(&gallery);
    gallery_free(&states);
}

/* All people, a heading, and the levels that have a test under the same adjustment. */
static void test_adjusted_effects_have_a_forest_of_their_own(void **state)
{
    struct table *estimates = table_of("estimates", ESTIMATES, NULL);
    struct table *tables[] = {some_arms("Intensive outpatient", "Inpatient"), some_outcomes("Relapse"), estimates};

    (void)state;
    add_subgroups(estimates, 6);
    add_score_strata(estimates);
    struct gallery gallery = gallery_draw(tables, sizeof tables / sizeof tables[0]);
    gallery_check(&gallery);
    assert_int_equal(gallery_find(&gallery, "subgroups-relapse-risk-difference-iptw")->alternative.n_rows, 1 + 1 + 5);
    assert_int_equal(gallery_find(&gallery, "subgroups-relapse-risk-difference")->alternative.n_rows, 1 + 2 + 6);
    assert_non_null(strstr(gallery_find(&gallery, "subgroups-relapse-risk-difference-iptw")->title, "by subgroup, "));
    gallery_free(&gallery);
}

static void test_rates_are_drawn_per_thousand_and_phases_are_told(void **state)
{
    struct gallery gallery = draw_rates();
    const struct figure *control = gallery_find(&gallery, "control-charts"), *funnel = gallery_find(&gallery, "funnel-relapse-90-rate");

    (void)state;
    gallery_find(&gallery, "programmes-relapse-90-rate");
    gallery_check(&gallery);
    assert_non_null(strstr(control->caption, "A dotted rule begins a new phase: 2019-07, The telephone line opened."));
    assert_non_null(strstr(control->caption, "The centre is dashed where it, and the limits, are held"));
    assert_non_null(strstr(funnel->title, "(per 1,000 person-days)"));
    assert_non_null(strstr(funnel->svg[0], "Effective time under observation (person-days)"));
    gallery_free(&gallery);
}

#define GRID "arm reference outcome label definition profile analysis population adjustment stratum measure term verdict statistically role " \
             "time:r estimate:r conf_low:r conf_high:r margin:r"
/* Two comparators, two outcomes, a profile, two questions: one cell is not there. */
static struct table *some_grid(void)
{
    return table_of(
        "grid", GRID,
        "iop|inpatient|relapse|Relapse|first test||main|itt|unadjusted||risk_difference||inferior|worse|primary|180|-0.238|-0.25|-0.22|0.1",
        "iop|php|relapse|Relapse|first test||main|itt|unadjusted||risk_difference||non-inferior|not different|secondary|180|0.002|-0.01|0.01|0.1",
        "iop|inpatient|relapse|Relapse|first test|gap 14|main|itt|unadjusted||risk_difference||inconclusive|not different|secondary|180|-0.03|-0.2|0.14|0.1",
        "iop|inpatient|stay|Stay|||main|itt|unadjusted||risk_difference||no margin|||180|0.05|0.01|0.09|",
        "iop|inpatient|relapse|Relapse|first test||main|itt|overlap||risk_difference||inconclusive (gate)|worse|secondary|180|-0.2|-0.3|-0.1|0.1",
        "iop|php|relapse|Relapse|first test||main|itt|overlap||risk_difference||describes|||180|0.1|0|0.2|", NULL);
}

static void test_the_grid_has_a_row_a_definition_and_a_column_a_comparator(void **state)
{
    struct table *one = table_of(
        "grid", GRID, "iop|inpatient|relapse|Relapse|||main|itt|unadjusted||risk_difference||inferior|worse|primary|180|-0.2|-0.3|-0.1|0.1",
        NULL);
    struct table *tables[] = {some_arms("Intensive outpatient", "Inpatient"), some_outcomes("Relapse"), some_grid()},
                 *few[] = {some_arms("Intensive outpatient", "Inpatient"), some_outcomes("Relapse"), one};
    struct gallery gallery = gallery_draw(tables, 3), lone = gallery_draw(few, 3);
    const struct text_table *table = &gallery_find(&gallery, "grid")->alternative;

    (void)state;
    gallery_check(&gallery);
    assert_int_equal(table->n_columns, 1 + 4); /* two comparators, without and with an adjustment */
    assert_int_equal(table->n_rows, 1 + 3);    /* a heading; relapse, its profile, stay */
    assert_true(table->heading[0]);
    assert_non_null(strstr(table->headers[4], "overlap weights"));
    assert_non_null(strstr(table->cells[1 * 5 + 1], "inferior"));
    assert_non_null(strstr(table->cells[2 * 5 + 0], "(gap 14)"));
    assert_string_equal(table->cells[2 * 5 + 2], ""); /* php was not compared under the profile */
    assert_non_null(strstr(table->cells[1 * 5 + 3], "inconclusive (gate)"));
    for (size_t i = 0; i < lone.figures.n; i++) /* one answer is told by its verdict */
        assert_string_not_equal(lone.figures.items[i].name, "grid");
    gallery_free(&gallery);
    gallery_free(&lone);
}

static void test_long_and_hostile_labels_are_inert_and_stay_inside(void **state)
{
    static const char *const labels[] = {PAYLOAD, HEBREW " " HEBREW,
                                         "A label of two hundred characters, such as a registry may have that puts the whole of "
                                         "its inclusion criteria into the name of an arm, a site or a level of care, and then goes "
                                         "on for a while."};

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct gallery gallery = draw_all_kinds(labels[i], 12, 14, 6);

        gallery_check(&gallery);
        for (size_t k = 0; k < gallery.figures.n; k++)
            for (size_t s = 0; s < 2; s++)
                assert_null(strstr(gallery.figures.items[k].svg[s], "<script"));
        gallery_free(&gallery);
    }
    assert_int_not_equal(access("pwned", F_OK), 0);
}

static void test_many_rows_stay_on_a_page_and_the_rest_is_told(void **state)
{
    struct gallery gallery = draw_all_kinds("Intensive outpatient", 90, 300, 62);

    (void)state;
    gallery_check(&gallery);
    assert_non_null(strstr(gallery_find(&gallery, "balance-iop")->caption, "30 more are in the table of balance"));
    assert_non_null(strstr(gallery_find(&gallery, "programmes-expected")->caption, "40 largest programmes are drawn, 260"));
    assert_non_null(strstr(gallery_find(&gallery, "programmes-retained-90")->caption, "12 largest programmes are drawn, 288"));
    gallery_free(&gallery);
}

/* A difference on each of 400 days: a strip of metres, which gnuplot could not draw. */
static void test_a_forest_of_hundreds_of_rows_is_cut_and_says_so(void **state)
{
    struct table *estimates = table_of("estimates", ESTIMATES, NULL);
    struct table *tables[] = {some_arms("Intensive outpatient", "Inpatient"), some_outcomes("Relapse"), estimates};

    (void)state;
    for (int day = 1; day <= 400; day++)
        add_format(estimates, ESTIMATES, "main|relapse|itt|unadjusted|||risk_difference|||iop|inpatient|%d|%.4f|0.02|-0.1|0.02|0.95||||0.04|900|300|shown||",
                   day, 0.0001 * day - 0.06);
    struct gallery gallery = gallery_draw(tables, sizeof tables / sizeof tables[0]);
    const struct figure *forest = gallery_find(&gallery, "differences");

    gallery_check(&gallery);
    assert_non_null(strstr(forest->svg[0], "100 of 400 rows are drawn"));
    assert_int_equal(forest->alternative.n_rows, 401); /* with a heading */
    gallery_free(&gallery);
}

/* ---- few people, many arms, nothing to see ----------------------------------------------------------------------- */

#define ARMS "arm label n:i is_reference:i"

/* n arms of so many people, with a curve of so many times each; events: does anything happen? */
static struct gallery draw_arms(size_t n, int people, int times, bool events)
{
    struct table *tables[] = {table_of("arms", ARMS, NULL), some_outcomes("Relapse"), table_of("curves", CURVES, NULL),
                              table_of("estimates", ESTIMATES, NULL), some_programme_measures(1, "none"), some_programmes(1, 1, "Only one"),
                              table_of("balance", BALANCE, "||itt|unadjusted|age||arm 1|arm 0|", NULL)};

    for (size_t k = 0; k < n; k++) {
        add_format(tables[0], ARMS, "arm %zu|Arm number %zu|%d|%d", k, k, people, k == 0);
        for (int t = 1; t <= times; t++)
            add_format(tables[2], CURVES, "main|relapse|itt|unadjusted||survival||arm %zu|%d|%d|%d|%d|%.4f|||", k, 30 * t,
                       people * (times - t + 1) / times, events, !events, events ? 1 - (double)t / (times + 1) / (double)(k + 1) : 1);
        add_format(tables[3], ESTIMATES, "main|relapse|itt|unadjusted|||risk|||arm %zu||30|%s|||||||||%d|%d|%s||no events", k,
                   events ? "0.3333" : "", people, events, events ? "shown" : "undefined");
    }
    return gallery_draw(tables, sizeof tables / sizeof tables[0]);
}

static void test_three_people_and_one_time_make_a_picture(void **state)
{
    struct gallery gallery = draw_arms(2, 3, 1, true);

    (void)state;
    gallery_find(&gallery, "curves-relapse");
    gallery_check(&gallery);
    gallery_free(&gallery);
}

static void test_without_an_event_curves_lie_at_the_top(void **state)
{
    struct gallery gallery = draw_arms(2, 40, 5, false);

    (void)state;
    assert_non_null(strstr(gallery_find(&gallery, "curves-relapse")->description, "ends at 100.0"));
    assert_null(strstr(gallery_find(&gallery, "curves-relapse")->caption, "medians"));
    gallery_check(&gallery);
    gallery_free(&gallery);
}

static void test_twelve_arms_are_drawn_and_more_are_told(void **state)
{
    struct gallery twelve = draw_arms(12, 100, 9, true), more = draw_arms(15, 100, 9, true);

    (void)state;
    gallery_check(&twelve);
    gallery_check(&more);
    assert_null(strstr(gallery_find(&twelve, "curves-relapse")->caption, "first 12 arms"));
    assert_non_null(strstr(gallery_find(&more, "curves-relapse")->caption, "first 12 arms"));
    gallery_free(&twelve);
    gallery_free(&more);
}

static void test_tables_without_rows_draw_nothing(void **state)
{
    struct table *tables[] = {table_of("arms", ARMS, NULL),         table_of("curves", CURVES, NULL),
                              table_of("estimates", ESTIMATES, NULL), table_of("balance", BALANCE, NULL),
                              table_of("programme_measures", MEASURES, NULL), table_of("programmes", CELLS, NULL),
                              table_of("overlap", OVERLAP, NULL),   table_of("tipping", TIPPING, NULL),
                              table_of("differences", DIFFERENCES, NULL), table_of("calibration", CALIBRATION, NULL)};
    struct bundle *bundle = bundle_of_tables(tables, sizeof tables / sizeof tables[0]);
    struct figures figures;

    (void)state;
    assert_int_equal(figures_plan(bundle, &figures), 0);
    assert_int_equal(figures.n, 0);
    figures_free(&figures);
    bundle_free(bundle);
}

/* Censoring is a matter of single people: under a threshold no tick shows a day on which one was. */
static void test_ticks_of_those_censored_are_drawn_only_where_nothing_is_hidden(void **state)
{
    struct gallery gallery = draw_arms(2, 40, 5, false);
    struct figure *figure = &gallery.figures.items[0];

    (void)state;
    assert_non_null(strstr(figure->caption, "Ticks"));
    gallery_free(&gallery);
    struct table *tables[] = {table_of("arms", ARMS, "a|A|40|1", NULL), some_outcomes("Relapse"),
                              table_of("curves", CURVES, "main|relapse|itt|unadjusted||survival||a|30|40|0|12|1|||", NULL),
                              table_of("release", "key value", "threshold|11", NULL)};
    gallery = gallery_draw(tables, sizeof tables / sizeof tables[0]);
    assert_null(strstr(gallery.figures.items[0].caption, "Ticks"));
    gallery_free(&gallery);
}

/* ---- pictures stay as they are ----------------------------------------------------------------------------------- */

static void write_hashes(FILE *stream, const struct gallery *gallery)
{
    for (size_t i = 0; i < gallery->figures.n; i++)
        for (size_t s = 0; s < 2; s++) {
            const struct figure *figure = &gallery->figures.items[i];
            char hex[SHA256_HEX_SIZE];

            assert_int_equal(sha256_bytes(figure->svg[s], figure->svg_length[s], hex), 0);
            fprintf(stream, "%s %s %s\n", hex, figure->name, sizes[s].name);
        }
}

/* RENEW=1 writes the new hashes, after somebody has looked at the pictures. */
static void test_pictures_are_those_that_were_looked_at(void **state)
{
    static const char path[] = "tests/reference/figure_hashes.txt";
    struct gallery gallery = draw_all_kinds("Intensive outpatient", 14, 40, 9), states = draw_states();
    char *text = NULL, *golden;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    (void)state;
    write_hashes(stream, &gallery);
    write_hashes(stream, &states);
    fclose(stream);
    gallery_free(&gallery);
    gallery_free(&states);
    if (getenv("RENEW") != NULL)
        scratch_write(path, text);
    golden = scratch_read(path);
    assert_non_null(golden);
    assert_string_equal(text, golden);
    free(text);
    free(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_of_every_kind_lie_apart_and_inside),
        cmocka_unit_test(test_adjusted_effects_have_a_forest_of_their_own),
        cmocka_unit_test(test_the_grid_has_a_row_a_definition_and_a_column_a_comparator),
        cmocka_unit_test(test_rates_are_drawn_per_thousand_and_phases_are_told),
        cmocka_unit_test(test_long_and_hostile_labels_are_inert_and_stay_inside),
        cmocka_unit_test(test_many_rows_stay_on_a_page_and_the_rest_is_told),
        cmocka_unit_test(test_a_forest_of_hundreds_of_rows_is_cut_and_says_so),
        cmocka_unit_test(test_three_people_and_one_time_make_a_picture),
        cmocka_unit_test(test_without_an_event_curves_lie_at_the_top),
        cmocka_unit_test(test_twelve_arms_are_drawn_and_more_are_told),
        cmocka_unit_test(test_tables_without_rows_draw_nothing),
        cmocka_unit_test(test_ticks_of_those_censored_are_drawn_only_where_nothing_is_hidden),
        cmocka_unit_test(test_pictures_are_those_that_were_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
