/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/person.h"

#include <math.h>

#include "tests/support/near.h"

static void test_a_person_is_the_same_whenever_asked(void **state)
{
    struct person first, again;

    (void)state;
    for (uint64_t i = 0; i < 200; i++) {
        person_draw(5, i, &first);
        person_draw(5, 1000 - i, &again);
        person_draw(5, i, &again);
        assert_memory_equal(first.trait, again.trait, sizeof first.trait);
        assert_int_equal(first.age, again.age);
    }
}

static void test_scores_are_the_points_of_the_traits(void **state)
{
    struct person person;

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        int need = 0, risk = 0;

        person_draw(9, i, &person);
        for (int t = 0; t < N_TRAITS; t++) {
            need += trait_words[t].levels[person.trait[t]].need;
            risk += trait_words[t].levels[person.trait[t]].risk;
        }
        assert_int_equal(person.need, need);
        assert_int_equal(person.risk, risk);
        assert_in_range(person.age, 12, 79);
    }
}

/* Means add up over traits, whatever their joint distribution: computed trait by trait from the published counts. */
static void test_the_distribution_of_scores_has_the_means_of_the_margins(void **state)
{
    static struct scores scores;
    double need = 0, risk = 0, variance = 0, total = 0, found = 0;

    (void)state;
    scores_distribute(&scores);
    for (int t = 0; t < N_TRAITS; t++) {
        double all = 0, n = 0, r = 0, n2 = 0;
        for (size_t k = 0; k < trait_words[t].n_levels; k++)
            all += (double)trait_words[t].levels[k].published;
        for (size_t k = 0; k < trait_words[t].n_levels; k++) {
            const struct trait_level *level = &trait_words[t].levels[k];
            n += (double)level->published / all * level->need;
            n2 += (double)level->published / all * level->need * level->need;
            r += (double)level->published / all * level->risk;
        }
        need += n;
        risk += r;
        variance += n2 - n * n; /* traits are independent */
    }
    for (int i = 0; i < N_SCORES; i++)
        for (int j = 0; j < N_SCORES; j++) {
            const double away = i + SCORE_MIN - need;
            total += scores.share[i][j];
            found += scores.share[i][j] * away * away;
        }
    assert_near(total, 1, 1e-13);
    assert_near(scores.mean_need, need, 1e-12);
    assert_near(scores.mean_risk, risk, 1e-12);
    assert_near(found, variance, 1e-12);
}

static void test_persons_follow_the_exact_distribution_of_scores(void **state)
{
    enum { PERSONS = 40000 };
    static struct scores scores;
    double need = 0, risk = 0, variance_need = 0, variance_risk = 0;
    struct person person;

    (void)state;
    scores_distribute(&scores);
    for (uint64_t i = 0; i < PERSONS; i++) {
        person_draw(11, i, &person);
        need += (double)person.need / PERSONS;
        risk += (double)person.risk / PERSONS;
    }
    for (int i = 0; i < N_SCORES; i++)
        for (int j = 0; j < N_SCORES; j++) {
            variance_need += scores.share[i][j] * pow(i + SCORE_MIN - scores.mean_need, 2);
            variance_risk += scores.share[i][j] * pow(j + SCORE_MIN - scores.mean_risk, 2);
        }
    assert_true(fabs(need - scores.mean_need) < 4 * sqrt(variance_need / PERSONS));
    assert_true(fabs(risk - scores.mean_risk) < 4 * sqrt(variance_risk / PERSONS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_person_is_the_same_whenever_asked),
        cmocka_unit_test(test_scores_are_the_points_of_the_traits),
        cmocka_unit_test(test_the_distribution_of_scores_has_the_means_of_the_margins),
        cmocka_unit_test(test_persons_follow_the_exact_distribution_of_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
