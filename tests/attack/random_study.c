/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/attack/random_study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/draws.h"

static struct draws draws, of_dashboard; /* a stream of its own: studies without one stay as they are */

static double uniform(void)
{
    return draw_uniform(&draws);
}

static bool chance(double p)
{
    return draw_chance(&draws, p);
}

static int below(int n)
{
    return draw_below(&draws, n);
}

static double one_of(const double *values, int n)
{
    return values[below(n)];
}

/* Levels of very unequal size. */
struct levels {
    int n;
    double weight[5];
};

static struct levels draw_levels(int n)
{
    struct levels levels = {.n = n};

    for (int k = 0; k < n; k++) {
        const double u = uniform();
        levels.weight[k] = u * u + 0.02;
    }
    return levels;
}

static int draw_level(const struct levels *levels)
{
    double sum = 0, at;
    int k = 0;

    for (int i = 0; i < levels->n; i++)
        sum += levels->weight[i];
    for (at = uniform() * sum; k + 1 < levels->n && at > levels->weight[k]; k++)
        at -= levels->weight[k];
    return k;
}

/* What one study is drawn from. */
struct shape {
    int n_people, n_arms, n_days, days[4];
    struct levels drugs, housing;
    double missing, lost, in_pp, unreadable, mean_days, competing;
    int n_programmes, n_months; /* of a dashboard; 0: there is none */
};

static struct shape draw_shape(void)
{
    static const double sizes[] = {60, 120, 200, 400, 800}, missing[] = {0, 0.01, 0.03, 0.1}, lost[] = {0, 0.01, 0.05},
                        in_pp[] = {0.8, 0.95, 0.99, 1}, unreadable[] = {0, 0.005, 0.01}, mean_days[] = {100, 200, 400},
                        competing[] = {0, 0.05, 0.3};
    struct shape shape = {.n_people = (int)one_of(sizes, 5), .n_arms = chance(0.3) ? 3 : 2, .n_days = 1, .days = {180}};

    shape.drugs = draw_levels(2 + below(4));
    shape.housing = draw_levels(2 + below(3));
    shape.missing = one_of(missing, 4);
    shape.lost = one_of(lost, 3);
    shape.in_pp = one_of(in_pp, 4);
    shape.unreadable = one_of(unreadable, 3);
    shape.mean_days = one_of(mean_days, 3);
    shape.competing = one_of(competing, 3);
    for (int k = below(3); k > 0; k--) {
        const int day = 20 + below(280);
        bool is_new = true;

        for (int i = 0; i < shape.n_days; i++)
            is_new = is_new && shape.days[i] != day;
        if (is_new)
            shape.days[shape.n_days++] = day;
    }
    return shape;
}

static void draw_dashboard(struct shape *shape)
{
    if (!draw_chance(&of_dashboard, 0.6))
        return;
    shape->n_programmes = 1 + draw_below(&of_dashboard, 5);
    shape->n_months = 1 + draw_below(&of_dashboard, 6);
}

static FILE *create(const char *folder, const char *name)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if ((file = fopen(path, "w")) == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

static void put_or_nothing(FILE *file, bool is_there, int value)
{
    if (is_there)
        fprintf(file, "%d", value);
    fputc(',', file);
}

static void write_people(const char *folder, const struct shape *shape, const struct study_wish *wish)
{
    FILE *file = create(folder, "people.csv"), *nowhere = fopen("/dev/null", "w");

    fputs(shape->n_programmes > 0 ? "grp,sex,drug,housing,age,ok,days,status,done,site,begun\n" : "grp,sex,drug,housing,age,ok,days,status,done\n", file);
    for (int i = 0; i < shape->n_people; i++) {
        FILE *to = (size_t)i < wish->n_without ? nowhere : file; /* the others are drawn alike */
        const bool changes = (size_t)i < wish->n_changed;
        const int censored = 100 + below(280);
        int day = (int)(-shape->mean_days * log(uniform())), status = chance(shape->competing) ? 2 : 1;

        if (day > censored) {
            day = censored;
            status = 0;
        }
        if (changes && i % 2 == 1 && status == 0)
            status = 1;
        fprintf(to, "%d,%c,", below(shape->n_arms), chance(0.6) ? 'M' : 'F');
        const int drug = draw_level(&shape->drugs), housing = draw_level(&shape->housing), age = 14 + below(66);
        put_or_nothing(to, !chance(shape->missing), drug);
        put_or_nothing(to, !chance(shape->missing), housing);
        put_or_nothing(to, !chance(shape->missing), age);
        fprintf(to, "%d,", chance(shape->in_pp));
        if (chance(shape->unreadable))
            fputs("x,", to);
        else
            fprintf(to, "%d,", day);
        fprintf(to, "%d,", status);
        if (!chance(shape->lost))
            fprintf(to, "%d", chance(0.4) != changes);
        if (shape->n_programmes > 0)
            fprintf(to, ",%d,2020-%02d-%02d", draw_below(&of_dashboard, shape->n_programmes), 1 + draw_below(&of_dashboard, shape->n_months),
                    1 + draw_below(&of_dashboard, 28));
        fputc('\n', to);
    }
    fclose(nowhere);
    fclose(file);
}

static void write_codes(FILE *file, const char *column, const char *label, int n)
{
    fprintf(file, "  %s: {type: category, codes: {", column);
    for (int k = 0; k < n; k++)
        fprintf(file, "%s%d: %s%d", k == 0 ? "" : ", ", k, label, k);
    fputs("}}\n", file);
}

static void write_codebook(const char *folder, const struct shape *shape)
{
    FILE *file = create(folder, "codebook.yaml");

    fputs("codebook: people\nmissing: [\"\"]\ncolumns:\n  sex: {type: category, codes: {F: female, M: male}}\n", file);
    write_codes(file, "grp", "arm", shape->n_arms);
    write_codes(file, "drug", "drug", shape->drugs.n);
    write_codes(file, "housing", "house", shape->housing.n);
    if (shape->n_programmes > 0) {
        write_codes(file, "site", "site", shape->n_programmes);
        fputs("  begun: {type: date}\n", file);
    }
    fputs("  age: {type: integer, range: [0, 89]}\n"
          "  ok: {type: integer, range: [0, 1], known: after}\n"
          "  days: {type: integer, units: days, range: [0, 400], known: after}\n"
          "  status: {type: integer, range: [0, 2], known: after}\n"
          "  done: {type: integer, range: [0, 1], known: after}\n",
          file);
    fclose(file);
}

/* Two or three days, some of them those of the comparison; a rate now and then; an outcome of yes or no. */
static void write_dashboard(FILE *file, const struct shape *shape, const struct study_wish *wish)
{
    const int n_days = 2 + draw_below(&of_dashboard, 2);
    int day = shape->n_days > 1 && draw_chance(&of_dashboard, 0.5) ? shape->days[1] : 20 + draw_below(&of_dashboard, 40);

    fprintf(file, "dashboard:\n  date: begun\n  period: %s\n  measures:\n", draw_chance(&of_dashboard, 0.5) ? "month" : "quarter");
    for (int k = 0; k < n_days; k++) {
        const bool is_rate = draw_chance(&of_dashboard, 0.2);

        fprintf(file, "    - {outcome: relapse, at: %d%s}\n", day, is_rate ? ", chart: u" : draw_chance(&of_dashboard, 0.5) ? ", share: no_event" : "");
        day = day < 180 && draw_chance(&of_dashboard, 0.4) ? 180 : day + 10 + draw_below(&of_dashboard, 60);
    }
    if (draw_chance(&of_dashboard, 0.5) || wish->is_large)
        fputs("    - {outcome: finished}\n", file);
}

static void write_study(const char *folder, const struct shape *shape, const struct study_wish *wish)
{
    FILE *file = create(folder, "study.yaml");

    fprintf(file, "study: s%llu\ntitle: made up\nseed: 1\nprivacy: {basis: public}\n", (unsigned long long)wish->seed);
    fprintf(file, "tables:\n  clients: {file: people.csv, codebook: codebook.yaml%s}\n", shape->n_programmes > 0 ? ", programme: site" : "");
    fputs("cohort:\n  eligible: [\"age >= 18\"]\n  arms: {", file);
    for (int arm = 0; arm < shape->n_arms; arm++)
        fprintf(file, "%sa%d: \"grp == 'arm%d'\"", arm == 0 ? "" : ", ", arm, arm);
    fputs("}\n  reference: a0\n  populations: {itt: \"true\", pp: {when: \"ok == 1\", post_baseline: made up}}\n"
          "  covariates: [sex, drug, housing, age]\noutcomes:\n  relapse: {time: days, event: \"status == 1\"",
          file);
    if (shape->competing > 0)
        fputs(", competing: {died: \"status == 2\"}", file);
    fputs(", event_is: bad}\n  finished: {event: \"done == 1\", event_is: good}\n"
          "primary: {outcome: relapse, measure: risk_difference, at: 180}\ncompare:\n"
          "  - analysis: main\n    outcomes: [relapse]\n    measures: [risk_difference, rmst_difference, logrank_test]\n    at: [",
          file);
    for (int k = 0; k < shape->n_days; k++)
        fprintf(file, "%s%d", k == 0 ? "" : ", ", shape->days[k]);
    fputs("]\n    tau: 180\n    subgroups: [sex]\n"
          "  - analysis: other\n    outcomes: [finished]\n    measures: [risk_difference, risk_ratio, chi_square_test]\n",
          file);
    if (shape->n_programmes > 0)
        write_dashboard(file, shape, wish);
    fputs(wish->is_rounded ? "disclosure: {threshold: 8, round_to: 5}\n" : "disclosure: {threshold: 11}\n", file);
    fclose(file);
}

void random_study_write(const char *folder, const struct study_wish *wish)
{
    draws.state = wish->seed * UINT64_C(0xd1342543de82ef95) + 20261121;
    of_dashboard.state = wish->seed * UINT64_C(0xda942042e4dd58b5) + 20261129;
    struct shape shape = draw_shape();
    draw_dashboard(&shape);
    if (wish->is_large) { /* shares of cells in which everybody is known, and of others */
        shape.n_people = 4 * shape.n_people + 400;
        shape.n_programmes = 1 + shape.n_programmes % 3;
        shape.n_months = 1 + shape.n_months % 3;
        shape.lost = 0.2 / sqrt(shape.n_people);
    }
    write_people(folder, &shape, wish);
    write_codebook(folder, &shape);
    write_study(folder, &shape, wish);
}
