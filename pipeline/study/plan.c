/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/plan.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"

enum { LOCK_BYTES = 4096 };

static const char FIRST_LINE[] = "stepdown lock 1\n";

/* ---- the plan --------------------------------------------------------------------------------------------- */

static bool begins(const char *key, const char *start)
{
    const size_t n = strlen(start);

    return strncmp(key, start, n) == 0 && (key[n] == '\0' || key[n] == '.');
}

static bool ends(const char *key, const char *end)
{
    const size_t n = strlen(key), m = strlen(end);

    return n >= m && strcmp(key + n - m, end) == 0;
}

/* "tables.clients.file" and "tables.clients.file.2", "tables.clients.codebook" */
static bool is_path(const char *key)
{
    const char *role = strncmp(key, "tables.", 7) == 0 ? strchr(key + 7, '.') : NULL;

    return begins(key, "definitions") || (role != NULL && (begins(role + 1, "file") || begins(role + 1, "codebook")));
}

static bool decides(const char *key)
{
    static const char *const shown[] = {"title", "registered", "privacy", "disclosure", "caveats", "published"};

    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (begins(key, shown[i]))
            return false;
    return !is_path(key) && !(begins(key, "outcomes") && ends(key, ".label"));
}

/* The length goes first, so that no two lists of texts look alike. */
static void add_text(struct sha256 *sha, const char *text)
{
    char length[24];

    snprintf(length, sizeof length, "%zu:", strlen(text));
    sha256_add(sha, length, strlen(length));
    sha256_add(sha, text, strlen(text));
}

static int add_rows(struct sha256 *sha, const struct table *flat)
{
    for (size_t i = 0; i < flat->n_rows; i++) {
        char *key = cell_copy(flat, "key", i), *value = cell_copy(flat, "value", i);
        const bool good = key != NULL && value != NULL;
        if (good && decides(key)) {
            add_text(sha, key);
            add_text(sha, value);
        }
        free(key);
        free(value);
        if (!good)
            return -1;
    }
    return 0;
}

static int add_file(struct sha256 *sha, const struct study *study, const char *what, const char *written)
{
    char hex[SHA256_HEX_SIZE], *path = study_path(study, written);
    const int status = path == NULL ? -1 : sha256_file(path, hex);

    free(path);
    if (status != 0)
        return -1;
    add_text(sha, what);
    add_text(sha, hex);
    return 0;
}

static int add_files(struct sha256 *sha, const struct study *study)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < study->n_tables; i++)
        status = add_file(sha, study, "codebook", study->tables[i].codebook_file.text);
    if (status == 0 && study->definitions.text != NULL)
        status = add_file(sha, study, "definitions", study->definitions.text);
    return status;
}

int plan_sha256(const struct study *study, char hex[static SHA256_HEX_SIZE])
{
    struct table *flat = study_flatten(study);
    struct sha256 *sha = sha256_start();

    if (flat == NULL || sha == NULL || add_rows(sha, flat) != 0 || add_files(sha, study) != 0) {
        sha256_free(sha);
        table_free(flat);
        return -1;
    }
    table_free(flat);
    return sha256_finish(sha, hex);
}

/* ---- the lock --------------------------------------------------------------------------------------------- */

const char *plan_state_words(enum plan_state state)
{
    static const char *const words[] = {
        [PLAN_NOT_LOCKED] = "not locked",
        [PLAN_LOCKED] = "locked before any outcome was computed; unchanged since",
        [PLAN_LOCKED_LATE] = "locked after outcomes had been computed; unchanged since",
        [PLAN_CHANGED] = "changed since it was locked",
    };
    return words[state];
}

struct lock_file {
    bool there, late;
    char plan[SHA256_HEX_SIZE];
};

static int damaged(const char *path)
{
    return fail("'%s' is no lock of stepdown, or is damaged; put it back as it was, or take it away", path);
}

static int read_file(const char *path, struct lock_file *lock)
{
    static const char *const ends_of[] = {"\noutcomes: not computed\n", "\noutcomes: computed\n"};
    const size_t start = sizeof FIRST_LINE - 1 + 6, tail = start + SHA256_HEX_SIZE - 1;
    size_t length;
    char *text;

    *lock = (struct lock_file){0};
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : fail_errno("cannot look for '%s'", path);
    if ((text = input_read(path, LOCK_BYTES, &length)) == NULL)
        return -1;
    lock->late = length > tail && strcmp(text + tail, ends_of[1]) == 0;
    lock->there = length > tail && strncmp(text, FIRST_LINE, sizeof FIRST_LINE - 1) == 0 &&
                  strncmp(text + sizeof FIRST_LINE - 1, "plan: ", 6) == 0 &&
                  strspn(text + start, "0123456789abcdef") == SHA256_HEX_SIZE - 1 &&
                  (lock->late || strcmp(text + tail, ends_of[0]) == 0);
    if (lock->there)
        memcpy(lock->plan, text + start, SHA256_HEX_SIZE - 1);
    free(text);
    return lock->there ? 0 : damaged(path);
}

static char *lock_path(const struct study *study)
{
    return format_text("%s.lock", study->path);
}

int plan_lock_read(const struct study *study, char hex[static SHA256_HEX_SIZE], enum plan_state *state)
{
    char *path = lock_path(study);
    struct lock_file lock;
    const int status = path == NULL || plan_sha256(study, hex) != 0 ? -1 : read_file(path, &lock);

    free(path);
    if (status != 0)
        return -1;
    *state = !lock.there                   ? PLAN_NOT_LOCKED
             : strcmp(lock.plan, hex) != 0 ? PLAN_CHANGED
             : lock.late                   ? PLAN_LOCKED_LATE
                                           : PLAN_LOCKED;
    return 0;
}

/* 1 when outcomes of the study, or of a profile of it, lie in the folder of the run. */
static int outcomes_are_there(const char *out)
{
    char *work = format_text("%s/work", out);
    DIR *folder = work == NULL ? NULL : opendir(work);
    int found = work == NULL ? -1 : 0;

    if (work != NULL && folder == NULL && errno != ENOENT)
        found = fail_errno("cannot read folder '%s'", work);
    for (struct dirent *entry; folder != NULL && found == 0 && (entry = readdir(folder)) != NULL;)
        found = strncmp(entry->d_name, "outcomes.", 9) == 0;
    if (folder != NULL)
        closedir(folder);
    free(work);
    return found;
}

static int write_file(const char *path, const char *plan, bool late)
{
    struct output *output = output_open(path);

    return output_end(output, output == NULL ? -1 : output_printf(output, "%splan: %s\noutcomes: %s\n", FIRST_LINE, plan,
                                                                  late ? "computed" : "not computed"));
}

/* 0: go on; 1: refused, told; 2: nothing to do. */
static int judge(const struct study *study, const struct plan_lock_request *request, const struct lock_file *lock,
                 const char *plan, int computed)
{
    if (lock->there && strcmp(lock->plan, plan) == 0) {
        note("the plan of '%s' is locked already: %s", study->path,
             plan_state_words(lock->late ? PLAN_LOCKED_LATE : PLAN_LOCKED));
        return 2;
    }
    if (lock->there && !request->again) {
        fail("the plan of '%s' has changed since it was locked; --again locks it as it is now", study->path);
        return 1;
    }
    if (computed == 1 && !request->late) {
        fail("outcomes were computed in '%s' already, so that a lock no longer shows that the plan came first; --late writes "
             "one that says so",
             request->out);
        return 1;
    }
    return 0;
}

int plan_lock_write(const struct study *study, const struct plan_lock_request *request)
{
    char plan[SHA256_HEX_SIZE], *path = lock_path(study);
    const int computed = outcomes_are_there(request->out);
    struct lock_file lock;
    int status = -1;

    if (path != NULL && computed >= 0 && plan_sha256(study, plan) == 0 && read_file(path, &lock) == 0 &&
        (status = judge(study, request, &lock, plan, computed)) == 0 && (status = write_file(path, plan, computed == 1)) == 0)
        note("'%s': the plan is locked, %s", path, plan);
    free(path);
    return status == 2 ? 0 : status;
}
