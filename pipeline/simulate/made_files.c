/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/made_files.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/output.h"
#include "simulate/made_words.h"

const char *const made_file_names[] = {
    "episodes.csv", "clients.csv", "tests.csv", "visits.csv", "people.csv", "episodes.yaml", "clients.yaml", "tests.yaml",
    "visits.yaml", "people_codebook.yaml", "study.yaml", "people.yaml", "margins.csv", "truth.csv", "published.csv",
    "README.md",
};
const size_t n_made_files = sizeof made_file_names / sizeof made_file_names[0];

static struct output *open_in(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    struct output *output = path == NULL ? NULL : output_open(path);

    free(path);
    return output;
}

static int write_words(const char *folder, const char *name, const char *words)
{
    struct output *output = open_in(folder, name);

    return output_end(output, output == NULL ? -1 : output_text(output, words));
}

/* ---- codebooks ------------------------------------------------------------------------------------------------ */

/* The columns of a person's traits, as clients.csv and people.csv have them. */
static int write_traits(struct output *output)
{
    int status = output_text(output, "  age:             {type: integer, label: Age at first admission, units: years, "
                                     "range: [12, 89]}\n");

    for (int t = TRAIT_AGE + 1; status == 0 && t < N_TRAITS; t++) {
        const struct trait_words *words = &trait_words[t];

        status = output_printf(output, "  %s:\n    type: category\n    label: %s\n    codes: {", words->column, words->label);
        for (size_t k = 0, n = 0; status == 0 && k < words->n_levels; k++)
            if (words->levels[k].label[0] != '\0')
                status = output_printf(output, "%s\"%s\": %s", n++ == 0 ? "" : ", ", words->levels[k].label,
                                       words->levels[k].label);
        if (status == 0)
            status = output_text(output, "}\n");
    }
    return status;
}

static int write_codebook(const char *folder, const char *name, const char *head, const char *tail)
{
    struct output *output = open_in(folder, name);
    int status = output == NULL ? -1 : output_text(output, head);

    if (status == 0)
        status = write_traits(output);
    if (status == 0)
        status = output_text(output, tail);
    return output_end(output, status);
}

/* ---- tables as CSV ---------------------------------------------------------------------------------------------- */

static int write_cell(struct output *output, const struct column *column, size_t row)
{
    size_t length = 0;

    if (column_is_missing(column, row))
        return 0;
    if (column->type == COLUMN_TEXT) {
        const char *text = column_text(column, row, &length);
        return output_csv_field(output, text, length);
    }
    /* Six digits: the Monte-Carlo error is larger. */
    return output_printf(output, "%.6g", column_real(column, row));
}

static int write_table(const char *folder, const char *name, const struct table *table)
{
    struct output *output = open_in(folder, name);
    int status = output == NULL ? -1 : 0;

    for (size_t j = 0; status == 0 && j < table->n_columns; j++)
        status = output_printf(output, "%s%s", j == 0 ? "" : ",", table->columns[j].name);
    for (size_t i = 0; status == 0 && i < table->n_rows; i++)
        for (size_t j = 0; status == 0 && j < table->n_columns; j++)
            if ((status = output_text(output, j == 0 ? "\n" : ",")) == 0)
                status = write_cell(output, &table->columns[j], i);
    if (status == 0)
        status = output_text(output, "\n");
    return output_end(output, status);
}

static bool cell_is(const struct table *table, const char *column, size_t row, const char *words)
{
    size_t length = 0;
    const char *text = column_text(table_column(table, column), row, &length);

    return length == strlen(words) && memcmp(text, words, length) == 0;
}

/* What the studies beside it compute: averages over all, without hazard ratios, means to the end of follow-up. */
static bool is_published(const struct table *truth, size_t row)
{
    const bool is_mean = cell_is(truth, "measure", row, "rmst") || cell_is(truth, "measure", row, "rmst_difference");

    return cell_is(truth, "estimand", row, "all") && !cell_is(truth, "measure", row, "hazard_ratio") &&
           (!is_mean || column_integer(table_column(truth, "time"), row) == FOLLOW_UP);
}

/* The truth as something printed, so that a run shows it beside its own numbers. */
static int write_published(const char *folder, const struct table *truth)
{
    static const char *const keys[] = {"outcome", "measure", "arm", "reference", "time"};
    struct output *output = open_in(folder, "published.csv");
    int status = output == NULL ? -1
                                : output_text(output, "outcome,measure,arm,reference,time,adjustment,source,table,cell,"
                                                      "printed,note,expected\n");

    for (size_t i = 0; status == 0 && i < truth->n_rows; i++) {
        if (!is_published(truth, i))
            continue;
        for (size_t k = 0; status == 0 && k < sizeof keys / sizeof keys[0]; k++)
            if ((status = write_cell(output, table_column(truth, keys[k]), i)) == 0)
                status = output_text(output, ",");
        if (status == 0)
            status = output_printf(output, "unadjusted,known truth,truth.csv,row %zu,%.4f,the truth (Monte-Carlo error %.1g),differs\n",
                                   i + 1, column_real(table_column(truth, "estimate"), i),
                                   column_real(table_column(truth, "std_error"), i));
    }
    return output_end(output, status);
}

/* ---- study and README -------------------------------------------------------------------------------------------- */

static int write_study(const char *folder, const char *name, const struct settings *settings, const char *words)
{
    struct output *output = open_in(folder, name);
    int status = output == NULL ? -1
                                : output_printf(output, made_study_head, settings->seed, settings->n_persons,
                                                settings->confounding, settings->relapse_ratio);

    if (status == 0)
        status = output_text(output, words);
    return output_end(output, status);
}

static int write_readme(const char *folder, const struct settings *s, const struct source_counts *counts)
{
    struct output *output = open_in(folder, "README.md");
    int status = output == NULL ? -1
                                : output_printf(output, made_readme, s->seed, s->n_persons,
                                                s->confounding, s->relapse_ratio, s->dropout_ratio, s->death_ratio,
                                                s->disenrolled, s->n_truth, s->n_persons, counts->stays, counts->tests,
                                                counts->cohort);

    return output_end(output, status);
}

int made_files_write(const struct model *model, const char *folder, const struct source_counts *counts,
                     const struct table *margins, const struct table *truth)
{
    const struct settings *settings = &model->settings;

    if (write_words(folder, "tests.yaml", made_codebook_tests) != 0 ||
        write_words(folder, "visits.yaml", made_codebook_visits) != 0 ||
        write_codebook(folder, "episodes.yaml", made_codebook_episodes_head, made_codebook_clients_tail) != 0 ||
        write_codebook(folder, "clients.yaml", made_codebook_clients_head, made_codebook_clients_tail) != 0 ||
        write_codebook(folder, "people_codebook.yaml", made_codebook_people_head, made_codebook_people_tail) != 0 ||
        write_study(folder, "study.yaml", settings, made_study_linked) != 0 ||
        write_study(folder, "people.yaml", settings, made_study_people) != 0 ||
        write_table(folder, "margins.csv", margins) != 0 ||
        (truth != NULL && (write_table(folder, "truth.csv", truth) != 0 || write_published(folder, truth) != 0)))
        return -1;
    return write_readme(folder, settings, counts);
}
