/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adjusted effects in groups of people and by strata of the score: the study of such people alone, R, laws. */
#include <gsl/gsl_cdf.h>

#include "tests/pipeline/compare/adjusted_people.h"

#define DESIGNS \
    "overlap, iptw, {method: match, caliper: 1}, {method: regression, terms: [age]}, {method: doubly_robust, terms: [age]}"
#define GROUPS(columns, list) \
    "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference, hazard_ratio], at: [60], tau: 80, " \
    "subgroups: [" columns "], adjust: [" list "]}]\n"
#define ALONE(list) "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference, hazard_ratio], at: [60], " \
    "tau: 80, adjust: [" list "]}]\n"
#define WOMEN \
    "cohort:\n  eligible: [\"sex == 'female'\"]\n  arms: {iop: \"arm == 'iop'\", inpatient: \"arm == 'inpatient'\"}\n" \
    "  reference: inpatient\n  covariates: [age, sex]\n"

static double real_of(const struct table *t, const char *column, size_t row)
{
    return column_real(table_column(t, column), row);
}

static bool same_text(const struct table *a, size_t i, const struct table *b, size_t j, const char *column)
{
    size_t n, m;
    const char *x = column_text(table_column(a, column), i, &n), *y = column_text(table_column(b, column), j, &m);

    return n == m && memcmp(x, y, n) == 0;
}

static bool same_key(const struct table *a, size_t i, const struct table *b, size_t j)
{
    static const char *const keys[] = {"adjustment", "estimand", "measure", "term", "cause", "arm", "reference"};
    const double x = real_of(a, "time", i), y = real_of(b, "time", j);
    bool same = x == y || (isnan(x) && isnan(y));

    for (size_t k = 0; same && k < sizeof keys / sizeof keys[0]; k++)
        same = same_text(a, i, b, j, keys[k]);
    return same;
}

/* The row of a stratum that has the key of row j of another table. */
static size_t row_like(const struct table *t, const char *stratum, const struct table *other, size_t j)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "stratum", i, stratum) && same_key(t, i, other, j))
            return i;
    return t->n_rows;
}

static void test_a_group_has_the_numbers_of_a_study_of_its_people_alone(void **state)
{
    (void)state;
    struct small_comparison all = adjusted_compare(ADJUSTED_COHORT, COMPETING, GROUPS("sex", DESIGNS)),
                            women = adjusted_compare(WOMEN, COMPETING, ALONE(DESIGNS));
    const struct table *t = women.a.estimates;
    size_t n = 0;

    assert_true(all.status == 0 && women.status == 0);

    for (size_t j = 0; j < t->n_rows; j++) {
        if (text_is(t, "adjustment", j, "unadjusted"))
            continue; /* a forest shows fewer numbers of single arms */
        const size_t i = row_like(all.a.estimates, "sex=female", t, j);
        assert_true(i < all.a.estimates->n_rows);
        assert_near(real_of(all.a.estimates, "estimate", i), real_of(t, "estimate", j), 1e-12);
        if (!isnan(real_of(t, "std_error", j)))
            assert_near(real_of(all.a.estimates, "std_error", i), real_of(t, "std_error", j), 1e-12);
        assert_true(same_text(all.a.estimates, i, t, j, "status"));
        n++;
    }
    assert_true(n > 30);
    small_release(&all);
    small_release(&women);
}

#define RESAMPLED(columns) \
    "compare: [{outcomes: [relapse], measures: [risk_difference, risk_ratio, rmst_difference], at: [60], tau: 80, " columns \
    "bootstrap: {n: 100}, adjust: [overlap, {method: regression, terms: [age]}, {method: modified_poisson, terms: [age]}]}]\n"

/* Replicate by replicate: draws follow what is known of a person. */
static void test_limits_by_resampling_within_a_group_are_those_of_its_people_alone(void **state)
{
    (void)state;
    struct small_comparison all = adjusted_compare(ADJUSTED_COHORT, COMPETING, RESAMPLED("subgroups: [sex], ")),
                            women = adjusted_compare(WOMEN, COMPETING, RESAMPLED(""));
    const struct table *t = women.a.estimates;
    size_t n_of[4] = {0};

    for (size_t j = 0; j < t->n_rows; j++) {
        static const char *const adjustments[] = {"unadjusted", "overlap", "regression", "modified_poisson"};
        size_t length;
        const char *term = column_text(table_column(t, "term"), j, &length);
        if (length < 9 || memcmp(term, "bootstrap", 9) != 0)
            continue;
        const size_t i = row_like(all.a.estimates, "sex=female", t, j);
        assert_true(i < all.a.estimates->n_rows);
        for (size_t c = 0; c < 4; c++) {
            static const char *const columns[] = {"estimate", "std_error", "conf_low", "conf_high"};
            assert_true(isfinite(real_of(t, columns[c], j)));
            assert_near(real_of(all.a.estimates, columns[c], i), real_of(t, columns[c], j), 1e-12);
        }
        for (size_t k = 0; k < 4; k++)
            n_of[k] += text_is(t, "adjustment", j, adjustments[k]) ? 1 : 0;
    }
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(n_of[k], k < 3 ? 6 : 2); /* percentile and BCa of each contrast */
    small_release(&all);
    small_release(&women);
}

/* Strata of a score of sex alone are the sexes, and so are their replicates. */
static void test_limits_by_resampling_within_strata_of_the_score_are_those_of_their_people(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(
        ADJUSTED_COHORT, COMPETING,
        "compare: [{outcomes: [relapse], measures: [risk_difference], at: [60], subgroups: [sex], bootstrap: {n: 100}, "
        "adjust: [{method: overlap, propensity: [sex], score_strata: 2}]}]\n");
    const struct table *t = c.a.estimates;
    double by_sex[4], by_score[4];
    size_t n = 0, m = 0;

    for (size_t i = 0; i < t->n_rows; i++) {
        size_t length;
        const char *stratum = column_text(table_column(t, "stratum"), i, &length);
        if (!text_is(t, "term", i, "bootstrap percentile") || length == 0)
            continue;
        if (memcmp(stratum, "sex", 3) == 0 && text_is(t, "adjustment", i, "unadjusted")) {
            assert_true(n < 4);
            by_sex[n++] = real_of(t, "conf_low", i);
            by_sex[n++] = real_of(t, "conf_high", i);
        } else if (memcmp(stratum, "sex", 3) != 0) {
            assert_true(m < 4 && text_is(t, "adjustment", i, "overlap"));
            by_score[m++] = real_of(t, "conf_low", i);
            by_score[m++] = real_of(t, "conf_high", i);
        }
    }
    assert_int_equal(n, 4);
    assert_int_equal(m, 4);
    const size_t turned = fabs(by_sex[0] - by_score[0]) < 1e-12 ? 0 : 2;
    for (size_t k = 0; k < 4; k++)
        assert_near(by_score[(k + turned) % 4], by_sex[k], 1e-12);
    small_release(&c);
}

/* ---- tests of interaction ------------------------------------------------------------------------------ */

static size_t test_row(const struct table *t, const char *adjustment, const char *stratum, const char *term, double time)
{
    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "measure", i, "interaction_test") && text_is(t, "adjustment", i, adjustment) &&
            text_is(t, "stratum", i, stratum) && text_is(t, "term", i, term) &&
            (real_of(t, "time", i) == time || (isnan(real_of(t, "time", i)) && isnan(time))))
            return i;
    fail_msg("no test of %s by %s under %s", term, stratum, adjustment);
    return 0;
}

/* Cochran's Q of a difference over the strata that begin so. */
static double q_of(const struct table *t, const char *adjustment, const char *begins, const char *measure, size_t *n)
{
    double weights = 0, sum = 0, squares = 0;

    *n = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        size_t length;
        const char *stratum = column_text(table_column(t, "stratum"), i, &length);
        if (!text_is(t, "adjustment", i, adjustment) || !text_is(t, "measure", i, measure) || length < strlen(begins) ||
            memcmp(stratum, begins, strlen(begins)) != 0)
            continue;
        const double y = real_of(t, "estimate", i), w = 1 / (real_of(t, "std_error", i) * real_of(t, "std_error", i));
        weights += w;
        sum += w * y;
        squares += w * y * y;
        (*n)++;
    }
    return squares - sum * sum / weights;
}

/* A level of sex is one stratum of sex. */
static void test_strata_by_the_column_itself_have_no_rows_within_its_levels(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING, GROUPS("sex", "{method: direct, by: sex}"));
    size_t n = 0;

    for (size_t i = 0; i < c.a.estimates->n_rows; i++)
        if (text_is(c.a.estimates, "adjustment", i, "direct")) {
            assert_true(text_is(c.a.estimates, "stratum", i, ""));
            n++;
        }
    assert_true(n > 0);
    small_release(&c);
}

static void test_interactions_are_tested_under_each_adjustment(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(
        ADJUSTED_COHORT, COMPETING,
        GROUPS("sex", "overlap, {method: doubly_robust, terms: [age]}, {method: stratify, strata: 2}"));
    const struct table *t = c.a.estimates;
    static const char *const designs[] = {"overlap", "doubly_robust", "stratify"};

    for (size_t k = 0; k < 3; k++) {
        size_t n = 0;
        const double q = q_of(t, designs[k], "sex=", "risk_difference", &n);
        const size_t row = test_row(t, designs[k], "sex", "risk_difference", 60);
        assert_int_equal(n, 2);
        assert_near(real_of(t, "statistic", row), q, 1e-9);
        assert_near(real_of(t, "df", row), 1, 0);
    }
    small_release(&c);
}

/* Two columns that say the same have the same test twice, so that Holm doubles the p-value. */
static void test_two_columns_double_the_p_value(void **state)
{
    (void)state;
    char *lines = adjusted_lines("tests/reference/adjusted_people.csv"), *both = calloc(2, 1 << 20), *to = both;
    int arm, days, what, cluster, age, sex;

    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_int_equal(sscanf(line, "%d,%d,,%d,%d,%d,%d", &arm, &days, &what, &cluster, &age, &sex), 6);
        to += sprintf(to, "%d,%d,%d,%d,%d,%d,%d\n", arm, days, sex, what, cluster, age, sex);
    }
    struct small_comparison one = small_compare(ADJUSTED_COHORT "  strata: [start]\n", COMPETING, GROUPS("sex", "iptw"), both),
                            two = small_compare(ADJUSTED_COHORT "  strata: [start]\n", COMPETING, GROUPS("sex, start", "iptw"), both);
    const double p = real_of(one.a.estimates, "p_value", test_row(one.a.estimates, "iptw", "sex", "rmst_difference", 80));

    assert_near(p, gsl_cdf_chisq_Q(real_of(one.a.estimates, "statistic",
                                           test_row(one.a.estimates, "iptw", "sex", "rmst_difference", 80)), 1), 1e-12);
    assert_true(p < 0.5);
    assert_near(real_of(two.a.estimates, "p_value", test_row(two.a.estimates, "iptw", "sex", "rmst_difference", 80)), 2 * p, 1e-12);
    assert_near(real_of(two.a.estimates, "p_value", test_row(two.a.estimates, "iptw", "start", "rmst_difference", 80)), 2 * p, 1e-12);
    small_release(&one);
    small_release(&two);
    free(lines);
    free(both);
}

static void test_a_group_without_one_arm_has_no_adjusted_number_and_is_no_level_of_the_test(void **state)
{
    (void)state;
    char lines[4096], *to = lines;

    for (int i = 0; i < 40; i++)
        to += sprintf(to, "%d,%d,1,%d,1,%d,%d\n", 1 + i % 2, 20 + 2 * i, i % 3 == 0, 30 + 7 * i % 23, i % 2 == 0 && i > 20 ? 1 : 2);
    struct small_comparison c = small_compare(ADJUSTED_COHORT, RELAPSE, GROUPS("sex", "overlap"), lines);
    const struct table *t = c.a.estimates;

    for (size_t i = 0; i < t->n_rows; i++)
        assert_false(text_is(t, "stratum", i, "sex=female") && text_is(t, "adjustment", i, "overlap"));
    const size_t row = test_row(t, "overlap", "sex", "risk_difference", 60);
    assert_true(text_is(t, "status", row, "undefined"));
    assert_true(text_is(t, "note", row, "the effect exists in 1 of 2 levels"));
    small_release(&c);
}

/* ---- strata of the score --------------------------------------------------------------------------------- */

#define SCORES(method) \
    "compare: [{outcomes: [relapse], measures: [risk_difference, rmst_difference], at: [60], tau: 80, subgroups: [sex], adjust: [" \
    method "]}]\n"

static size_t number_row(const struct table *t, const char *adjustment, const char *stratum, const char *measure, const char *arm)
{
    size_t found = t->n_rows;

    for (size_t i = 0; i < t->n_rows; i++)
        if (text_is(t, "adjustment", i, adjustment) && text_is(t, "stratum", i, stratum) && text_is(t, "measure", i, measure) &&
            text_is(t, "arm", i, arm)) {
            assert_true(found == t->n_rows);
            found = i;
        }
    if (found == t->n_rows)
        fail_msg("no %s of %s where %s under %s", measure, arm, stratum, adjustment);
    return found;
}

static void test_effects_by_quintile_of_the_score_are_those_of_survival(void **state)
{
    (void)state;
    struct reference *answers = reference_read("tests/reference/score_strata_answers.csv");
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING,
                                                 SCORES("{method: overlap, score_strata: 5}, {method: stratify, strata: 5}"));
    const struct table *t = c.a.estimates;
    static const char *const designs[] = {"overlap", "stratify"};

    assert_true(answers->n_rows == 5);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < 5; i++) {
            char stratum[64];
            snprintf(stratum, sizeof stratum, "score of %s=%zu of 5", designs[k], i + 1);
            const size_t risk1 = number_row(t, designs[k], stratum, "risk", "iop"),
                         risk0 = number_row(t, designs[k], stratum, "risk", "inpatient"),
                         difference = number_row(t, designs[k], stratum, "risk_difference", "iop"),
                         rmst = number_row(t, designs[k], stratum, "rmst_difference", "iop");
            assert_near(real_of(t, "n", risk1), reference_value(answers, i, "n1"), 0);
            assert_near(real_of(t, "n", risk0), reference_value(answers, i, "n0"), 0);
            assert_near(real_of(t, "estimate", risk1), reference_value(answers, i, "risk1"), 1e-12);
            assert_near(real_of(t, "estimate", risk0), reference_value(answers, i, "risk0"), 1e-12);
            assert_near(real_of(t, "estimate", difference), reference_value(answers, i, "difference"), 1e-12);
            assert_near(real_of(t, "estimate", rmst), reference_value(answers, i, "rmst_difference"), 1e-10);
            assert_near(real_of(t, "std_error", rmst), reference_value(answers, i, "rmst_error"), 1e-10);
        }
    const size_t test = test_row(t, "overlap", "score of overlap", "rmst_difference", 80);
    assert_near(real_of(t, "statistic", test), reference_value(answers, 0, "q_rmst"), 1e-9);
    assert_near(real_of(t, "df", test), 4, 0);
    assert_near(real_of(t, "p_value", test), gsl_cdf_chisq_Q(reference_value(answers, 0, "q_rmst"), 4), 1e-10);
    small_release(&c);
    reference_free(answers);
}

/* A score that knows sex alone has two values: its strata are the sexes. */
static void test_strata_of_a_score_of_sex_are_the_sexes(void **state)
{
    (void)state;
    struct small_comparison c = adjusted_compare(ADJUSTED_COHORT, COMPETING,
                                                 SCORES("{method: iptw, propensity: sex, score_strata: 2}"));
    const struct table *t = c.a.estimates;
    const size_t woman = number_row(t, "unadjusted", "sex=female", "risk_difference", "iop"),
                 man = number_row(t, "unadjusted", "sex=male", "risk_difference", "iop"),
                 low = number_row(t, "iptw", "score of iptw=1 of 2", "risk_difference", "iop"),
                 high = number_row(t, "iptw", "score of iptw=2 of 2", "risk_difference", "iop");

    assert_near(real_of(t, "estimate", woman), real_of(t, "estimate", low), 0);
    assert_near(real_of(t, "std_error", woman), real_of(t, "std_error", low), 0);
    assert_near(real_of(t, "estimate", man), real_of(t, "estimate", high), 0);
    assert_near(real_of(t, "statistic", test_row(t, "iptw", "score of iptw", "risk_difference", 60)),
                real_of(t, "statistic", test_row(t, "unadjusted", "sex", "risk_difference", 60)), 0);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_group_has_the_numbers_of_a_study_of_its_people_alone),
        cmocka_unit_test(test_limits_by_resampling_within_a_group_are_those_of_its_people_alone),
        cmocka_unit_test(test_limits_by_resampling_within_strata_of_the_score_are_those_of_their_people),
        cmocka_unit_test(test_strata_by_the_column_itself_have_no_rows_within_its_levels),
        cmocka_unit_test(test_interactions_are_tested_under_each_adjustment),
        cmocka_unit_test(test_two_columns_double_the_p_value),
        cmocka_unit_test(test_a_group_without_one_arm_has_no_adjusted_number_and_is_no_level_of_the_test),
        cmocka_unit_test(test_effects_by_quintile_of_the_score_are_those_of_survival),
        cmocka_unit_test(test_strata_of_a_score_of_sex_are_the_sexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
