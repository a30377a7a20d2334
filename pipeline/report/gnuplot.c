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
#include "base/program.h"

enum { NOT_FOUND = 127 };

/* In the child: nothing of the parent's but PATH; every way to steer gnuplot by environment or home is gone. */
static void become_gnuplot(char *const arguments[], const char *folder, const char *messages_name,
                           char *const environment[], pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC), messages;

    setpgid(0, 0);
    /* No orphan when the parent is interrupted, nor when it was already. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || nothing < 0 || chdir(folder) != 0)
        _exit(NOT_FOUND);
    messages = open(messages_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
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

static void end_group(pid_t child)
{
    int status;

    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
}

/* Has it ended, or run out of time?  Sets how. */
static bool has_ended(struct gnuplot_run *run, double seconds)
{
    int status = 0;
    pid_t done = waitpid(run->child, &status, WNOHANG);

    if (done == run->child) {
        run->status = status;
        run->end = WIFEXITED(status) && WEXITSTATUS(status) == 0           ? GNUPLOT_DONE
                   : WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND ? GNUPLOT_MISSING
                                                                           : GNUPLOT_FAILED;
        return true;
    }
    if (done < 0 && errno != EINTR) {
        run->end = GNUPLOT_FAILED;
        return true;
    }
    if (seconds <= run->limit_seconds)
        return false;
    end_group(run->child);
    run->end = GNUPLOT_TIMED_OUT;
    return true;
}

static void wait_for_all(struct gnuplot_run *runs, size_t n, bool (*meanwhile)(void *context), void *context)
{
    const struct timespec nap = {.tv_nsec = 2000000};
    struct timespec start;
    size_t n_running = 1;

    clock_gettime(CLOCK_MONOTONIC, &start);
    while (n_running > 0) {
        n_running = 0;
        for (size_t k = 0; k < n; k++) {
            if (runs[k].child <= 0)
                continue;
            if (has_ended(&runs[k], seconds_since(&start)))
                runs[k].child = 0;
            else
                n_running++;
        }
        if (n_running > 0 && (meanwhile == NULL || !meanwhile(context)))
            nanosleep(&nap, NULL);
    }
}

/* The first line that gnuplot said, for the message; caller frees. */
static char *first_message(const char *folder, size_t k)
{
    char *path = format_text("%s/messages-%zu", folder, k);
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

void gnuplot_tell(const char *folder, const struct gnuplot_run *run, size_t k, const char *what)
{
    char *message;

    switch (run->end) {
    case GNUPLOT_DONE:
        return;
    case GNUPLOT_MISSING:
        fail("gnuplot could not be started for %s; is it installed?", what);
        return;
    case GNUPLOT_TIMED_OUT:
        fail("gnuplot did not end within %d seconds on %s", run->limit_seconds, what);
        return;
    case GNUPLOT_FAILED:
        break;
    }
    message = first_message(folder, k);
    if (WIFEXITED(run->status))
        fail("gnuplot ended with status %d on %s: %s", WEXITSTATUS(run->status), what, message == NULL ? "" : message);
    else
        fail("gnuplot was ended by signal %d on %s", WTERMSIG(run->status), what);
    free(message);
}

/* "LD_PRELOAD=...": what packs the PNGs; NULL when it is not there, or in a path that the loader would take apart. */
static char *png_packer(void)
{
    char *library = program_library("cairo_png.so"), *setting = NULL;

    if (library != NULL && strpbrk(library, " :$") == NULL)
        setting = format_text("LD_PRELOAD=%s", library);
    free(library);
    return setting;
}

static void start(const char *plots, const char *folder, struct gnuplot_run *run, size_t k)
{
    const char *search = getenv("PATH");
    char *template_path = path_join(plots, "draw.gp"), *messages = format_text("messages-%zu", k);
    char *path = format_text("PATH=%s", search == NULL ? "/usr/local/bin:/usr/bin:/bin" : search);
    char *const arguments[] = {(char[]){"gnuplot"}, (char[]){"--default-settings"},
                               (char[]){"-c"},      template_path,
                               (char *)plots,       (char *)run->jobs,
                               NULL};
    char *packer = png_packer();
    char *const environment[] = {path,   (char[]){"HOME=/nonexistent"}, (char[]){"LC_ALL=C.UTF-8"}, (char[]){"TZ=UTC0"},
                                 packer, NULL};
    const pid_t parent = getpid();

    run->end = GNUPLOT_FAILED;
    run->status = 0;
    run->child = 0;
    if (template_path != NULL && messages != NULL && path != NULL) {
        run->child = fork();
        if (run->child == 0)
            become_gnuplot(arguments, folder, messages, environment, parent);
        if (run->child < 0)
            fail_errno("cannot start gnuplot");
    }
    free(template_path);
    free(messages);
    free(path);
    free(packer);
}

void gnuplot_run(const char *plots, const char *folder, struct gnuplot_run *runs, size_t n, bool (*meanwhile)(void *context),
                 void *context)
{
    for (size_t k = 0; k < n; k++)
        start(plots, folder, &runs[k], k);
    wait_for_all(runs, n, meanwhile, context);
}
