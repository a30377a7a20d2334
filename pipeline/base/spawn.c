/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/program.h"

/* The first of two places, relative to the running program, that holds it; NULL after telling. */
static char *find(const char *const places[static 2], const char *name)
{
    char *folder = program_folder();

    for (size_t i = 0; folder != NULL && i < 2; i++) {
        char *path = format_text("%s/%s/%s", folder, places[i], name);
        if (path == NULL || access(path, X_OK) == 0) {
            free(folder);
            return path;
        }
        free(path);
    }
    if (folder != NULL)
        fail("the program %s is missing from the installation", name);
    free(folder);
    return NULL;
}

char *spawn_find(const char *name)
{
    char *program = format_text("stepdown-%s", name);
    char *path = program == NULL ? NULL : find((const char *const[]){".", "../libexec/stepdown"}, program);

    free(program);
    return path;
}

char *spawn_front_door(void)
{
    return find((const char *const[]){".", "../../bin"}, "stepdown");
}

int spawn_become(const char *path, char **argv)
{
    /* Threads that have nothing to do sleep: spinning, the default, takes processors from others and from ourselves. */
    setenv("OMP_WAIT_POLICY", "passive", 0);
    execv(path, argv);
    return fail_errno("cannot start %s", path_name(path));
}

static int wait_for(pid_t child, const char *path)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail_errno("lost sight of %s", path_name(path));
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    fail("%s was ended by signal %d (%s)", path_name(path), WTERMSIG(status), strsignal(WTERMSIG(status)));
    return 128 + WTERMSIG(status);
}

int spawn_wait(const char *path, char **argv)
{
    const pid_t parent = getpid(), child = fork();

    if (child < 0)
        return fail_errno("cannot start %s", path_name(path));
    if (child > 0)
        return wait_for(child, path);
    /* Between the two calls the parent may have died already. */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
        _exit(EXIT_FAILED);
    spawn_become(path, argv);
    _exit(EXIT_FAILED);
}

int spawn_run(const struct spawn_run *run)
{
    char *const path = spawn_front_door();
    char threads[16], *argv[16];
    size_t n = 0;
    if (path == NULL)
        return EXIT_FAILED;
    snprintf(threads, sizeof threads, "%d", run->n_threads);
    const char *const words[] = {path, "run", "-q", "--until", run->until, "-j", threads, "-o", run->out};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        argv[n++] = (char *)words[i];
    if (run->again)
        argv[n++] = (char *)"--again";
    if (run->allow_absolute)
        argv[n++] = (char *)"--allow-absolute";
    if (run->some_arms)
        argv[n++] = (char *)"--some-arms";
    argv[n++] = (char *)"--";
    argv[n++] = (char *)run->study;
    argv[n] = NULL;
    const int status = spawn_wait(path, argv);
    free(path);
    return status < 0 ? EXIT_FAILED : status;
}
