/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/coarse_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/coarse_steps.h"
#include "report/pool.h"
#include "report/release_table.h"

static bool same_arm(const struct table *exact, size_t row, size_t other)
{
    static const char *const keys[] = {"analysis", "outcome", "population", "adjustment", "stratum", "arm"};

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (!cells_equal(exact, keys[k], row, other))
            return false;
    return true;
}

static int64_t count(const struct table *exact, const char *column, size_t row)
{
    const int64_t n = cell_integer(exact, column, row);

    return n == MISSING_INTEGER ? 0 : n;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static size_t sort_days(double *days, size_t n)
{
    size_t kept = 0;

    qsort(days, n, sizeof *days, by_value);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || days[i] > days[kept - 1])
            days[kept++] = days[i];
    return kept;
}

static int find_days(struct coarse_curve *curve)
{
    const size_t n = curve->end - curve->first;

    if ((curve->days = allocate(n, sizeof *curve->days)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        curve->days[i] = cell_real(curve->exact, "time", curve->first + i);
    curve->n_days = sort_days(curve->days, n);
    return 0;
}

static int find_causes(struct coarse_curve *curve)
{
    for (size_t i = curve->first; i < curve->end; i++)
        if (i == curve->first || !cells_equal(curve->exact, "cause", i, i - 1)) {
            if (curve->n_causes == CAUSES_MAX)
                return fail("more than %d causes in one curve", CAUSES_MAX);
            curve->causes[curve->n_causes++] = i;
        }
    curve->causes[curve->n_causes] = curve->end;
    return 0;
}

static size_t day_index(const struct coarse_curve *curve, double day)
{
    size_t low = 0, high = curve->n_days;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (curve->days[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Who leaves and enters day by day; every cause carries the same people at risk. */
static int read_exits(const struct coarse_curve *curve, struct daily_exits *exits)
{
    const size_t n = curve->n_days, m = curve->n_causes;

    exits->n_days = n;
    exits->n_causes = m;
    exits->n_event = allocate(n * m, sizeof *exits->n_event);
    exits->n_censor = allocate(n, sizeof *exits->n_censor);
    exits->n_risk = allocate(n, sizeof *exits->n_risk);
    if (exits->n_event == NULL || exits->n_censor == NULL || exits->n_risk == NULL)
        return -1;
    for (size_t k = 0; k < m; k++)
        for (size_t i = curve->causes[k]; i < curve->causes[k + 1]; i++) {
            const size_t d = day_index(curve, cell_real(curve->exact, "time", i));
            const int64_t censored = count(curve->exact, "n_censor", i);

            exits->n_event[d * m + k] += count(curve->exact, "n_event", i);
            if (censored > exits->n_censor[d])
                exits->n_censor[d] = censored;
            exits->n_risk[d] = count(curve->exact, "n_risk", i);
        }
    return 0;
}

/* Does a row speak of the people of this curve? Analyses and adjustments of the same people share their days. */
static bool asks_about(const struct coarse_curve *curve, const struct table *table, size_t row)
{
    static const char *const keys[] = {"outcome", "population", "stratum"};

    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        if (!texts_agree(curve->exact, keys[k], curve->first, table, keys[k], row))
            return false;
    return texts_agree(curve->exact, "arm", curve->first, table, "arm", row) ||
           texts_agree(curve->exact, "arm", curve->first, table, "reference", row);
}

/* Days on which a step should end, ascending, as days of exits: the last one not after (before: before) the day asked. */
static int find_wanted(const struct coarse_curve *curve, const struct table *estimates, double **wanted, size_t *n)
{
    *n = 0;
    if ((*wanted = allocate(cell_rows(estimates) + 1, sizeof **wanted)) == NULL)
        return -1;
    for (size_t i = 0; i < cell_rows(estimates); i++) {
        const double day = cell_real(estimates, "time", i);

        if (!isfinite(day) || !asks_about(curve, estimates, i))
            continue;
        if (!cell_is(estimates, "term", i, "at least")) {
            (*wanted)[(*n)++] = day;
        } else {
            const size_t index = day_index(curve, day);

            if (index > 0)
                (*wanted)[(*n)++] = curve->days[index - 1];
        }
    }
    *n = sort_days(*wanted, *n);
    return 0;
}

static double exact_value(const struct coarse_curve *curve, size_t cause, enum coarse_value value, size_t day)
{
    static const char *const names[] = {"estimate", "conf_low", "conf_high"};
    const struct column *const times = table_column(curve->exact, "time");
    size_t found = curve->causes[cause];

    for (size_t i = curve->causes[cause]; i < curve->causes[cause + 1]; i++)
        if (column_real(times, i) <= curve->days[day])
            found = i;
    return cell_real(curve->exact, names[value], found);
}

static int allocate_steps(struct coarse_curve *curve)
{
    const size_t n = curve->n_edges, m = curve->n_causes;

    curve->ends = allocate(n * m + 1, sizeof *curve->ends);
    curve->n_event = allocate(n * m + 1, sizeof *curve->n_event);
    curve->n_other = allocate(n + 1, sizeof *curve->n_other);
    curve->n_risk = allocate(n + 1, sizeof *curve->n_risk);
    curve->values = allocate(n * m * N_COARSE_VALUES + 1, sizeof *curve->values);
    return curve->ends == NULL || curve->n_event == NULL || curve->n_other == NULL || curve->n_risk == NULL ||
                   curve->values == NULL
               ? -1
               : 0;
}

/* Where the steps of one cause end: the first cause ends all of them, another those where it has enough. */
static void end_steps(struct coarse_curve *curve, const struct daily_exits *exits, size_t cause, int64_t threshold)
{
    const size_t m = curve->n_causes;
    int64_t events = 0, others = 0;

    for (size_t e = 0; e < curve->n_edges; e++) {
        const size_t first = e == 0 ? 0 : curve->last_day[e - 1] + 1;
        const int64_t own = steps_sum(exits, first, curve->last_day[e]).n_event[cause];

        events += own;
        others += curve->n_other[e] - own;
        if (cause > 0 && curve->has_counts && (events < threshold || (others > 0 && others < threshold)))
            continue;
        curve->ends[e * m + cause] = true;
        curve->n_event[e * m + cause] = events;
        events = others = 0;
    }
}

static int fill_steps(struct coarse_curve *curve, const struct daily_exits *exits, int64_t threshold, int decimals)
{
    const size_t n = curve->n_edges, m = curve->n_causes;

    if (allocate_steps(curve) != 0)
        return -1;
    for (size_t e = 0; e < n; e++) {
        const size_t first = e == 0 ? 0 : curve->last_day[e - 1] + 1;
        const struct step_sums sums = steps_sum(exits, first, curve->last_day[e]);

        curve->n_risk[e] = exits->n_risk[first];
        curve->n_other[e] = sums.n_censor;
        for (size_t k = 0; k < m; k++) {
            curve->n_other[e] += k > 0 ? sums.n_event[k] : 0;
            for (int v = 0; v < N_COARSE_VALUES; v++)
                curve->values[(e * m + k) * N_COARSE_VALUES + (size_t)v] =
                    released_decimals(exact_value(curve, k, (enum coarse_value)v, curve->last_day[e]), decimals);
        }
    }
    for (size_t k = 0; k < m; k++)
        end_steps(curve, exits, k, threshold);
    return 0;
}

static bool is_unadjusted(const struct table *table, size_t row)
{
    return cell_is(table, "adjustment", row, "") || cell_is(table, "adjustment", row, "unadjusted");
}

/* Where the steps of an adjusted curve end: where those of its people do. */
static int take_edges(struct coarse_curve *curve, const struct coarse_curve *of)
{
    if (of == NULL)
        return 0;
    curve->edges = allocate(of->n_edges + 1, sizeof *curve->edges);
    curve->last_day = allocate(of->n_edges + 1, sizeof *curve->last_day);
    if (curve->edges == NULL || curve->last_day == NULL)
        return -1;
    for (size_t e = 0; e < of->n_edges; e++) {
        const size_t after = day_index(curve, nextafter(of->edges[e], INFINITY));

        if (after == 0)
            continue;
        curve->edges[curve->n_edges] = of->edges[e];
        curve->last_day[curve->n_edges++] = after - 1;
    }
    return 0;
}

static int make_curve(struct coarse_curve *curve, const struct table *estimates, int64_t threshold, int decimals)
{
    struct daily_exits exits = {.n_days = 0};
    double *wanted = NULL;
    size_t n_wanted = 0;
    int status = -1;

    if (read_exits(curve, &exits) != 0)
        goto done;
    if (curve->has_counts) {
        curve->edges = allocate(curve->n_days + 1, sizeof *curve->edges);
        curve->last_day = allocate(curve->n_days + 1, sizeof *curve->last_day);
        if (curve->edges == NULL || curve->last_day == NULL || find_wanted(curve, estimates, &wanted, &n_wanted) != 0)
            goto done;
        steps_find(&exits, curve->days, wanted, n_wanted, threshold, curve->edges, curve->last_day, &curve->n_edges);
    }
    status = fill_steps(curve, &exits, threshold, decimals);
done:
    free(wanted);
    free(exits.n_event);
    free(exits.n_censor);
    free(exits.n_risk);
    return status;
}

static int prepare(struct coarse_curves *curves, size_t *at)
{
    const struct table *exact = curves->exact;
    struct coarse_curve *curve = &curves->curves[curves->n++];

    *curve = (struct coarse_curve){.exact = exact, .first = *at};
    for (curve->end = *at + 1; curve->end < exact->n_rows && same_arm(exact, *at, curve->end); curve->end++)
        continue;
    *at = curve->end;
    curve->is_survival = cell_is(exact, "measure", curve->first, "survival");
    curve->has_counts = is_unadjusted(exact, curve->first);
    return find_causes(curve) != 0 ? -1 : find_days(curve);
}

int coarse_curves_make(struct coarse_curves *curves, const struct table *exact, const struct table *estimates,
                       int64_t threshold, int decimals)
{
    int status = 0;

    *curves = (struct coarse_curves){.exact = exact};
    if (cell_rows(exact) == 0)
        return 0;
    if ((curves->curves = allocate(exact->n_rows, sizeof *curves->curves)) == NULL)
        return -1;
    for (size_t at = 0; status == 0 && at < exact->n_rows;)
        status = prepare(curves, &at);
    for (size_t i = 0; status == 0 && i < curves->n; i++)
        if (curves->curves[i].has_counts)
            status = make_curve(&curves->curves[i], estimates, threshold, decimals);
    for (size_t i = 0; status == 0 && i < curves->n; i++) {
        struct coarse_curve *curve = &curves->curves[i];
        struct pool *pool = curve->has_counts ? NULL : pool_alloc();

        if (curve->has_counts)
            continue;
        status = pool == NULL ? -1
                              : take_edges(curve, coarse_curves_find(curves, exact, curve->first,
                                                                     cell_text(pool, exact, "arm", curve->first), false));
        if (status == 0)
            status = make_curve(curve, estimates, threshold, decimals);
        pool_free(pool);
    }
    return status;
}

void coarse_curves_free(struct coarse_curves *curves)
{
    for (size_t i = 0; i < curves->n; i++) {
        struct coarse_curve *curve = &curves->curves[i];

        free(curve->days);
        free(curve->edges);
        free(curve->last_day);
        free(curve->ends);
        free(curve->n_event);
        free(curve->n_other);
        free(curve->n_risk);
        free(curve->values);
    }
    free(curves->curves);
    *curves = (struct coarse_curves){.n = 0};
}

const struct coarse_curve *coarse_curves_find(const struct coarse_curves *curves, const struct table *table, size_t row,
                                              const char *arm, bool adjusted)
{
    static const char *const keys[] = {"outcome", "population", "stratum"};
    const struct coarse_curve *found = NULL;

    for (size_t i = 0; i < curves->n; i++) {
        const struct coarse_curve *curve = &curves->curves[i];
        bool same = cell_is(curves->exact, "arm", curve->first, arm);

        for (size_t k = 0; same && k < sizeof keys / sizeof keys[0]; k++)
            same = texts_agree(curves->exact, keys[k], curve->first, table, keys[k], row);
        if (!same || (adjusted ? !texts_agree(curves->exact, "adjustment", curve->first, table, "adjustment", row)
                               : !curve->has_counts))
            continue;
        if (texts_agree(curves->exact, "analysis", curve->first, table, "analysis", row))
            return curve;
        if (found == NULL) /* the same people in another analysis */
            found = curve;
    }
    return found;
}

long coarse_edge(const struct coarse_curve *curve, size_t cause, double day, bool before)
{
    const size_t after = before ? day_index(curve, day) : day_index(curve, nextafter(day, INFINITY));

    for (size_t e = 0; cause < curve->n_causes && e < curve->n_edges; e++)
        if (after > 0 && curve->last_day[e] == after - 1 && curve->ends[e * curve->n_causes + cause])
            return (long)e;
    return NO_EDGE;
}

bool coarse_is_by(const struct coarse_curve *curve, size_t edge, double day)
{
    return curve->days[curve->last_day[edge]] <= day;
}

size_t coarse_step_start(const struct coarse_curve *curve, size_t cause, size_t edge)
{
    while (edge > 0 && !curve->ends[(edge - 1) * curve->n_causes + cause])
        edge--;
    return edge;
}

static double point(const struct coarse_curve *curve, size_t cause, enum coarse_value value, size_t edge)
{
    return curve->values[(edge * curve->n_causes + cause) * N_COARSE_VALUES + (size_t)value];
}

double coarse_read(const struct coarse_curve *curve, size_t cause, enum coarse_value value, double day)
{
    double from = fmin(0, curve->days[0]), at = curve->is_survival ? 1 : 0;

    if (cause >= curve->n_causes)
        return NAN;
    for (size_t e = 0; e < curve->n_edges; e++) {
        const double to = curve->edges[e], next = point(curve, cause, value, e);

        if (!curve->ends[e * curve->n_causes + cause])
            continue;
        if (day <= to)
            return to > from ? at + (next - at) * (fmax(day, from) - from) / (to - from) : next;
        from = to;
        at = next;
    }
    return NAN;
}

size_t coarse_cause(const struct coarse_curve *curve, const char *name)
{
    size_t k = 0;

    while (k < curve->n_causes && !cell_is(curve->exact, "cause", curve->causes[k], name))
        k++;
    return k == curve->n_causes && name[0] == '\0' ? 0 : k;
}

/* The share without any event; of several causes their limits do not add up. */
static double event_free(const struct coarse_curve *curve, enum coarse_value value, double day)
{
    double sum = 0;

    if (curve->is_survival)
        return coarse_read(curve, 0, value, day);
    if (value != COARSE_ESTIMATE)
        return NAN;
    for (size_t k = 0; k < curve->n_causes; k++)
        sum += coarse_read(curve, k, value, day);
    return 1 - sum;
}

double coarse_area(const struct coarse_curve *curve, double tau)
{
    double from = fmin(0, curve->days[0]), at = 1, area = 0;

    for (size_t e = 0; e < curve->n_edges && from < tau; e++) {
        const double to = fmin(curve->edges[e], tau), next = event_free(curve, COARSE_ESTIMATE, to);

        area += (to - from) * (at + next) / 2;
        from = to;
        at = next;
    }
    return from >= tau ? area : NAN;
}

double coarse_quantile(const struct coarse_curve *curve, enum coarse_value value, double p)
{
    double from = fmin(0, curve->days[0]), at = 1;

    for (size_t e = 0; e < curve->n_edges; e++) {
        const double to = curve->edges[e], next = event_free(curve, value, to);

        if (next <= 1 - p)
            return at > next ? ceil(from + (to - from) * (at - (1 - p)) / (at - next)) : to;
        from = to;
        at = next;
    }
    return NAN;
}
