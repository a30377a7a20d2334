/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/progress.h"
#include "base/fail.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, REDRAW_AFTER = NANOSECONDS / 10 };

struct progress {
    char *what, *unit;
    size_t total;
    atomic_size_t done;
    _Atomic double share;     /* of the work that is done; 0: not known */
    int64_t started;          /* nanoseconds of the monotonic clock */
    atomic_llong next_redraw; /* do not draw before */
    pthread_mutex_t drawing;  /* whoever comes second leaves it to the first */
};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * NANOSECONDS + time.tv_nsec;
}

/* 1200000 as "1,200,000". */
static void write_grouped(char out[static 32], size_t value)
{
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%zu", value);
    char *to = out;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
}

/* 2.1e6 as "2.1 M/s". */
static void write_rate(char out[static 32], double rate)
{
    static const char *const prefixes[] = {"", " k", " M", " G", " T"};
    size_t i = 0;
    while (rate >= 999.5 && i + 1 < sizeof prefixes / sizeof *prefixes) {
        rate /= 1000;
        i++;
    }
    snprintf(out, 32, rate < 9.95 && i > 0 ? "%.1f%s/s" : "%.0f%s/s", rate, prefixes[i]);
}

static void write_time_left(char out[static 48], double seconds)
{
    if (seconds < 99.5)
        snprintf(out, 48, "  %.0f s left", seconds);
    else if (seconds < 99.5 * 60)
        snprintf(out, 48, "  %.0f min left", seconds / 60);
    else
        snprintf(out, 48, "  %.0f h left", seconds / 3600);
}

int progress_line(char *out, size_t size, const char *what, const char *unit, size_t done, double share, double seconds)
{
    char grouped[32], rate[32] = "", left[48] = "";
    write_grouped(grouped, done);
    const double per_second = seconds > 0 ? (double)done / seconds : 0;
    if (per_second > 0)
        write_rate(rate, per_second);
    if (per_second > 0 && share > 0 && share < 1)
        write_time_left(left, seconds * (1 - share) / share);
    return snprintf(out, size, "%s  %s %s%s%s%s", what, grouped, unit, rate[0] != '\0' ? "  " : "", rate, left);
}

static void write_line(const char *line, size_t length)
{
    /* A line of progress that a terminal does not take is not worth an error. */
    if (write(STDERR_FILENO, line, length) < 0)
        return;
}

static void draw(struct progress *progress, int64_t time)
{
    char line[256] = "\r\033[K";
    const size_t start = 4;
    const double seconds = (double)(time - progress->started) / NANOSECONDS;
    const size_t done = atomic_load(&progress->done);
    const double share =
        progress->total > 0 ? (double)done / (double)progress->total : atomic_load(&progress->share);
    const int n =
        progress_line(line + start, sizeof line - start, progress->what, progress->unit, done, share, seconds);
    if (n < 0)
        return;
    set_open_line(true);
    write_line(line, start + ((size_t)n < sizeof line - start ? (size_t)n : sizeof line - start - 1));
}

struct progress *progress_start(const char *what, const char *unit, size_t total)
{
    if (verbosity() == VERBOSITY_QUIET || !stderr_is_terminal())
        return NULL;
    struct progress *const progress = allocate(1, sizeof *progress);
    if (progress == NULL)
        return NULL;
    progress->what = copy_text(what);
    progress->unit = copy_text(unit);
    progress->total = total;
    progress->started = now();
    progress->next_redraw = progress->started + REDRAW_AFTER;
    pthread_mutex_init(&progress->drawing, NULL);
    if (progress->what == NULL || progress->unit == NULL) {
        progress_end(progress);
        return NULL;
    }
    return progress;
}

void progress_add(struct progress *progress, size_t done)
{
    if (progress == NULL)
        return;
    atomic_fetch_add(&progress->done, done);
    const int64_t time = now();
    if (time < atomic_load(&progress->next_redraw) || pthread_mutex_trylock(&progress->drawing) != 0)
        return;
    atomic_store(&progress->next_redraw, time + REDRAW_AFTER);
    draw(progress, time);
    pthread_mutex_unlock(&progress->drawing);
}

void progress_share(struct progress *progress, double share)
{
    if (progress != NULL)
        atomic_store(&progress->share, share);
}

void progress_end(struct progress *progress)
{
    static const char wipe[] = "\r\033[K";
    if (progress == NULL)
        return;
    if (progress->next_redraw > progress->started + REDRAW_AFTER)
        write_line(wipe, sizeof wipe - 1);
    set_open_line(false);
    pthread_mutex_destroy(&progress->drawing);
    free(progress->unit);
    free(progress->what);
    free(progress);
}
