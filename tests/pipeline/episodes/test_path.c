/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way through the levels as pictures: a line a stay, a character a day. */
#include "tests/pipeline/episodes/timeline.h"

struct walked {
    uint8_t levels[2 * TIMELINE_MAX];
    struct path_move moves[2 * TIMELINE_MAX];
    struct path path;
    char *text;
};

static void walk(const char *const *lines, bool inclusive, struct walked *w)
{
    const struct timeline t = timeline_join(lines, 30, 30);
    bool all[N_STAY_LEVELS];

    memset(all, inclusive, sizeof all);
    w->path = (struct path){.levels = w->levels, .moves = w->moves};
    path_walk(t.stays, t.n, all, &w->path);
    w->text = path_text(w->levels, w->path.n);
    assert_non_null(w->text);
}

static void assert_path(const char *const *lines, const char *expected)
{
    struct walked w;

    walk(lines, false, &w);
    assert_string_equal(w.text, expected);
    free(w.text);
}

static void test_the_path_is_the_order_of_levels(void **state)
{
    (void)state;
    assert_path(LINES("[--]               detox",
                      "   [----]          residential",
                      "          [------] iop"), "detox>residential>iop");
}

static void test_equal_levels_in_a_row_are_one_element(void **state)
{
    (void)state;
    assert_path(LINES("[--]               iop",
                      "      [----]       iop",
                      "              [--] outpatient"), "iop>outpatient");
}

static void test_a_day_belongs_to_the_most_intensive_level(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("[----------]  outpatient",
               "   [---]      detox"), false, &w);
    assert_string_equal(w.text, "outpatient>detox>outpatient");
    assert_int_equal(w.path.days[LEVEL_OUTPATIENT], 7); /* days 0-2 and 7-10 */
    assert_int_equal(w.path.days[LEVEL_DETOX], 4);      /* days 3-6 */
    assert_int_equal(w.path.moves[0].gap, 0);
    assert_int_equal(w.path.moves[1].gap, 0);
    free(w.text);
}

static void test_a_less_intensive_stay_within_another_is_not_seen(void **state)
{
    (void)state;
    assert_path(LINES("[----------]  residential",
                      "   [---]      outpatient"), "residential");
}

static void test_inclusive_days_count_both_ends(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("[----]  iop"), false, &w);
    assert_int_equal(w.path.days[LEVEL_IOP], 5);
    free(w.text);
    walk(LINES("[----]  iop"), true, &w);
    assert_int_equal(w.path.days[LEVEL_IOP], 6);
    free(w.text);
}

static void test_a_stay_under_a_day_is_one_day(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("|       detox",
               "[----]  residential"), false, &w);
    assert_string_equal(w.text, "detox>residential");
    assert_int_equal(w.path.days[LEVEL_DETOX], 1);
    assert_int_equal(w.path.days[LEVEL_RESIDENTIAL], 4);
    free(w.text);
}

static void test_gaps_of_moves_count_from_the_end_of_the_level_that_was_left(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("[--]                 detox",
               "   [--]              residential",
               "          [--]       iop",
               "            [------] outpatient"), false, &w);
    assert_string_equal(w.text, "detox>residential>iop>outpatient");
    assert_int_equal(w.path.moves[0].gap, 0); /* the same day */
    assert_int_equal(w.path.moves[1].gap, 4); /* from day 6 to day 10 */
    assert_int_equal(w.path.moves[2].gap, 0); /* overlapping */
    assert_int_equal(path_stepdown(&w.path), 0);
    assert_false(path_steps_up(w.levels, w.path.n));
    free(w.text);
}

static void test_the_next_day_is_a_gap_of_one_day_with_inclusive_days_too(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("[----]         residential",
               "      [------] iop"), true, &w);
    assert_int_equal(w.path.moves[0].gap, 1);
    free(w.text);
    walk(LINES("[----]         iop",
               "     [-------] outpatient"), true, &w);
    assert_string_equal(w.text, "iop>outpatient");
    assert_int_equal(w.path.moves[0].gap, 0); /* outpatient began on the last day of iop */
    free(w.text);
}

static void test_steps_up_and_down(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("[--]               iop",
               "     [----]        residential",
               "             [---] outpatient"), false, &w);
    assert_true(path_steps_up(w.levels, w.path.n));
    assert_int_equal(path_stepdown(&w.path), 3); /* residential to outpatient */
    free(w.text);
    walk(LINES("[--]         outpatient",
               "     [----]  detox"), false, &w);
    assert_true(path_steps_up(w.levels, w.path.n));
    assert_int_equal(path_stepdown(&w.path), -1);
    free(w.text);
}

static void test_an_unknown_level_is_the_least_intensive(void **state)
{
    (void)state;
    assert_path(LINES("[------]      unknown",
                      "    [--]      aftercare",
                      "         [--] unknown"), "unknown>aftercare>unknown");
}

static void test_duplicates_are_passed_over(void **state)
{
    (void)state;
    struct walked w;

    walk(LINES("[----]       iop",
               "[----]       iop",
               "      [----] php",
               "      [----] php"), false, &w);
    assert_string_equal(w.text, "iop>php");
    assert_int_equal(w.path.days[LEVEL_IOP], 5);
    assert_int_equal(w.path.days[LEVEL_PHP], 5);
    free(w.text);
}

static void test_a_long_path_is_named_by_its_first_elements(void **state)
{
    (void)state;
    uint8_t levels[70];

    for (size_t i = 0; i < 70; i++)
        levels[i] = i % 2 == 0 ? LEVEL_IOP : LEVEL_PHP;
    char *text = path_text(levels, 70);
    assert_non_null(text);
    assert_int_equal(strlen(text), 64 * 4 - 1 + 4);
    assert_string_equal(text + strlen(text) - 8, ">php>...");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_path_is_the_order_of_levels),
        cmocka_unit_test(test_equal_levels_in_a_row_are_one_element),
        cmocka_unit_test(test_a_day_belongs_to_the_most_intensive_level),
        cmocka_unit_test(test_a_less_intensive_stay_within_another_is_not_seen),
        cmocka_unit_test(test_inclusive_days_count_both_ends),
        cmocka_unit_test(test_a_stay_under_a_day_is_one_day),
        cmocka_unit_test(test_gaps_of_moves_count_from_the_end_of_the_level_that_was_left),
        cmocka_unit_test(test_the_next_day_is_a_gap_of_one_day_with_inclusive_days_too),
        cmocka_unit_test(test_steps_up_and_down),
        cmocka_unit_test(test_an_unknown_level_is_the_least_intensive),
        cmocka_unit_test(test_duplicates_are_passed_over),
        cmocka_unit_test(test_a_long_path_is_named_by_its_first_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
