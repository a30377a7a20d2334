/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/worker.h"

#include "base/fail.h"
#include "store/message.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKER_SOCKET = 3, WORKER_TOLD = 1, WORKER_UNKNOWN = 2 };

static void close_others(void)
{
    if (close_range(WORKER_SOCKET + 1, ~0U, 0) == 0)
        return;
    struct rlimit limit; /* a kernel before 5.9 */
    const int n = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    for (int file = WORKER_SOCKET + 1; file < n; file++)
        close(file);
}

static void leave_parent_behind(pid_t parent, const sigset_t *mask)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    sigprocmask(SIG_SETMASK, mask, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it ended before it could be asked for */
        _exit(WORKER_TOLD);
}

static int wait_for(int socket, enum message_kind kind)
{
    struct message message = {0};
    const bool came = message_receive(socket, &message) == 1 && message.kind == kind;
    message_free(&message);
    return came ? 0 : -1;
}

int worker_start(struct worker *worker, const char *path, int (*work)(int socket, void *context), void *context)
{
    int ends[2];
    sigset_t stopping, before;
    *worker = (struct worker){.pid = 0, .socket = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail_errno("'%s' cannot be written", path);
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &stopping, &before);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
        leave_parent_behind(parent, &before);
        close(ends[0]);
        if (ends[1] != WORKER_SOCKET && dup2(ends[1], WORKER_SOCKET) < 0)
            _exit(WORKER_TOLD);
        close_others();
        _exit(work(WORKER_SOCKET, context));
    }
    const int errno_of_fork = errno;
    close(ends[1]);
    *worker = (struct worker){.pid = pid > 0 ? pid : 0, .socket = ends[0]};
    int status = 0;
    if (pid < 0) {
        close(ends[0]);
        worker->socket = -1;
        errno = errno_of_fork;
        status = fail_errno("'%s' cannot be written: no process could be started", path);
    } else if (wait_for(worker->socket, MESSAGE_READY) != 0) {
        status = worker_lost(worker, path);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static void end(struct worker *worker, int *wait_status)
{
    *wait_status = 0;
    if (worker->socket >= 0)
        close(worker->socket);
    worker->socket = -1;
    while (worker->pid > 0 && waitpid(worker->pid, wait_status, 0) < 0) {
        if (errno == EINTR)
            continue;
        *wait_status = WORKER_UNKNOWN << 8; /* somebody else waited for it */
        break;
    }
    worker->pid = 0;
}

int worker_lost(struct worker *worker, const char *path)
{
    int status;
    if (worker->pid == 0)
        return -1;
    end(worker, &status);
    if (WIFSIGNALED(status))
        return fail("'%s' is not written: the process that wrote it was ended by signal %d (%s)", path,
                    WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != WORKER_TOLD)
        return fail("'%s' is not written: the process that wrote it ended with status %d", path, WEXITSTATUS(status));
    return -1; /* it told itself */
}

int worker_finish(struct worker *worker, const char *path)
{
    int status;
    if (worker->pid == 0 || wait_for(worker->socket, MESSAGE_DONE) != 0)
        return worker_lost(worker, path);
    end(worker, &status);
    return 0; /* the file is closed and compared: how the process ended after that does not matter */
}

void worker_stop(struct worker *worker)
{
    int status;
    if (worker->pid == 0)
        return;
    kill(worker->pid, SIGKILL);
    end(worker, &status);
}
