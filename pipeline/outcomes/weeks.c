/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/weeks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"

enum { CHUNK_PEOPLE = 1024, DIGITS_MAX = 5 };

struct judging {
    const struct study_weeks *weeks;
    const struct evidence *evidence;
    size_t n_people, n_weeks;
    const struct dated_rows *visits; /* NULL: weeks of days */
    const struct column *label;
    const uint8_t *holds;
    int32_t *week_of_label;          /* of a category, by code */
    uint8_t *state;
};

size_t weeks_n(const struct study_weeks *weeks)
{
    return (size_t)(weeks->to - weeks->from) + 1;
}

int32_t weeks_of_label(const char *pattern, const char *label, size_t length)
{
    const char *const star = strchr(pattern, '*');
    const size_t before = (size_t)(star - pattern), after = strlen(star + 1);
    int32_t week = 0;

    if (length <= before + after || length - before - after > DIGITS_MAX || memcmp(label, pattern, before) != 0 ||
        memcmp(label + length - after, star + 1, after) != 0)
        return -1;
    for (size_t i = before; i < length - after; i++) {
        if (label[i] < '0' || label[i] > '9')
            return -1;
        week = 10 * week + (label[i] - '0');
    }
    return week;
}

/* ---- one look ------------------------------------------------------------------------------------------------- */

static bool sees_any(const struct judging *j, const size_t *kinds, size_t n, size_t person, int32_t low, int32_t high)
{
    for (size_t k = 0; k < n; k++)
        if (evidence_within(evidence_days(j->evidence, kinds[k]), person, low, high))
            return true;
    return false;
}

static bool sees_all(const struct judging *j, const size_t *kinds, size_t n, size_t person, int32_t low, int32_t high)
{
    for (size_t k = 0; k < n; k++)
        if (!evidence_within(evidence_days(j->evidence, kinds[k]), person, low, high))
            return false;
    return true;
}

static enum week_state look(const struct judging *j, size_t person, int32_t low, int32_t high)
{
    const struct study_weeks *w = j->weeks;

    if (sees_any(j, w->bad, w->n_bad, person, low, high) ||
        sees_any(j, w->back, w->n_back, person, low - w->back_from, low - w->back_to))
        return WEEK_STATE_BAD;
    return sees_all(j, w->needs, w->n_needs, person, low, high) ? WEEK_STATE_GOOD : WEEK_STATE_MISSING;
}

/* ---- all weeks of a person --------------------------------------------------------------------------------------- */

static int32_t week_of_row(const struct judging *j, size_t row)
{
    size_t length;
    const char *text;

    if (j->week_of_label != NULL) {
        const int32_t code = column_code(j->label, row);
        return code == MISSING_CODE ? -1 : j->week_of_label[code];
    }
    text = column_text(j->label, row, &length);
    return weeks_of_label(j->weeks->pattern.text, text, length);
}

static void judge_visits(const struct judging *j, size_t person, uint8_t *state)
{
    for (size_t row = j->visits->first[person]; row < j->visits->first[person + 1]; row++) {
        const int32_t week = j->holds[row] ? week_of_row(j, row) : -1;
        if (week < j->weeks->from || week > j->weeks->to)
            continue;
        const enum week_state seen = look(j, person, j->visits->day[row], j->visits->day[row]);
        uint8_t *const known = &state[week - j->weeks->from];
        if (seen > *known)
            *known = (uint8_t)seen;
    }
}

static void judge_days(const struct judging *j, size_t person, uint8_t *state)
{
    for (size_t k = 0; k < j->n_weeks; k++) {
        const int32_t begin = j->weeks->first_day + j->weeks->length * (j->weeks->from + (int32_t)k - 1);
        state[k] = (uint8_t)look(j, person, begin, begin + j->weeks->length - 1);
    }
}

static int judge_people(void *context, size_t chunk)
{
    const struct judging *j = context;
    const size_t begin = chunk * CHUNK_PEOPLE, left = j->n_people - begin,
                 end = begin + (left < CHUNK_PEOPLE ? left : CHUNK_PEOPLE);

    for (size_t i = begin; i < end; i++)
        (j->visits != NULL ? judge_visits : judge_days)(j, i, j->state + i * j->n_weeks);
    return 0;
}

static int read_labels(struct judging *j)
{
    const struct column *label = j->label;

    if (label->type != COLUMN_CATEGORY)
        return 0;
    if ((j->week_of_label = allocate(label->n_labels, sizeof *j->week_of_label)) == NULL)
        return -1;
    for (size_t k = 0; k < label->n_labels; k++)
        j->week_of_label[k] = weeks_of_label(j->weeks->pattern.text, label->labels[k], strlen(label->labels[k]));
    return 0;
}

/* Any kind tells how many people there are. */
static size_t n_people(const struct study_weeks *weeks, const struct evidence *evidence)
{
    const size_t kind = weeks->n_needs > 0 ? weeks->needs[0] : weeks->n_bad > 0 ? weeks->bad[0] : weeks->back[0];

    return evidence_days(evidence, kind)->n;
}

uint8_t *weeks_judge(const struct study_weeks *weeks, const struct evidence *evidence, int n_threads)
{
    struct judging j = {.weeks = weeks, .evidence = evidence, .n_people = n_people(weeks, evidence), .n_weeks = weeks_n(weeks)};
    int status = 0;

    if ((j.state = allocate(j.n_people * j.n_weeks, 1)) == NULL)
        return NULL;
    if (weeks->visits != NO_EVIDENCE) {
        j.visits = evidence_rows(evidence, (size_t)weeks->visits);
        j.holds = evidence_holds(evidence, (size_t)weeks->visits);
        j.label = table_column(j.visits->rows, weeks->label.text);
        status = read_labels(&j);
    }
    if (status == 0)
        status = threads_run((j.n_people + CHUNK_PEOPLE - 1) / CHUNK_PEOPLE, n_threads, judge_people, &j);
    free(j.week_of_label);
    if (status == 0)
        return j.state;
    free(j.state);
    return NULL;
}
