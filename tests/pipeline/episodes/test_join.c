/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every case of the algebra as a picture: a line a stay, a character a day; gap_days 3, transfer_days 6. */
#include "tests/pipeline/episodes/timeline.h"

enum { GAP = 3, TRANSFER = 6 };

/* One row: the picture, and the fate and episode of each line. */
struct picture {
    const char *name;
    const char *lines[8];
    enum fate fates[8];
    unsigned episodes[8];
};

static const struct picture pictures[] = {
    {"one stay is an episode",
     {"[------]        iop"},
     {FATE_BEGINS}, {0}},
    {"nested: ends before the one around it",
     {"[----------]    outpatient",
      "   [---]        detox"},
     {FATE_BEGINS, FATE_NESTED}, {0, 0}},
    {"nested: ends on the same day",
     {"[----------]    outpatient",
      "       [---]    detox"},
     {FATE_BEGINS, FATE_NESTED}, {0, 0}},
    {"nested in the first of two, not in the one just before it",
     {"[------------]  outpatient",
      "  [--]          detox",
      "       [--]     iop"},
     {FATE_BEGINS, FATE_NESTED, FATE_NESTED}, {0, 0, 0}},
    {"begins with a shorter one: overlaps, because the shorter comes first",
     {"[--]            detox",
      "[------]        residential"},
     {FATE_BEGINS, FATE_OVERLAPS}, {0, 0}},
    {"overlapping",
     {"[------]        residential",
      "     [-------]  iop"},
     {FATE_BEGINS, FATE_OVERLAPS}, {0, 0}},
    {"discharged and admitted on one day",
     {"[------]        residential",
      "       [-----]  iop"},
     {FATE_BEGINS, FATE_SAME_DAY}, {0, 0}},
    {"two stays of no length on one day",
     {"    |           detox",
      "    |           residential"},
     {FATE_BEGINS, FATE_SAME_DAY}, {0, 0}},
    {"admitted on the next day",
     {"[------]        residential",
      "        [----]  iop"},
     {FATE_BEGINS, FATE_ADJACENT}, {0, 0}},
    {"a gap of just gap_days",
     {"[---]           residential",
      "       [-----]  iop"},
     {FATE_BEGINS, FATE_GAP}, {0, 0}},
    {"a gap of one day more",
     {"[---]           residential",
      "        [----]  iop"},
     {FATE_BEGINS, FATE_BEGINS}, {0, 1}},
    {"the gap counts from the latest end, not from the stay before",
     {"[--------]      outpatient",
      "  [-]           detox",
      "            []  iop"},
     {FATE_BEGINS, FATE_NESTED, FATE_GAP}, {0, 0, 0}},
    {"a longer gap after a transfer",
     {"[---T           residential",
      "          [--]  iop"},
     {FATE_BEGINS, FATE_TRANSFER}, {0, 0}},
    {"too long even after a transfer",
     {"[---T           residential",
      "           [-]  iop"},
     {FATE_BEGINS, FATE_BEGINS}, {0, 1}},
    {"a transfer of a nested stay says nothing about the end of the episode",
     {"[---]           outpatient",
      " [T             detox",
      "          [--]  iop"},
     {FATE_BEGINS, FATE_NESTED, FATE_BEGINS}, {0, 0, 1}},
    {"a transfer of either stay that ends last counts",
     {"[---]           outpatient",
      " [--T           residential",
      "          [--]  iop"},
     {FATE_BEGINS, FATE_NESTED, FATE_TRANSFER}, {0, 0, 0}},
    {"a transfer is forgotten when a later end follows",
     {"[--T            residential",
      "   [--]         iop",
      "            []  outpatient"},
     {FATE_BEGINS, FATE_SAME_DAY, FATE_BEGINS}, {0, 0, 1}},
    {"the same stay twice",
     {"[------]        iop",
      "[------]        iop"},
     {FATE_BEGINS, FATE_DUPLICATE}, {0, 0}},
    {"the same stay three times, and once more at another level",
     {"[------]        iop",
      "[------]        iop",
      "[------]        php",
      "[------]        iop"},
     {FATE_NESTED, FATE_DUPLICATE, FATE_BEGINS, FATE_DUPLICATE}, {0, 0, 0, 0}},
    {"an open stay holds everything that begins later",
     {"[------------>  iop",
      "     [--]       detox"},
     {FATE_BEGINS, FATE_NESTED}, {0, 0}},
    {"open and closed stays of equal days are two",
     {"[------------>  iop",
      "[------------]  iop"},
     {FATE_BEGINS, FATE_NESTED}, {0, 0}},
    {"three episodes",
     {"[]              detox",
      "      []        detox",
      "            []  detox"},
     {FATE_BEGINS, FATE_BEGINS, FATE_BEGINS}, {0, 1, 2}},
};

static void test_every_picture_is_joined_as_drawn(void **state)
{
    (void)state;
    for (size_t p = 0; p < sizeof pictures / sizeof pictures[0]; p++) {
        const struct timeline t = timeline_join(pictures[p].lines, GAP, TRANSFER);
        unsigned n_episodes = 0;
        for (size_t line = 0; line < t.n; line++) {
            const struct stay *stay = timeline_line(&t, line);
            if (stay->fate != pictures[p].fates[line] || stay->episode != pictures[p].episodes[line])
                print_error("%s, line %zu: '%s' in episode %u\n", pictures[p].name, line, fate_names[stay->fate],
                            stay->episode);
            assert_int_equal(stay->fate, pictures[p].fates[line]);
            assert_int_equal(stay->episode, pictures[p].episodes[line]);
            n_episodes = stay->episode >= n_episodes ? stay->episode + 1 : n_episodes;
        }
        assert_int_equal(t.n_episodes, n_episodes);
    }
}

static void test_without_a_gap_only_stays_that_touch_are_joined(void **state)
{
    (void)state;
    const struct timeline t = timeline_join(LINES("[---]         detox",
                                                  "    [--]      residential",
                                                  "        [--]  iop"), 0, 0);

    assert_int_equal(timeline_line(&t, 1)->fate, FATE_SAME_DAY);
    assert_int_equal(timeline_line(&t, 2)->fate, FATE_BEGINS); /* the next day is a gap of 1 */
}

static void test_the_longest_overlap_leaves_nested_stays_aside(void **state)
{
    (void)state;
    const struct timeline nested = timeline_join(LINES("[----------]    outpatient",
                                                       "   [-----]      detox"), GAP, TRANSFER);
    const struct timeline partly = timeline_join(LINES("[----------]    outpatient",
                                                       "   [-----]      detox",
                                                       "      [------]  iop"), GAP, TRANSFER);

    assert_int_equal(join_longest_overlap(nested.stays, nested.n), 0);
    assert_int_equal(join_longest_overlap(partly.stays, partly.n), 5); /* days 6 to 11 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_picture_is_joined_as_drawn),
        cmocka_unit_test(test_without_a_gap_only_stays_that_touch_are_joined),
        cmocka_unit_test(test_the_longest_overlap_leaves_nested_stays_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
