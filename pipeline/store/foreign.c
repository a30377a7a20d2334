/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "store/store.h"

enum { SECONDS = 60, OPEN_FILES = 256 };

#if defined(__SANITIZE_ADDRESS__)
#define RESERVES_ADDRESSES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) /* as clang says it */
#define RESERVES_ADDRESSES 1
#endif
#endif
#ifndef RESERVES_ADDRESSES
#define RESERVES_ADDRESSES 0
#endif

static void limit(int resource, rlim_t most)
{
    const struct rlimit limits = {most, most};

    setrlimit((__rlimit_resource_t)resource, &limits);
}

static void set_limits(const char *path)
{
    struct stat about;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, SECONDS);
    limit(RLIMIT_NOFILE, OPEN_FILES);
    if (!RESERVES_ADDRESSES && stat(path, &about) == 0) /* a sanitizer reserves terabytes of them */
        limit(RLIMIT_AS, (rlim_t)about.st_size + ((rlim_t)4 << 30));
}

/* A crash is to end the child, and its parent's handlers are for files that are the parent's. */
static void set_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        signal(numbers[i], SIG_DFL);
}

/* In silence: the parent will meet the same faults, and tells them. */
static void read_all(const char *path)
{
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (nothing >= 0)
        dup2(nothing, STDERR_FILENO);
    struct store *store = store_open(path);
    for (size_t i = 0; store != NULL && i < store_n_tables(store); i++)
        table_free(store_read(store, store_table_name(store, i), NULL));
    store_close(store);
}

int foreign_check(const char *path)
{
    int status = 0;
    const pid_t child = fork();

    if (child < 0)
        return fail_errno("cannot read '%s'", path);
    if (child == 0) {
        set_limits(path);
        set_signals();
        read_all(path);
        _exit(0);
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail_errno("cannot read '%s'", path);
    if (WIFSIGNALED(status))
        return fail("'%s' is damaged: reading it ended with signal %d (%s)", path, WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0) /* what guards memory ends the process by itself */
        return fail("'%s' is damaged: reading it ended with status %d", path, WEXITSTATUS(status));
    return 0;
}
