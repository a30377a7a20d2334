/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the script of a dashboard reads: the counts of every cell, as short as they can be. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/dashboard.h"
#include "report/safe_text.h"

struct text {
    char *bytes;
    size_t length, capacity;
    bool failed;
};

static void add_bytes(struct text *text, const char *bytes, size_t n)
{
    if (!text->failed && text->length + n + 1 > text->capacity) {
        const size_t capacity = 2 * (text->length + n + 512);
        char *grown = reallocate(text->bytes, capacity, 1);

        text->failed = grown == NULL;
        if (grown != NULL) {
            text->bytes = grown;
            text->capacity = capacity;
        }
    }
    if (text->failed)
        return;
    memcpy(text->bytes + text->length, bytes, n);
    text->length += n;
    text->bytes[text->length] = '\0';
}

static void add(struct text *text, const char *bytes)
{
    add_bytes(text, bytes, strlen(bytes));
}

/* A JSON string that may stand in a script element: no <, > or & and no line separators. */
static void add_string(struct text *text, const char *value)
{
    char *safe = safe_text(value);

    text->failed = text->failed || safe == NULL;
    add(text, "\"");
    for (const char *c = safe; c != NULL && *c != '\0'; c++) {
        char escaped[8];
        if (strchr("\"\\<>&'", *c) != NULL || (unsigned char)*c < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned char)*c);
            add(text, escaped);
        } else if (strncmp(c, "\xe2\x80\xa8", 3) == 0 || strncmp(c, "\xe2\x80\xa9", 3) == 0) {
            add(text, c[2] == '\xa8' ? "\\u2028" : "\\u2029");
            c += 2;
        } else {
            add_bytes(text, c, 1);
        }
    }
    add(text, "\"");
    free(safe);
}

/* Digits without zeros at the end; what is missing is 0 (its cell has n = -1 or 0). */
static void add_number(struct text *text, double x, int digits)
{
    char out[40];
    size_t length;

    snprintf(out, sizeof out, "%.*f", digits, isfinite(x) ? x : 0);
    length = strlen(out);
    while (strchr(out, '.') != NULL && (out[length - 1] == '0' || out[length - 1] == '.')) {
        const bool point = out[length - 1] == '.';
        out[--length] = '\0';
        if (point)
            break;
    }
    add(text, strcmp(out, "-0") == 0 ? "0" : out);
}

static void add_strings(struct text *text, const char *key, const char *const *values, size_t n)
{
    add(text, ",\"");
    add(text, key);
    add(text, "\":[");
    for (size_t i = 0; i < n; i++) {
        add(text, i > 0 ? "," : "");
        add_string(text, values[i]);
    }
    add(text, "]");
}

static size_t n_cells(const struct dashboard *d)
{
    return (d->n_programmes + 1) * (d->n_periods + 1);
}

/* n is -1 where it is withheld. */
static void add_counts(struct text *text, const struct dashboard *d, const struct dashboard_cell *cells)
{
    char out[32];

    add(text, ",\"n\":[");
    for (size_t c = 0; c < n_cells(d); c++) {
        snprintf(out, sizeof out, "%s%" PRId64, c > 0 ? "," : "", cells[c].withheld ? (int64_t)-1 : cells[c].n);
        add(text, out);
    }
    add(text, "],\"y\":[");
    for (size_t c = 0; c < n_cells(d); c++) {
        snprintf(out, sizeof out, "%s%" PRId64, c > 0 ? "," : "", cells[c].withheld ? (int64_t)0 : cells[c].n_event);
        add(text, out);
    }
    add(text, "],\"e\":[");
    for (size_t c = 0; c < n_cells(d); c++) {
        add(text, c > 0 ? "," : "");
        add_number(text, cells[c].expected, 2);
    }
    add(text, "],\"v\":[");
    for (size_t c = 0; c < n_cells(d); c++) {
        add(text, c > 0 ? "," : "");
        add_number(text, cells[c].variance, 2);
    }
    add(text, "]");
}

/* Of a period: 1 beyond the limits, 2 run, 4 trend, 16 near a limit, and 8 when it lies above the centre, to the base of 32. */
static char signal_digit(const struct dashboard_cell *cell)
{
    const char *signal = cell->signal;
    const int value = (strstr(signal, "limits") != NULL ? 1 : 0) + (strstr(signal, "run") != NULL ? 2 : 0) +
                      (strstr(signal, "trend") != NULL ? 4 : 0) + (strstr(signal, "near") != NULL ? 16 : 0) +
                      (strstr(signal, "above") != NULL || strstr(signal, "upper") != NULL ? 8 : 0);

    return "0123456789abcdefghijklmnopqrstuv"[value];
}

/* The next phase of a programme's periods that begins with `first`: [first, end of its baseline, centre or null, factor]. */
static size_t add_phase(struct text *text, const struct dashboard *d, const struct dashboard_cell *line, size_t first)
{
    double centre = NAN, factor = NAN;
    size_t end = first, baseline = first;
    char out[48];

    for (; end <= d->n_periods && line[end].phase == line[first].phase; end++) {
        baseline = line[end].in_baseline ? end + 1 : baseline;
        if (isfinite(line[end].centre)) {
            centre = line[end].centre;
            factor = line[end].factor;
        }
    }
    snprintf(out, sizeof out, "%s[%zu,%zu,", first > 1 ? "," : "", first - 1, baseline - 1);
    add(text, out);
    if (isfinite(centre))
        add_number(text, centre, 8);
    else
        add(text, "null");
    add(text, ",");
    add_number(text, isfinite(factor) ? factor : 1, 6);
    add(text, "]");
    return end;
}

static void add_charts(struct text *text, const struct dashboard *d, const struct dashboard_cell *cells)
{
    const size_t width = d->n_periods + 1;

    add(text, ",\"c\":[");
    for (size_t p = 0; p <= d->n_programmes; p++) {
        add(text, p > 0 ? ",[" : "[");
        for (size_t q = 1; q < width;)
            q = add_phase(text, d, cells + p * width, q);
        add(text, "]");
    }
    add(text, "],\"s\":\"");
    for (size_t p = 0; p <= d->n_programmes; p++)
        for (size_t q = 1; q < width; q++) {
            const char digit = signal_digit(&cells[p * width + q]);
            add_bytes(text, &digit, 1);
        }
    add(text, "\"");
}

/* Time under observation, of a rate. */
static void add_times(struct text *text, const struct dashboard *d, const struct dashboard_cell *cells)
{
    add(text, ",\"t\":[");
    for (size_t c = 0; c < n_cells(d); c++) {
        add(text, c > 0 ? "," : "");
        add_number(text, cells[c].person_time, 1);
    }
    add(text, "]");
}

static void add_measure(struct text *text, const struct dashboard *d, size_t m)
{
    const struct dashboard_question *measure = &d->measures[m];
    const struct dashboard_cell *cells = dashboard_at(d, m, 0, 0);

    add(text, m > 0 ? ",\n{\"id\":" : "{\"id\":");
    add_string(text, measure->id);
    add(text, ",\"label\":");
    add_string(text, measure->label);
    if (measure->is_share)
        add(text, ",\"share\":true");
    add(text, measure->higher_is_better ? ",\"higher\":true,\"phi\":" : ",\"higher\":false,\"phi\":");
    add_number(text, strcmp(measure->spread, "additive") == 0 ? 0 : dashboard_dispersion(measure), 6); /* 0: no flags */
    add(text, ",\"chart\":");
    add_string(text, measure->chart);
    add(text, ",\"run\":");
    add_number(text, (double)measure->run, 0);
    add(text, ",\"trend\":");
    add_number(text, (double)measure->trend, 0);
    if (measure->is_rate) {
        add(text, ",\"units\":");
        add_string(text, measure->time_units);
        add_times(text, d, cells);
    }
    add_counts(text, d, cells);
    add_charts(text, d, cells);
    add(text, "}");
}

char *dashboard_json(const struct dashboard *d)
{
    struct text text = {0};

    add(&text, "{\"version\":2");
    add_strings(&text, "programmes", d->programmes, d->n_programmes);
    add_strings(&text, "periods", d->periods, d->n_periods);
    add(&text, ",\"measures\":[");
    for (size_t m = 0; m < d->n_measures; m++)
        add_measure(&text, d, m);
    add(&text, "]}");
    if (!text.failed)
        return text.bytes;
    free(text.bytes);
    return NULL;
}
