/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * temporary.h - the temporary files and folders of this process, known to its signal handlers.
 *
 * A signal handler may take no lock and allocate nothing, so the names live in a fixed table of fixed
 * slots: the one piece of state of base/ that is shared by the whole process.  Each slot knows the
 * process that claimed it: a forked child has a copy of the table, but the files are its parent's.
 */
#ifndef BASE_TEMPORARY_H
#define BASE_TEMPORARY_H

#include <stdbool.h>
#include <sys/types.h>

enum { TEMPORARIES_MAX = 128, TEMPORARY_PATH_SIZE = 4096 };

/**
 * Creates an empty file ".NAME.stepdown-PID.tmp" (or "-PID-K.tmp") beside path, mode 0600, opened for
 * writing.  Returns its slot and the descriptor, or -1 after telling.
 */
int temporary_create(const char *path, int *file);

/** Its name; good until temporary_forget. */
const char *temporary_path(int slot);

/** Did this very process create it, and not its parent before a fork? */
bool temporary_is_ours(int slot);

/** Frees the slot: the file is now somebody else's, or gone. */
void temporary_forget(int slot);

/**
 * The process ends: removes all temporaries (output_remove_temporaries), and what other threads are about to make is not made: they wait
 * for ever, there and in temporary_rest(), where they come by between two pieces of work.  May be called by a signal handler.
 */
void temporaries_end(void);
void temporary_rest(void);

/**
 * Makes a private folder ".NAME.stepdown-PID.tmp" beside path, for files that another program writes or reads.  What killed ones left of
 * that name is swept.  Returns its slot, or -1 after telling.
 */
int temporary_make_folder(const char *path);

/** Removes such a folder with the plain files in it, and frees the slot. */
void temporary_remove_folder(int slot);

/**
 * Does the process of that number live, and is it a program of ours?  Numbers are given again: what another program runs under the number in
 * the name of a temporary protects nothing.  Without /proc every living process is taken for ours.
 */
bool temporary_owner_lives(pid_t owner);

#endif
