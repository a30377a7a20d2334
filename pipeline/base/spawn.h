/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * spawn.h - starting the programs of the house, without a shell.
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <stdbool.h>

/**
 * Path of stepdown-NAME: beside the running program (build tree, or another program of ../libexec/stepdown), or in
 * ../libexec/stepdown beside the front door (installed).
 * Caller frees; NULL after telling.
 */
char *spawn_find(const char *name);

/** Path of the front door: beside the running program, or in ../../bin.  Caller frees; NULL after telling. */
char *spawn_front_door(void);

/** Becomes the program; returns only when that fails: -1 after telling. */
int spawn_become(const char *path, char **argv);

/**
 * Runs the program and waits.  Returns its exit status, or 128 + n when a signal n ended it (told); -1 after
 * telling when it could not be started.  The child gets SIGTERM when this process dies first.
 */
int spawn_wait(const char *path, char **argv);

/** `stepdown run -q --until STAGE`. */
struct spawn_run {
    const char *study, *out, *until;
    int n_threads;
    bool again;          /* also what has not changed */
    bool allow_absolute;
    bool some_arms;      /* arms may be without people */
};

/** Runs a study and waits: its exit status; EXIT_FAILED after telling when it could not be started. */
int spawn_run(const struct spawn_run *run);

#endif
