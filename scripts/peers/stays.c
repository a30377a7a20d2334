/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stays ROWS - made-up stays of treatment as CSV on stdout, the same for every run: client_id, admit_date,
 * discharge_date, level_of_care, reason, age, sex and 15 columns of codes with missing values (-9).  About 2 stays a
 * client over four years; no person's data.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state[4]; /* xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64 */

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static uint64_t next(void)
{
    const uint64_t result = rotate(state[1] * 5, 7) * 9, t = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = rotate(state[3], 45);
    return result;
}

static void seed(uint64_t z)
{
    for (int i = 0; i < 4; i++) {
        uint64_t x = z += UINT64_C(0x9e3779b97f4a7c15);
        x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
        state[i] = x ^ (x >> 31);
    }
}

static double uniform(void)
{
    return ((double)(next() >> 11) + 0.5) * 0x1p-53;
}

static void print_day(long day)
{
    long z = day + 719468, era = z / 146097;
    const unsigned doe = (unsigned)(z - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    const unsigned d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;

    printf("%04ld-%02u-%02u", (long)yoe + era * 400 + (m <= 2), m, d);
}

static int pick(const double *cumulated)
{
    const double u = uniform();
    int i = 0;

    while (u > cumulated[i])
        i++;
    return i;
}

int main(int argc, char **argv)
{
    static const char *const levels[] = {"1.0", "2.1", "2.5", "3.1", "3.5", "3.7", "4.0"};
    static const double of_level[] = {.42, .66, .72, .80, .89, .97, 1.0};
    static const char *const reasons[] = {"COMPLETED", "DROPOUT", "TERMINATED", "TRANSFER", "INCARCERATED", "DEATH", "OTHER"};
    static const double of_reason[] = {.42, .68, .74, .93, .95, .953, 1.0};
    static const double mean_days[] = {110, 62, 62, 24, 24, 24, 6};
    static const struct {
        const char *name;
        unsigned n;
        double missing;
    } codes[] = {{"race", 6, .03},     {"ethnic", 3, .05},  {"educ", 5, .08},        {"marital", 4, .2}, {"employ", 4, .03},
                 {"living", 3, .06},   {"primary_sub", 10, .02}, {"route", 5, .06},  {"freq", 3, .08},   {"prior_tx", 5, .1},
                 {"psych", 2, .12},    {"referral", 7, .03}, {"payer", 6, .3},       {"region", 4, 0},   {"arrests", 3, .1}};
    enum { N_CODES = sizeof codes / sizeof codes[0] };
    const long n = argc > 1 ? atol(argv[1]) : 0;

    seed(77001);
    printf("client_id,admit_date,discharge_date,level_of_care,reason,age,sex");
    for (int j = 0; j < N_CODES; j++)
        printf(",%s", codes[j].name);
    putchar('\n');
    for (long i = 0; i < n; i++) {
        uint64_t client = (next() % (uint64_t)((double)n * 0.62 + 1)) * UINT64_C(0x9e3779b97f4a7c15) + 12345;
        client = (client ^ (client >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
        client ^= client >> 32;
        const int level = pick(of_level), reason = pick(of_reason);
        const long admitted = 17532 + (long)(uniform() * 1461); /* 2018-01-01 and four years */
        long days = 1 + (long)(-mean_days[level] * log(uniform()));
        days = days > 700 ? 700 : days;
        printf("%016llx,", (unsigned long long)client);
        print_day(admitted);
        putchar(',');
        if (uniform() > .02)
            print_day(admitted + days);
        const int age = 18 + (int)(60 * pow(uniform(), 1.7));
        printf(",ASAM-%s,%s,%d,%c", levels[level], reasons[reason], age, uniform() < .66 ? 'M' : 'F');
        for (int j = 0; j < N_CODES; j++) {
            const uint64_t r = next();
            uint32_t a = (uint32_t)(((r >> 32) * codes[j].n) >> 32), b = (uint32_t)((((r >> 16) & 0xffff) * codes[j].n) >> 16);
            a = b < a ? b : a;                                 /* skew to the low codes, as real data are */
            a -= level >= 3 && a > 0 && ((r >> 8) & 3) == 0;   /* inpatients have lower ones */
            if ((r & 0xffff) < (uint64_t)(codes[j].missing * 65536))
                printf(",-9");
            else
                printf(",%u", 1 + a);
        }
        putchar('\n');
    }
    return 0;
}
