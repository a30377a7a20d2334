/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retention.c - days until treatment is left: {days_until, completed, completed_if | completed_at}.
 *
 * The event is leaving.  What completing counts as is always declared, because planned lengths differ between
 * levels of care and the answer can turn with it:
 *
 *     left        completing is leaving: everybody has the event on the last day
 *     retained    whoever completed counts as retained as long as anybody looks
 *     competing   completing is a competing event
 *     censor      observation ends with completing
 */
#include <math.h>
#include <stdlib.h>

#include "cohort/conditions.h"
#include "outcomes/days_until.h"
#include "study/expression.h"

static int cause_when_completed(enum completed_rule completed)
{
    return completed == COMPLETED_LEFT ? 1 : completed == COMPLETED_COMPETING ? 2 : 0;
}

/* Has person i completed, by a condition or by days? */
static uint8_t completion(const struct outcome_input *input, size_t i, double days, const uint8_t *completed)
{
    if (completed != NULL)
        return completed[column_integer(input->record, i)];
    return input->outcome->completed_at.given && days >= input->outcome->completed_at.value ? TRUTH_TRUE : TRUTH_FALSE;
}

/* The end of the interval; an open one is followed to its beginning.  Both edges are handed on. */
static double days_of_interval(const struct outcome_writer *writer, size_t i, bool *has_left)
{
    const size_t record = (size_t)column_integer(writer->input->record, i);
    const double low = column_real(writer->days, record), high = column_real(writer->high, record);

    column_set_real(writer->time_low, i, low);
    column_set_real(writer->time_high, i, high);
    *has_left = isnan(low) || !isnan(high);
    return *has_left ? high : low;
}

/* completed: of every record, or NULL. */
static void judge(const struct outcome_writer *writer, const void *completed, size_t i)
{
    const struct outcome_input *const input = writer->input;
    bool has_left = true;
    const double days = writer->high != NULL   ? days_of_interval(writer, i, &has_left)
                        : writer->days == NULL ? days_until(input, i, &has_left)
                                               : column_real(writer->days, (size_t)column_integer(input->record, i));
    const uint8_t truth = completion(input, i, days, completed);

    outcome_set_time(writer, i, truth == TRUTH_UNKNOWN ? LOSS_COMPLETED_UNDECIDED : LOSS_NONE,
                     truth == TRUTH_TRUE ? cause_when_completed(input->outcome->completed) : has_left ? 1 : 0, days);
}

int retention_compute(const struct outcome_writer *writer)
{
    const struct outcome_input *input = writer->input;
    const struct study_text *condition = &input->outcome->completed_if;
    uint8_t *completed = NULL;

    if (condition->text != NULL &&
        (completed = condition_compute(input->study, condition, input->records, input->n_threads)) == NULL)
        return -1;
    outcome_of_each(writer, judge, completed);
    free(completed);
    return 0;
}
