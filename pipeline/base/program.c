/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/program.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/temporary.h"
#include "base/version.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void end_by_signal(int number)
{
    temporaries_end();
    _exit(128 + number);
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = end_by_signal};
    sigfillset(&action.sa_mask); /* a second signal waits until the first has cleaned up */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction hang_up;
    if (sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) /* nohup asked us to stay */
        sigaction(SIGHUP, &action, NULL);
    /* A reader that went away and a full quota become errors of write, told with the file's name. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

/* Started with a standard stream closed, the first file opened would take its number, and messages would land in it. */
static void hold_standard_streams(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF && open("/dev/null", i == STDIN_FILENO ? O_RDONLY : O_WRONLY) != i)
            _exit(EXIT_FAILED);
}

static void print_version(FILE *stream, struct argp_state *state)
{
    fprintf(stream, "%s %s (%s)\n", state->name, stepdown_version, stepdown_commit);
}

void program_start(const char *name)
{
    hold_standard_streams();
    umask(077);
    setlocale(LC_ALL, "C");
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none); /* a core dump would hold records of persons */
    mallopt(M_ARENA_MAX, 2); /* each sets 64 MB of addresses aside, and our threads allocate rarely, but much at once */
    set_signals();
    argp_err_exit_status = EXIT_USAGE;
    argp_program_version_hook = print_version;
    /* argp takes argv[0] for the name; the parsers of program_options.c put this one there. */
    program_invocation_name = program_invocation_short_name = (char *)name;
}

char *program_folder(void)
{
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n < 0 || (size_t)n >= sizeof path - 1) {
        fail("cannot find the folder of the running program (is /proc mounted?)");
        return NULL;
    }
    path[n] = '\0';
    return path_folder(path);
}

/* build/bin and PREFIX/bin; PREFIX/libexec/stepdown; a test in build/tests/FOLDER[/FOLDER].  NULL when it is nowhere. */
static char *find_upwards(const char *folder, const char *shelf, const char *name)
{
    static const char *const ways_up[] = {"..", "../..", "../../.."};
    char *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof ways_up / sizeof *ways_up; i++) {
        char *const candidate = format_text("%s/%s/%s/stepdown/%s", folder, ways_up[i], shelf, name);
        if (candidate == NULL)
            break;
        found = realpath(candidate, NULL);
        free(candidate);
    }
    return found;
}

char *program_share(const char *name)
{
    char *const folder = program_folder();
    char *const found = folder == NULL ? NULL : find_upwards(folder, "share", name);
    if (folder != NULL && found == NULL)
        fail("cannot find the shipped files '%s' from the folder '%s'; is the installation complete?", name, folder);
    free(folder);
    return found;
}

char *program_library(const char *name)
{
    char *const folder = program_folder();
    char *const found = folder == NULL ? NULL : find_upwards(folder, "lib", name);
    free(folder);
    return found;
}
