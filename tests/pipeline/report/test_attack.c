/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole made-up releases, attacked: people with an arm, features, missing values, an outcome in time, a yes-or-no outcome that
 * some lack, two nested populations, subgroups, curves, an attrition.  The attacker makes equations of the people's tables as a
 * reader would; it knows nothing of release_counts.  STEPDOWN_BUNDLES asks for more than the usual few.
 */
#include <stdio.h>

#include "compare/estimates.h"
#include "compare/results.h"
#include "report/suppress.h"
#include "report/withhold.h"
#include "tests/pipeline/report/attacker.h"

enum { T = 11, PEOPLE_MAX = 500, ARMS = 2, DRUGS = 3, SEXES = 2, DAYS = 2, USUAL_BUNDLES = 60 };

static const char *const arm_names[] = {"day", "night"}, *const populations[] = {"itt", "pp"},
                  *const drugs[] = {"alcohol", "opioids", "other"}, *const sexes[] = {"female", "male"};

static uint64_t seed;

static uint64_t draw(void) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static bool chance(double p)
{
    return (double)(draw() % 1000000) < 1e6 * p;
}

struct person {
    int arm, sex, drug; /* drug -1: missing */
    bool eligible, in_pp, event;
    int day, done;      /* done -1: not known */
};

struct people {
    size_t n, n_rejected;
    struct person items[PEOPLE_MAX];
    double at[DAYS];
};

static void make_people(struct people *people)
{
    static const size_t sizes[] = {60, 120, 250, 500};
    const double missing = (double)(draw() % 4) * 0.02, pp = 0.85 + 0.05 * (double)(draw() % 4), rare = 0.03 + 0.1 * (double)(draw() % 4);

    *people = (struct people){.n = sizes[draw() % 4], .n_rejected = draw() % 14};
    people->at[0] = (double)(20 + draw() % 100);
    people->at[1] = people->at[0] + (double)(5 + draw() % 150);
    for (size_t i = 0; i < people->n; i++) {
        struct person *person = &people->items[i];
        const int event = (int)(draw() % 300), censored = 150 + (int)(draw() % 250);

        *person = (struct person){.arm = (int)(draw() % ARMS),
                                  .sex = chance(0.35),
                                  .drug = chance(missing) ? -1 : chance(rare) ? 2 : (int)(draw() % 2),
                                  .eligible = !chance(0.05),
                                  .in_pp = chance(pp),
                                  .event = event <= censored,
                                  .day = event <= censored ? event : censored,
                                  .done = chance(missing) ? -1 : chance(0.4)};
    }
}

/* Who is meant: population 0 or 1, an arm or -1, a sex or -1. */
static bool is_meant(const struct person *person, int population, int arm, int sex)
{
    return person->eligible && (population == 0 || person->in_pp) && (arm < 0 || person->arm == arm) &&
           (sex < 0 || person->sex == sex);
}

static int64_t count_people(const struct people *people, int population, int arm, int sex)
{
    int64_t n = 0;

    for (size_t i = 0; i < people->n; i++)
        n += is_meant(&people->items[i], population, arm, sex);
    return n;
}

static int64_t count_drug(const struct people *people, int population, int arm, int drug)
{
    int64_t n = 0;

    for (size_t i = 0; i < people->n; i++)
        n += is_meant(&people->items[i], population, arm, -1) && people->items[i].drug == drug;
    return n;
}

static int64_t count_events(const struct people *people, int population, int arm, int sex, double day)
{
    int64_t n = 0;

    for (size_t i = 0; i < people->n; i++)
        n += is_meant(&people->items[i], population, arm, sex) && people->items[i].event && people->items[i].day <= day;
    return n;
}

/* done 0 or 1: that answer; -1: any answer. */
static int64_t count_done(const struct people *people, int population, int arm, int done)
{
    int64_t n = 0;

    for (size_t i = 0; i < people->n; i++)
        n += is_meant(&people->items[i], population, arm, -1) &&
             (done < 0 ? people->items[i].done >= 0 : people->items[i].done == done);
    return n;
}

/* ---- the exact tables ------------------------------------------------------------------------------------------ */

static struct table *texts(const char *name, const char *const *columns, size_t n, const char *const *counts, size_t m)
{
    struct table *table = table_alloc(name, name);

    for (size_t i = 0; i < n; i++)
        assert_non_null(table_add_column(table, columns[i], COLUMN_TEXT, 1, "", ""));
    for (size_t i = 0; i < m; i++)
        assert_non_null(table_add_column(table, counts[i], COLUMN_INT64, 8, "", ""));
    return table;
}

static struct table *make_arms(const struct people *people)
{
    struct table *table = texts("arms", (const char *const[]){"arm"}, 1, (const char *const[]){"n"}, 1);

    for (int arm = 0; arm < ARMS; arm++) {
        struct row_builder row = table_new_row(table);

        row_text(&row, "arm", arm_names[arm]);
        row_integer(&row, "n", count_people(people, 0, arm, -1));
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static struct table *make_attrition(const struct people *people)
{
    struct table *table = texts("attrition", (const char *const[]){"label", "unit", "reason"}, 3,
                                (const char *const[]){"step", "dropped", "left"}, 3);
    const int64_t in_arms = count_people(people, 0, -1, -1), all = (int64_t)people->n, read = all + (int64_t)people->n_rejected;
    const int64_t left[] = {read, all, in_arms}, dropped[] = {0, read - all, all - in_arms};

    for (int i = 0; i < 3; i++) {
        struct row_builder row = table_new_row(table);

        row_text(&row, "unit", "row");
        row_integer(&row, "step", i + 1);
        row_integer(&row, "dropped", dropped[i]);
        row_integer(&row, "left", left[i]);
        assert_int_equal(row_end(&row), 0);
    }
    return table;
}

static void add_level(struct table *table, int population, const char *term, const char *level, int arm, int64_t n,
                      int64_t missing)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "population", populations[population]);
    row_text(&row, "term", term);
    row_text(&row, "level", level);
    row_text(&row, "arm", arm_names[arm]);
    row_integer(&row, "n", n);
    row_integer(&row, "n_missing", missing);
    assert_int_equal(row_end(&row), 0);
}

static struct table *make_baseline(const struct people *people)
{
    struct table *table = baseline_alloc();

    for (int population = 0; population < 2; population++)
        for (int arm = 0; arm < ARMS; arm++) {
            for (int sex = 0; sex < SEXES; sex++)
                add_level(table, population, "sex", sexes[sex], arm, count_people(people, population, arm, sex), 0);
            for (int drug = 0; drug < DRUGS; drug++)
                add_level(table, population, "drug", drugs[drug], arm, count_drug(people, population, arm, drug),
                          count_drug(people, population, arm, -1));
        }
    return table;
}

static void add_estimate(struct table *table, const char *outcome, int population, int sex, int arm, int reference, double day,
                         int64_t n, int64_t events)
{
    struct estimate row = ESTIMATE_NONE;
    char stratum[32] = "";

    if (sex >= 0)
        snprintf(stratum, sizeof stratum, "sex=%s", sexes[sex]);
    row.analysis = "main";
    row.outcome = outcome;
    row.population = populations[population];
    row.adjustment = "unadjusted";
    row.stratum = stratum;
    row.measure = reference < 0 ? MEASURE_risk : MEASURE_risk_difference;
    row.arm = arm_names[arm];
    row.reference = reference < 0 ? "" : arm_names[reference];
    row.time = day;
    row.estimate = n > 0 ? (double)events / (double)n : 0;
    row.n = n;
    row.n_event = events;
    assert_int_equal(estimates_add(table, &row), 0);
}

static struct table *make_estimates(const struct people *people)
{
    struct table *table = estimates_alloc();

    for (int population = 0; population < 2; population++) {
        for (int sex = -1; sex < SEXES; sex++)
            for (int d = 0; d < DAYS; d++) {
                int64_t n[ARMS], events[ARMS];

                for (int arm = 0; arm < ARMS; arm++) {
                    n[arm] = count_people(people, population, arm, sex);
                    events[arm] = count_events(people, population, arm, sex, people->at[d]);
                    add_estimate(table, "relapse", population, sex, arm, -1, people->at[d], n[arm], events[arm]);
                }
                add_estimate(table, "relapse", population, sex, 0, 1, people->at[d], n[0] + n[1], events[0] + events[1]);
            }
        for (int arm = 0; arm < ARMS; arm++)
            add_estimate(table, "done", population, -1, arm, -1, NAN, count_done(people, population, arm, -1),
                         count_done(people, population, arm, 1));
        add_estimate(table, "done", population, -1, 0, 1, NAN, count_done(people, population, -1, -1),
                     count_done(people, population, -1, 1));
    }
    return table;
}

static struct table *make_curves(const struct people *people)
{
    struct table *table = curves_alloc();

    for (int population = 0; population < 2; population++)
        for (int arm = 0; arm < ARMS; arm++) {
            int64_t at_risk = count_people(people, population, arm, -1);
            double survival = 1;

            for (int day = 0; day < 420; day++) {
                int64_t events = 0, censored = 0;

                for (size_t i = 0; i < people->n; i++)
                    if (is_meant(&people->items[i], population, arm, -1) && people->items[i].day == day)
                        *(people->items[i].event ? &events : &censored) += 1;
                if (day > 0 && events + censored == 0)
                    continue;
                survival *= at_risk > 0 ? 1 - (double)events / (double)at_risk : 1;
                struct row_builder row = table_new_row(table);
                row_text(&row, "analysis", "main");
                row_text(&row, "outcome", "relapse");
                row_text(&row, "population", populations[population]);
                row_text(&row, "adjustment", "unadjusted");
                row_text(&row, "measure", "survival");
                row_text(&row, "arm", arm_names[arm]);
                row_real(&row, "time", day);
                row_integer(&row, "n_risk", at_risk);
                row_integer(&row, "n_event", events);
                row_integer(&row, "n_censor", censored);
                row_real(&row, "estimate", survival);
                assert_int_equal(row_end(&row), 0);
                at_risk -= events + censored;
            }
        }
    return table;
}

/* ---- a release of them, and what is seen of it -------------------------------------------------------------------- */

struct bundle_made {
    struct table *arms, *attrition, *baseline, *estimates, *curves;
    struct coarse_curves coarse;
    struct release_counts counts;
    struct release_source source;
    struct pool *pool;
};

/* audited false: small counts alone are hidden. */
static void make_bundle(struct bundle_made *made, const struct people *people, bool audited)
{
    struct audit audit = {.n_audited = 0};

    *made = (struct bundle_made){.arms = make_arms(people),
                                 .attrition = make_attrition(people),
                                 .baseline = make_baseline(people),
                                 .estimates = make_estimates(people),
                                 .curves = make_curves(people),
                                 .pool = pool_alloc()};
    const struct exact_tables tables = {.arms = made->arms,
                                        .attrition = made->attrition,
                                        .baseline = made->baseline,
                                        .estimates = made->estimates};
    assert_int_equal(coarse_curves_make(&made->coarse, made->curves, made->estimates, T, 3), 0);
    assert_int_equal(release_counts_make(&made->counts, &tables, &made->coarse, T, 0, made->pool), 0);
    for (size_t i = 0; i < made->counts.system->n_counts; i++)
        if (made->counts.system->counts[i].is_small)
            count_hide(made->counts.system, i);
    if (audited)
        assert_int_equal(suppress_counts(made->counts.system, 1, &audit), 0);
    made->source = (struct release_source){.policy = {.threshold = T}, .curves = &made->coarse, .counts = &made->counts};
}

static void free_bundle(struct bundle_made *made)
{
    release_counts_free(&made->counts);
    coarse_curves_free(&made->coarse);
    pool_free(made->pool);
    table_free(made->arms);
    table_free(made->attrition);
    table_free(made->baseline);
    table_free(made->estimates);
    table_free(made->curves);
}

/* The count of a cell of the bundle, as it is seen. */
static size_t see(struct seen *seen, const struct bundle_made *made, const struct table *table, size_t row, const char *column)
{
    return seen_add(seen, !count_is_hidden(&made->source, table, row, column), cell_integer(table, column, row));
}

/* a = b + something that nobody shows. */
static void see_rest(struct seen *seen, size_t a, size_t b)
{
    const int64_t rest = seen->counts[a].value - seen->counts[b].value;

    if (rest < 0)
        return;
    seen_term(seen, a, 1);
    seen_term(seen, b, -1);
    if (rest > 0)
        seen_term(seen, seen_add(seen, false, rest), -1);
    assert_true(seen_end(seen));
}

static void see_sum(struct seen *seen, size_t a, size_t b, size_t c)
{
    seen_term(seen, a, 1);
    seen_term(seen, b, -1);
    seen_term(seen, c, -1);
    assert_true(seen_end(seen));
}

/* Places of the counts of relapse: people and events by population, sex + 1, day, arm (ARMS: both). */
struct places {
    size_t arms[ARMS], people[2][ARMS], levels[2][ARMS][SEXES + DRUGS], missing[2][ARMS];
    size_t n[2][SEXES + 1][ARMS + 1], events[2][SEXES + 1][DAYS][ARMS + 1];
};

static void see_people(struct seen *seen, const struct bundle_made *made, struct places *at)
{
    size_t left[3], dropped[3], row = 0;

    for (size_t i = 0; i < 3; i++) {
        left[i] = see(seen, made, made->attrition, i, "left");
        dropped[i] = see(seen, made, made->attrition, i, "dropped");
        if (i > 0)
            see_sum(seen, left[i - 1], left[i], dropped[i]);
    }
    for (size_t arm = 0; arm < ARMS; arm++)
        at->arms[arm] = see(seen, made, made->arms, arm, "n");
    see_sum(seen, left[2], at->arms[0], at->arms[1]);
    for (int population = 0; population < 2; population++)
        for (int arm = 0; arm < ARMS; arm++) {
            int64_t all = 0;

            for (int k = 0; k < SEXES + DRUGS; k++, row++) {
                at->levels[population][arm][k] = see(seen, made, made->baseline, row, "n");
                all += k < SEXES ? cell_integer(made->baseline, "n", row) : 0;
            }
            at->missing[population][arm] = see(seen, made, made->baseline, row - 1, "n_missing");
            at->people[population][arm] = population == 0 ? at->arms[arm] : seen_add(seen, false, all);
            see_sum(seen, at->people[population][arm], at->levels[population][arm][0], at->levels[population][arm][1]);
            seen_term(seen, at->people[population][arm], 1);
            for (int k = SEXES; k < SEXES + DRUGS; k++)
                seen_term(seen, at->levels[population][arm][k], -1);
            seen_term(seen, at->missing[population][arm], -1);
            assert_true(seen_end(seen));
        }
    for (int arm = 0; arm < ARMS; arm++) { /* the second population is a part of the first */
        see_rest(seen, at->people[0][arm], at->people[1][arm]);
        see_rest(seen, at->missing[0][arm], at->missing[1][arm]);
        for (int k = 0; k < SEXES + DRUGS; k++)
            see_rest(seen, at->levels[0][arm][k], at->levels[1][arm][k]);
    }
}

static void see_estimates(struct seen *seen, const struct bundle_made *made, struct places *at)
{
    size_t row = 0, done[2][ARMS + 1], of_done[2][ARMS + 1];

    for (int p = 0; p < 2; p++) {
        for (int s = 0; s <= SEXES; s++)
            for (int d = 0; d < DAYS; d++)
                for (int who = 0; who <= ARMS; who++, row++) {
                    const size_t n = see(seen, made, made->estimates, row, "n");

                    at->events[p][s][d][who] = see(seen, made, made->estimates, row, "n_event");
                    if (d == 0) {
                        at->n[p][s][who] = n;
                    } else { /* the same people, seen twice */
                        see_rest(seen, at->n[p][s][who], n);
                        see_rest(seen, at->events[p][s][1][who], at->events[p][s][0][who]);
                    }
                    see_rest(seen, n, at->events[p][s][d][who]);
                    if (who == ARMS) {
                        see_sum(seen, at->n[p][s][ARMS], at->n[p][s][0], at->n[p][s][1]);
                        see_sum(seen, at->events[p][s][d][ARMS], at->events[p][s][d][0], at->events[p][s][d][1]);
                    }
                }
        for (int who = 0; who <= ARMS; who++, row++) {
            of_done[p][who] = see(seen, made, made->estimates, row, "n");
            done[p][who] = see(seen, made, made->estimates, row, "n_event");
            see_rest(seen, of_done[p][who], done[p][who]);
            if (who < ARMS)
                see_rest(seen, at->people[p][who], of_done[p][who]); /* whose answer is not known */
        }
        see_sum(seen, of_done[p][ARMS], of_done[p][0], of_done[p][1]);
        see_sum(seen, done[p][ARMS], done[p][0], done[p][1]);
        for (int who = 0; who <= ARMS; who++) {
            see_sum(seen, at->n[p][0][who], at->n[p][1][who], at->n[p][2][who]);
            for (int d = 0; d < DAYS; d++)
                see_sum(seen, at->events[p][0][d][who], at->events[p][1][d][who], at->events[p][2][d][who]);
            for (int s = 0; who < ARMS && s < SEXES; s++)
                see_rest(seen, at->levels[p][who][s], at->n[p][s + 1][who]);
        }
        for (int who = 0; who < ARMS; who++)
            see_rest(seen, at->people[p][who], at->n[p][0][who]);
    }
    for (int who = 0; who <= ARMS; who++) {
        see_rest(seen, of_done[0][who], of_done[1][who]);
        see_rest(seen, done[0][who], done[1][who]);
        for (int s = 0; s <= SEXES; s++)
            for (int d = 0; d < DAYS; d++)
                see_rest(seen, at->events[0][s][d][who], at->events[1][s][d][who]);
    }
}

/* Steps as release_curves writes them: nothing is shown of an arm whose people are hidden. */
static size_t see_curves(struct seen *seen, const struct bundle_made *made, const struct people *people, const struct places *at)
{
    size_t n_steps = 0;

    for (size_t c = 0; c < made->coarse.n; c++) {
        const struct coarse_curve *curve = &made->coarse.curves[c];
        const int p = (int)c / ARMS, arm = (int)c % ARMS;
        const struct count_system *system = made->counts.system;
        size_t risk = at->n[p][0][arm];
        size_t steps[512];

        for (size_t e = 0; e < curve->n_edges; e++, n_steps++) {
            const size_t step = release_counts_step(&made->counts, curve, 0, e);

            assert_true(curve->n_event[e] >= T && (curve->n_other[e] == 0 || curve->n_other[e] >= T));
            steps[e] = seen_add(seen, seen->counts[at->n[p][0][arm]].shown && !system->counts[step].hidden, curve->n_event[e]);
            if (e + 1 == curve->n_edges)
                break;
            const size_t next = release_counts_at_risk(&made->counts, curve, e + 1);
            const size_t left = seen_add(
                seen, seen->counts[at->n[p][0][arm]].shown && !system->counts[next].hidden, curve->n_risk[e + 1]);
            seen_term(seen, risk, 1);
            seen_term(seen, left, -1);
            seen_term(seen, steps[e], -1);
            seen_term(seen, seen_add(seen, false, curve->n_other[e]), -1);
            assert_true(seen_end(seen));
            risk = left;
        }
        for (int d = 0; d < DAYS; d++) { /* events by a day: of whole steps, and of a part of the next one */
            int64_t rest = seen->counts[at->events[p][0][d][arm]].value;

            seen_term(seen, at->events[p][0][d][arm], 1);
            for (size_t e = 0; e < curve->n_edges && coarse_is_by(curve, e, people->at[d]); e++) {
                seen_term(seen, steps[e], -1);
                rest -= curve->n_event[e];
            }
            if (rest > 0)
                seen_term(seen, seen_add(seen, false, rest), -1);
            assert_true(seen_end(seen));
        }
    }
    return n_steps;
}

struct campaign {
    struct broken broken;
    size_t n_steps, n_shown, n_hidden;
};

static struct campaign attack_bundles(long n_bundles, bool audited)
{
    struct campaign all = {.n_steps = 0};
    struct seen *seen = calloc(1, sizeof *seen);

    for (long b = 0; b < n_bundles; b++) {
        static struct people people;
        struct bundle_made made;
        struct places at;

        seed = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(b + 1) + 20261121;
        make_people(&people);
        make_bundle(&made, &people, audited);
        seen->n = seen->n_relations = seen->n_terms = 0;
        seen->first[0] = 0;
        see_people(seen, &made, &at);
        see_estimates(seen, &made, &at);
        all.n_steps += see_curves(seen, &made, &people, &at);
        for (size_t i = 0; i < seen->n; i++) {
            all.n_shown += seen->counts[i].shown;
            all.n_hidden += !seen->counts[i].shown;
            if (seen->counts[i].shown && seen->counts[i].value > 0 && seen->counts[i].value < T)
                fail_msg("bundle %ld shows a small count", b);
        }
        const struct broken broken = attack(seen, T);
        if (audited && broken.n_proved > 0)
            print_message("bundle %ld: %zu of %zu small counts proved\n", b, broken.n_proved, broken.n_small);
        all.broken.n_small += broken.n_small;
        all.broken.n_exact += broken.n_exact;
        all.broken.n_proved += broken.n_proved;
        free_bundle(&made);
    }
    free(seen);
    return all;
}

static void test_an_attacker_of_whole_releases_learns_nothing(void **state)
{
    const char *asked = getenv("STEPDOWN_BUNDLES");
    const long n_bundles = asked == NULL ? USUAL_BUNDLES : strtol(asked, NULL, 10);
    const struct campaign all = attack_bundles(n_bundles, true);

    (void)state;
    printf("compared - %ld random releases with %zu counts seen, %zu not, and %zu steps of curves: of %zu small counts an attacker "
           "found %zu exactly and proved %zu below %d\n",
           n_bundles, all.n_shown, all.n_hidden, all.n_steps, all.broken.n_small, all.broken.n_exact, all.broken.n_proved, T);
    assert_true(all.broken.n_small > 100 && all.n_steps > 20);
    assert_int_equal(all.broken.n_exact, 0);
    assert_int_equal(all.broken.n_proved, 0);
}

static void test_the_attacker_is_able(void **state)
{
    const struct campaign all = attack_bundles(10, false);

    (void)state;
    printf("compared - 10 random releases in which small counts alone are hidden: of %zu an attacker found %zu exactly and proved "
           "%zu below %d\n",
           all.broken.n_small, all.broken.n_exact, all.broken.n_proved, T);
    assert_true(all.broken.n_exact > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_an_attacker_of_whole_releases_learns_nothing),
                                        cmocka_unit_test(test_the_attacker_is_able)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
