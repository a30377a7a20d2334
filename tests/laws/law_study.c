/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/laws/law_study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/draws.h"

enum { PEOPLE_MAX = 260, ARMS_MAX = 3, DRUGS_MAX = 4, ADDED_MAX = 20, UNKNOWN = -1 };

struct person {
    int arm, sex, drug, age, severity, day, status, done, n; /* severity in hundredths; drug, done: or UNKNOWN */
};

struct study {
    enum law law;
    bool is_changed, is_counted, has_competing, has_subgroup;
    int n, n_arms, n_drugs, at[2], tau, menu;
    struct person people[PEOPLE_MAX];
};

/* ---- names ------------------------------------------------------------------------------------------------------- */

static const char *const names[][2] = {
    {"a0", "zulu"},       {"a1", "mike"},      {"a2", "alfa"},      {"arm0", "yy"},      {"arm1", "hh"},      {"arm2", "bb"},
    {"female", "x_sex"},  {"male", "w_sex"},   {"drug0", "t_drug"}, {"drug1", "s_drug"}, {"drug2", "r_drug"}, {"drug3", "q_drug"},
};
enum { NAME_ARM = 0, NAME_LABEL = 3, NAME_SEX = 6, NAME_DRUG = 8, N_NAMES = sizeof names / sizeof names[0] };

static const char *name_of(const struct study *study, int which)
{
    return names[which][study->law == LAW_RENAMED && study->is_changed];
}

const char *law_old_name(const char *name)
{
    for (int i = 0; i < N_NAMES; i++)
        if (strcmp(names[i][1], name) == 0)
            return names[i][0];
    return name;
}

const char *law_name(enum law law)
{
    static const char *const of[N_LAWS] = {"shuffled", "split", "missing", "renamed", "days", "units", "reference", "copies"};
    return of[law];
}

/* Matches and strata cut a score, and equal scores by what is known of a person: left to laws that change nothing of it. */
static bool may_cut(enum law law)
{
    return law <= LAW_MISSING;
}

bool law_has_own_study(enum law law)
{
    return law == LAW_SHUFFLED || law == LAW_RENAMED || law == LAW_REFERENCE || law == LAW_COPIES;
}

/* ---- people ------------------------------------------------------------------------------------------------------ */

static struct draws draws;

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

static struct person draw_person(const struct study *study, int step, double rare, double missing)
{
    const int censored = 60 + below(320), day = (int)(-200 * log(uniform())) / step * step;
    struct person person = {.arm = below(study->n_arms), .sex = chance(0.4), .age = 18 + below(60), .n = 1};

    person.drug = chance(missing) ? UNKNOWN : chance(rare) ? below(study->n_drugs) : 0;
    person.severity = below(400) - 200 + 50 * person.arm;
    person.status = study->has_competing && chance(0.3) ? 2 : 1;
    person.day = day;
    if (day > censored) {
        person.day = censored;
        person.status = 0;
    }
    person.done = chance(missing) ? UNKNOWN : chance(person.severity > 0 ? 0.3 : 0.5);
    if (study->is_counted)
        person.n = below(4); /* 0: counted and left out */
    return person;
}

static void draw_study(struct study *study, uint64_t seed)
{
    static const int sizes[] = {40, 80, 160, PEOPLE_MAX}, steps[] = {1, 1, 7, 30};
    static const double missing[] = {0, 0.02, 0.1};

    draws.state = seed * UINT64_C(0xd1342543de82ef95) + 20261129;
    study->is_counted = study->law == LAW_COPIES || seed % 2 == 1;
    study->n = sizes[below(4)];
    study->n_arms = study->law != LAW_REFERENCE && chance(0.2) ? 3 : 2;
    study->n_drugs = 2 + below(DRUGS_MAX - 1);
    study->has_competing = chance(0.5);
    study->has_subgroup = chance(0.3);
    study->at[0] = 30 + below(60);
    study->at[1] = 100 + below(60);
    study->tau = 50 * (1 + below(3)); /* differences are shown on fifty days before it */
    study->menu = below(4);
    const int step = steps[below(4)];
    const double rare = 0.1 + 0.8 * uniform(), unknown = missing[below(3)];
    for (int i = 0; i < study->n; i++)
        study->people[i] = draw_person(study, step, rare, unknown);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

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

static bool changes(const struct study *study, enum law law)
{
    return study->law == law && study->is_changed;
}

static int in_days(const struct study *study, int day)
{
    return changes(study, LAW_DAYS) ? LAW_WEEK * day : day;
}

static int in_years(const struct study *study, int age)
{
    return changes(study, LAW_UNITS) ? LAW_MONTHS * age : age;
}

static void put_or_nothing(FILE *file, int value)
{
    if (value != UNKNOWN)
        fprintf(file, "%d", value);
    fputc(',', file);
}

static void put_person(FILE *file, const struct study *study, const struct person *person, const char *day, int n)
{
    put_or_nothing(file, person->arm);
    fprintf(file, "%c,", person->sex ? 'M' : 'F');
    put_or_nothing(file, person->drug);
    fprintf(file, "%d,", in_years(study, person->age));
    if (changes(study, LAW_UNITS))
        fprintf(file, "%.4f,", LAW_SEVERITY_SHIFT + LAW_SEVERITY_SCALE * person->severity / 100.);
    else
        fprintf(file, "%.2f,", person->severity / 100.);
    fprintf(file, "%s,%d,", day, person->status);
    put_or_nothing(file, person->done);
    fprintf(file, "%d\n", n);
}

static void put_row(FILE *file, const struct study *study, const struct person *person)
{
    const bool is_copied = changes(study, LAW_COPIES);
    char day[16];

    snprintf(day, sizeof day, "%d", in_days(study, person->day));
    for (int copy = 0; copy < (is_copied ? person->n : 1); copy++)
        put_person(file, study, person, day, is_copied ? 1 : person->n);
}

/* Every other one lacks an arm, the others have no day. */
static void put_added(FILE *file, const struct study *study, int k)
{
    struct person person = study->people[k];

    if (k % 2 == 0)
        person.arm = UNKNOWN;
    put_person(file, study, &person, k % 2 == 0 ? "12" : "x", person.n > 0 ? person.n : 1);
}

int law_n_added(uint64_t seed)
{
    return 1 + (int)(seed % ADDED_MAX);
}

static FILE *create_people(const char *folder, const char *name)
{
    FILE *file = create(folder, name);

    fputs("grp,sex,drug,age,severity,days,status,done,n\n", file);
    return file;
}

static void write_people(const char *folder, struct study *study, uint64_t seed)
{
    FILE *file = create_people(folder, "people.csv"), *rest = NULL;
    const int n_added = changes(study, LAW_MISSING) ? law_n_added(seed) : 0, cut = 1 + below(study->n - 1);

    if (changes(study, LAW_SHUFFLED))
        for (int i = study->n; i > 1; i--) {
            const int k = below(i);
            const struct person kept = study->people[k];
            study->people[k] = study->people[i - 1];
            study->people[i - 1] = kept;
        }
    if (changes(study, LAW_SPLIT))
        rest = create_people(folder, "rest.csv");
    for (int i = 0; i < study->n; i++) {
        if (i < n_added)
            put_added(file, study, i);
        put_row(rest != NULL && i >= cut ? rest : file, study, &study->people[i]);
    }
    if (rest != NULL)
        fclose(rest);
    fclose(file);
}

/* Codes in their order, or (LAW_RENAMED) the other way round: another level is the first. */
static void put_codes(FILE *file, const struct study *study, const char *column, const char *const *codes, int first, int n)
{
    fprintf(file, "  %s: {type: category, codes: {", column);
    for (int i = 0; i < n; i++) {
        const int k = changes(study, LAW_RENAMED) ? n - 1 - i : i;
        fprintf(file, "%s%s: %s", i == 0 ? "" : ", ", codes[k], name_of(study, first + k));
    }
    fputs("}}\n", file);
}

static void write_codebook(const char *folder, const struct study *study)
{
    static const char *const digits[] = {"0", "1", "2", "3"}, *const sexes[] = {"F", "M"};
    FILE *file = create(folder, "codebook.yaml");

    fputs("codebook: people\nmissing: [\"\"]\ncolumns:\n", file);
    put_codes(file, study, "grp", digits, NAME_LABEL, study->n_arms);
    put_codes(file, study, "sex", sexes, NAME_SEX, 2);
    put_codes(file, study, "drug", digits, NAME_DRUG, study->n_drugs);
    fprintf(file,
            "  age: {type: integer, range: [0, %d]}\n"
            "  severity: {type: real, range: [-10, 10]}\n"
            "  days: {type: integer, units: days, range: [0, %d], known: after}\n"
            "  status: {type: integer, range: [0, 2], known: after}\n"
            "  done: {type: integer, range: [0, 1], known: after}\n"
            "  n: {type: integer, range: [0, 10]}\n",
            in_years(study, 89), in_days(study, 400));
    fclose(file);
}

static void put_cohort(FILE *file, const struct study *study)
{
    fputs("cohort:\n  arms: {", file);
    for (int i = 0; i < study->n_arms; i++) {
        const int arm = changes(study, LAW_RENAMED) ? study->n_arms - 1 - i : i;
        fprintf(file, "%s%s: \"grp == '%s'\"", i == 0 ? "" : ", ", name_of(study, NAME_ARM + arm), name_of(study, NAME_LABEL + arm));
    }
    fprintf(file, "}\n  reference: %s\n  covariates: [sex, drug, age, severity]\n",
            name_of(study, NAME_ARM + (changes(study, LAW_REFERENCE) ? 1 : 0)));
}

/* One of four sets of adjustments and models. */
static void put_menu(FILE *file, const struct study *study)
{
    static const char *const timed[] = {
        "    adjust: [overlap, iptw, {method: overlap, name: seen, censoring: [age, sex]}]\n    models:\n      - {cox: \"arm + age + drug + strata(sex)\"}\n      - {cox: \"arm + severity\", ties: breslow}\n",
        "    adjust: [regression]\n    models:\n      - {aft: \"arm + age\"}\n      - {aft: \"arm + severity\", distribution: loglogistic}\n",
        "    adjust: [doubly_robust]\n    models:\n      - {finegray: \"arm + age + drug\"}\n      - {cox: \"arm + age\", firth: yes}\n",
        "    adjust: [{method: iptw, propensity: [\"rcs(age, 3)\", sex], truncate: 0.95}]\n    models:\n      - {cox: \"arm + sex\", ties: exact}\n"};
    static const char *const counted[] = {
        "    adjust: [overlap, {method: direct, by: sex}]\n    models: [{logistic: \"arm + age + drug\"}]\n",
        "    adjust: [{method: mantel_haenszel, by: sex}, regression]\n",
        "    adjust: [doubly_robust]\n",
        "    adjust: [modified_poisson, iptw]\n"};
    static const char *const stratified = "    adjust: [{method: stratify, strata: 3}]\n",
                      *const matched = "    adjust: [{method: match, caliper: 0.5}]\n";
    const char *const cut = !may_cut(study->law) ? NULL : study->menu == 2 ? stratified : study->menu == 3 && !study->is_counted ? matched : NULL;

    fprintf(file,
            "compare:\n  - analysis: timed\n    outcomes: [relapse]\n"
            "    measures: [survival, cumulative_incidence, quantile_time, rmst, risk, survival_difference, rmst_difference, rmst_ratio, "
            "risk_difference, risk_ratio, odds_ratio, hazard_ratio, subhazard_ratio, logrank_test, gray_test, ph_test, chi_square_test]\n"
            "    at: [%d, %d]\n    at_least: [%d]\n    tau: %d\n",
            in_days(study, study->at[0]), in_days(study, study->at[1]), in_days(study, study->at[0]), in_days(study, study->tau));
    if (study->has_subgroup)
        fputs("    subgroups: [sex]\n", file);
    fprintf(file,
            "    non_inferiority:\n"
            "      - {outcome: relapse, measure: risk_difference, at: %d, margin: 0.1, because: \"made up\"}\n%s"
            "  - analysis: counted\n    outcomes: [finished]\n    measures: [risk_difference, risk_ratio, odds_ratio, chi_square_test, e_value]\n%s",
            in_days(study, study->at[1]), timed[study->menu],
            cut != NULL ? cut : counted[study->menu]);
}

static void write_study(const char *folder, const struct study *study)
{
    FILE *file = create(folder, "study.yaml");

    fprintf(file, "study: law\nseed: 1\nprivacy: {basis: public}\ntables:\n  clients: {file: %s, codebook: codebook.yaml%s}\n",
            changes(study, LAW_SPLIT) ? "[people.csv, rest.csv]" : "people.csv",
            study->is_counted && !changes(study, LAW_COPIES) ? ", weight: n" : "");
    put_cohort(file, study);
    fprintf(file, "outcomes:\n  relapse: {time: days, event: \"status == 1\"%s, event_is: bad}\n  finished: {event: \"done == 1\", event_is: good}\n",
            study->has_competing ? ", competing: {died: \"status == 2\"}" : "");
    put_menu(file, study);
    fputs("disclosure: {threshold: 0, because: \"made up\"}\n", file);
    fclose(file);
}

void law_study_write(const char *folder, uint64_t seed, enum law law, bool is_changed)
{
    static struct study study;

    study = (struct study){.law = law, .is_changed = is_changed};
    draw_study(&study, seed);
    write_codebook(folder, &study);
    write_study(folder, &study);
    write_people(folder, &study, seed);
}
