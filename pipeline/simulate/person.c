/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/person.h"

#include <string.h>

#include "simulate/uses.h"
#include "stats/placed_random.h"

const struct trait_words trait_words[N_TRAITS] = {
    [TRAIT_AGE] = {"age", "Age at first admission", "AGE", 12,
                   {{"12-14", 32795, -5, 2}, {"15-17", 154530, -5, 2}, {"18-20", 187868, 0, 3}, {"21-24", 530841, 0, 3},
                    {"25-29", 1108186, 0, 2}, {"30-34", 1111588, 0, 2}, {"35-39", 917442, 0, 0}, {"40-44", 641430, 0, 0},
                    {"45-49", 564550, 0, 0}, {"50-54", 523624, 0, 0}, {"55-64", 585296, 1, -2}, {"65+", 83319, 1, -2}}},
    [TRAIT_SEX] = {"sex", "Sex", "GENDER", 2, {{"male", 4154168, 0, 1}, {"female", 2285004, 0, 0}}},
    [TRAIT_RACE] = {"race", "Race", "RACE", 3,
                    {{"white", 4257631, 0, 0}, {"black", 1117374, 0, 0},
                     {"other", 14625 + 157479 + 1577 + 40404 + 485525 + 135038 + 33186, 0, 0}}},
    [TRAIT_EDUCATION] = {"education", "Education", "EDUC", 5,
                         {{"grade 8 or less", 345658, 0, 0}, {"grades 9 to 11", 1229036, 0, 0},
                          {"grade 12", 2789466, 0, 0}, {"some college", 1172551, 0, 0}, {"college", 353163, 0, 0}}},
    [TRAIT_EMPLOYMENT] = {"employment", "Employment", "EMPLOY", 4,
                          {{"full-time", 1031015, 0, 0}, {"part-time", 424794, 1, 1}, {"unemployed", 2418603, 3, 3},
                           {"not in labour force", 2073600, 3, 2}}},
    [TRAIT_HOUSING] = {"housing", "Living arrangement", "LIVARAG", 3,
                       {{"homeless", 963694, 8, 5}, {"dependent", 1044998, 4, 2}, {"independent", 3840720, 0, 0}}},
    [TRAIT_MARITAL] = {"marital", "Marital status", "MARSTAT", 5,
                       {{"never married", 3328416, 0, 0}, {"married", 640507, 0, 0}, {"separated", 302705, 0, 0},
                        {"divorced or widowed", 766679, 0, 0}, {"", 1403162, 0, 0}}},
    [TRAIT_PSYCHIATRIC] = {"psychiatric", "Psychiatric problem besides substance use", "PSYPROB", 2,
                           {{"yes", 2416978, 3, 3}, {"no", 3171535, 0, 0}}},
    [TRAIT_PRIOR] = {"prior_treatment", "Earlier treatment episodes", "NOPRIOR", 2,
                     {{"none", 2294770, 0, 0}, {"one or more", 3603438, 3, 3}}},
    [TRAIT_REFERRAL] = {"referral", "Who referred", "PSOURCE", 4,
                        {{"self", 2712683, 2, 0}, {"care provider", 574208 + 466401, 3, 0},
                         {"community", 30513 + 22605 + 652314, 0, 0}, {"court", 1594457, -4, -2}}},
    [TRAIT_DRUG] = {"primary_drug", "Primary drug", "SUB1", 6,
                    {{"alcohol", 1961311, 2, 0}, {"opioids", 1500921 + 13665 + 482993, 3, 4}, {"cocaine", 355156, 2, 3},
                     {"cannabis", 733619, -3, 0}, {"stimulants", 756900 + 37653 + 9485, 4, 4},
                     {"other or none", 128468 + 16242 + 7451 + 69230 + 593 + 3733 + 7994 + 2988 + 2210 + 41368, 0, 1}}},
    [TRAIT_FREQUENCY] = {"frequency", "Use of the primary drug in the month before", "FREQ1", 3,
                         {{"none", 1540311, 0, 0}, {"some", 1616008, 2, 2}, {"daily", 2556964, 5, 4}}},
};

/* Years of the bands of age; within a band every year is as likely. */
static const struct {
    int first, last;
} age_bands[] = {{12, 14}, {15, 17}, {18, 20}, {21, 24}, {25, 29}, {30, 34},
                 {35, 39}, {40, 44}, {45, 49}, {50, 54}, {55, 64}, {65, 79}};

static double total_of(const struct trait_words *words)
{
    int64_t total = 0;

    for (size_t k = 0; k < words->n_levels; k++)
        total += words->levels[k].published;
    return (double)total;
}

/* The level under which u falls. */
static unsigned char level_at(const struct trait_words *words, double u)
{
    const double place = u * total_of(words);
    int64_t below = 0;
    size_t k = 0;

    for (; k + 1 < words->n_levels; k++) {
        below += words->levels[k].published;
        if (place < (double)below)
            break;
    }
    return (unsigned char)k;
}

void person_draw(uint64_t seed, uint64_t number, struct person *person)
{
    double u[2];

    *person = (struct person){.age = 0};
    for (size_t t = 0; t < N_TRAITS; t++) {
        if (t % 2 == 0)
            placed_random_pair(seed, number, use_of(USE_TRAITS, t / 2), u);
        person->trait[t] = level_at(&trait_words[t], u[t % 2]);
        person->need += trait_words[t].levels[person->trait[t]].need;
        person->risk += trait_words[t].levels[person->trait[t]].risk;
    }
    const int first = age_bands[person->trait[TRAIT_AGE]].first, last = age_bands[person->trait[TRAIT_AGE]].last;
    person->age = first + (int)(placed_random(seed, number, use_of(USE_AGE, 0)) * (last - first + 1));
}

/* One more trait: every cell is spread over the levels. */
static void add_trait(struct scores *scores, const struct trait_words *words)
{
    static const struct scores nothing;
    const double total = total_of(words);
    struct scores sum = nothing;

    for (int i = 0; i < N_SCORES; i++)
        for (int j = 0; j < N_SCORES; j++) {
            if (scores->share[i][j] <= 0)
                continue;
            for (size_t k = 0; k < words->n_levels; k++) {
                const struct trait_level *level = &words->levels[k];
                sum.share[i + level->need][j + level->risk] += scores->share[i][j] * (double)level->published / total;
            }
        }
    *scores = sum;
}

void scores_distribute(struct scores *scores)
{
    memset(scores, 0, sizeof *scores);
    scores->share[-SCORE_MIN][-SCORE_MIN] = 1;
    for (size_t t = 0; t < N_TRAITS; t++)
        add_trait(scores, &trait_words[t]);
    for (int i = 0; i < N_SCORES; i++)
        for (int j = 0; j < N_SCORES; j++) {
            scores->mean_need += scores->share[i][j] * (i + SCORE_MIN);
            scores->mean_risk += scores->share[i][j] * (j + SCORE_MIN);
        }
}
