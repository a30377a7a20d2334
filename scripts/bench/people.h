/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * people.h - the people of make_people.c, and what every benchmark of statistics needs.
 */
#ifndef SCRIPTS_BENCH_PEOPLE_H
#define SCRIPTS_BENCH_PEOPLE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { PEOPLE_FACTORS = 17 };

/* 26 columns in the first 8 factors, 42 in the others. */
static const int people_levels[PEOPLE_FACTORS] = {2, 3, 4, 5, 6, 7, 4, 3, 6, 5, 6, 5, 6, 6, 6, 5, 6};

struct person {
    double days, exact, age, severity, distance;
    int32_t client;
    uint8_t status, arm, factor[PEOPLE_FACTORS];
};

/* The people of a file; ends the program when there is none. */
static inline struct person *people_read(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    const long size = ftell(file);
    *n = (size_t)size / sizeof(struct person);
    struct person *people = malloc((size_t)size);
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

/* Largest memory of this process so far, in megabytes. */
static inline double peak_megabytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

#endif
