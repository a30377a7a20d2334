/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * people.h - the people of make_people.c, and what every benchmark of statistics needs.
 */
#ifndef SCRIPTS_BENCH_PEOPLE_H
#define SCRIPTS_BENCH_PEOPLE_H

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PEOPLE_FACTORS = 17 };

/* 26 columns in the first 8 factors, 42 in the others. */
static const int people_levels[PEOPLE_FACTORS] = {2, 3, 4, 5, 6, 7, 4, 3, 6, 5, 6, 5, 6, 6, 6, 5, 6};

struct person {
    double days, exact, age, severity, distance;
    int32_t client;
    uint8_t status, arm, factor[PEOPLE_FACTORS];
};

/* The first `most` people of a file; ends the program when there are none. */
static inline struct person *people_read(const char *path, size_t most, size_t *n)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    const size_t all = (size_t)ftell(file) / sizeof(struct person);
    *n = most < all ? most : all;
    struct person *people = malloc(*n * sizeof *people);
    rewind(file);
    if (people == NULL || fread(people, sizeof *people, *n, file) != *n)
        exit(1);
    fclose(file);
    return people;
}

static inline double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of all threads. */
static inline double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* From here on the largest memory counts: what was read is given back, the arrays stay. */
static inline void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    malloc_trim(0);
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
}

/* Largest memory of this process since then, in megabytes. */
static inline double peak_megabytes(void)
{
    char line[128];
    double kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %lf", &kilobytes) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kilobytes / 1024;
}

#endif
