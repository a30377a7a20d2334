/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linking as a whole: every fate, 10,000 random histories against a slow implementation that shares no code, and laws.
 *   test_link [N]     N histories instead of those of `make check`
 */

#include "tests/pipeline/episodes/linked_study.h"
#include "tests/pipeline/episodes/slow_linking.h"

static size_t n_histories = 10000;

/* ---- fates ---------------------------------------------------------------------------------------------------- */

static void test_every_record_has_its_fate(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("link: {gap_days: 10, transfer_days: 20}\n", linked_cohort);

    add_lines(&small, "1,0,10,detox,\n"        /* begins */
                      "1,10,20,residential,\n" /* same day */
                      "1,21,30,iop,\n"         /* next day */
                      "1,40,50,iop,moved\n"    /* within the gap */
                      "1,70,80,outpatient,\n"  /* after a transfer */
                      "1,75,90,iop,\n"         /* overlaps */
                      "1,76,80,detox,\n"       /* nested */
                      "1,76,80,detox,\n"       /* twice */
                      ",5,9,iop,\n"            /* no person */
                      "1,,9,iop,\n"            /* no admission */
                      "1,5,9,none,\n"          /* no treatment */
                      "1,95,94,iop,\n"         /* backwards */
                      "1,401,,iop,\n"          /* after the study */
                      "2,7,,iop,\n");          /* open */
    struct linked linked = link_small(&small, 2);
    static const int64_t expected[N_FATES] = {
        [FATE_BEGINS] = 2,       [FATE_SAME_DAY] = 1,     [FATE_ADJACENT] = 1,     [FATE_GAP] = 1,
        [FATE_TRANSFER] = 1,     [FATE_OVERLAPS] = 1,     [FATE_NESTED] = 1,       [FATE_DUPLICATE] = 1,
        [FATE_NO_PERSON] = 1,    [FATE_NO_ADMISSION] = 1, [FATE_NO_TREATMENT] = 1, [FATE_BACKWARDS] = 1,
        [FATE_LATE] = 1};
    int64_t sum = 0;

    for (int fate = 0; fate < N_FATES; fate++) {
        assert_int_equal(linked.counts[fate], expected[fate]);
        assert_int_equal(whole(linked.fates, "n", (size_t)fate), expected[fate]);
        sum += linked.counts[fate];
    }
    assert_int_equal(sum, small.records->n_rows);
    assert_int_equal(linked.n_people, 2);
    assert_int_equal(linked.episodes->n_rows, 2);
    linked_free(&linked);
    linked_study_close(&small);
}

/* Row of table episodes that a record belongs to. */
static size_t episode_of_record(const struct linked *linked, int64_t record)
{
    for (size_t i = 0; i < linked->stays->n_rows; i++)
        if (whole(linked->stays, "record", i) == record)
            return (size_t)whole(linked->stays, "episode", i);
    fail();
    return 0;
}

static void test_an_episode_is_told_in_one_row(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("link: {gap_days: 10, inclusive_days: [iop]}\n", linked_cohort);

    add_lines(&small, "1,0,5,detox,moved\n1,5,25,residential,moved\n1,30,60,iop,done\n1,100,110,outpatient,left\n");
    struct linked linked = link_small(&small, 1);
    const size_t first = episode_of_record(&linked, 0), second = episode_of_record(&linked, 3);

    assert_int_equal(whole(linked.episodes, "number", first), 1);
    assert_int_equal(whole(linked.episodes, "start", first), 0);
    assert_int_equal(whole(linked.episodes, "end", first), 60);
    assert_int_equal(whole(linked.episodes, "n_stays", first), 3);
    assert_int_equal(whole(linked.episodes, "gap", first), MISSING_INTEGER);
    assert_int_equal(whole(linked.episodes, "stepdown_days", first), 0); /* detox to residential on one day */
    assert_int_equal(whole(linked.paths, "step_up", (size_t)whole(linked.episodes, "path", first)), 0);
    assert_int_equal(whole(linked.paths, "first_level", (size_t)whole(linked.episodes, "path", first)), LEVEL_DETOX);
    assert_int_equal(whole(linked.paths, "last_level", (size_t)whole(linked.episodes, "path", first)), LEVEL_IOP);
    assert_int_equal(whole(linked.episodes, "days_detox", first), 5);
    assert_int_equal(whole(linked.episodes, "days_residential", first), 20);
    assert_int_equal(whole(linked.episodes, "days_iop", first), 31); /* both end days */
    assert_string_equal(words(linked.episodes, "reason", first), "done");
    assert_string_equal(words(linked.paths, "path", (size_t)whole(linked.episodes, "path", first)),
                        "detox>residential>iop");
    assert_int_equal(whole(linked.episodes, "number", second), 2);
    assert_int_equal(whole(linked.episodes, "gap", second), 40);
    assert_int_equal(whole(linked.episodes, "stepdown_days", second), MISSING_INTEGER);
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_a_step_down_may_lead_to_the_next_episode(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("link: {gap_days: 7}\n", linked_cohort);

    add_lines(&small, "1,0,20,residential,\n1,32,60,iop,\n2,0,20,iop,\n2,40,60,residential,\n");
    struct linked linked = link_small(&small, 1);

    assert_int_equal(whole(linked.episodes, "stepdown_days", episode_of_record(&linked, 0)), 12);
    assert_int_equal(whole(linked.episodes, "stepdown_days", episode_of_record(&linked, 2)), MISSING_INTEGER);
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_contradictions_leave_the_person_out_with_all_records(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("link: {gap_days: 10, overlap_days: 3}\n", linked_cohort);

    add_lines(&small, "1,0,10,iop,\n1,20,30,iop,\n"     /* two sexes */
                      "2,0,10,iop,\n2,20,30,iop,\n"     /* one of them missing */
                      "3,0,10,iop,\n3,7,30,php,\n"      /* overlap of 3 days */
                      "4,0,10,iop,\n4,6,30,php,\n"      /* of 4 */
                      "5,0,30,outpatient,\n5,2,9,detox,\n"); /* nested */
    column_set_code(table_column(small.records, "sex"), 0, 0);
    column_set_code(table_column(small.records, "sex"), 1, 1);
    column_set_code(table_column(small.records, "sex"), 2, 1);
    struct linked linked = link_small(&small, 1);

    assert_int_equal(linked.counts[FATE_CONTRADICTION], 2);
    assert_int_equal(linked.people_left_out[FATE_CONTRADICTION], 1);
    assert_int_equal(linked.counts[FATE_OVERLAP_LONG], 2);
    assert_int_equal(linked.people_left_out[FATE_OVERLAP_LONG], 1);
    assert_int_equal(linked.n_people, 5);
    assert_int_equal(linked.episodes->n_rows, 3); /* of persons 2, 3 and 5 */
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_the_earlier_of_last_contact_and_discharge_ends_a_stay(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("", linked_cohort);
    static const struct {
        int64_t discharged, contact, end;
        int64_t open;
    } cases[] = {{30, NO_DAY, 30, 0}, {30, 25, 25, 0}, {30, 35, 30, 0}, {NO_DAY, 25, STUDY_END, 1},
                 {500, NO_DAY, STUDY_END, 1}, {STUDY_END, NO_DAY, STUDY_END, 0}, {500, 50, 50, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        add_record(small.records, &(struct made_record){.client = (int64_t)i, .admitted = 10,
                                                        .discharged = cases[i].discharged, .contact = cases[i].contact,
                                                        .care = LEVEL_IOP, .reason = -1, .sex = -1, .hours = (double)NAN,
                                                        .plan = NO_DAY, .site = NO_DAY});
    struct linked linked = link_small(&small, 1);
    for (size_t i = 0; i < linked.stays->n_rows; i++) {
        const size_t record = (size_t)whole(linked.stays, "record", i);
        assert_int_equal(whole(linked.stays, "end", i), cases[record].end);
        assert_int_equal(whole(linked.stays, "open", i), cases[record].open);
    }
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_bounds_of_hours_decide_between_levels_that_have_them(void **state)
{
    (void)state;
    struct linked_study small =
        linked_study_open("level_hours: {outpatient: [0, 9], iop: [9, 20], php: [20, 40]}\n", linked_cohort);
    static const struct {
        int care;
        double hours;
        int64_t level;
    } cases[] = {{LEVEL_IOP, 9, LEVEL_IOP},         {LEVEL_IOP, 8.9, LEVEL_OUTPATIENT}, {LEVEL_OUTPATIENT, 19.9, LEVEL_IOP},
                 {LEVEL_IOP, 20, LEVEL_PHP},        {LEVEL_IOP, 41, MISSING_CODE},      {LEVEL_IOP, (double)NAN, LEVEL_IOP},
                 {LEVEL_DETOX, 12, LEVEL_DETOX},    {LEVEL_PHP, 0, LEVEL_OUTPATIENT}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        add_record(small.records, &(struct made_record){.client = (int64_t)i, .admitted = 10, .discharged = 24,
                                                        .contact = NO_DAY, .care = cases[i].care, .reason = -1, .sex = -1,
                                                        .hours = cases[i].hours, .plan = NO_DAY, .site = NO_DAY});
    struct linked linked = link_small(&small, 1);
    for (size_t i = 0; i < linked.stays->n_rows; i++) {
        const size_t record = (size_t)whole(linked.stays, "record", i);
        assert_int_equal(whole(linked.stays, "level", i), cases[record].level);
    }
    assert_near(column_real(table_column(linked.episodes, "hours_iop"), episode_of_record(&linked, 0)), 9. * 14 / 7, 1e-12);
    linked_free(&linked);
    linked_study_close(&small);
}

/* ---- the slow implementation ------------------------------------------------------------------------------------- */

static uint64_t random_state;

static unsigned draw(unsigned n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % n;
}

struct made_person {
    int n;
    struct slow_stay stays[SLOW_STAYS];
    size_t record[SLOW_STAYS];
};

static bool is_new(const struct made_person *person, const struct slow_stay *stay)
{
    for (int i = 0; i < person->n; i++)
        if (person->stays[i].start == stay->start && person->stays[i].end == stay->end)
            return false; /* what tells stays of equal days apart is no business of the calendar */
    return true;
}

static void make_person(struct made_person *person, struct linked_study *small, int64_t client)
{
    const int n = 1 + (int)draw(SLOW_STAYS - 1);
    const unsigned spread = 40 + draw(360);

    person->n = 0;
    while (person->n < n) {
        struct slow_stay stay = {.start = (int)draw(spread), .level = (int)draw(SLOW_LEVELS)};
        const unsigned length = draw(4) == 0 ? draw(90) : draw(20);
        const int reason = (int)draw(4) - 1;
        stay.end = stay.start + (int)length;
        stay.open = stay.end > STUDY_END;
        stay.end = stay.open ? STUDY_END : stay.end;
        stay.transfer = reason == 1 && !stay.open;
        if (!is_new(person, &stay)) {
            if (person->n > 0)
                break;
            continue;
        }
        person->record[person->n] = small->records->n_rows;
        add_record(small->records,
                   &(struct made_record){.client = client, .admitted = stay.start,
                                         .discharged = stay.start + (int)length, .contact = NO_DAY,
                                         .care = stay.level == 7 ? -1 : stay.level, .reason = reason, .sex = -1,
                                         .hours = (double)NAN, .plan = NO_DAY, .site = NO_DAY});
        person->stays[person->n++] = stay;
    }
}

static void path_digits(const char *text, char *digits)
{
    char *copy = strdup(text), *rest = copy, *word;
    int n = 0;

    while ((word = strsep(&rest, ">")) != NULL) {
        int level = 0;
        while (level < N_LEVELS && strcmp(level_names[level], word) != 0)
            level++;
        digits[n++] = (char)('0' + level);
    }
    digits[n] = '\0';
    free(copy);
}

static void assert_same_person(const struct linked *linked, const size_t *row_of, const struct made_person *made,
                               const struct slow_rules *rules)
{
    const struct slow_person slow = slow_link(made->stays, made->n, rules);
    size_t first = SIZE_MAX;

    for (int i = 0; i < made->n; i++) {
        const size_t episode = (size_t)whole(linked->stays, "episode", row_of[made->record[i]]);
        first = episode < first ? episode : first;
    }
    for (int i = 0; i < made->n; i++)
        assert_int_equal((size_t)whole(linked->stays, "episode", row_of[made->record[i]]) - first, slow.episode_of[i]);
    for (int e = 0; e < slow.n_episodes; e++) {
        const size_t row = first + (size_t)e;
        char digits[CALENDAR];
        assert_int_equal(whole(linked->episodes, "number", row), e + 1);
        assert_int_equal(whole(linked->episodes, "start", row), slow.episodes[e].start);
        assert_int_equal(whole(linked->episodes, "end", row), slow.episodes[e].end);
        assert_int_equal(whole(linked->episodes, "n_stays", row), slow.episodes[e].n_stays);
        assert_int_equal(whole(linked->episodes, "open", row), slow.episodes[e].open);
        assert_int_equal(whole(linked->episodes, "gap", row),
                         e == 0 ? MISSING_INTEGER : slow.episodes[e].start - slow.episodes[e - 1].end);
        path_digits(words(linked->paths, "path", (size_t)whole(linked->episodes, "path", row)), digits);
        assert_string_equal(digits, slow.episodes[e].path);
        for (int level = 0; level < N_LEVELS; level++) {
            char name[32];
            snprintf(name, sizeof name, "days_%s", level_names[level]);
            assert_int_equal(whole(linked->episodes, name, row), slow.episodes[e].days[level]);
        }
    }
}

static void check_histories(const char *link, struct slow_rules rules, size_t n, uint64_t seed)
{
    struct linked_study small = linked_study_open(link, linked_cohort);
    struct made_person *made = calloc(n, sizeof *made);

    random_state = seed;
    for (size_t p = 0; p < n; p++)
        make_person(&made[p], &small, (int64_t)p * 7919 % 1000003);
    struct linked linked = link_small(&small, 2);
    size_t *row_of = calloc(small.records->n_rows + 1, sizeof *row_of);
    for (size_t i = 0; i < linked.stays->n_rows; i++)
        row_of[whole(linked.stays, "record", i)] = i;
    for (size_t p = 0; p < n; p++)
        assert_same_person(&linked, row_of, &made[p], &rules);
    free(row_of);
    free(made);
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_random_histories_equal_the_slow_implementation(void **state)
{
    (void)state;
    struct slow_rules rules = {30, 1, {false}};

    check_histories("", rules, n_histories / 4, 1);
    rules = (struct slow_rules){5, 14, {false}};
    check_histories("link: {gap_days: 5, transfer_days: 14}\n", rules, n_histories / 4, 2);
    rules.inclusive[LEVEL_IOP] = rules.inclusive[LEVEL_OUTPATIENT] = true;
    check_histories("link: {gap_days: 5, transfer_days: 14, inclusive_days: [iop, outpatient]}\n", rules,
                    n_histories / 4, 3);
    rules = (struct slow_rules){1, 3, {false}};
    check_histories("link: {gap_days: 1, transfer_days: 3}\n", rules, n_histories - 3 * (n_histories / 4), 4);
}

/* ---- laws ------------------------------------------------------------------------------------------------------------ */

static void assert_same_table(const struct table *a, const struct table *b, const char *but)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t k = 0; k < a->n_columns; k++) {
        if (but != NULL && strcmp(a->columns[k].name, but) == 0)
            continue;
        assert_string_equal(a->columns[k].name, b->columns[k].name);
        assert_int_equal(a->columns[k].width, b->columns[k].width);
        assert_memory_equal(a->columns[k].values, b->columns[k].values, a->n_rows * a->columns[k].width);
    }
}

static void assert_same_linking(const struct linked *a, const struct linked *b)
{
    assert_same_table(a->stays, b->stays, "record");
    assert_same_table(a->episodes, b->episodes, NULL);
    assert_same_table(a->paths, b->paths, NULL);
    assert_same_table(a->flow, b->flow, NULL);
    assert_same_table(a->fates, b->fates, NULL);
}

/* Random records with everything in it: duplicates, missing values, contradictions. */
static void make_records(struct linked_study *small, size_t n, uint64_t seed)
{
    random_state = seed;
    for (size_t i = 0; i < n; i++) {
        struct made_record made = {.client = draw(20) == 0 ? NO_DAY : (int64_t)draw((unsigned)n / 3 + 1),
                                   .admitted = draw(30) == 0 ? NO_DAY : (int64_t)draw(420),
                                   .contact = NO_DAY,
                                   .care = (int)draw(9) - 1,
                                   .reason = (int)draw(4) - 1,
                                   .sex = draw(200) == 0 ? 1 : 0,
                                   .hours = draw(3) == 0 ? (double)NAN : draw(40) / 2.,
                                   .plan = draw(100),
                                   .site = draw(5)};
        made.discharged = draw(10) == 0 ? NO_DAY : made.admitted + (int64_t)draw(60) - 2;
        made.discharged = made.admitted == NO_DAY ? 7 : made.discharged;
        add_record(small->records, &made);
        for (unsigned copies = draw(15) == 0 ? 2 : 0; copies > 0; copies--) {
            made.plan = draw(2);  /* linking reads it */
            add_record(small->records, &made);
        }
    }
}

static void shuffle_records(struct table **records, uint64_t seed)
{
    const size_t n = (*records)->n_rows;
    size_t *rows = calloc(n + 1, sizeof *rows);
    struct table *shuffled;

    random_state = seed;
    for (size_t i = 0; i < n; i++) {
        const size_t k = draw((unsigned)i + 1);
        rows[i] = rows[k];
        rows[k] = i;
    }
    shuffled = table_take_rows(*records, rows, n);
    table_free(*records);
    *records = shuffled;
    free(rows);
}

static void test_the_order_of_the_rows_and_the_threads_change_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct linked_study small = linked_study_open("link: {gap_days: 9, transfer_days: 20}\n", linked_cohort);
        make_records(&small, 300, seed);
        struct linked first = link_small(&small, 1), threads = link_small(&small, 4);
        assert_same_linking(&first, &threads);
        assert_memory_equal(table_column(first.stays, "record")->values, table_column(threads.stays, "record")->values,
                            4 * first.stays->n_rows);
        shuffle_records(&small.records, seed + 100);
        struct linked shuffled = link_small(&small, 3);
        assert_same_linking(&first, &shuffled);
        linked_free(&first);
        linked_free(&threads);
        linked_free(&shuffled);
        linked_study_close(&small);
    }
}

static void test_of_duplicates_the_same_record_stands_for_them_in_any_order(void **state)
{
    (void)state;
    /* Equal in all that linking reads; only the sex, which the record adds, tells which of them is kept. */
    for (int turn = 0; turn < 2; turn++) {
        struct linked_study small = linked_study_open("", linked_cohort);
        struct made_record made = {.client = 4, .admitted = 3, .discharged = 9, .contact = NO_DAY, .care = LEVEL_IOP,
                                   .reason = 0, .sex = -1, .hours = 9, .plan = 5, .site = 1};
        made.contact = turn == 0 ? 50 : 60;
        add_record(small.records, &made);
        made.contact = turn == 0 ? 60 : 50;
        add_record(small.records, &made);
        struct linked linked = link_small(&small, 1);
        assert_int_equal(linked.counts[FATE_DUPLICATE], 1);
        assert_int_equal(column_integer(table_column(small.records, "contact"), (size_t)whole(linked.stays, "record", 0)), 50);
        linked_free(&linked);
        linked_study_close(&small);
    }
}

static void test_an_unrelated_person_changes_nothing_for_the_others(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("", linked_cohort);

    make_records(&small, 200, 77);
    const size_t n_before = small.records->n_rows;
    struct linked before = link_small(&small, 2);
    add_lines(&small, "999999,10,20,iop,\n999999,25,60,outpatient,\n");
    struct linked after = link_small(&small, 2);
    size_t i = 0, k = 0;

    assert_int_equal(after.n_people, before.n_people + 1);
    assert_int_equal(after.episodes->n_rows, before.episodes->n_rows + 1);
    for (; i < before.stays->n_rows; i++, k++) {
        while ((size_t)whole(after.stays, "record", k) >= n_before)
            k++;
        assert_int_equal(whole(after.stays, "record", k), whole(before.stays, "record", i));
        assert_int_equal(whole(after.stays, "fate", k), whole(before.stays, "fate", i));
        assert_int_equal(whole(after.stays, "end", k), whole(before.stays, "end", i));
    }
    linked_free(&before);
    linked_free(&after);
    linked_study_close(&small);
}

static void test_what_enters_a_level_leaves_it(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("link: {gap_days: 20}\n", linked_cohort);

    make_records(&small, 500, 5);
    struct linked linked = link_small(&small, 2);
    for (int level = 0; level <= N_LEVELS; level++) {
        const char *name = level < N_LEVELS ? level_names[level] : "unknown";
        int64_t in = 0, out = 0;
        for (size_t i = 0; i < linked.flow->n_rows; i++) {
            in += strcmp(words(linked.flow, "to", i), name) == 0 ? whole(linked.flow, "n", i) : 0;
            out += strcmp(words(linked.flow, "from", i), name) == 0 ? whole(linked.flow, "n", i) : 0;
        }
        assert_int_equal(in, out);
    }
    int64_t entries = 0;
    for (size_t i = 0; i < linked.flow->n_rows; i++)
        entries += strcmp(words(linked.flow, "from", i), "entry") == 0 ? whole(linked.flow, "n", i) : 0;
    assert_int_equal(entries, linked.episodes->n_rows);
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_medians_of_gaps_are_those_of_the_moves(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("", linked_cohort);

    add_lines(&small, "1,0,10,residential,\n1,12,20,iop,\n2,0,10,residential,\n2,17,20,iop,\n"
                      "3,0,10,residential,\n3,15,20,iop,\n4,0,10,residential,\n4,30,40,iop,\n");
    struct linked linked = link_small(&small, 1);
    bool found = false;
    for (size_t i = 0; i < linked.flow->n_rows; i++)
        if (strcmp(words(linked.flow, "from", i), "residential") == 0 && strcmp(words(linked.flow, "to", i), "iop") == 0) {
            found = true;
            assert_int_equal(whole(linked.flow, "n", i), 4);
            assert_near(column_real(table_column(linked.flow, "median_gap"), i), 6, 0); /* of 2, 5, 7, 20 */
        }
    assert_true(found);
    linked_free(&linked);
    linked_study_close(&small);
}

static void test_no_records_and_only_left_out_ones_are_fine(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("", linked_cohort);
    struct linked none = link_small(&small, 2);

    assert_int_equal(none.stays->n_rows, 0);
    assert_int_equal(none.episodes->n_rows, 0);
    add_lines(&small, "1,,9,iop,\n,4,9,iop,\n");
    struct linked bad = link_small(&small, 2);
    assert_int_equal(bad.stays->n_rows, 2);
    assert_int_equal(bad.episodes->n_rows, 0);
    assert_int_equal(whole(bad.stays, "person", 0), MISSING_INTEGER);
    linked_free(&none);
    linked_free(&bad);
    linked_study_close(&small);
}

static void test_a_person_with_very_many_stays_is_linked_like_any_other(void **state)
{
    (void)state;
    struct linked_study small = linked_study_open("link: {gap_days: 1}\n", linked_cohort);
    enum { N = 20000 };

    random_state = 9;
    for (int i = 0; i < N; i++)
        add_record(small.records, &(struct made_record){.client = 3, .admitted = draw(300), .discharged = 320 + draw(50),
                                                        .contact = NO_DAY, .care = (int)draw(7), .reason = -1, .sex = -1,
                                                        .hours = (double)NAN, .plan = draw(1000), .site = draw(1000)});
    struct linked linked = link_small(&small, 2);
    assert_int_equal(linked.episodes->n_rows, 1);
    assert_int_equal(whole(linked.episodes, "n_stays", 0), N - linked.counts[FATE_DUPLICATE]);
    linked_free(&linked);
    linked_study_close(&small);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_record_has_its_fate),
        cmocka_unit_test(test_an_episode_is_told_in_one_row),
        cmocka_unit_test(test_a_step_down_may_lead_to_the_next_episode),
        cmocka_unit_test(test_contradictions_leave_the_person_out_with_all_records),
        cmocka_unit_test(test_the_earlier_of_last_contact_and_discharge_ends_a_stay),
        cmocka_unit_test(test_bounds_of_hours_decide_between_levels_that_have_them),
        cmocka_unit_test(test_random_histories_equal_the_slow_implementation),
        cmocka_unit_test(test_the_order_of_the_rows_and_the_threads_change_nothing),
        cmocka_unit_test(test_of_duplicates_the_same_record_stands_for_them_in_any_order),
        cmocka_unit_test(test_an_unrelated_person_changes_nothing_for_the_others),
        cmocka_unit_test(test_what_enters_a_level_leaves_it),
        cmocka_unit_test(test_medians_of_gaps_are_those_of_the_moves),
        cmocka_unit_test(test_no_records_and_only_left_out_ones_are_fine),
        cmocka_unit_test(test_a_person_with_very_many_stays_is_linked_like_any_other),
    };

    if (argc > 1)
        n_histories = strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
