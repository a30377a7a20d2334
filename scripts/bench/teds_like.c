/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A made-up file in the layout of the public TEDS-D files: 76 columns of whole numbers, -9 for missing, low codes more
 * often than high ones.  Nothing in it is anybody's.
 *
 *     teds_like ROWS > teds.csv          the same bytes for the same number of rows
 *     teds_like codebook > codebook.yaml
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 20200101, CASEID = 1, FIRST_SKEWED = 4, N_CBSA = 20 };

struct column {
    const char *name;
    unsigned low, high;
    unsigned missing; /* in 1000 */
};

static const struct column columns[] = {
    {"DISYR", 2020, 2020, 0},     {"CASEID", 0, 0, 0},          {"STFIPS", 1, 56, 0},
    {"CBSA2020", 10100, 49700, 350}, {"EDUC", 1, 5, 80},        {"MARSTAT", 1, 4, 200},
    {"SERVICES", 1, 8, 0},        {"DETCRIM", 1, 8, 850},       {"LOS", 1, 37, 0},
    {"PSOURCE", 1, 7, 30},        {"NOPRIOR", 0, 1, 150},       {"ARRESTS", 0, 2, 100},
    {"EMPLOY", 1, 4, 30},         {"METHUSE", 1, 2, 50},        {"PSYPROB", 1, 2, 120},
    {"PREG", 1, 2, 650},          {"GENDER", 1, 2, 1},          {"VET", 1, 2, 100},
    {"LIVARAG", 1, 3, 60},        {"DAYWAIT", 0, 4, 450},       {"SERVICES_D", 1, 8, 0},
    {"REASON", 1, 7, 0},          {"EMPLOY_D", 1, 4, 120},      {"LIVARAG_D", 1, 3, 130},
    {"ARRESTS_D", 0, 2, 150},     {"DSMCRIT", 1, 19, 400},      {"AGE", 1, 12, 0},
    {"RACE", 1, 9, 30},           {"ETHNIC", 1, 5, 50},         {"PRIMINC", 1, 5, 400},
    {"SUB1", 1, 19, 40},          {"SUB2", 1, 19, 100},         {"SUB3", 1, 19, 200},
    {"SUB1_D", 1, 19, 100},       {"SUB2_D", 1, 19, 200},       {"SUB3_D", 1, 19, 300},
    {"ROUTE1", 1, 5, 60},         {"ROUTE2", 1, 5, 500},        {"ROUTE3", 1, 5, 800},
    {"FREQ1", 1, 3, 80},          {"FREQ2", 1, 3, 500},         {"FREQ3", 1, 3, 800},
    {"FREQ1_D", 1, 3, 200},       {"FREQ2_D", 1, 3, 600},       {"FREQ3_D", 1, 3, 800},
    {"FRSTUSE1", 1, 7, 80},       {"FRSTUSE2", 1, 7, 500},      {"FRSTUSE3", 1, 7, 800},
    {"HLTHINS", 1, 4, 500},       {"PRIMPAY", 1, 7, 600},       {"FREQ_ATND_SELF_HELP", 1, 5, 200},
    {"FREQ_ATND_SELF_HELP_D", 1, 5, 300}, {"ALCFLG", 0, 1, 0},  {"COKEFLG", 0, 1, 0},
    {"MARFLG", 0, 1, 0},          {"HERFLG", 0, 1, 0},          {"METHFLG", 0, 1, 0},
    {"OPSYNFLG", 0, 1, 0},        {"PCPFLG", 0, 1, 0},          {"HALLFLG", 0, 1, 0},
    {"MTHAMFLG", 0, 1, 0},        {"AMPHFLG", 0, 1, 0},         {"STIMFLG", 0, 1, 0},
    {"BENZFLG", 0, 1, 0},         {"TRNQFLG", 0, 1, 0},         {"BARBFLG", 0, 1, 0},
    {"SEDHPFLG", 0, 1, 0},        {"INHFLG", 0, 1, 0},          {"OTCFLG", 0, 1, 0},
    {"OTHERFLG", 0, 1, 0},        {"DIVISION", 0, 9, 0},        {"REGION", 0, 4, 0},
    {"IDU", 0, 1, 80},            {"ALCDRUG", 0, 3, 0},         {"PRIMSUB_X", 1, 19, 0},
    {"COOCCUR_X", 1, 2, 100},
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

/* splitmix64: Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195 */
static uint64_t random_of(uint64_t counter)
{
    uint64_t z = (counter + SEED) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* One of n, 0 .. n - 1, from 16 bits of a random number. */
static unsigned one_of(uint64_t random, unsigned shift, unsigned n)
{
    return (unsigned)((random >> shift & 0xffff) * n >> 16);
}

static long value_of(size_t row, size_t j)
{
    const struct column *const column = &columns[j];
    const uint64_t random = random_of((uint64_t)row * N_COLUMNS + j);
    const unsigned n = column->high - column->low + 1;
    if (j == CASEID)
        return 20200000001L + (long)row;
    if (one_of(random, 0, 1000) < column->missing)
        return -9;
    unsigned value = one_of(random, 32, n);
    if (j >= FIRST_SKEWED) {
        const unsigned other = one_of(random, 16, n);
        value = other < value ? other : value;
    }
    if (strcmp(column->name, "CBSA2020") == 0)
        value = value / N_CBSA * N_CBSA;
    return (long)(column->low + value);
}

static void write_rows(size_t n)
{
    for (size_t j = 0; j < N_COLUMNS; j++)
        printf("%s%s", j > 0 ? "," : "", columns[j].name);
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < N_COLUMNS; j++)
            printf("%s%ld", j > 0 ? "," : "", value_of(i, j));
        putchar('\n');
    }
}

static void write_codebook(void)
{
    puts("codebook: teds_like\nmissing: ['-9']\ncolumns:");
    for (size_t j = 0; j < N_COLUMNS; j++) {
        const struct column *const column = &columns[j];
        if (j == CASEID) {
            printf("  %s: {role: row_id}\n", column->name);
        } else if (column->high - column->low >= 30 || column->high == column->low) {
            printf("  %s: {type: integer, range: [%u, %u]}\n", column->name, column->low, column->high);
        } else {
            printf("  %s: {type: category, codes: {", column->name);
            for (unsigned code = column->low; code <= column->high; code++)
                printf("%s%u: code %u", code > column->low ? ", " : "", code, code);
            puts("}}");
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: teds_like ROWS | codebook\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "codebook") == 0)
        write_codebook();
    else
        write_rows(strtoul(argv[1], NULL, 10));
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
