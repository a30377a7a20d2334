/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/worker.h"

#include "base/fail.h"
#include "store/message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKER_SOCKET = 3, WORKER_TOLD = 1, WORKER_UNKNOWN = 2, SAID_SIZE = 8192 };

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

/* In the child. */
static void become_worker(pid_t parent, const sigset_t *mask, const int sockets[static 2], const int said[static 2])
{
    leave_parent_behind(parent, mask);
    close(sockets[0]);
    close(said[0]);
    /* First out of the way: where a program was started without stderr, the socket may have its number. */
    const int socket = fcntl(sockets[1], F_DUPFD, WORKER_SOCKET + 1);
    if (socket < 0 || dup2(said[1], STDERR_FILENO) < 0 || dup2(socket, WORKER_SOCKET) < 0)
        _exit(WORKER_TOLD);
    close_others();
}

static int open_ends(int sockets[static 2], int said[static 2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return -1;
    /* Not blocking: who says more than a pipe holds is cut short, but nobody waits for him. */
    if (pipe2(said, O_CLOEXEC | O_NONBLOCK) == 0)
        return 0;
    close(sockets[0]);
    close(sockets[1]);
    return -1;
}

int worker_start(struct worker *worker, const char *path, int (*work)(int socket, void *context), void *context)
{
    int sockets[2], said[2];
    sigset_t stopping, before;
    *worker = (struct worker){.pid = 0, .socket = -1, .said = -1};
    if (open_ends(sockets, said) != 0)
        return fail_errno("'%s' cannot be written", path);
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGINT);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &stopping, &before);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
        become_worker(parent, &before, sockets, said);
        _exit(work(WORKER_SOCKET, context));
    }
    int status = 0;
    if (pid < 0)
        status = fail_errno("'%s' cannot be written: no process could be started", path);
    close(sockets[1]);
    close(said[1]);
    *worker = (struct worker){.pid = pid > 0 ? pid : 0, .socket = sockets[0], .said = said[0]};
    if (status != 0) {
        close(worker->socket);
        close(worker->said);
    } else if (wait_for(worker->socket, MESSAGE_READY) != 0) {
        status = worker_lost(worker, path);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* Waits for the end; what the child said, without "error: " and the last line's end, goes to `text`. */
static int end(struct worker *worker, char text[static SAID_SIZE])
{
    int status = 0;
    close(worker->socket);
    while (worker->pid > 0 && waitpid(worker->pid, &status, 0) < 0) {
        if (errno == EINTR)
            continue;
        status = WORKER_UNKNOWN << 8; /* somebody else waited for it */
        break;
    }
    static const char prefix[] = "error: ";
    ssize_t n = read(worker->said, text, SAID_SIZE - 1);
    n = n > 0 ? n : 0;
    n -= n > 0 && text[n - 1] == '\n';
    text[n] = '\0';
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        memmove(text, text + sizeof prefix - 1, (size_t)n - (sizeof prefix - 1) + 1);
    close(worker->said);
    *worker = (struct worker){.pid = 0, .socket = -1, .said = -1};
    return status;
}

int worker_lost(struct worker *worker, const char *path)
{
    char text[SAID_SIZE];
    if (worker->pid == 0)
        return -1;
    const int status = end(worker, text);
    if (text[0] != '\0')
        fail("%s", text);
    if (WIFSIGNALED(status))
        return fail("'%s' is not written: the process that wrote it was ended by signal %d (%s)", path,
                    WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (text[0] == '\0' || WEXITSTATUS(status) != WORKER_TOLD)
        return fail("'%s' is not written: the process that wrote it ended with status %d", path, WEXITSTATUS(status));
    return -1;
}

int worker_finish(struct worker *worker, const char *path)
{
    char text[SAID_SIZE];
    if (worker->pid == 0 || wait_for(worker->socket, MESSAGE_DONE) != 0)
        return worker_lost(worker, path);
    end(worker, text);
    return 0; /* the file is closed and compared: how the process ended after that does not matter */
}

void worker_stop(struct worker *worker)
{
    char text[SAID_SIZE];
    if (worker->pid > 0) {
        kill(worker->pid, SIGKILL);
        end(worker, text);
    }
}
