/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of `models` (cox, finegray, aft or logistic): terms are the arm and covariates, joined by +, and strata(column, ...). */
#include <string.h>

#include "study/study_file.h"

static const char arm[] = "arm";

struct model_reader {
    const struct study_checker *checker;
    const struct study_text *written;
    struct study_model *model;
};

/* A column of the model, with its place in the file. */
static int add_column(const struct model_reader *reader, struct study_texts *into, const char *start, size_t length)
{
    const struct study_checker *checker = reader->checker;
    const struct study_texts *covariates = &checker->study->cohort.covariates;
    struct study_text column = {.place = reader->written->place};
    const char **names;

    if ((column.text = arena_text(checker->arena, start, length)) == NULL)
        return -1;
    if (is_one_of(&reader->model->terms, column.text) || is_one_of(&reader->model->strata, column.text))
        mistake(checker->mistakes, column.place, "models: '%s' stands twice", shown(checker->mistakes, column.text));
    else if (strcmp(column.text, arm) != 0 && !is_one_of(covariates, column.text)) {
        if ((names = arena_take(checker->arena, covariates->n + 1, sizeof *names)) == NULL)
            return -1;
        names[0] = arm;
        for (size_t i = 0; i < covariates->n; i++)
            names[i + 1] = covariates->items[i].text;
        mistake(checker->mistakes, column.place,
                "models: '%s' is neither 'arm' nor one of the cohort's covariates%s",
                shown(checker->mistakes, column.text),
                did_you_mean(checker->mistakes, column.text, names, covariates->n + 1));
    }
    into->items[into->n++] = column;
    return 0;
}

static size_t name_length(const char *text)
{
    return strcspn(text, " \t+(),");
}

/* The columns inside of strata(...), *text after the opening parenthesis; NULL after a mistake. */
static const char *read_strata(const struct model_reader *reader, const char *text, int *status)
{
    for (;;) {
        text += strspn(text, " \t");
        const size_t length = name_length(text);
        if (length == 0)
            return NULL;
        if ((*status = add_column(reader, &reader->model->strata, text, length)) != 0)
            return NULL;
        text += length + strspn(text + length, " \t");
        if (*text == ')')
            return text + 1;
        if (*text++ != ',')
            return NULL;
    }
}

/* One term; returns what follows it, or NULL when it cannot be read. */
static const char *read_term(const struct model_reader *reader, const char *text, int *status)
{
    const size_t length = name_length(text);

    if (length == 6 && memcmp(text, "strata(", 7) == 0)
        text = read_strata(reader, text + 7, status);
    else if (length == 0 || text[length] == '(')
        return NULL;
    else if ((*status = add_column(reader, &reader->model->terms, text, length)) == 0)
        text += length;
    return text == NULL ? NULL : text + strspn(text, " \t");
}

static int read_formula(const struct model_reader *reader)
{
    const char *text = reader->written->text;
    const size_t room = strlen(text);
    int status = 0;

    if ((reader->model->terms.items = arena_take(reader->checker->arena, room, sizeof(struct study_text))) == NULL ||
        (reader->model->strata.items = arena_take(reader->checker->arena, room, sizeof(struct study_text))) == NULL)
        return -1;
    for (text += strspn(text, " \t"); text != NULL; text += 1 + strspn(text + 1, " \t")) {
        if ((text = read_term(reader, text, &status)) == NULL || (*text != '+' && *text != '\0')) {
            if (status == 0)
                mistake(reader->checker->mistakes, reader->written->place,
                        "models: columns joined by '+' and strata(column, ...) were expected; value '%s'",
                        shown(reader->checker->mistakes, reader->written->text));
            return status;
        }
        if (*text == '\0')
            break;
    }
    if (!is_one_of(&reader->model->terms, arm))
        mistake(reader->checker->mistakes, reader->written->place,
                "models: no term is 'arm', so that the model would compare nothing");
    return 0;
}

/* A key that belongs to another rule. */
static void refuse_key(const struct study_checker *checker, const struct study_place *place, const char *key, const char *of)
{
    mistake(checker->mistakes, *place, "models: '%s' belongs to '%s'", key, of);
}

/* One of cox, finegray, aft and logistic, with the keys that belong to it. */
static bool check_keys(const struct study_checker *checker, const struct file_model *written)
{
    const bool cox = written->cox.text != NULL, finegray = written->finegray.text != NULL, aft = written->aft.text != NULL;

    if (cox + finegray + aft + (written->logistic.text != NULL) != 1) {
        mistake(checker->mistakes, written->place, "models: one of 'cox', 'finegray', 'aft' and 'logistic' was expected");
        return false;
    }
    if (!cox && written->ties.word.text != NULL)
        refuse_key(checker, &written->ties.word.place, "ties", "cox");
    if (!cox && written->frailty.text != NULL)
        refuse_key(checker, &written->frailty.place, "frailty", "cox");
    if (!cox && written->firth.word.text != NULL)
        refuse_key(checker, &written->firth.word.place, "firth", "cox");
    if (!finegray && written->cause.given)
        refuse_key(checker, &written->cause.place, "cause", "finegray");
    if (!aft && written->distribution.word.text != NULL)
        refuse_key(checker, &written->distribution.word.place, "distribution", "aft");
    return true;
}

/* Frailties and Firth's penalty: one of them, and each with the likelihoods that it has. */
static void check_penalties(const struct study_checker *checker, const struct file_model *written, struct study_model *model)
{
    const bool exact = model->ties.text != NULL && strcmp(model->ties.text, "exact") == 0;
    const struct study_texts *const covariates = &checker->study->cohort.covariates, *const strata = &checker->study->cohort.strata;

    model->frailty = written->frailty;
    model->firth = written->firth.word.text != NULL && written->firth.value == 1;
    if (model->firth && (exact || model->frailty.text != NULL || written->recurrent.word.text != NULL))
        mistake(checker->mistakes, written->firth.word.place, "models: 'firth' goes with neither 'ties: exact' nor 'frailty' nor 'recurrent'");
    if (model->frailty.text == NULL)
        return;
    if (exact || written->recurrent.word.text != NULL)
        mistake(checker->mistakes, model->frailty.place, "models: 'frailty' goes with neither 'ties: exact' nor 'recurrent'");
    if (is_one_of(&model->terms, model->frailty.text) || is_one_of(&model->strata, model->frailty.text))
        mistake(checker->mistakes, model->frailty.place, "models: '%s' is a term already; a group has a coefficient or a frailty, not both",
                shown(checker->mistakes, model->frailty.text));
    else if (!is_one_of(covariates, model->frailty.text) && !is_one_of(strata, model->frailty.text))
        mistake(checker->mistakes, model->frailty.place, "models: frailty: '%s' is neither one of the cohort's covariates nor of its strata",
                shown(checker->mistakes, model->frailty.text));
}

/* Events that recur are those of an outcome, or moves between levels of linked stays. */
static void check_recurrent(const struct study_checker *checker, const struct file_model *written,
                            const struct study_analysis *analysis, struct study_model *model)
{
    const struct study_text *const word = &written->recurrent.word;

    if (word->text == NULL) {
        if (written->into.n > 0)
            mistake(checker->mistakes, written->into.items[0].word.place, "models: 'into' belongs to 'recurrent'");
        return;
    }
    model->recurrent = true;
    model->arrangement = written->recurrent.value;
    model->of_moves = written->into.n > 0;
    mark_levels(model->into, &written->into);
    if (model->rule != MODEL_COX)
        mistake(checker->mistakes, word->place, "models: 'recurrent' belongs to 'cox'");
    else if (!model->of_moves && !analysis_recurs(checker, analysis))
        mistake(checker->mistakes, word->place, "models: 'recurrent' needs an outcome that happens again ('first_of' with 'again_after'), "
                                                "or 'into', the levels of care that people move into");
    else if (model->of_moves && !study_is_linked(checker->study))
        mistake(checker->mistakes, word->place, "models: 'recurrent' reads paths through levels of care: it needs linked stays "
                                                "(table 'episodes')");
    else if (model->ties.text != NULL && strcmp(model->ties.text, "exact") == 0)
        mistake(checker->mistakes, word->place, "models: 'recurrent' has robust errors, which the exact likelihood has not");
}

static void take_formula(const struct file_model *from, struct study_model *model)
{
    const struct study_text *const formulas[] = {[MODEL_COX] = &from->cox,
                                                 [MODEL_FINEGRAY] = &from->finegray,
                                                 [MODEL_AFT] = &from->aft,
                                                 [MODEL_LOGISTIC] = &from->logistic};

    model->rule = MODEL_COX;
    while (formulas[model->rule]->text == NULL)
        model->rule++;
    model->formula = *formulas[model->rule];
}

static const char *rule_name(enum model_rule rule)
{
    static const char *const names[] = {"cox", "finegray", "aft", "logistic"};

    return names[rule];
}

/* Two models of the same terms are told apart by what they are. */
static const char *name_model(const struct study_checker *checker, const struct file_model *written, const struct study_model *model)
{
    const char *const formula = model->formula.text;

    if (model->rule == MODEL_AFT)
        return arena_format(checker->arena, "%s; %s", formula,
                            written->distribution.word.text != NULL ? written->distribution.word.text : "weibull");
    if (model->recurrent)
        return arena_format(checker->arena, "%s; %s", formula, written->recurrent.word.text);
    if (model->frailty.text != NULL)
        return arena_format(checker->arena, "%s; frailty(%s)", formula, model->frailty.text);
    return model->firth ? arena_format(checker->arena, "%s; firth", formula) : formula;
}

int study_check_models(const struct study_checker *checker, const struct file_analysis *written,
                       struct study_analysis *analysis)
{
    if ((analysis->models = arena_take(checker->arena, written->n_models, sizeof *analysis->models)) == NULL)
        return -1;
    for (size_t i = 0; i < written->n_models; i++) {
        const struct file_model *const from = &written->models[i];
        struct study_model *model = &analysis->models[analysis->n_models];
        if (!check_keys(checker, from))
            continue;
        take_formula(from, model);
        model->ties = from->ties.word;
        model->distribution = from->distribution.value;
        model->cause = from->cause.given ? (int32_t)from->cause.value : 1;
        const struct model_reader reader = {checker, &model->formula, model};
        if (read_formula(&reader) != 0)
            return -1;
        check_penalties(checker, from, model);
        check_recurrent(checker, from, analysis, model);
        if ((model->name = name_model(checker, from, model)) == NULL)
            return -1;
        if (model->rule != MODEL_COX && model->strata.n > 0)
            mistake(checker->mistakes, model->formula.place, "models: '%s' has no strata",
                    rule_name(model->rule));
        analysis->n_models++;
    }
    return 0;
}
