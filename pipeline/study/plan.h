/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * plan.h - the parts of a study that decide numbers, and whether they were locked before any outcome was computed.
 *
 * The plan is every key and value of the study file, in its order, but for what only says how things are called, shown or
 * found: title, labels of outcomes, registered, privacy, disclosure, caveats, published, and the paths of data files.  The
 * codebooks and the study's own definitions belong to it by what they hold.  Comments, blanks and quotes do not.
 *
 * A lock is a small text file beside the study, STUDY.lock:
 *
 *     stepdown lock 1
 *     plan: SHA-256 of the plan
 *     outcomes: not computed             or "computed", when it came too late
 */
#ifndef STUDY_PLAN_H
#define STUDY_PLAN_H

#include "base/sha256.h"
#include "study/study.h"

/** SHA-256 of the plan.  -1 after telling. */
int plan_sha256(const struct study *study, char hex[static SHA256_HEX_SIZE]);

enum plan_state {
    PLAN_NOT_LOCKED,
    PLAN_LOCKED,         /* before any outcome was computed, and unchanged since */
    PLAN_LOCKED_LATE,    /* when outcomes were computed already; unchanged since */
    PLAN_CHANGED,        /* locked, but it is another plan now */
};

/** What a reader is told: "locked before any outcome was computed", ... */
const char *plan_state_words(enum plan_state state);

/** Reads the lock beside the study; hex: of the plan as it is now.  -1 after telling, also when the lock is damaged. */
int plan_lock_read(const struct study *study, char hex[static SHA256_HEX_SIZE], enum plan_state *state);

struct plan_lock_request {
    const char *out; /* folder of the run, where outcomes would be */
    bool late;       /* lock although outcomes were computed, and say so */
    bool again;      /* lock a plan that has changed since it was locked */
};

/**
 * Writes the lock.  0; 1 after telling why it was refused: outcomes were computed (without `late`), or another plan is
 * locked (without `again`); -1 after telling a failure.  A plan that is locked already stays so.
 */
int plan_lock_write(const struct study *study, const struct plan_lock_request *request);

#endif
