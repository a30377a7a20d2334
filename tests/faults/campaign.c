/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Over a whole small pipeline, the n-th call of a kind fails (fail_call.c), for every n or for some:
 *
 *     campaign STEPDOWN FAIL_CALL.so STUDY OUT faults SOME [STAGE...]    SOME: so many n of each kind and stage; 0: all
 *     campaign STEPDOWN FAIL_CALL.so STUDY OUT malloc SOME [STAGE...]    the calls of one kind: write, fsync, rename, close, open, malloc, grow
 *     campaign STEPDOWN FAIL_CALL.so STUDY OUT kill TIMES [STAGE...]     killed at random moments instead
 *     campaign STEPDOWN FAIL_CALL.so STUDY OUT together ROUNDS [STAGE...]    2 to 8 at once on one folder
 *     campaign STEPDOWN FAIL_CALL.so STUDY OUT flip TIMES verify         a bit of a released file flips, or its end is cut off
 *
 * STAGE is a command that is given `--again -q -j 1 -o OUT STUDY`, or one of those that the table of stages below names: `first`, a release
 * that no ledger remembers, and what sites do, `site`, `merge`, `round`, `answer` and `next`.
 *
 * SOME may be the word `places`: of the calls that the same functions of the program led to, in the same way, the first one fails,
 * so each place once however often a run comes by; loops are gone through once.  Places of which the file that STEPDOWN_PLACES_TRIED names
 * knows are left out, and those that are tried are added to it: so places are tried once over several studies.
 *
 * The number may say which share it is of a campaign that several processes have, each with an OUT of its own: 0@1/2 is the
 * first of two halves.  How far it is goes to standard error.
 *
 * OUT holds a complete run.  Each stage is run again with one fault.  Whatever happens: the program is not ended by a signal;
 * its status is 0 or 1, and with 1 it has told an error, and who tells several is counted; every file of OUT is byte for byte
 * what it was; nothing is left over.  The page and its figures (report) may miss what failed and was told, and the next run mends
 * it.  After kills whole files are there, and the next run sweeps and gives the same bytes.  Of several at once at least one is
 * done, and the others say who holds the folder.  `stepdown verify` finds every flipped bit.  Prints a line for each stage and
 * kind; exit status 1 when something was wrong.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FILES_MAX = 512,
    PATH_SIZE = 600,
    SECONDS_MAX = 600, /* a run that gets only the time that others leave is slow, not stuck */
    KILLS_A_CLOCK = 25,
    RUNS_A_WORD = 500, /* how far it is, once in so many runs */
    PLACES = -1,       /* instead of how many */
    PLACES_MAX = 1 << 22, /* calls of a run (fail_call.c) */
    COUNT_PLACES = 0   /* the number of a call that does not fail: calls and their places are counted */
};

static const char *const calls[] = {"write", "fsync", "rename", "close", "open", "malloc", "grow"};

/* ---- the stages ------------------------------------------------------------------------------------------------- */

/* A command with its arguments, beside `-q -j 1`. */
struct stage {
    const char *name;
    const char *arguments[8]; /* what begins with % is of OUT */
    const char *made_anew;    /* a file of OUT that is taken away before each run; NULL: none */
};

static const char study_word[] = "STUDY", name_word[] = "STAGE"; /* in their place stand the study and the name */

static const struct stage stages[] = {
    {"first", {"release", "--again", "-o", "%", study_word}, "/work/ledger.h5"},
    {"site", {"site", "--work", "%", "-o", "%/site-1.h5", study_word}, NULL},
    {"merge", {"merge", "%/site-1.h5", "%/site-2.h5", "-o", "%/merged.h5"}, NULL},
    {"round", {"merge", "--rounds", "%/site-1.h5", "%/site-2.h5", "-o", "%/round.h5"}, NULL},
    {"answer", {"site", "--work", "%", "--round", "%/round.h5", "-o", "%/answer-1.h5", study_word}, NULL},
    {"next", {"merge", "--rounds", "%/answer-1.h5", "%/answer-2.h5", "-o", "%/next.h5"}, NULL},
    {NULL, {name_word, "--again", "-o", "%", study_word}, NULL},
};

/* The last one is what all others have. */
static const struct stage *find_stage(const char *name)
{
    const struct stage *stage = stages;

    while (stage->name != NULL && strcmp(stage->name, name) != 0)
        stage++;
    return stage;
}

/* ---- the files of OUT ------------------------------------------------------------------------------------------ */

struct file {
    char *path;
    uint64_t hash;
};

struct files {
    size_t n;
    struct file items[FILES_MAX];
};

static struct files *collecting; /* nftw has no context */

static uint64_t hash_file(const char *path)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    FILE *file = fopen(path, "rb");
    int byte;

    if (file == NULL)
        return 0;
    while ((byte = getc_unlocked(file)) != EOF)
        hash = (hash ^ (uint64_t)byte) * UINT64_C(1099511628211);
    fclose(file);
    return hash;
}

static int collect(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    (void)walk;
    if (type == FTW_F && strstr(path, ".stepdown.lock") == NULL && collecting->n < FILES_MAX)
        collecting->items[collecting->n++] = (struct file){strdup(path), hash_file(path)};
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static struct files read_files(const char *out)
{
    struct files files = {.n = 0};

    collecting = &files;
    nftw(out, collect, 16, FTW_PHYS);
    qsort(files.items, files.n, sizeof files.items[0], by_path);
    return files;
}

static void free_files(struct files *files)
{
    for (size_t i = 0; i < files->n; i++)
        free(files->items[i].path);
}

/* What may differ without being wrong. */
enum lenience { STRICT, WITH_ERROR, WITH_TEMPORARIES, WITH_CHANGES };

static bool is_temporary(const char *path)
{
    return strstr(path, "/.") != NULL;
}

/* NULL, or what differs; `stage` may have left out what it was to make anew, unless that is asked for strictly. */
static const char *difference(const struct files *before, const struct files *after, const char *stage, enum lenience lenience)
{
    const char *const anew = lenience == STRICT ? NULL : find_stage(stage)->made_anew;
    static char text[512];

    for (size_t i = 0, k = 0; i < before->n || k < after->n;) {
        const char *a = i < before->n ? before->items[i].path : "~", *b = k < after->n ? after->items[k].path : "~";
        const int order = strcmp(a, b);
        const bool changed = order == 0 && before->items[i].hash != after->items[k].hash;

        i += order <= 0;
        k += order >= 0;
        if ((order == 0 && !changed) || (order <= 0 && lenience == WITH_CHANGES) ||
            (order > 0 && lenience == WITH_TEMPORARIES && is_temporary(b)) || (order < 0 && anew != NULL && strstr(a, anew) != NULL))
            continue;
        snprintf(text, sizeof text, "%s %s", order > 0 ? b : a, changed ? "has changed" : order < 0 ? "is gone" : "is left over");
        return text;
    }
    return NULL;
}

/* Removes what is left over, so that the next run is judged by itself. */
static void sweep(const struct files *before, const struct files *after)
{
    for (size_t i = 0; i < after->n; i++) {
        bool known = false;

        for (size_t k = 0; k < before->n && !known; k++)
            known = strcmp(before->items[k].path, after->items[i].path) == 0;
        if (!known)
            unlink(after->items[i].path);
    }
}

/* ---- one run ----------------------------------------------------------------------------------------------------- */

struct setup {
    const char *stepdown, *library, *study, *out;
    long part, n_parts; /* which share of the campaign this process has, from 1 */
    char counter[PATH_SIZE], told[PATH_SIZE], places[PATH_SIZE]; /* beside OUT */
    _Atomic long *count;
};

static void say_how_far(const char *stage, const char *kind, size_t n, long of)
{
    if (n % RUNS_A_WORD == 0)
        fprintf(stderr, "%s, %s: %zu runs, up to %ld\n", stage, kind, n, of);
}

/* An argument with what it stands for. */
static const char *fill_in(const struct setup *setup, const char *stage, const char *argument)
{
    char *path;

    if (argument == study_word)
        return setup->study;
    if (argument == name_word)
        return stage;
    if (*argument != '%')
        return argument;
    return asprintf(&path, "%s%s", setup->out, argument + 1) < 0 ? NULL : path; /* the process is about to become another */
}

static void become(const struct setup *setup, const char *stage)
{
    const struct stage *const about = find_stage(stage);
    const char *arguments[16] = {"stepdown"};
    size_t n = 1;

    for (size_t i = 0; about->arguments[i] != NULL; i++) {
        arguments[n++] = fill_in(setup, stage, about->arguments[i]);
        if (i == 0) {
            arguments[n++] = "-q";
            arguments[n++] = "-j";
            arguments[n++] = "1";
        }
    }
    execv(setup->stepdown, (char **)arguments);
}

static void take_away(const struct setup *setup, const char *stage)
{
    const char *const file = find_stage(stage)->made_anew;
    char path[600];

    if (file == NULL)
        return;
    snprintf(path, sizeof path, "%s%s", setup->out, file);
    unlink(path);
}

static pid_t start(const struct setup *setup, const char *stage, const char *call, long at, const char *told_path)
{
    char number[32];

    take_away(setup, stage);
    const pid_t child = fork();
    snprintf(number, sizeof number, "%ld", at);
    if (child == 0) {
        const int told = open(told_path, O_WRONLY | O_CREAT | O_TRUNC, 0600), nothing = open("/dev/null", O_WRONLY);

        setpgid(0, 0);
        dup2(nothing, STDOUT_FILENO);
        dup2(told, STDERR_FILENO);
        if (call != NULL) {
            setenv("STEPDOWN_FAIL_CALL", call, 1);
            setenv("STEPDOWN_FAIL_AT", number, 1);
            setenv("STEPDOWN_FAIL_COUNTER", setup->counter, 1);
            setenv("LD_PRELOAD", setup->library, 1);
            if (at == COUNT_PLACES)
                setenv("STEPDOWN_FAIL_PLACES", setup->places, 1);
        }
        alarm(SECONDS_MAX);
        become(setup, stage);
        _exit(127);
    }
    setpgid(child, child);
    return child;
}

static int finish(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(const struct setup *setup, const char *stage, const char *call, long at)
{
    *setup->count = 0;
    return finish(start(setup, stage, call, at, setup->told));
}

static size_t count_told(const struct setup *setup)
{
    char line[4096];
    FILE *file = fopen(setup->told, "r");
    size_t n = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        n += strncmp(line, "error: ", 7) == 0 || strstr(line, "out of memory") != NULL;
    if (file != NULL)
        fclose(file);
    return n;
}

static const char *first_line(const struct setup *setup)
{
    static char line[300];
    FILE *file = fopen(setup->told, "r");

    line[0] = '\0';
    if (file != NULL) {
        if (fgets(line, sizeof line, file) == NULL)
            line[0] = '\0';
        fclose(file);
    }
    return line;
}

/* ---- all runs of one stage and kind ------------------------------------------------------------------------------ */

static void say_all(const struct setup *setup, const char *stage, const char *call, long at)
{
    char line[4096];
    FILE *const file = fopen(setup->told, "r");

    fprintf(stderr, "%s with %s number %ld failing tells several errors:\n", stage, call, at);
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        fprintf(stderr, "    %s", line);
    if (file != NULL)
        fclose(file);
}

struct sums {
    size_t n_runs, n_failed, n_several; /* who told several errors */
};

/* One run whose call of this number fails: was it wrong?  Puts all files right again after a wrong one. */
static bool is_wrong(const struct setup *setup, const char *stage, const char *call, long at, const struct files *before,
                     struct sums *sums)
{
    const enum lenience lenience = strcmp(stage, "report") == 0 ? WITH_CHANGES : WITH_ERROR;
    const int status = run(setup, stage, call, at);
    struct files after = read_files(setup->out);
    const char *wrong = difference(before, &after, stage, status == 0 ? STRICT : lenience);

    const size_t n_told = count_told(setup);
    sums->n_runs++;
    sums->n_failed += status == 1;
    sums->n_several += status == 1 && n_told > 1;
    if (wrong == NULL && status > 1)
        wrong = status == 128 + SIGALRM ? "it hangs" : "it crashed";
    if (wrong == NULL && status == 1 && n_told == 0)
        wrong = "it told no error";
    if (n_told > 1)
        say_all(setup, stage, call, at);
    if (wrong != NULL) {
        printf("not ok - %s with %s number %ld failing: %s (status %d) %s\n", stage, call, at, wrong, status, first_line(setup));
        fflush(stdout);
        sweep(before, &after);
        run(setup, stage, NULL, 0);
    }
    free_files(&after);
    return wrong != NULL;
}

struct place {
    uint64_t hash;
    long first; /* the number of the first call from there */
};

static int by_hash(const void *a, const void *b)
{
    const struct place *const x = a, *const y = b;

    return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash) : (x->first > y->first) - (x->first < y->first);
}

static int by_first(const void *a, const void *b)
{
    const struct place *const x = a, *const y = b;

    return (x->first > y->first) - (x->first < y->first);
}

static void *room_for(long n, size_t size)
{
    void *const room = calloc((size_t)n + 1, size);

    if (room == NULL) {
        perror("campaign");
        exit(1);
    }
    return room;
}

/* Places that a campaign before this one has tried, by their hash; NULL: none.  *file: where those of this one are added; NULL: nowhere. */
static struct place *read_tried(FILE **file, size_t *n)
{
    const char *const path = getenv("STEPDOWN_PLACES_TRIED");
    struct place *tried;

    *n = 0;
    *file = path == NULL ? NULL : fopen(path, "a+b");
    if (*file == NULL)
        return NULL;
    fseek(*file, 0, SEEK_END);
    tried = room_for(ftell(*file) / (long)sizeof(uint64_t), sizeof *tried);
    rewind(*file);
    while (fread(&tried[*n].hash, sizeof(uint64_t), 1, *file) == 1)
        ++*n;
    qsort(tried, *n, sizeof *tried, by_hash);
    return tried;
}

/* Leaves out what was tried before; how many remain. */
static size_t only_new(struct place *places, size_t n)
{
    FILE *file;
    size_t n_tried, n_new = 0, k = 0;
    struct place *const tried = read_tried(&file, &n_tried);

    for (size_t i = 0; i < n; i++) { /* both are sorted */
        while (k < n_tried && tried[k].hash < places[i].hash)
            k++;
        if (k < n_tried && tried[k].hash == places[i].hash)
            continue;
        places[n_new++] = places[i];
        if (file != NULL)
            fwrite(&places[i].hash, sizeof places[i].hash, 1, file);
    }
    if (file != NULL)
        fclose(file);
    free(tried);
    return n_new;
}

/* The first call of each place, in the order of the run; how many places. */
static size_t find_places(const struct setup *setup, long n_calls, struct place *places)
{
    FILE *file = fopen(setup->places, "rb");
    size_t n = 0;

    for (long i = 0; i < n_calls; i++) {
        places[i].first = i + 1;
        if (file == NULL || fread(&places[i].hash, sizeof places[i].hash, 1, file) != 1) {
            perror(setup->places);
            exit(1);
        }
    }
    fclose(file);
    qsort(places, (size_t)n_calls, sizeof *places, by_hash);
    for (long i = 0; i < n_calls; i++)
        if (i == 0 || places[i].hash != places[n - 1].hash)
            places[n++] = places[i];
    n = only_new(places, n);
    qsort(places, n, sizeof *places, by_first);
    return n;
}

/* Which calls are to fail; how many. */
static size_t choose(const struct setup *setup, long some, long n_calls, struct place *chosen)
{
    const long step = some > 0 && n_calls > some ? n_calls / some : 1;
    size_t n = 0;

    if (some == PLACES)
        return n_calls == 0 ? 0 : find_places(setup, n_calls, chosen);
    for (long at = 1; at <= n_calls; at += step)
        chosen[n++].first = at;
    return n;
}

static size_t fail_in_turn(const struct setup *setup, const char *stage, const char *call, long some,
                           const struct files *before)
{
    struct sums sums = {0};
    size_t n_wrong = 0;

    run(setup, stage, call, COUNT_PLACES);
    const long n_calls = *setup->count;
    struct place *const chosen = room_for(n_calls, sizeof *chosen);
    const size_t n_chosen = choose(setup, some, n_calls, chosen);
    for (size_t i = (size_t)setup->part - 1; i < n_chosen; i += (size_t)setup->n_parts) {
        n_wrong += is_wrong(setup, stage, call, chosen[i].first, before, &sums);
        say_how_far(stage, call, sums.n_runs, (long)n_chosen);
    }
    free(chosen);
    printf("%s: %zu of %ld calls of %s failed in turn%s, %zu runs ended with an error, %zu of them with several, %zu wrong\n", stage,
           sums.n_runs, n_calls, call, some == PLACES ? ", one of each place" : "", sums.n_failed, sums.n_several, n_wrong);
    fflush(stdout);
    return n_wrong;
}

/* The next run, left alone: does it give the bytes of before? */
static bool is_mended(const struct setup *setup, const char *stage, const struct files *before)
{
    const int status = run(setup, stage, NULL, 0);
    struct files after = read_files(setup->out);
    const char *wrong = difference(before, &after, stage, STRICT);

    if (status != 0 || wrong != NULL)
        printf("not ok - %s run again: %s (status %d)\n", stage, wrong == NULL ? "it failed" : wrong, status);
    free_files(&after);
    return status == 0 && wrong == NULL;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static size_t kill_at_random(const struct setup *setup, const char *stage, long times, const struct files *before)
{
    size_t n_killed = 0, n_wrong = 0;
    double seconds = 0;

    srand((unsigned int)(20261120 + setup->part));
    for (long i = 0; i < times; i++) {
        say_how_far(stage, "kill", (size_t)i, times);
        if (i % KILLS_A_CLOCK == 0) { /* how long a run lasts changes with what else the machine does */
            const double begin = now();

            run(setup, stage, NULL, 0);
            seconds = now() - begin;
        }
        const pid_t child = start(setup, stage, NULL, 0, setup->told);
        const double wait = seconds * 1.1 * rand() / RAND_MAX;

        nanosleep(&(struct timespec){(time_t)wait, (long)(1e9 * (wait - (double)(time_t)wait))}, NULL);
        kill(-child, SIGKILL);
        n_killed += finish(child) == 128 + SIGKILL;
        struct files after = read_files(setup->out);
        const char *wrong = difference(before, &after, stage, WITH_TEMPORARIES);
        if (wrong != NULL) {
            printf("not ok - %s killed after %.4f s: %s\n", stage, wait, wrong);
            n_wrong++;
        }
        free_files(&after);
    }
    n_wrong += !is_mended(setup, stage, before);
    printf("%s: ended by SIGKILL in %zu of %ld runs at random moments, %zu wrong\n", stage, n_killed, times, n_wrong);
    fflush(stdout);
    return n_wrong;
}

static size_t run_together(const struct setup *setup, const char *stage, long rounds, const struct files *before)
{
    size_t n_runs = 0, n_told = 0, n_wrong = 0;

    for (long round = 0; round < rounds; round++) {
        const int n = 2 + (int)(round % 7);
        struct setup each[8];
        pid_t children[8];
        int n_done = 0;

        for (int i = 0; i < n; i++) {
            each[i] = *setup;
            snprintf(each[i].told, sizeof each[i].told, "%.*s.%d", PATH_SIZE - 16, setup->told, i);
            children[i] = start(&each[i], stage, NULL, 0, each[i].told);
        }
        for (int i = 0; i < n; i++) {
            const int status = finish(children[i]);
            const bool in_use = status == 1 && strstr(first_line(&each[i]), "is in use") != NULL;

            n_runs++;
            n_done += status == 0;
            n_told += in_use;
            if (status != 0 && !in_use) {
                printf("not ok - %s, %d at once: status %d %s\n", stage, n, status, first_line(&each[i]));
                n_wrong++;
            }
            unlink(each[i].told);
        }
        struct files after = read_files(setup->out);
        const char *wrong = difference(before, &after, stage, STRICT);
        if (n_done == 0 || wrong != NULL) {
            printf("not ok - %s, %d at once: %s\n", stage, n, wrong == NULL ? "nobody was done" : wrong);
            n_wrong++;
        }
        free_files(&after);
    }
    printf("%s: %zu runs in %ld rounds of 2 to 8 at once, %zu were told that the folder is in use, %zu wrong\n", stage, n_runs,
           rounds, n_told, n_wrong);
    fflush(stdout);
    return n_wrong;
}

/* ---- released files that are damaged -------------------------------------------------------------------------------- */

static long size_of(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 ? (long)about.st_size : 0;
}

static unsigned char *read_whole(const char *path, size_t n)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = malloc(n + 1);

    if (file == NULL || bytes == NULL || fread(bytes, 1, n, file) != n) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return bytes;
}

static void write_whole(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static int verify(const struct setup *setup, const char *released)
{
    const pid_t child = fork();

    if (child == 0) {
        const int told = open(setup->told, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        dup2(told, STDOUT_FILENO);
        dup2(told, STDERR_FILENO);
        alarm(SECONDS_MAX);
        execl(setup->stepdown, "stepdown", "verify", released, (char *)NULL);
        _exit(127);
    }
    return finish(child);
}

static size_t flip_at_random(const struct setup *setup, long times)
{
    char folder[512], released[600];
    size_t n_cut = 0, n_wrong = 0;

    snprintf(folder, sizeof folder, "%s/release", setup->out);
    snprintf(released, sizeof released, "%s/released.h5", folder);
    struct files files = read_files(folder);
    n_wrong += verify(setup, released) != 0;
    srand(20261129);
    for (long i = 0; i < times; i++) {
        const char *path = files.items[(size_t)rand() % files.n].path;
        const size_t n = (size_t)size_of(path), at = (size_t)rand() % n;
        unsigned char *bytes = read_whole(path, n);
        const bool cuts = i % 20 == 19;
        const unsigned char bit = (unsigned char)(1U << (rand() & 7));

        bytes[at] ^= cuts ? 0 : bit;
        write_whole(path, bytes, cuts ? at : n);
        const int status = verify(setup, released);
        if (status == 0 || status > 3) {
            printf("not ok - %s of byte %zu of %s: status %d\n", cuts ? "all" : "a bit", at, path, status);
            n_wrong++;
        }
        n_cut += cuts;
        bytes[at] ^= cuts ? 0 : bit;
        write_whole(path, bytes, n);
        free(bytes);
    }
    n_wrong += verify(setup, released) != 0;
    printf("verify: of %ld released files with a flipped bit (%zu of them cut short instead), in %zu files in turn, %zu were not found\n",
           times, n_cut, files.n, n_wrong);
    fflush(stdout);
    free_files(&files);
    return n_wrong;
}

static size_t campaign(const struct setup *setup, const char *kind, const char *stage, long n, const struct files *before)
{
    size_t n_wrong = 0;

    if (strcmp(kind, "kill") == 0)
        return kill_at_random(setup, stage, n, before);
    if (strcmp(kind, "flip") == 0)
        return flip_at_random(setup, n);
    if (strcmp(kind, "together") == 0)
        return run_together(setup, stage, n, before);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(kind, "faults") == 0 || strcmp(kind, calls[i]) == 0)
            n_wrong += fail_in_turn(setup, stage, calls[i], n, before);
    return n_wrong + !is_mended(setup, stage, before);
}

/* "N" or "N@PART/PARTS"; "places" as N. */
static long share(const char *text, struct setup *setup)
{
    const bool places = strncmp(text, "places", 6) == 0;
    char *rest = (char *)text + 6;
    const long n = places ? PLACES : strtol(text, &rest, 10);

    setup->part = setup->n_parts = 1;
    if (*rest == '@' && (sscanf(rest, "@%ld/%ld", &setup->part, &setup->n_parts) != 2 || setup->part < 1 ||
                         setup->part > setup->n_parts)) {
        fprintf(stderr, "campaign: '%s' is not N@PART/PARTS\n", text);
        exit(2);
    }
    return n;
}

int main(int argc, char *argv[])
{
    static const char *const all[] = {"ingest", "episodes", "cohort", "outcomes", "compare", "release", NULL};
    struct setup setup;
    size_t n_wrong = 0;

    if (argc < 7) {
        fprintf(stderr, "usage: campaign STEPDOWN FAIL_CALL.so STUDY OUT faults|CALL|kill|together|flip N|places[@PART/PARTS] [STAGE...]\n");
        return 2;
    }
    setup = (struct setup){.stepdown = argv[1], .library = argv[2], .study = argv[3], .out = argv[4]};
    snprintf(setup.counter, sizeof setup.counter, "%s.calls-%d", setup.out, (int)getpid());
    snprintf(setup.told, sizeof setup.told, "%s.told-%d", setup.out, (int)getpid());
    snprintf(setup.places, sizeof setup.places, "%s.places-%d", setup.out, (int)getpid());
    const int places = open(setup.places, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (places < 0 || ftruncate(places, PLACES_MAX * (off_t)sizeof(uint64_t)) != 0 || close(places) != 0)
        return 1;
    const int file = open(setup.counter, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0 || ftruncate(file, sizeof(long)) != 0)
        return 1;
    void *const memory = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED)
        return 1;
    setup.count = memory;
    const long n = share(argv[6], &setup);
    struct files before = read_files(setup.out);
    const char *const *stages = argc > 7 ? (const char *const *)(argv + 7) : all;
    for (; *stages != NULL; stages++)
        n_wrong += campaign(&setup, argv[5], *stages, n, &before);
    free_files(&before);
    unlink(setup.counter);
    unlink(setup.told);
    unlink(setup.places);
    return n_wrong == 0 ? 0 : 1;
}
