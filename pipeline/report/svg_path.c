/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/svg_path.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { NUMBER_SIZE = 24, UNITS = 10 };

/* The path as it grows, in tenths. */
struct pen {
    char *out;
    size_t length;
    long x, y;         /* where it is */
    long start_x, start_y;
    char command;      /* the last one written; 0: none yet */
    char last;         /* what the last number had: '.' or ' ' */
    long run;          /* along an axis, not yet written */
    char axis;         /* 'h', 'v'; 0: no run */
    bool started, drawn; /* within a subpath; anything of it written */
};

static char *tenths(long value, char *out)
{
    const long size = labs(value);

    if (size % UNITS == 0)
        snprintf(out, NUMBER_SIZE, "%ld", value / UNITS);
    else if (size < UNITS)
        snprintf(out, NUMBER_SIZE, "%s.%ld", value < 0 ? "-" : "", size);
    else
        snprintf(out, NUMBER_SIZE, "%s%ld.%ld", value < 0 ? "-" : "", size / UNITS, size % UNITS);
    return out;
}

char *svg_number(double value, char *out)
{
    return tenths(lround(value * UNITS), out);
}

static void put_command(struct pen *pen, char command)
{
    if (command == pen->command && command != 'M')
        return;
    pen->out[pen->length++] = command;
    pen->command = command;
    pen->last = '\0';
}

static void put_number(struct pen *pen, long value)
{
    char text[NUMBER_SIZE];

    tenths(value, text);
    if (pen->last != '\0' && text[0] != '-' && !(text[0] == '.' && pen->last == '.'))
        pen->out[pen->length++] = ' ';
    memcpy(pen->out + pen->length, text, strlen(text));
    pen->length += strlen(text);
    pen->last = strchr(text, '.') != NULL ? '.' : ' ';
}

static void end_run(struct pen *pen)
{
    if (pen->axis == '\0')
        return;
    put_command(pen, pen->axis);
    put_number(pen, pen->run);
    pen->drawn = true;
    pen->axis = '\0';
    pen->run = 0;
}

/* A subpath of one point stays a point: a cap may make it visible. */
static void end_subpath(struct pen *pen)
{
    end_run(pen);
    if (pen->started && !pen->drawn) {
        put_command(pen, 'h');
        put_number(pen, 0);
    }
    pen->started = false;
}

static void move_to(struct pen *pen, long x, long y)
{
    end_subpath(pen);
    put_command(pen, 'M');
    put_number(pen, x);
    put_number(pen, y);
    pen->x = pen->start_x = x;
    pen->y = pen->start_y = y;
    pen->started = true;
    pen->drawn = false;
}

static void line_to(struct pen *pen, long x, long y)
{
    const long dx = x - pen->x, dy = y - pen->y;
    const char axis = dy == 0 ? 'h' : dx == 0 ? 'v' : 'l';
    const long step = dy == 0 ? dx : dy;

    pen->x = x;
    pen->y = y;
    if (dx == 0 && dy == 0)
        return;
    if (axis == pen->axis && (step > 0) == (pen->run > 0)) {
        pen->run += step;
        return;
    }
    end_run(pen);
    if (axis != 'l') {
        pen->axis = axis;
        pen->run = step;
        return;
    }
    put_command(pen, 'l');
    put_number(pen, dx);
    put_number(pen, dy);
    pen->drawn = true;
}

static void close_path(struct pen *pen)
{
    end_subpath(pen);
    put_command(pen, 'z');
    pen->x = pen->start_x;
    pen->y = pen->start_y;
}

/* A number; the rest of the text, or NULL. */
static const char *read_number(const char *text, long *number)
{
    char *end;
    const double value = strtod(text, &end);

    if (end == text || !isfinite(value) || fabs(value) > 1e6)
        return NULL;
    *number = lround(value * UNITS);
    return end;
}

/* Two numbers, between them blanks or a comma. */
static const char *read_point(const char *text, long *x, long *y)
{
    const char *const rest = read_number(text, x);

    return rest == NULL ? NULL : read_number(rest + strspn(rest, ", "), y);
}

/* No number grows, and no more than a letter and a blank join it. */
static char *room_for(const char *text)
{
    return allocate(3 * strlen(text) + 16, 1);
}

static char *finish(struct pen *pen, bool good)
{
    if (good) {
        end_subpath(pen);
        pen->out[pen->length] = '\0';
        return pen->out;
    }
    free(pen->out);
    return NULL;
}

char *svg_path_short(const char *path)
{
    struct pen pen = {.out = room_for(path)};
    const char *at = path;
    char command = '\0';
    bool good = pen.out != NULL;
    long x, y;

    while (good && *(at += strspn(at, " \t\n,")) != '\0') {
        if (strchr("MLZz", *at) != NULL)
            command = *at++;
        if (command == 'Z' || command == 'z') {
            close_path(&pen);
            command = '\0';
            continue;
        }
        at += strspn(at, " \t\n");
        good = command != '\0' && (at = read_point(at, &x, &y)) != NULL && (command == 'M' || pen.started);
        if (good && command == 'M')
            move_to(&pen, x, y);
        else if (good)
            line_to(&pen, x, y);
        if (command == 'M')
            command = 'L'; /* further points are lines */
    }
    return finish(&pen, good);
}

char *svg_polygon_short(const char *points)
{
    struct pen pen = {.out = room_for(points)};
    const char *at = points;
    bool good = pen.out != NULL, first = true;
    long x, y;

    while (good && *(at += strspn(at, " \t\n,")) != '\0') {
        good = (at = read_point(at, &x, &y)) != NULL;
        if (good && first)
            move_to(&pen, x, y);
        else if (good)
            line_to(&pen, x, y);
        first = false;
    }
    if (good && !first)
        close_path(&pen);
    return finish(&pen, good && !first);
}
