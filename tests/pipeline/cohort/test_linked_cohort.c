/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Index stays, time zero, derived columns and attrition of linked stays; times as pictures where they decide. */
#include <stdlib.h>

#include "cohort/cohort.h"
#include "cohort/cohort_columns.h"
#include "cohort/index_stays.h"
#include "tests/pipeline/episodes/linked_study.h"
#include "tests/pipeline/support/small_study.h"

struct drawn {
    struct linked_study small;
    struct history history;
    struct index_stays index;
    struct table *records; /* of the index stays */
    struct linked linked;
    struct table *quality;
    struct cohort cohort;
    int status;
};

/* What was linked becomes a cohort, or not. */
static void draw_among(struct drawn *d)
{
    d->history = history_of(d->linked.stays, d->linked.episodes, d->linked.paths);
    assert_int_equal(index_stays_find(&d->small.study->cohort.index, &d->history, 2, &d->index), 0);
    size_t *const rows = malloc((d->index.n + 1) * sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < d->index.n; i++)
        rows[i] = (size_t)d->history.record[d->index.items[i].stay];
    d->records = table_take_rows(d->small.records, rows, d->index.n);
    assert_non_null(d->records);
    free(rows);
    const struct cohort_input input = {.records = d->records,
                                       .stays = d->linked.stays,
                                       .quality = d->quality,
                                       .history = &d->history,
                                       .index = &d->index,
                                       .flow = d->linked.flow};
    d->status = cohort_draw(d->small.study, &input, 2, &d->cohort);
}

/* The text after `cohort:`; arms and reference are added unless it names arms. */
static struct drawn draw(const char *link, const char *cohort, const char *lines)
{
    static const char arms[] = "  arms: {iop: \"level == 'iop'\", inpatient: \"level in ('inpatient', 'residential')\"}\n"
                               "  reference: inpatient\n";
    struct drawn d = {0};
    char text[4096];

    snprintf(text, sizeof text, "cohort:\n%s%s%s", cohort, strstr(cohort, "arms:") == NULL ? arms : "",
             strstr(cohort, "follow_up:") == NULL ? "  follow_up: {until: 400}\n" : "");
    d.small = linked_study_open(link, text);
    add_lines(&d.small, lines);
    d.linked = link_small(&d.small, 2);
    d.quality = small_quality("episodes", (int64_t)d.small.records->n_rows + 3, 3);
    draw_among(&d);
    return d;
}

static void release(struct drawn *d)
{
    cohort_free(&d->cohort);
    table_free(d->records);
    index_stays_free(&d->index);
    linked_free(&d->linked);
    table_free(d->quality);
    linked_study_close(&d->small);
}

static void assert_row(const struct cohort *cohort, size_t i, const char *unit, int64_t dropped, int64_t left,
                       const char *reason)
{
    const struct table *table = cohort->attrition.table;

    assert_true(i < table->n_rows);
    assert_string_equal(words(table, "unit", i), unit);
    assert_int_equal(whole(table, "dropped", i), dropped);
    assert_int_equal(whole(table, "left", i), left);
    assert_string_equal(words(table, "reason", i), reason);
}

/* Row of the cohort that stands for a record; SIZE_MAX: it is no index stay. */
static size_t row_of(const struct drawn *d, int64_t record)
{
    for (size_t i = 0; i < d->cohort.people->n_rows; i++)
        if (whole(d->cohort.people, "record", i) == record)
            return i;
    return SIZE_MAX;
}

static int64_t derived(const struct drawn *d, int64_t record, const char *column)
{
    return whole(d->cohort.derived, column, row_of(d, record));
}

#define INDEX "  index: {first_stay_in: [iop, inpatient, residential]"

static void test_attrition_leads_from_the_last_line_to_the_arms(void **state)
{
    (void)state;
    struct drawn d = draw("link: {gap_days: 10}\n", INDEX ", washout_days: 30, look_back_days: 5, from: 20, to: 300}\n"
                          "  eligible: [\"sex == 'f'\"]\n",
                          "1,25,40,iop,\n"        /* in */
                          "2,25,40,inpatient,\n"  /* in */
                          "3,10,40,iop,\n"        /* before the window */
                          "4,25,40,outpatient,\n" /* no such level */
                          "5,0,15,outpatient,\n5,30,60,iop,\n" /* treated 15 days before */
                          "6,9,8,iop,\n"          /* backwards */
                          "7,20,30,iop,\n7,20,30,iop,\n"); /* twice; no sex: undecided */

    assert_int_equal(d.status, -1); /* nobody has a sex */
    release(&d);
    d = draw("link: {gap_days: 10}\n", INDEX ", washout_days: 30, look_back_days: 5, from: 20, to: 300}\n"
             "  eligible: [\"not level == 'residential'\"]\n",
             "1,25,40,iop,\n2,25,40,inpatient,\n3,10,40,iop,\n4,25,40,outpatient,\n5,0,15,outpatient,\n5,30,60,iop,\n"
             "6,9,8,iop,\n7,20,30,iop,\n7,20,30,iop,\n8,30,50,residential,\n");
    assert_int_equal(d.status, 0);
    assert_row(&d.cohort, 0, "row", 0, 13, "");
    assert_row(&d.cohort, 1, "row", 3, 10, "not a whole number");
    assert_row(&d.cohort, 2, "row", 1, 9, "discharge before admission");
    assert_row(&d.cohort, 3, "row", 1, 8, "duplicate of another stay");
    assert_row(&d.cohort, 4, "person", 0, 7, "");
    assert_row(&d.cohort, 5, "person", 1, 6, "no stay at these levels");
    assert_row(&d.cohort, 6, "person", 1, 5, "outside the window");
    assert_row(&d.cohort, 7, "person", 0, 5, "the source begins too late");
    assert_row(&d.cohort, 8, "person", 1, 4, "treated shortly before");
    assert_row(&d.cohort, 9, "person", 1, 3, "not met");
    assert_row(&d.cohort, 10, "person", 0, 3, "in no arm");
    assert_int_equal(d.cohort.attrition.table->n_rows, 11);
    assert_int_equal(d.cohort.people->n_rows, 3);
    release(&d);
}

/*
 *  washout_days 30
 *
 *     [---detox---]              day 0 to 20
 *                    [--iop--]   day 45: 25 days later
 */
static void test_the_washout_counts_from_the_end_of_treatment_and_may_ignore_levels(void **state)
{
    (void)state;
    static const char lines[] = "1,0,20,detox,\n1,45,60,iop,\n2,0,20,detox,\n2,51,60,inpatient,\n3,0,20,outpatient,\n"
                                "3,50,60,iop,\n4,100,120,iop,\n4,300,320,iop,\n";
    struct drawn d = draw("link: {gap_days: 5}\n", INDEX ", washout_days: 30}\n", lines);

    assert_int_equal(d.status, 0);
    assert_int_equal(row_of(&d, 1), SIZE_MAX); /* 25 days after detox */
    assert_int_not_equal(row_of(&d, 3), SIZE_MAX); /* 31 days */
    assert_int_equal(row_of(&d, 5), SIZE_MAX); /* just 30 days */
    assert_int_not_equal(row_of(&d, 6), SIZE_MAX); /* the first of two */
    assert_int_equal(row_of(&d, 7), SIZE_MAX);
    release(&d);
    d = draw("link: {gap_days: 5}\n", INDEX ", washout_days: 30, washout_ignores: [detox]}\n", lines);
    assert_int_equal(d.status, 0);
    assert_int_not_equal(row_of(&d, 1), SIZE_MAX);
    assert_int_equal(row_of(&d, 5), SIZE_MAX);
    release(&d);
}

/*
 *     [------------outpatient------------]   day 0 to 90
 *               [--iop--]                    day 40: treatment is going on
 *                                                      [--iop--]   day 200
 */
static void test_treatment_that_goes_on_is_treatment_before(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX ", washout_days: 14}\n",
                          "1,0,90,outpatient,\n1,40,50,iop,\n1,200,220,iop,\n2,10,20,inpatient,\n");

    assert_int_equal(d.status, 0);
    assert_int_equal(row_of(&d, 1), SIZE_MAX);
    assert_int_not_equal(row_of(&d, 2), SIZE_MAX);
    assert_int_equal(derived(&d, 2, "level"), LEVEL_IOP);
    release(&d);
}

static void test_every_stay_that_meets_the_rule_when_asked(void **state)
{
    (void)state;
    struct drawn d = draw("link: {gap_days: 5}\n",
                          INDEX ", washout_days: 30, every: yes}\n  covariates: [index_number, prior_episodes, prior_stays]\n",
                          "1,0,20,iop,\n1,100,120,iop,\n1,130,140,iop,\n2,5,9,inpatient,\n1,200,220,inpatient,\n");

    assert_int_equal(d.status, 0);
    assert_int_equal(d.cohort.people->n_rows, 4); /* not the stay on day 130 */
    assert_int_equal(derived(&d, 0, "index_number"), 1);
    assert_int_equal(derived(&d, 1, "index_number"), 2);
    assert_int_equal(derived(&d, 4, "index_number"), 3);
    assert_int_equal(derived(&d, 4, "prior_episodes"), 3);
    assert_int_equal(derived(&d, 4, "prior_stays"), 3);
    assert_int_equal(whole(d.cohort.people, "cluster", row_of(&d, 0)), whole(d.cohort.people, "cluster", row_of(&d, 4)));
    assert_int_not_equal(whole(d.cohort.people, "cluster", row_of(&d, 0)), whole(d.cohort.people, "cluster", row_of(&d, 3)));
    /* persons become stays */
    for (size_t i = 0; i < d.cohort.attrition.table->n_rows; i++)
        if (strcmp(words(d.cohort.attrition.table, "label", i), "index stays of these persons") == 0)
            assert_row(&d.cohort, i, "stay", 0, 4, "");
    release(&d);
}

#define DERIVED                                                                                                      \
    "  populations: {all: \"true\", seen: {when: \"stay_days >= 0 or end_days >= 0 or stepdown_7 == 1 or stepdown_14 == 1 " \
    "or stepdown_30 == 1 or step_up == 1 or missing(stepdown_days) or missing(new_episode_days) or episode_days > 0 " \
    "or episode_open == 1 or days_iop >= 0 or missing(last_level) or missing(episode_path) or observed_days > 0 or " \
    "missing(days_to_stepdown) or missing(days_to_iop) or missing(days_to_outpatient) or missing(planned_share) or missing(reached_plan) or stay_open == 0 or episode_stays > 0\", post_baseline: a test}}\n" \
    "  covariates: [entered_from, days_since_treatment, prior_stays]\n"

/*
 *   person 1   [--detox--][-----residential-----]    [--iop--]              [--outpatient--]
 *              0          10                   40    45     75              150           180
 */
static void test_derived_columns_of_a_way_through_the_levels(void **state)
{
    (void)state;
    struct drawn d = draw("link: {gap_days: 14}\n", INDEX ", washout_days: 30, washout_ignores: [detox]}\n" DERIVED,
                          "1,0,10,detox,\n1,10,40,residential,\n1,45,75,iop,\n1,150,180,outpatient,\n2,5,9,iop,\n");

    assert_int_equal(d.status, 0);
    assert_string_equal(words(d.cohort.derived, "entered_from", row_of(&d, 1)), "detox");
    assert_string_equal(words(d.cohort.derived, "entered_from", row_of(&d, 4)), "direct");
    assert_int_equal(derived(&d, 1, "days_since_treatment"), MISSING_INTEGER);
    assert_int_equal(derived(&d, 1, "prior_stays"), 1);
    assert_int_equal(derived(&d, 1, "stay_days"), 30);
    assert_int_equal(derived(&d, 1, "end_days"), 30);
    assert_int_equal(derived(&d, 1, "episode_days"), 65);
    assert_int_equal(derived(&d, 1, "episode_stays"), 3);
    assert_string_equal(words(d.cohort.derived, "episode_path", row_of(&d, 1)), "detox>residential>iop");
    assert_int_equal(derived(&d, 1, "last_level"), LEVEL_IOP);
    assert_int_equal(derived(&d, 1, "days_iop"), 30);
    assert_int_equal(derived(&d, 1, "stepdown_days"), 5);
    assert_int_equal(derived(&d, 1, "days_to_stepdown"), 35);
    assert_int_equal(derived(&d, 1, "days_to_iop"), 35);
    assert_int_equal(derived(&d, 1, "days_to_outpatient"), 140);
    assert_int_equal(derived(&d, 4, "days_to_stepdown"), MISSING_INTEGER);
    assert_int_equal(derived(&d, 4, "days_to_iop"), MISSING_INTEGER);
    assert_int_equal(derived(&d, 1, "stepdown_7"), 1);
    assert_int_equal(derived(&d, 1, "step_up"), 0);
    assert_int_equal(derived(&d, 1, "new_episode_days"), 140);
    assert_int_equal(derived(&d, 1, "observed_days"), 390);
    assert_int_equal(derived(&d, 4, "stepdown_7"), 0);
    assert_int_equal(derived(&d, 4, "stepdown_days"), MISSING_INTEGER);
    release(&d);
}

/* What comes after a residential stay from day 100 to day 120, and the step-down that is seen. */
static void test_step_down_from_the_index_stay(void **state)
{
    (void)state;
    static const struct {
        const char *name, *after;
        int64_t days, within_7, within_30;
    } cases[] = {
        {"on the same day", "1,120,150,iop,\n", 0, 1, 1},
        {"8 days later", "1,128,150,iop,\n", 8, 0, 1},
        {"as intensive: none", "1,125,150,residential,\n", MISSING_INTEGER, 0, 0},
        {"more intensive first: none", "1,123,126,detox,\n1,126,150,iop,\n", MISSING_INTEGER, 0, 0},
        {"both on one day: the more intensive counts", "1,123,130,detox,\n1,123,150,iop,\n", MISSING_INTEGER, 0, 0},
        {"went on beside it: at once", "1,90,150,outpatient,\n", 0, 1, 1},
        {"ended within it: nothing", "1,105,110,outpatient,\n", MISSING_INTEGER, 0, 0},
        {"in another episode", "1,145,150,iop,\n", 25, 0, 1},
        {"after a month", "1,160,170,iop,\n", 40, 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char lines[256];
        snprintf(lines, sizeof lines, "1,100,120,residential,\n2,5,9,iop,\n%s", cases[i].after);
        struct drawn d = draw("link: {gap_days: 10}\n", INDEX "}\n" DERIVED, lines);
        assert_int_equal(d.status, 0);
        if (derived(&d, 0, "stepdown_days") != cases[i].days)
            print_error("%s\n", cases[i].name);
        assert_int_equal(derived(&d, 0, "stepdown_days"), cases[i].days);
        assert_int_equal(derived(&d, 0, "stepdown_7"), cases[i].within_7);
        assert_int_equal(derived(&d, 0, "stepdown_30"), cases[i].within_30);
        release(&d);
    }
}

static void test_what_the_study_s_end_hides_is_missing(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX "}\n" DERIVED, "1,370,385,residential,\n2,380,,iop,\n");

    assert_int_equal(d.status, 0);
    assert_int_equal(derived(&d, 0, "stepdown_7"), 0); /* 15 days were seen */
    assert_int_equal(derived(&d, 0, "stepdown_30"), MISSING_INTEGER);
    assert_int_equal(derived(&d, 1, "stay_open"), 1);
    assert_int_equal(derived(&d, 1, "stay_days"), 20);
    assert_int_equal(derived(&d, 1, "stepdown_7"), MISSING_INTEGER);
    release(&d);
}

static void test_planned_and_actual_length(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("", linked_cohort);
    linked_study_close(&small);
    static const struct {
        int64_t discharged, plan, reached;
        double share;
    } cases[] = {{40, 30, 1, 1}, {39, 30, 0, 29. / 30}, {NO_DAY, 1000, MISSING_INTEGER, 0.39}, {NO_DAY, 30, 1, 13},
                 {40, 0, MISSING_INTEGER, (double)NAN}};
    struct drawn d = draw("", INDEX "}\n" DERIVED, "1,10,40,iop,\n2,10,39,iop,\n3,10,,iop,\n4,10,,iop,\n5,10,40,iop,\n6,10,40,residential,\n");
    assert_int_equal(d.status, 0);
    release(&d);
    /* again with plans */
    char text[4096];
    snprintf(text, sizeof text, "cohort:\n" INDEX "}\n" DERIVED
             "  arms: {iop: \"level == 'iop'\", inpatient: \"level == 'residential'\"}\n  reference: inpatient\n"
             "  follow_up: {until: 400}\n");
    d = (struct drawn){.small = linked_study_open("", text)};
    for (size_t i = 0; i < 5; i++)
        add_record(d.small.records, &(struct made_record){.client = (int64_t)i, .admitted = 10,
                                                          .discharged = cases[i].discharged, .contact = NO_DAY,
                                                          .care = LEVEL_IOP, .reason = -1, .sex = -1, .hours = (double)NAN,
                                                          .plan = cases[i].plan, .site = NO_DAY});
    add_lines(&d.small, "9,10,40,residential,\n");
    d.linked = link_small(&d.small, 1);
    d.quality = small_quality("episodes", (int64_t)d.small.records->n_rows + 3, 3);
    draw_among(&d);
    assert_int_equal(d.status, 0);
    for (size_t i = 0; i < 5; i++) {
        const double share = column_real(table_column(d.cohort.derived, "planned_share"), row_of(&d, (int64_t)i));
        assert_int_equal(derived(&d, (int64_t)i, "reached_plan"), cases[i].reached);
        if (isnan(cases[i].share))
            assert_true(isnan(share));
        else
            assert_near(share, cases[i].share, 1e-15);
    }
    release(&d);
}

static void test_time_zero_at_discharge_counts_who_has_none_by_arm(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX "}\n  time_zero: discharge\n  covariates: [stay_days]\n",
                          "1,10,40,iop,\n2,20,,iop,\n3,30,35,inpatient,\n4,20,,inpatient,\n5,21,,inpatient,\n");
    const size_t n = d.cohort.attrition.table->n_rows;

    assert_int_equal(d.status, 0);
    assert_row(&d.cohort, n - 2, "person", 1, 4, "still in the stay at the study's end: iop");
    assert_row(&d.cohort, n - 1, "person", 2, 2, "still in the stay at the study's end: inpatient");
    assert_int_equal(whole(d.cohort.people, "time_zero", row_of(&d, 0)), 40);
    release(&d);
}

static void test_a_landmark_leaves_out_who_left_treatment_before_it(void **state)
{
    (void)state;
    struct drawn d = draw("link: {gap_days: 5}\n", INDEX "}\n  time_zero: {landmark: 30}\n",
                          "1,10,39,iop,\n"                       /* left on the day before */
                          "2,10,40,iop,\n"                       /* on the day: still there */
                          "3,10,20,inpatient,\n3,22,60,iop,\n"   /* in another level */
                          "4,390,,inpatient,\n");                /* the study ends before */
    const size_t n = d.cohort.attrition.table->n_rows;

    assert_int_equal(d.status, 0);
    assert_row(&d.cohort, n - 2, "person", 1, 3, "treatment ended before: iop");
    assert_row(&d.cohort, n - 1, "person", 1, 2, "observation ended before: inpatient");
    assert_int_equal(whole(d.cohort.people, "time_zero", row_of(&d, 1)), 40);
    release(&d);
}

static void test_time_zero_and_the_end_of_observation_may_stand_in_columns(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX "}\n  time_zero: {column: contact}\n  follow_up: {until: 400, end: [plan]}\n",
                          "1,10,,iop,\n2,10,,inpatient,\n");

    assert_int_equal(d.status, -1); /* nobody has a day there */
    release(&d);
}

static void test_the_clusters_of_a_column_are_numbered_by_its_values(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX "}\n  cluster: site\n", "1,10,40,iop,\n2,10,40,inpatient,\n3,10,40,inpatient,\n");

    assert_int_equal(d.status, 0);
    /* No site is known: each is a cluster of its own. */
    assert_int_not_equal(whole(d.cohort.people, "cluster", 0), whole(d.cohort.people, "cluster", 1));
    assert_int_not_equal(whole(d.cohort.people, "cluster", 1), whole(d.cohort.people, "cluster", 2));
    release(&d);
}

static void test_moves_are_counted_by_arm_from_the_index_stay_on(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX ", washout_days: 30, washout_ignores: [detox]}\n",
                          "1,0,10,detox,\n1,10,40,residential,\n1,40,60,iop,\n2,5,9,iop,\n");
    int64_t n_all = 0, n_arm = 0, n_detox = 0;

    assert_int_equal(d.status, 0);
    for (size_t i = 0; i < d.cohort.flow->n_rows; i++) {
        const bool move = strcmp(words(d.cohort.flow, "from", i), "residential") == 0;
        const char *arm = words(d.cohort.flow, "arm", i);
        if (move && *arm == '\0')
            n_all += whole(d.cohort.flow, "n", i);
        if (move && strcmp(arm, "inpatient") == 0)
            n_arm += whole(d.cohort.flow, "n", i);
        if (*arm != '\0' && strcmp(words(d.cohort.flow, "from", i), "detox") == 0)
            n_detox++;
    }
    assert_int_equal(n_all, 1);
    assert_int_equal(n_arm, 1);
    assert_int_equal(n_detox, 0); /* before the index stay */
    release(&d);
}

/* ---- states ------------------------------------------------------------------------------------------------------ */

/* n and n_followed of an arm, a state and a day; -1: no such row. */
static int64_t state_cell(const struct drawn *d, const char *arm, const char *state, int64_t day, const char *column)
{
    const struct table *t = d->cohort.states;

    for (size_t i = 0; i < t->n_rows; i++)
        if (strcmp(words(t, "arm", i), arm) == 0 && strcmp(words(t, "state", i), state) == 0 && whole(t, "time", i) == day)
            return whole(t, column, i);
    return -1;
}

/*
 * Person 1 is residential on days 10 to 39, at iop from 40 to 60 (its last day counts), away, and residential again from 70 to 79;
 * time zero is day 10.  Person 2 enters the same arm on day 50, and is followed to day 100, day 50 of his own.
 */
static void test_states_are_the_levels_that_cover_each_day(void **state)
{
    (void)state;
    struct drawn d = draw("link: {gap_days: 30, inclusive_days: [iop]}\n", INDEX "}\n  follow_up: {until: 100}\n",
                          "1,10,40,residential,\n1,40,60,iop,\n1,70,80,residential,\n2,50,55,residential,\n3,10,20,iop,\n");

    assert_int_equal(d.status, 0);
    /* The longest follow-up is 90 days: read every other day. */
    assert_int_equal(state_cell(&d, "inpatient", "residential", 0, "n"), 2);
    assert_int_equal(state_cell(&d, "inpatient", "residential", 0, "n_followed"), 2);
    assert_int_equal(state_cell(&d, "inpatient", "residential", 4, "n"), 2);
    assert_int_equal(state_cell(&d, "inpatient", "residential", 6, "n"), 1);
    assert_int_equal(state_cell(&d, "inpatient", "out", 6, "n"), 1);
    assert_int_equal(state_cell(&d, "inpatient", "residential", 28, "n"), 1); /* day 38 */
    assert_int_equal(state_cell(&d, "inpatient", "iop", 28, "n"), 0);
    assert_int_equal(state_cell(&d, "inpatient", "iop", 30, "n"), 1);         /* day 40 */
    assert_int_equal(state_cell(&d, "inpatient", "iop", 50, "n"), 1);         /* day 60, counted at this level */
    assert_int_equal(state_cell(&d, "inpatient", "iop", 52, "n"), 0);
    assert_int_equal(state_cell(&d, "inpatient", "residential", 60, "n"), 1); /* day 70: the second stay */
    assert_int_equal(state_cell(&d, "inpatient", "residential", 70, "n"), 0); /* day 80: discharge */
    assert_int_equal(state_cell(&d, "inpatient", "out", 50, "n_followed"), 2);
    assert_int_equal(state_cell(&d, "inpatient", "out", 52, "n_followed"), 1);
    assert_int_equal(state_cell(&d, "inpatient", "out", 90, "n"), 1);
    assert_int_equal(state_cell(&d, "inpatient", "detox", 0, "n"), -1); /* nobody ever is */
    assert_int_equal(state_cell(&d, "iop", "iop", 10, "n"), 1);         /* day 20 counts */
    assert_int_equal(state_cell(&d, "iop", "out", 12, "n"), 1);
    /* On every day the states of an arm add up to those who are followed. */
    for (int64_t day = 0; day <= 90; day += 2)
        assert_int_equal(state_cell(&d, "inpatient", "residential", day, "n") + state_cell(&d, "inpatient", "iop", day, "n") +
                             state_cell(&d, "inpatient", "out", day, "n"),
                         state_cell(&d, "inpatient", "out", day, "n_followed"));
    release(&d);
}

/* Overlapping stays: the most intensive level is where a person is. */
static void test_of_two_stays_on_a_day_the_more_intensive_counts(void **state)
{
    (void)state;
    struct drawn d = draw("", INDEX "}\n  follow_up: {until: 60}\n", "1,10,40,iop,\n1,20,45,inpatient,\n2,10,12,residential,\n");

    assert_int_equal(d.status, 0);
    assert_int_equal(state_cell(&d, "iop", "iop", 9, "n"), 1);
    assert_int_equal(state_cell(&d, "iop", "iop", 10, "n"), 0);
    assert_int_equal(state_cell(&d, "iop", "inpatient", 10, "n"), 1);
    assert_int_equal(state_cell(&d, "iop", "inpatient", 34, "n"), 1);
    assert_int_equal(state_cell(&d, "iop", "out", 35, "n"), 1);
    release(&d);
}

static void assert_refused(const char *cohort, const char *lines, const char *message)
{
    capture_start();
    struct drawn d = draw("", cohort, lines);
    const char *told = capture_end();

    assert_int_equal(d.status, -1);
    if (strstr(told, message) == NULL)
        print_error("told: %s\n", told);
    assert_non_null(strstr(told, message));
    release(&d);
}

static void test_an_index_rule_that_nobody_meets_is_refused_with_its_step(void **state)
{
    (void)state;
    assert_refused(INDEX ", from: 300}\n", "1,10,40,iop,\n2,10,40,inpatient,\n",
                   "the cohort is empty: nobody has an index stay; nobody is left after 'an index stay in the calendar window'");
    assert_refused(INDEX "}\n", "1,10,40,outpatient,\n",
                   "nobody is left after 'a stay in inpatient, residential, iop'");
}

static void test_arms_that_nobody_enters_or_two_share_are_refused(void **state)
{
    (void)state;
    assert_refused(INDEX "}\n", "1,10,40,iop,\n", "arm 'inpatient' has no people: nobody eligible meets");
    assert_refused(INDEX "}\n  arms: {iop: \"level == 'iop'\", any: \"prior_stays >= 0\"}\n  reference: any\n",
                   "1,10,40,iop,\n2,10,40,inpatient,\n", "the arms overlap: 1 persons are in both 'iop' and 'any'");
    assert_refused(INDEX "}\n  time_zero: discharge\n", "1,10,40,iop,\n2,10,,inpatient,\n",
                   "arm 'inpatient' has no people left at time zero");
}

/* ---- the index rule against its definition --------------------------------------------------------------------- */

static uint64_t random_state = 11;

static unsigned draw_number(unsigned n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % n;
}

static bool is_candidate(const struct study_index *rule, const struct history *h, size_t i)
{
    const int level = history_level(h, i);

    if (!history_is_kept(h, i) || level == LEVEL_UNKNOWN || !rule->first_stay_in[level] || h->start[i] < rule->from ||
        h->start[i] > rule->to || h->start[i] - h->first_day < rule->look_back_days)
        return false;
    for (size_t k = 0; k < h->n_stays; k++) {
        const int other = history_level(h, k);
        if (h->person[k] == h->person[i] && history_is_kept(h, k) && h->start[k] < h->start[i] &&
            !(other != LEVEL_UNKNOWN && rule->washout_ignores[other]) && h->start[i] - h->end[k] <= rule->washout_days)
            return false;
    }
    return true;
}

static void test_index_stays_are_those_of_the_definition(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("", linked_cohort);
    struct index_stays index;
    size_t n = 0;

    for (int i = 0; i < 1500; i++) {
        const int64_t start = draw_number(390);
        add_record(small.records, &(struct made_record){.client = draw_number(400), .admitted = start,
                                                        .discharged = start + draw_number(40), .contact = NO_DAY,
                                                        .care = (int)draw_number(9) - 1, .reason = -1, .sex = -1,
                                                        .hours = (double)NAN, .plan = draw_number(3), .site = NO_DAY});
    }
    struct linked linked = link_small(&small, 2);
    const struct history h = history_of(linked.stays, linked.episodes, linked.paths);
    for (int every = 0; every < 2; every++) {
        struct study_index rule = {.washout_days = 21, .look_back_days = 10, .from = 15, .to = 350, .every = every == 1};
        rule.first_stay_in[LEVEL_IOP] = rule.first_stay_in[LEVEL_RESIDENTIAL] = rule.washout_ignores[LEVEL_DETOX] = true;
        assert_int_equal(index_stays_find(&rule, &h, 2, &index), 0);
        n = 0;
        int32_t last = -1;
        for (size_t i = 0; i < h.n_stays; i++) {
            if (!is_candidate(&rule, &h, i) || (every == 0 && h.person[i] == last))
                continue;
            last = h.person[i];
            assert_true(n < index.n);
            assert_int_equal(index.items[n++].stay, i);
        }
        assert_int_equal(n, index.n);
        assert_true(n > 50);
        int64_t people = index.n_people;
        for (int step = 0; step < N_INDEX_STEPS; step++)
            people += index.lost[step];
        assert_int_equal(people, h.n_people);
        index_stays_free(&index);
    }
    linked_free(&linked);
    linked_study_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attrition_leads_from_the_last_line_to_the_arms),
        cmocka_unit_test(test_the_washout_counts_from_the_end_of_treatment_and_may_ignore_levels),
        cmocka_unit_test(test_treatment_that_goes_on_is_treatment_before),
        cmocka_unit_test(test_every_stay_that_meets_the_rule_when_asked),
        cmocka_unit_test(test_derived_columns_of_a_way_through_the_levels),
        cmocka_unit_test(test_step_down_from_the_index_stay),
        cmocka_unit_test(test_what_the_study_s_end_hides_is_missing),
        cmocka_unit_test(test_planned_and_actual_length),
        cmocka_unit_test(test_time_zero_at_discharge_counts_who_has_none_by_arm),
        cmocka_unit_test(test_a_landmark_leaves_out_who_left_treatment_before_it),
        cmocka_unit_test(test_time_zero_and_the_end_of_observation_may_stand_in_columns),
        cmocka_unit_test(test_the_clusters_of_a_column_are_numbered_by_its_values),
        cmocka_unit_test(test_moves_are_counted_by_arm_from_the_index_stay_on),
        cmocka_unit_test(test_states_are_the_levels_that_cover_each_day),
        cmocka_unit_test(test_of_two_stays_on_a_day_the_more_intensive_counts),
        cmocka_unit_test(test_an_index_rule_that_nobody_meets_is_refused_with_its_step),
        cmocka_unit_test(test_arms_that_nobody_enters_or_two_share_are_refused),
        cmocka_unit_test(test_index_stays_are_those_of_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
