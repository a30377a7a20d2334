/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * child.h - the process that writes a file with the HDF5 library (message.h says what it is told).
 */
#ifndef STORE_CHILD_H
#define STORE_CHILD_H

struct child_task {
    const char *path;      /* what messages to people call the file */
    const char *temporary; /* what is written */
};

/**
 * Makes the file, says MESSAGE_READY, writes until MESSAGE_COMMIT, closes, checks (written_check) and says
 * MESSAGE_DONE.  task is a struct child_task *.  Returns 0, or 1 after telling; 1 in silence when the
 * stream ends before: the parent gave up.
 */
int child_run(int socket, void *task);

#endif
