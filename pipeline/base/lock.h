/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * lock.h - one run at a time in one output folder; one change at a time of one file.
 *
 * An advisory lock (flock) on FOLDER/.stepdown.lock, which holds the owner's process number, so that
 * whoever comes second is told who holds it.  The lock dies with its owner; the file stays.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

struct lock;

struct lock *lock_acquire(const char *folder); /* NULL after telling who holds it */
void lock_release(struct lock *lock);          /* NULL is fine */

/**
 * For a stage: takes the lock of the folder until this process ends.  Nothing is to be done where this process or its parent
 * (`stepdown run`) holds it already, or where there is no such folder.  -1 after telling who holds it.
 */
int lock_hold(const char *folder);

/**
 * For a file that several runs in folders of their own change: waits for FOLDER/.NAME.lock at most so many seconds.  NULL after
 * telling.
 */
struct lock *lock_wait(const char *path, int seconds);

#endif
