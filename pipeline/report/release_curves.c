/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release_curves.h"

#include <math.h>

#include "report/pool.h"

static const struct {
    const char *name;
    enum release_kind kind;
    enum column_type type;
    const char *label;
} columns[] = {
    {"analysis", RELEASE_PLAIN, COLUMN_TEXT, "Analysis"},
    {"outcome", RELEASE_PLAIN, COLUMN_TEXT, "Outcome"},
    {"population", RELEASE_PLAIN, COLUMN_TEXT, "Population"},
    {"adjustment", RELEASE_PLAIN, COLUMN_TEXT, "Adjustment"},
    {"stratum", RELEASE_PLAIN, COLUMN_TEXT, "Stratum"},
    {"measure", RELEASE_PLAIN, COLUMN_TEXT, "Measure"},
    {"cause", RELEASE_PLAIN, COLUMN_TEXT, "Cause"},
    {"arm", RELEASE_PLAIN, COLUMN_TEXT, "Arm"},
    {"time", RELEASE_PLAIN, COLUMN_FLOAT64, "Last day of the step"},
    {"n_risk", RELEASE_COUNT, COLUMN_INT64, "At risk when the step began"},
    {"n_event", RELEASE_COUNT, COLUMN_INT64, "Events in the step"},
    {"estimate", RELEASE_NUMBER, COLUMN_FLOAT64, "Estimate"},
    {"conf_low", RELEASE_NUMBER, COLUMN_FLOAT64, "Lower limit"},
    {"conf_high", RELEASE_NUMBER, COLUMN_FLOAT64, "Upper limit"},
};

enum { N_COLUMNS = sizeof columns / sizeof columns[0], N_KEYS = 8 };

/* The curve that is being written. */
struct written_curve {
    struct release_table *table;
    const struct release_source *source;
    const struct coarse_curve *curve;
    size_t cause;
    bool hides_people;
};

static struct releasable count(const struct written_curve *written, size_t index, int64_t exact)
{
    const struct count_system *system = written->source->counts->system;

    if (written->hides_people || !written->curve->has_counts || index == NO_COUNT ||
        system->counts[index].hidden)
        return releasable_hidden();
    return releasable_count(&written->source->policy, exact);
}

static void start_row(const struct written_curve *written, double time)
{
    const struct table *exact = written->curve->exact;
    const size_t row = written->curve->causes[written->cause];

    release_row(written->table);
    for (size_t j = 0; j < N_KEYS; j++)
        release_text(written->table, columns[j].name,
                     cell_text(written->source->counts->pool, exact, columns[j].name, row));
    release_plain(written->table, "time", time);
}

/* Where nothing has happened yet. */
static int write_start(const struct written_curve *written)
{
    const struct coarse_curve *curve = written->curve;
    const double start = curve->is_survival ? 1 : 0;

    start_row(written, fmin(0, curve->days[0]));
    release_count(written->table, "n_risk",
                  count(written, release_counts_at_risk(written->source->counts, curve, 0), curve->n_risk[0]));
    release_count(written->table, "n_event", releasable_count(&written->source->policy, 0));
    release_point(written->table, "estimate", start);
    if (!written->hides_people) {
        release_point(written->table, "conf_low", start);
        release_point(written->table, "conf_high", start);
    }
    return release_row_end(written->table);
}

static int write_step(const struct written_curve *written, size_t edge)
{
    static const char *const names[] = {"estimate", "conf_low", "conf_high"};
    const struct coarse_curve *curve = written->curve;
    const struct release_counts *counts = written->source->counts;
    const size_t k = written->cause, m = curve->n_causes, start = coarse_step_start(curve, k, edge);

    start_row(written, curve->edges[edge]);
    release_count(written->table, "n_risk",
                  count(written, release_counts_at_risk(counts, curve, start), curve->n_risk[start]));
    release_count(written->table, "n_event",
                  count(written, release_counts_step(counts, curve, k, edge), curve->n_event[edge * m + k]));
    for (size_t v = 0; v < N_COARSE_VALUES; v++)
        if (v == COARSE_ESTIMATE || !written->hides_people)
            release_point(written->table, names[v], curve->values[(edge * m + k) * N_COARSE_VALUES + v]);
    return release_row_end(written->table);
}

static int write_curve(struct release_table *table, const struct release_source *source, const struct coarse_curve *curve)
{
    const size_t people = release_counts_at_risk(source->counts, curve, 0);
    struct written_curve written = {
        .table = table,
        .source = source,
        .curve = curve,
        .hides_people = curve->has_counts && (people == NO_COUNT || source->counts->system->counts[people].hidden)};

    for (size_t k = 0; k < curve->n_causes; k++) {
        bool started = false;

        written.cause = k;
        for (size_t e = 0; e < curve->n_edges; e++) {
            if (!curve->ends[e * curve->n_causes + k])
                continue;
            if (!started && write_start(&written) != 0)
                return -1;
            started = true;
            if (write_step(&written, e) != 0)
                return -1;
        }
    }
    return 0;
}

struct release_table *release_curves(const struct release_source *source)
{
    const struct table *exact = source->curves->exact;
    struct release_table *table = release_table_alloc(&source->policy, exact->name, exact->label);
    int status = table == NULL ? -1 : 0;

    for (size_t j = 0; status == 0 && j < N_COLUMNS; j++)
        status = release_table_column(table, columns[j].kind, columns[j].name, columns[j].type, columns[j].label, "");
    for (size_t i = 0; status == 0 && i < source->curves->n; i++)
        status = write_curve(table, source, &source->curves->curves[i]);
    if (status != 0) {
        release_table_free(table);
        return NULL;
    }
    return table;
}
