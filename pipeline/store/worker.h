/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * worker.h - a child process that writes for us, so that its crash is an error of ours.
 *
 * The child keeps nothing of its parent but stdin, stdout, stderr and one socket: no other open file,
 * no lock, no signal handler.  It ignores SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE and SIGXFSZ (its
 * parent decides when to stop, removes the temporary and ends), is killed when its parent ends, and
 * leaves by _exit: no handler of exit and no buffer of stdio is run twice.
 *
 * What it says on stderr goes to its parent, who tells it, or keeps it when an error of its own was told
 * before: a full disk stops both, and is told once.
 */
#ifndef STORE_WORKER_H
#define STORE_WORKER_H

#include <sys/types.h>

struct worker {
    pid_t pid; /* 0: none */
    int socket;
    int said; /* the other end of its stderr */
};

/**
 * Forks; the child runs work(socket, context) and leaves with what it returns, 0 or 1 (told by fail.h).  Returns
 * when the child has sent MESSAGE_READY; SIGINT and SIGTERM wait until then, so that no temporary file is
 * made after their handler has removed it.  -1 after telling; path serves messages.
 */
int worker_start(struct worker *worker, const char *path, int (*work)(int socket, void *context), void *context);

/** Waits for MESSAGE_DONE and the end of the child.  -1 after telling, when it ended otherwise. */
int worker_finish(struct worker *worker, const char *path);

/** After a failed message_send: takes leave of the child and tells what it said, or how it ended.  Returns -1. */
int worker_lost(struct worker *worker, const char *path);

/** Ends the child, which does nothing more.  A worker that was finished or lost is fine. */
void worker_stop(struct worker *worker);

#endif
