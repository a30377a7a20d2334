/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of outcomes that are found in dated rows: the first of several triggers, days until, yes or no. */
#include <string.h>

#include "study/study_file.h"

static int32_t number_or(const struct study_number *number, int32_t otherwise)
{
    return number->given ? (int32_t)number->value : otherwise;
}

static size_t find_weeks(const struct study_checker *checker, const struct study_text *name)
{
    const struct study *study = checker->study;
    const char **names = arena_take(checker->arena, study->n_weeks, sizeof *names);
    const char *hint = "";

    if (name->text == NULL)
        return study->n_weeks;
    for (size_t i = 0; names != NULL && i < study->n_weeks; i++) {
        names[i] = study->weeks[i].name.text;
        if (strcmp(names[i], name->text) == 0)
            return i;
    }
    if (names != NULL)
        hint = did_you_mean(checker->mistakes, name->text, names, study->n_weeks);
    mistake(checker->mistakes, name->place, "of: there are no weeks '%s'; name them under 'weeks'%s",
            shown(checker->mistakes, name->text), hint);
    return study->n_weeks;
}

/* ---- triggers ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *key;
    enum table_role role; /* N_ROLES: any */
} FORMS[] = {
    [FORM_ON] = {"on", N_ROLES},
    [FORM_TEST] = {"test", ROLE_TESTS},
    [FORM_VISIT] = {"visit", ROLE_VISITS},
    [FORM_SPECIMEN] = {"specimen", ROLE_SPECIMENS},
    [FORM_USE_DAY] = {"use_day", ROLE_USE_DAYS},
    [FORM_DOSE] = {"dose", ROLE_DOSES},
};

static void check_window(const struct study_checker *checker, const struct file_trigger *written,
                         struct study_trigger *trigger, const char *unit)
{
    trigger->within = trigger->n;
    if (written->within.given && written->within.value < trigger->n)
        mistake(checker->mistakes, written->within.place, "within: %d %s do not fit into %d", trigger->n, unit,
                (int)written->within.value);
    else if (written->within.given)
        trigger->within = (int32_t)written->within.value;
    if (written->within.given && written->in_a_row.word.text != NULL && written->in_a_row.value)
        mistake(checker->mistakes, written->within.place, "within: either 'in_a_row' or 'within', not both");
}

static void check_days_trigger(const struct study_checker *checker, const struct file_trigger *written,
                               struct study_trigger *trigger)
{
    const struct study *study = checker->study;

    trigger->kind = TRIGGER_DAYS;
    trigger->n = number_or(&written->days, 1);
    trigger->from = number_or(&written->from, -NO_DAY_LIMIT);
    trigger->to = number_or(&written->to, NO_DAY_LIMIT);
    trigger->of = find_evidence(checker, FORMS[written->form].key, &written->evidence);
    check_window(checker, written, trigger, "days");
    if (trigger->n > 1 && !written->within.given && written->in_a_row.value != 1)
        mistake(checker->mistakes, written->days.place,
                "days: say whether %d days count 'in_a_row: yes' or 'within: N' days", trigger->n);
    if (trigger->from > trigger->to)
        mistake(checker->mistakes, written->from.place, "%s: 'from' lies after 'to'", FORMS[written->form].key);
    if (trigger->of < study->n_evidence && FORMS[written->form].role != N_ROLES &&
        study->evidence[trigger->of].role != FORMS[written->form].role)
        mistake(checker->mistakes, written->evidence.place, "%s: '%s' is evidence of %s", FORMS[written->form].key,
                study->evidence[trigger->of].name.text, table_role_name(study->evidence[trigger->of].role));
}

static void check_weeks_trigger(const struct study_checker *checker, const struct file_trigger *written,
                                struct study_trigger *trigger)
{
    const struct study *study = checker->study;

    trigger->kind = TRIGGER_WEEKS;
    trigger->missing_only = written->form == FORM_MISSED_VISITS;
    trigger->n = number_or(trigger->missing_only ? &written->missed_visits : &written->bad_weeks, 1);
    trigger->of = find_weeks(checker, &written->weeks);
    check_window(checker, written, trigger, "weeks");
    if (trigger->missing_only && trigger->of < study->n_weeks &&
        study->weeks[trigger->of].missing == WEEK_MISSING_IGNORED)
        mistake(checker->mistakes, written->weeks.place, "missed_visits: the weeks '%s' ignore what is missing",
                study->weeks[trigger->of].name.text);
}

static void check_reason_trigger(const struct study_checker *checker, struct study_trigger *trigger)
{
    const struct column *column;

    trigger->kind = TRIGGER_REASON;
    check_column(checker, "column", &trigger->column, KIND_CATEGORY);
    check_column(checker, "day", &trigger->day, KIND_NUMBER);
    if (checker->columns == NULL || (column = table_column(checker->columns, trigger->column.text)) == NULL ||
        column->n_labels == 0)
        return;
    for (size_t i = 0; i < trigger->reasons.n; i++) {
        const struct study_text *reason = &trigger->reasons.items[i];
        if (column_find_label(column, reason->text, strlen(reason->text)) == MISSING_CODE)
            mistake(checker->mistakes, reason->place, "reason: column '%s' has no label '%s'%s", column->name,
                    shown(checker->mistakes, reason->text),
                    did_you_mean(checker->mistakes, reason->text, (const char *const *)column->labels, column->n_labels));
    }
}

static void check_new_episode(const struct study_checker *checker, const struct file_trigger *written,
                              struct study_trigger *trigger)
{
    trigger->kind = TRIGGER_NEW_EPISODE;
    trigger->gap_days = number_or(&written->gap_days, 0);
    for (size_t i = 0; i < written->levels.n; i++)
        trigger->levels[written->levels.items[i].value] = true;
    if (!study_is_linked(checker->study))
        mistake(checker->mistakes, trigger->place,
                "new_episode: readmission is told by linked stays, and this study has none: 'tables: episodes:' with a person "
                "key; a column that the source has counted can be a 'reason' with its 'day'");
}

static void check_trigger(const struct study_checker *checker, const struct file_trigger *written,
                          struct study_trigger *trigger)
{
    *trigger = written->trigger;
    trigger->dated_last = written->dated.value == 1;
    if (written->doubtful)
        return;
    switch ((enum trigger_form)written->form) {
    case FORM_BAD_WEEKS:
    case FORM_MISSED_VISITS:
        check_weeks_trigger(checker, written, trigger);
        break;
    case FORM_REASON:
        check_reason_trigger(checker, trigger);
        break;
    case FORM_NEW_EPISODE:
        check_new_episode(checker, written, trigger);
        break;
    default:
        check_days_trigger(checker, written, trigger);
    }
}

/* ---- first of ------------------------------------------------------------------------------------------------- */

/* `death: competing` is the kind 'death' in the list `competing`. */
static int add_ends(const struct study_checker *checker, const struct file_outcome *written, int which,
                    struct study_texts *names)
{
    static const char *const ENDS[] = {"death", "incarceration", "transfer"};
    const struct study_texts *list = which == 1 ? &written->competing : &written->censor;

    names->items = arena_take(checker->arena, list->n + 3, sizeof *names->items);
    if (names->items == NULL)
        return -1;
    for (size_t i = 0; i < list->n; i++)
        names->items[names->n++] = list->items[i];
    for (size_t i = 0; i < 3; i++)
        if (written->ends[i].value == which) {
            names->items[names->n].place = written->ends[i].word.place;
            names->items[names->n].text = arena_text(checker->arena, ENDS[i], strlen(ENDS[i]));
            if (names->items[names->n++].text == NULL)
                return -1;
        }
    check_doubled(checker, which == 1 ? "competing" : "censor", names);
    return 0;
}

static void check_ends(const struct study_checker *checker, const struct study_outcome *outcome,
                       const struct study_texts *competing, const struct study_texts *censor)
{
    for (size_t i = 0; i < censor->n; i++) {
        if (is_one_of(competing, censor->items[i].text))
            mistake(checker->mistakes, censor->items[i].place, "censor: '%s' competes already",
                    shown(checker->mistakes, censor->items[i].text));
        if (speaks_of_death(censor->items[i].text) && outcome->because.text == NULL)
            mistake(checker->mistakes, censor->items[i].place,
                    "censor: '%s' is no plain censoring; let it compete, or say why with 'because'",
                    shown(checker->mistakes, censor->items[i].text));
    }
}

static void check_follow_up(const struct study_checker *checker, const char *key, const struct study_outcome *outcome)
{
    if (!checker->study->cohort.follow_up_days.given)
        mistake(checker->mistakes, outcome->name.place,
                "%s: who is never seen to have the event is followed to the end; add 'follow_up: {days: N}' to cohort", key);
}

/* Intervals between looks: only single days are found by one look. */
static void check_between_looks(const struct study_checker *checker, const struct file_outcome *written,
                                struct study_outcome *outcome)
{
    const struct study_text *const word = &written->between_looks.word;
    size_t n_looks = 0;

    outcome->between_looks = word->text != NULL && written->between_looks.value == 1;
    if (!outcome->between_looks)
        return;
    for (size_t k = 0; k < outcome->n_triggers; k++) {
        const struct study_trigger *trigger = &outcome->triggers[k];
        if (written->triggers[k].doubtful || (trigger->kind == TRIGGER_DAYS && trigger->of >= checker->study->n_evidence))
            return; /* a mistake of its own */
        if (trigger->kind == TRIGGER_WEEKS || trigger->n > 1)
            mistake(checker->mistakes, trigger->place,
                    "between_looks: several days or weeks are found by several looks, and nobody knows between which it happened; "
                    "let a single day be the event");
        n_looks += trigger->kind == TRIGGER_DAYS && table_role_looks(checker->study->evidence[trigger->of].role);
    }
    if (n_looks == 0)
        mistake(checker->mistakes, word->place, "between_looks: none of the triggers is found by a test, a visit or a specimen");
    if (outcome->unseen == UNSEEN_RELAPSE)
        mistake(checker->mistakes, written->unseen.word.place,
                "missing: relapse puts a day to what nobody saw; with 'between_looks' it is 'censor' or 'last_seen'");
}

/* An event that recurs is a day of a kind of evidence, and is looked for from day 1 on. */
static void check_again(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome)
{
    if (!written->again_after.given)
        return;
    outcome->again_after = (int32_t)written->again_after.value;
    for (size_t k = 0; k < outcome->n_triggers; k++)
        if (!written->triggers[k].doubtful && (outcome->triggers[k].kind != TRIGGER_DAYS || outcome->triggers[k].n > 1))
            mistake(checker->mistakes, outcome->triggers[k].place,
                    "again_after: what recurs is a single day of a kind of evidence ({test: ...}, {on: ...}), not this");
    if (outcome->unseen == UNSEEN_RELAPSE)
        mistake(checker->mistakes, written->unseen.word.place,
                "missing: relapse ends with the first event; with 'again_after' it is 'censor' or 'last_seen'");
    if (outcome->grace < 1)
        mistake(checker->mistakes, written->again_after.place,
                "again_after: days at risk begin after day 0, so an event of day 0 would have none; add 'grace: 1' (or later)");
}

int check_first_of(const struct study_checker *checker, const struct file_outcome *written,
                   struct study_outcome *outcome)
{
    struct study_texts competing = {0}, censor = {0};

    if ((outcome->triggers = arena_take(checker->arena, written->n_triggers, sizeof *outcome->triggers)) == NULL)
        return -1;
    for (; outcome->n_triggers < written->n_triggers; outcome->n_triggers++)
        check_trigger(checker, &written->triggers[outcome->n_triggers], &outcome->triggers[outcome->n_triggers]);
    outcome->grace = number_or(&written->grace, 0);
    outcome->unseen = (enum unseen_rule)written->unseen.value;
    if (add_ends(checker, written, 1, &competing) != 0 || add_ends(checker, written, 2, &censor) != 0 ||
        find_evidences(checker, "competing", &competing, &outcome->n_competing, &outcome->competing) != 0 ||
        find_evidences(checker, "censor", &censor, &outcome->n_censor, &outcome->censor) != 0 ||
        find_evidences(checker, "seen_by", &written->seen_by, &outcome->n_seen, &outcome->seen) != 0)
        return -1;
    outcome->competing_reasons = competing;
    check_between_looks(checker, written, outcome);
    check_again(checker, written, outcome);
    check_ends(checker, outcome, &competing, &censor);
    check_follow_up(checker, "first_of", outcome);
    if ((outcome->unseen == UNSEEN_RELAPSE || outcome->unseen == UNSEEN_LAST_SEEN) && written->seen_by.n == 0)
        mistake(checker->mistakes, written->unseen.word.place,
                "missing: %s needs 'seen_by', the kinds of evidence by which somebody is seen", written->unseen.word.text);
    return 0;
}

/* ---- days until, yes or no --------------------------------------------------------------------------------------- */

void check_days_until(const struct study_checker *checker, const struct file_outcome *written,
                      struct study_outcome *outcome)
{
    outcome->days = (enum days_rule)written->days_form;
    if (outcome->days == DAYS_COLUMN || outcome->days == DAYS_INTERVAL || written->days_doubtful)
        return;
    outcome->days_of = find_evidence(checker, "days_until", &written->days_of);
    outcome->gap_days = number_or(&written->gap_days, 0);
    if (outcome->days == DAYS_GAP)
        check_follow_up(checker, "days_until", outcome);
}

void check_any(const struct study_checker *checker, const struct file_outcome *written, struct study_outcome *outcome)
{
    outcome->days_of = find_evidence(checker, "any", &written->any);
    outcome->at_least = number_or(&written->at_least, 1);
    outcome->from = number_or(&written->from, -NO_DAY_LIMIT);
    outcome->to = number_or(&written->to, NO_DAY_LIMIT);
    if (outcome->from > outcome->to)
        mistake(checker->mistakes, written->from.place, "any: 'from' lies after 'to'");
}

static void check_count(const struct study_checker *checker, const struct study_weeks *weeks,
                        const struct file_week_count *written, struct study_week_count *count)
{
    count->weeks = written->weeks;
    count->at_least = number_or(&written->at_least, (int32_t)written->weeks.n);
    if (count->at_least > (int32_t)written->weeks.n)
        mistake(checker->mistakes, written->at_least.place, "at_least: there are only %zu weeks", written->weeks.n);
    for (size_t i = 0; weeks != NULL && i < written->weeks.n; i++)
        if (written->weeks.values[i] < weeks->from || written->weeks.values[i] > weeks->to)
            mistake(checker->mistakes, written->weeks.place, "good_weeks: week %d is not among the weeks %d to %d of '%s'",
                    (int)written->weeks.values[i], weeks->from, weeks->to, weeks->name.text);
}

int check_good_weeks(const struct study_checker *checker, const struct file_outcome *written,
                     struct study_outcome *outcome)
{
    const struct study *study = checker->study;

    outcome->of_weeks = find_weeks(checker, &written->of_weeks);
    if ((outcome->counts = arena_take(checker->arena, written->n_counts, sizeof *outcome->counts)) == NULL)
        return -1;
    for (; outcome->n_counts < written->n_counts; outcome->n_counts++)
        check_count(checker, outcome->of_weeks < study->n_weeks ? &study->weeks[outcome->of_weeks] : NULL,
                    &written->counts[outcome->n_counts], &outcome->counts[outcome->n_counts]);
    return 0;
}
