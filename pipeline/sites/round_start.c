/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/round_start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "stats/wide_sum.h"

/* ---- labels in their order ------------------------------------------------------------------------------------------------ */

struct label {
    const char *text;
    size_t place; /* in the codebook; beyond it: none */
};

static int compare_labels(const void *a, const void *b)
{
    const struct label *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return strcmp(x->text, y->text);
}

static size_t place_of_arm(const struct study *study, const char *text)
{
    size_t arm = 0;

    while (arm < study->cohort.arms.n && strcmp(study->cohort.arms.items[arm].name.text, text) != 0)
        arm++;
    return arm;
}

static size_t place_of(const struct study *study, const struct column *declared, const char *term, const char *text)
{
    if (strcmp(term, "arm") == 0)
        return place_of_arm(study, text);
    if (declared == NULL || declared->type != COLUMN_CATEGORY)
        return 0;
    const int32_t code = column_find_label(declared, text, strlen(text));
    return code == MISSING_CODE ? declared->n_labels : (size_t)code;
}

/* ---- columns ------------------------------------------------------------------------------------------------------------------ */

struct starting {
    const struct study *study;
    const struct table *people, *terms, *schema;
    struct round_fit *fit;
    size_t n;                    /* columns so far */
    struct round_column *columns;
};

static int add_column(struct starting *s, char *name, const char *term, const char *level, double center, double scale)
{
    struct round_column *const columns = name == NULL ? NULL : reallocate(s->columns, s->n + 1, sizeof *columns);

    if (columns == NULL) {
        free(name);
        return -1;
    }
    s->columns = columns;
    columns[s->n++] = (struct round_column){name, copy_text(term), copy_text(level), center, scale};
    return columns[s->n - 1].term == NULL || columns[s->n - 1].level == NULL ? -1 : 0;
}

static bool is_of(const struct starting *s, size_t i, const char *term)
{
    return cell_integer(s->terms, "fit", i) == (int64_t)s->fit->number && cell_is(s->terms, "term", i, term);
}

static int add_number(struct starting *s, const char *term)
{
    wide_sum sum = 0, size = 0;
    double n = 0, scale = 1;

    for (size_t i = 0; i < s->terms->n_rows; i++) {
        if (!is_of(s, i, term))
            continue;
        n += (double)cell_integer(s->terms, "n", i);
        sum += wide_join(cell_integer(s->terms, "sum_high", i), cell_integer(s->terms, "sum_low", i));
        size += wide_join(cell_integer(s->terms, "size_high", i), cell_integer(s->terms, "size_low", i));
    }
    while (n > 0 && scale < wide_value(size) / n)
        scale *= 2;
    while (n > 0 && size > 0 && scale / 2 >= wide_value(size) / n)
        scale /= 2;
    return add_column(s, copy_text(term), term, "", n > 0 ? wide_value(sum) / n : 0, scale);
}

static int add_labels(struct starting *s, const char *term, char *const *texts)
{
    const struct column *const declared = table_column(s->schema, term);
    const bool is_arm = strcmp(term, "arm") == 0;
    size_t n = 0, reference = 0;
    int status = 0;

    while (texts[n] != NULL)
        n++;
    struct label *const labels = allocate(n, sizeof *labels);
    for (size_t l = 0; labels != NULL && l < n; l++)
        labels[l] = (struct label){texts[l], place_of(s->study, declared, term, texts[l])};
    if (labels != NULL && n > 0)
        qsort(labels, n, sizeof *labels, compare_labels);
    for (size_t l = 0; labels != NULL && is_arm && l < n; l++)
        if (labels[l].place == fit_reference_arm(s->study, &s->fit->fit))
            reference = l;
    for (size_t l = 0; labels != NULL && status == 0 && l < n; l++)
        if (l != reference)
            status = add_column(s, format_text("%s=%s", term, labels[l].text), term, labels[l].text, 0, 1);
    free(labels);
    return labels == NULL ? -1 : status;
}

/* Labels of all sites; an empty one says that the term is a number. */
static int add_term(struct starting *s, const char *term)
{
    char **labels = allocate(1, sizeof *labels);
    bool number = false;
    int status = labels == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < s->terms->n_rows; i++) {
        if (!is_of(s, i, term))
            continue;
        char *const level = cell_copy(s->terms, "level", i);
        number |= level != NULL && *level == '\0';
        status = level == NULL || (*level != '\0' && names_add(&labels, level) != 0) ? -1 : 0;
        free(level);
    }
    if (status == 0 && number && labels[0] != NULL)
        status = fail("'%s' is a number at one site and a category at another", term);
    else if (status == 0)
        status = number ? add_number(s, term) : add_labels(s, term, labels);
    names_free(labels);
    return status;
}

/* ---- fits ------------------------------------------------------------------------------------------------------------------------ */

static void count_people(struct starting *s)
{
    for (size_t i = 0; i < s->people->n_rows; i++) {
        if (cell_integer(s->people, "fit", i) != (int64_t)s->fit->number || !cell_is(s->people, "refused", i, ""))
            continue;
        s->fit->n += cell_integer(s->people, "n", i);
        s->fit->n_event += cell_integer(s->people, "n_event", i);
        s->fit->n_sites++;
    }
}

/* Without events, or with nothing else, there is nothing to ask for. */
static int stop_without_events(struct round_fit *fit)
{
    const char *const why = fit->n == 0          ? "nobody has all terms"
                            : fit->n_event == 0 ? "no events"
                            : fit->fit.model->rule == MODEL_LOGISTIC && fit->n_event == fit->n ? "everybody has the event"
                                                                                               : NULL;
    if (why == NULL)
        return 0;
    fit->phase = ROUND_STOPPED;
    return (fit->note = copy_text(why)) == NULL ? -1 : 0;
}

void round_start_intercept(struct round_fit *fit)
{
    if (fit->fit.model->rule == MODEL_LOGISTIC && fit->n_event > 0 && fit->n_event < fit->n)
        fit->newton.asked[0] = log((double)fit->n_event / (double)(fit->n - fit->n_event));
}

static int start_fit(struct starting *s)
{
    const struct study_texts *const terms = &s->fit->fit.model->terms;
    int status = s->fit->fit.model->rule == MODEL_LOGISTIC
                     ? add_column(s, copy_text("(intercept)"), "(intercept)", "", 0, 1)
                     : 0;

    for (size_t t = 0; status == 0 && t < terms->n; t++)
        status = add_term(s, terms->items[t].text);
    if (status == 0 && (status = round_fit_alloc(s->fit, s->n)) == 0) {
        if (s->n > 0)
            memcpy(s->fit->columns, s->columns, s->n * sizeof *s->columns);
        s->n = 0;
        s->fit->newton.linear = s->fit->fit.model->firth;
        count_people(s);
        round_start_intercept(s->fit);
        status = stop_without_events(s->fit);
    }
    for (size_t j = 0; j < s->n; j++) {
        free(s->columns[j].name);
        free(s->columns[j].term);
        free(s->columns[j].level);
    }
    free(s->columns);
    return status;
}

/* Is it one that the outcome has, at any site? */
static bool is_told(const struct table *people, size_t number)
{
    for (size_t i = 0; i < people->n_rows; i++)
        if (cell_integer(people, "fit", i) == (int64_t)number)
            return true;
    return false;
}

int round_start(const struct study *study, const struct table *people, const struct table *terms, struct round *round)
{
    const struct study_table *const source = study_main_table(study);
    struct table *const schema = codebook_schema(source->codebook, table_role_name(source->role));
    struct fits all = {0};
    int status = schema == NULL ? -1 : fits_list(study, true, &all);

    round->number = 1;
    if (status == 0 && (round->fits = allocate(all.n, sizeof *round->fits)) == NULL)
        status = -1;
    for (size_t i = 0; status == 0 && i < all.n; i++) {
        if (!is_told(people, i))
            continue;
        struct round_fit *const fit = &round->fits[round->n++];
        fit->fit = all.items[i];
        fit->number = i;
        status = start_fit(&(struct starting){study, people, terms, schema, fit, 0, NULL});
    }
    fits_free(&all);
    table_free(schema);
    return status;
}
