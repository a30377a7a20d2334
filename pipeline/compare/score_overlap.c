/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/score_overlap.h"

enum { N_RANGES = 20 };

static size_t range_of(double score)
{
    const size_t k = (size_t)(score * N_RANGES);

    return k < N_RANGES ? k : N_RANGES - 1;
}

int score_overlap_add(const struct pair_weights *w, struct table *overlap)
{
    const struct pair_rows *rows = w->rows;
    int64_t n[2][N_RANGES] = {{0}};
    int status = 0;

    for (size_t i = 0; i < rows->n; i++)
        n[rows->treated[i]][range_of(glm_mean(GLM_LOGISTIC, w->score.fit->eta[i]))] += rows->count[i];
    reducer_sum(rows->c->reducer, n[0], 2 * N_RANGES);
    for (int treated = 1; status == 0 && treated >= 0; treated--)
        for (size_t k = 0; status == 0 && k < N_RANGES; k++) {
            struct row_builder row = table_new_row(overlap);
            row_text(&row, "analysis", rows->c->analysis->name.text);
            row_text(&row, "outcome", rows->c->outcome->name.text);
            row_text(&row, "population", rows->c->population->name.text);
            row_text(&row, "adjustment", w->how->name.text);
            row_text(&row, "arm", comparison_arm(rows->c, rows->pair.arm));
            row_text(&row, "reference", comparison_arm(rows->c, rows->pair.reference));
            row_text(&row, "people_of", comparison_arm(rows->c, treated ? rows->pair.arm : rows->pair.reference));
            row_real(&row, "score_from", (double)k / N_RANGES);
            row_real(&row, "score_to", (double)(k + 1) / N_RANGES);
            row_integer(&row, "n", n[treated][k]);
            status = row_end(&row);
        }
    return status;
}
