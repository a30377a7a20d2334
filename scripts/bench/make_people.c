/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Made-up people for the benchmarks of statistics, with a fixed seed.
 *   make_people ROWS PREFIX      PREFIX.csv for R, PREFIX.bin for our programs (people.h)
 *
 * Days to relapse (status 1) or a competing event (2), censored between days 30 and 365; arm; 17 factors of 2 to 7
 * levels, of which the first 8 and age and severity move the hazards; a skewed distance; about 1.6 rows a client.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "scripts/bench/people.h"

static uint64_t next(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15ull;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

static double uniform(uint64_t *state)
{
    return ((double)(next(state) >> 11) + 0.5) * 0x1p-53;
}

/* The smaller of two draws: low codes are common, as in real records. */
static uint8_t draw_level(uint64_t *state, int n_level)
{
    const uint64_t bits = next(state);
    const uint32_t a = (uint32_t)(((bits >> 32) * (uint64_t)n_level) >> 32);
    const uint32_t b = (uint32_t)(((bits & 0xffffffff) * (uint64_t)n_level) >> 32);

    return (uint8_t)(a < b ? a : b);
}

static void draw(uint64_t *state, size_t n, struct person *p)
{
    double hazard = 0, lean = -0.4;

    for (int j = 0; j < PEOPLE_FACTORS; j++) {
        p->factor[j] = draw_level(state, people_levels[j]);
        if (j < 8) {
            hazard += 0.08 * p->factor[j] * (j & 1 ? 1 : -1);
            lean += 0.07 * p->factor[j] * (j % 3 == 0 ? 1 : -0.6);
        }
    }
    p->age = 18 + floor(60 * pow(uniform(state), 1.7));
    p->severity = rint(1000 * uniform(state)) / 100;
    p->distance =
        rint(100 * exp(1.2 * sqrt(-2 * log(uniform(state))) * cos(2 * M_PI * uniform(state)))) / 100;
    hazard += -0.01 * (p->age - 40) + 0.03 * (p->severity - 5);
    lean += 0.01 * (p->age - 40) + 0.05 * (p->severity - 5);
    p->arm = uniform(state) < 1 / (1 + exp(-lean));
    hazard -= 0.18 * p->arm;
    const double relapse = -260 * exp(-hazard) * log(uniform(state)), other = -900 * log(uniform(state));
    const double censored = fmin(30 + 700 * uniform(state), 365), first = fmin(relapse, other);
    p->status = censored < first ? 0 : relapse < other ? 1 : 2;
    p->exact = rint(1e6 * fmin(first, censored)) / 1e6 + 1e-6;
    p->days = 1 + floor(fmin(first, censored));
    p->client = (int32_t)(next(state) % (uint64_t)((double)n * 0.62 + 1));
}

int main(int argc, char *argv[])
{
    char path[4096];
    uint64_t state = 4242;
    if (argc != 3)
        return 2;
    const size_t n = strtoul(argv[1], NULL, 10);
    snprintf(path, sizeof path, "%s.csv", argv[2]);
    FILE *csv = fopen(path, "w");
    snprintf(path, sizeof path, "%s.bin", argv[2]);
    FILE *bin = fopen(path, "wb");
    if (csv == NULL || bin == NULL)
        return 1;
    fprintf(csv, "time,exact,status,arm,age,sev,dist,client");
    for (int j = 0; j < PEOPLE_FACTORS; j++)
        fprintf(csv, ",c%d", j + 1);
    fputc('\n', csv);
    for (size_t i = 0; i < n; i++) {
        struct person p = {0};
        draw(&state, n, &p);
        fprintf(csv, "%.0f,%.6f,%d,%d,%.0f,%.2f,%.2f,%d", p.days, p.exact, p.status, p.arm, p.age, p.severity,
                p.distance, p.client);
        for (int j = 0; j < PEOPLE_FACTORS; j++)
            fprintf(csv, ",%d", p.factor[j]);
        fputc('\n', csv);
        fwrite(&p, sizeof p, 1, bin);
    }
    return fclose(csv) != 0 || fclose(bin) != 0;
}
