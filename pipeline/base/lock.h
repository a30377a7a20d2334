/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * lock.h - one run at a time in one output folder.
 *
 * An advisory lock (flock) on FOLDER/.stepdown.lock, which holds the owner's process number, so that
 * whoever comes second is told who holds it.  The lock dies with its owner; the file stays.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

struct lock;

struct lock *lock_acquire(const char *folder); /* NULL after telling who holds it */
void lock_release(struct lock *lock);          /* NULL is fine */

#endif
