/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"

enum { NOT_FOUND = 127 };

/* In the child: nothing of the parent's but PATH; every way to steer gnuplot by environment or home is gone. */
static void become_gnuplot(char *const arguments[], const char *folder, char *const environment[], pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC), messages;

    setpgid(0, 0);
    /* No orphan when the parent is interrupted, nor when it was already. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || nothing < 0 || chdir(folder) != 0)
        _exit(NOT_FOUND);
    messages = open("messages", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (messages < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(messages, STDOUT_FILENO) < 0 ||
        dup2(messages, STDERR_FILENO) < 0)
        _exit(NOT_FOUND);
    signal(SIGPIPE, SIG_DFL);
    execvpe(arguments[0], arguments, environment);
    _exit(NOT_FOUND);
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

/* 0 and the wait status; -1 when the time ran out (the process group is dead then). */
static int wait_for(pid_t child, int limit_seconds, int *status)
{
    struct timespec start;
    const struct timespec nap = {.tv_nsec = 2000000};

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        pid_t done = waitpid(child, status, WNOHANG);

        if (done == child)
            return 0;
        if (done < 0 && errno != EINTR)
            return -1;
        if (seconds_since(&start) > limit_seconds) {
            kill(-child, SIGKILL);
            kill(child, SIGKILL);
            while (waitpid(child, status, 0) < 0 && errno == EINTR)
                continue;
            return -1;
        }
        nanosleep(&nap, NULL);
    }
}

/* The first line that gnuplot said, for the message; caller frees. */
static char *first_message(const char *folder)
{
    char *path = path_join(folder, "messages");
    char text[512] = "";
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, text, sizeof text - 1);
    char *line = text;

    if (file >= 0)
        close(file);
    free(path);
    if (n > 0)
        text[n] = '\0';
    line += strspn(line, " \t\r\n^");
    line[strcspn(line, "\r\n")] = '\0';
    return copy_text(line);
}

static void tell(const char *template_name, const char *folder, int status)
{
    char *message = first_message(folder);

    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        fail("gnuplot could not be started for '%s'; is it installed?", template_name);
    else if (WIFEXITED(status))
        fail("gnuplot ended with status %d on '%s': %s", WEXITSTATUS(status), template_name,
             message == NULL ? "" : message);
    else
        fail("gnuplot was ended by signal %d on '%s'", WTERMSIG(status), template_name);
    free(message);
}

enum gnuplot_end gnuplot_run(const char *plots, const char *template_name, const char *folder, int limit_seconds)
{
    const char *search = getenv("PATH");
    char *template_path = path_join(plots, template_name);
    char *path = format_text("PATH=%s", search == NULL ? "/usr/local/bin:/usr/bin:/bin" : search);
    char *const arguments[] = {
        (char[]){"gnuplot"}, (char[]){"--default-settings"}, (char[]){"-c"}, template_path, (char *)plots, NULL};
    char *const environment[] = {path, (char[]){"HOME=/nonexistent"}, (char[]){"LC_ALL=C.UTF-8"}, (char[]){"TZ=UTC0"},
                                 NULL};
    enum gnuplot_end result = GNUPLOT_FAILED;
    int status = 0;
    const pid_t parent = getpid();
    pid_t child;

    if (template_path == NULL || path == NULL)
        goto done;
    child = fork();
    if (child == 0)
        become_gnuplot(arguments, folder, environment, parent);
    if (child < 0) {
        fail_errno("cannot start gnuplot");
        goto done;
    }
    if (wait_for(child, limit_seconds, &status) != 0) {
        fail("gnuplot did not end within %d seconds on '%s'", limit_seconds, template_name);
        result = GNUPLOT_TIMED_OUT;
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        result = GNUPLOT_DONE;
    } else {
        tell(template_name, folder, status);
    }
done:
    free(template_path);
    free(path);
    return result;
}
