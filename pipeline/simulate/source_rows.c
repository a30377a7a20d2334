/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/source_rows.h"

#include "simulate/recorded.h"
#include "simulate/uses.h"
#include "stats/placed_random.h"

enum { ROW_MAX = 512, PROGRAMMES = 40 };

#define TRAITS                                                                                                          \
    "age,sex,race,education,employment,housing,marital,psychiatric,prior_treatment,referral,primary_drug,frequency"

const struct source_file_words source_files[N_SOURCE_FILES] = {
    [FILE_EPISODES] = {"episodes.csv",
                       "client_id,admission,discharge,level_of_care,reason,hours_week,planned_days,programme," TRAITS
                       ",enrolled_until,died_on\n"},
    [FILE_CLIENTS] = {"clients.csv", "client_id," TRAITS ",enrolled_until,died_on\n"},
    [FILE_PEOPLE] = {"people.csv",
                     "person," TRAITS ",first_care,first_stay_days,first_stay_reason,retention_days,retention,relapse_days,"
                     "relapse,readmission_days,readmission,death_days,death\n"},
    [FILE_TESTS] = {"tests.csv", "client_id,test_date,result\n"},
    [FILE_VISITS] = {"visits.csv", "client_id,date,status\n"},
};

void source_rows_init(struct source_rows *rows, const struct model *model)
{
    rows->model = model;
    rows->width = 5;
    for (int64_t bound = 100000; bound < model->settings.n_persons; bound *= 10)
        rows->width++;
    for (int day = 0; day <= WINDOW_LAST; day++)
        day_to_iso(WINDOW_FIRST + day, rows->dates[day]);
}

static void add_person(const struct source_rows *rows, uint64_t number, struct text *text)
{
    text_char(text, 'S'); /* for synthetic */
    text_padded(text, number + 1, rows->width);
}

static void add_field(struct text *text, const char *words)
{
    text_char(text, ',');
    text_words(text, words);
}

static void add_number(struct text *text, int number)
{
    text_char(text, ',');
    text_number(text, number);
}

static void add_traits(const struct history *history, struct text *text)
{
    add_number(text, history->person.age);
    for (int t = TRAIT_AGE + 1; t < N_TRAITS; t++)
        add_field(text, trait_words[t].levels[history->person.trait[t]].label);
}

/* Until when the person is in the plan, alive or not, and whether a death was seen. */
static void add_end(const struct source_rows *rows, const struct history *history, int last_day, struct text *text)
{
    add_field(text, rows->dates[last_day]);
    add_field(text, history->death_day <= last_day ? rows->dates[history->death_day] : "");
}

static void add_stay(const struct source_rows *rows, uint64_t number, const struct history *history, size_t i,
                     int last_day, struct text *text)
{
    const struct stay *stay = &history->stays[i];
    const bool ended = stay->discharge <= last_day;
    const double u = placed_random(rows->model->settings.seed, number, use_of(USE_PROGRAMME, i));

    add_person(rows, number, text);
    add_field(text, rows->dates[stay->admission]);
    add_field(text, ended ? rows->dates[stay->discharge] : "");
    add_field(text, level_words[stay->level].code);
    add_field(text, ended ? reason_words[stay->reason] : "");
    if (stay->hours > 0)
        add_number(text, stay->hours);
    else
        add_field(text, "");
    add_number(text, stay->planned);
    add_field(text, "P");
    text_padded(text, 100 * (uint64_t)(stay->level + 1) + 1 + (uint64_t)(u * PROGRAMMES), 3);
    add_traits(history, text);
    add_end(rows, history, last_day, text);
    text_char(text, '\n');
}

static void add_tests(const struct source_rows *rows, uint64_t number, const struct history *history, int last_day,
                      struct text *text, struct source_counts *counts)
{
    const int zero = history->stays[history->first_care].admission;

    for (int j = 0; j < TESTS_MAX && zero + test_day(j) <= last_day; j++) {
        const int result = recorded_test(rows->model, number, history, j);

        if (result < 0)
            continue;
        counts->tests++;
        add_person(rows, number, text);
        add_field(text, rows->dates[zero + test_day(j)]);
        add_field(text, result == 1 ? "positive" : "negative");
        text_char(text, '\n');
    }
}

/* Days and a word for each outcome; empty where there is none. */
static void add_outcomes(const struct source_rows *rows, uint64_t number, const struct history *history, int last_day,
                         struct text *text)
{
    static const char *const words[N_OUTCOMES][3] = {
        [OUTCOME_RETENTION] = {"stayed", "left", ""},
        [OUTCOME_RELAPSE] = {"none", "relapse", "died"},
        [OUTCOME_READMISSION] = {"none", "readmitted", "died"},
        [OUTCOME_DEATH] = {"alive", "died", ""},
    };
    struct event events[N_OUTCOMES];

    recorded_outcomes(rows->model, number, history, last_day, events);
    for (int o = 0; o < N_OUTCOMES; o++) {
        if (events[o].day == MISSING_DAY) {
            text_words(text, ",,");
            continue;
        }
        add_number(text, events[o].day);
        add_field(text, words[o][events[o].cause]);
    }
}

static void add_client(const struct source_rows *rows, uint64_t number, const struct history *history, int last_day,
                       struct text *text)
{
    add_person(rows, number, text);
    add_traits(history, text);
    add_end(rows, history, last_day, text);
    text_char(text, '\n');
}

/* A row where the person leaves the plan, or dies before. */
static void add_visit(const struct source_rows *rows, uint64_t number, const struct history *history, int last_day,
                      struct text *text)
{
    const bool died = history->death_day <= last_day;

    if (!died && last_day == WINDOW_LAST)
        return;
    add_person(rows, number, text);
    add_field(text, rows->dates[died ? history->death_day : last_day]);
    add_field(text, died ? "died" : "left the plan");
    text_char(text, '\n');
}

/* Whoever has no care that the cohort would take has no outcomes either. */
static void add_people(const struct source_rows *rows, uint64_t number, const struct history *history, int last_day,
                       struct text *text)
{
    const struct stay *first = history->first_care == NO_STAY ? NULL : &history->stays[history->first_care];

    add_person(rows, number, text);
    add_traits(history, text);
    if (first == NULL || first->admission > last_day || first->admission >= WINDOW_ENTRY) {
        text_words(text, ",none,,,,,,,,,,\n");
        return;
    }
    add_field(text, history->arm == ARM_NONE ? "outpatient" : arm_words[history->arm]);
    if (first->discharge <= last_day) {
        add_number(text, first->discharge - first->admission);
        add_field(text, reason_words[first->reason]);
    } else {
        text_words(text, ",,");
    }
    add_outcomes(rows, number, history, last_day, text);
    text_char(text, '\n');
}

int source_rows_add(const struct source_rows *rows, uint64_t number, struct text files[static N_SOURCE_FILES],
                    struct margins *margins, struct source_counts *counts)
{
    struct history history;
    int last_day;

    history_live(rows->model, number, ARM_NONE, WINDOW_LAST, &history);
    last_day = recorded_last_day(&history);
    if (text_reserve(&files[FILE_EPISODES], STAYS_MAX * ROW_MAX) != 0 || text_reserve(&files[FILE_CLIENTS], ROW_MAX) != 0 ||
        text_reserve(&files[FILE_PEOPLE], ROW_MAX) != 0 || text_reserve(&files[FILE_TESTS], TESTS_MAX * 48) != 0 ||
        text_reserve(&files[FILE_VISITS], ROW_MAX) != 0)
        return -1;
    counts->full += history.is_full;
    counts->cohort += recorded_in_cohort(&history);
    margins_add_person(margins, &history.person);
    for (size_t i = 0; i < history.n_stays && history.stays[i].admission <= last_day; i++) {
        add_stay(rows, number, &history, i, last_day, &files[FILE_EPISODES]);
        margins_add_stay(margins, &history.stays[i]);
        counts->stays++;
    }
    add_client(rows, number, &history, last_day, &files[FILE_CLIENTS]);
    add_people(rows, number, &history, last_day, &files[FILE_PEOPLE]);
    add_visit(rows, number, &history, last_day, &files[FILE_VISITS]);
    if (history.first_care != NO_STAY)
        add_tests(rows, number, &history, last_day, &files[FILE_TESTS], counts);
    return 0;
}
