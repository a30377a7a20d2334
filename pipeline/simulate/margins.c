/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/margins.h"

static const char source_2020[] = "TEDS-D 2017-2020", source_2004[] = "TEDS 2004";

void margins_add_person(struct margins *margins, const struct person *person)
{
    margins->persons++;
    for (int t = 0; t < N_TRAITS; t++)
        margins->traits[t][person->trait[t]]++;
}

void margins_add_stay(struct margins *margins, const struct stay *stay)
{
    const int days = stay->discharge - stay->admission;

    margins->died += stay->reason == REASON_DIED;
    margins->days[service_of_level(stay->level)][published_reason(stay->reason)]
                 [days < MARGIN_DAYS_MAX ? days : MARGIN_DAYS_MAX]++;
}

void margins_merge(struct margins *into, const struct margins *from)
{
    into->persons += from->persons;
    into->died += from->died;
    for (int t = 0; t < N_TRAITS; t++)
        for (int k = 0; k < TRAIT_LEVELS_MAX; k++)
            into->traits[t][k] += from->traits[t][k];
    for (int s = 0; s < N_SERVICES; s++)
        for (int k = 0; k < N_PUBLISHED_REASONS; k++)
            for (int d = 0; d <= MARGIN_DAYS_MAX; d++)
                into->days[s][k][d] += from->days[s][k][d];
}

static int64_t stays_of(const struct margins *margins, int service, int reason)
{
    int64_t n = 0;

    for (int d = 0; d <= MARGIN_DAYS_MAX; d++)
        n += margins->days[service][reason][d];
    return n;
}

/* The smallest day by which at least half have ended. */
static double median_of(const struct margins *margins, int service, int reason)
{
    const int64_t n = stays_of(margins, service, reason);
    int64_t below = 0;

    for (int d = 0; d <= MARGIN_DAYS_MAX; d++)
        if (2 * (below += margins->days[service][reason][d]) >= n && n > 0)
            return d;
    return 0;
}

static int add_row(struct table *table, const char *source, const char *variable, const char *group, const char *level,
                   double published, double simulated)
{
    struct row_builder row = table_new_row(table);

    row_text(&row, "source", source);
    row_text(&row, "variable", variable);
    row_text(&row, "group", group);
    row_text(&row, "level", level);
    row_real(&row, "published", published);
    row_real(&row, "simulated", simulated);
    row_real(&row, "difference", simulated - published);
    return row_end(&row);
}

static double percent(int64_t part, int64_t whole)
{
    return whole == 0 ? 0 : 100. * (double)part / (double)whole;
}

static int add_traits(struct table *table, const struct margins *margins)
{
    int status = 0;

    for (int t = 0; t < N_TRAITS; t++) {
        const struct trait_words *words = &trait_words[t];
        int64_t published = 0;

        for (size_t k = 0; k < words->n_levels; k++)
            published += words->levels[k].published;
        for (size_t k = 0; status == 0 && k < words->n_levels; k++)
            status = add_row(table, source_2020, words->variable, "persons", words->levels[k].label,
                             percent(words->levels[k].published, published),
                             percent(margins->traits[t][k], margins->persons));
    }
    return status;
}

static int add_services(struct table *table, const struct margins *margins)
{
    int64_t published = 0, all = 0, stays[N_SERVICES] = {0};
    int status = 0;

    for (int s = 0; s < N_SERVICES; s++) {
        published += published_services[s];
        for (int k = 0; k < N_PUBLISHED_REASONS; k++)
            stays[s] += stays_of(margins, s, k);
        all += stays[s];
    }
    for (int s = 0; status == 0 && s < N_SERVICES; s++)
        status = add_row(table, source_2020, "SERVICES", "stays", service_words[s],
                         percent(published_services[s], published), percent(stays[s], all));
    return status == 0 ? add_row(table, source_2020, "REASON", "stays", "died", percent(published_died, published),
                                 percent(margins->died, all))
                       : status;
}

static int add_reasons(struct table *table, const struct margins *margins, int service)
{
    int64_t published = 0, stays = 0;
    int status = 0;

    for (int k = 0; k < N_PUBLISHED_REASONS; k++) {
        published += published_reasons[service][k];
        stays += stays_of(margins, service, k);
    }
    for (int k = 0; status == 0 && k < N_PUBLISHED_REASONS; k++)
        status = add_row(table, source_2004, "reason of discharge", service_words[service], published_reason_words[k],
                         percent(published_reasons[service][k], published),
                         percent(stays_of(margins, service, k), stays));
    for (int k = 0; status == 0 && k < N_PUBLISHED_REASONS; k++)
        if (published_median_days[service][k] > 0)
            status = add_row(table, source_2004, "median days", service_words[service], published_reason_words[k],
                             published_median_days[service][k], median_of(margins, service, k));
    return status;
}

struct table *margins_table(const struct margins *margins)
{
    static const struct {
        const char *name, *label;
        enum column_type type;
    } columns[] = {{"source", "Published by", COLUMN_TEXT},       {"variable", "Variable", COLUMN_TEXT},
                   {"group", "Among", COLUMN_TEXT},               {"level", "Level", COLUMN_TEXT},
                   {"published", "Published", COLUMN_FLOAT64},    {"simulated", "Simulated", COLUMN_FLOAT64},
                   {"difference", "Difference", COLUMN_FLOAT64}};
    struct table *table = table_alloc("margins", "SYNTHETIC: margins of a simulated source");
    int status = table == NULL ? -1 : 0;

    for (size_t j = 0; status == 0 && j < sizeof columns / sizeof columns[0]; j++)
        status = table_add_column(table, columns[j].name, columns[j].type, 1, columns[j].label, "") == NULL ? -1 : 0;
    if (status == 0)
        status = add_traits(table, margins);
    if (status == 0)
        status = add_services(table, margins);
    for (int s = 0; status == 0 && s < N_SERVICES; s++)
        status = add_reasons(table, margins, s);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}
