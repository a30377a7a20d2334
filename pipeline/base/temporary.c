/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/temporary.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MARK ".stepdown-"
#define SUFFIX ".tmp"

enum { NAME_SHOWN = 200 }; /* the whole must stay below 255 bytes */
enum slot_state { SLOT_FREE, SLOT_CLAIMED, SLOT_LIVE };

/* Lock-free atomics are safe in a signal handler, also when another thread is just writing a slot. */
static struct {
    atomic_int state;
    pid_t owner;
    bool is_folder;
    int folder; /* opened: when it is to be removed another file may not be opened any more */
    char path[TEMPORARY_PATH_SIZE];
} slots[TEMPORARIES_MAX];

/* Other threads go on while a signal handler removes what there is: what they begin to make meanwhile would stay. */
static atomic_bool ending;
static atomic_int n_making; /* files and folders that are on the way; no signal is handled by whoever makes one */

static void begin_making(sigset_t *before)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
    atomic_fetch_add(&n_making, 1);
    if (!atomic_load(&ending))
        return;
    atomic_fetch_sub(&n_making, 1);
    temporary_rest();
}

static void end_making(const sigset_t *before)
{
    const int errno_before = errno;

    atomic_fetch_sub(&n_making, 1);
    pthread_sigmask(SIG_SETMASK, before, NULL);
    errno = errno_before;
}

void temporary_rest(void)
{
    while (atomic_load(&ending))
        pause();
}

static void wait_a_millisecond(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static int claim_slot(void)
{
    for (int i = 0; i < TEMPORARIES_MAX; i++) {
        int expected = SLOT_FREE;
        if (atomic_compare_exchange_strong(&slots[i].state, &expected, SLOT_CLAIMED))
            return i;
    }
    return fail("more than %d files are being written at once", TEMPORARIES_MAX);
}

/* "" + ".NAME.stepdown-PID[-K].tmp" in the folder of path; -1 after telling. */
static int name_slot(int slot, const char *path, unsigned attempt)
{
    const char *const name = path_name(path);
    const int folder_length = (int)(name - path);
    char counter[16] = "";
    if (attempt > 0)
        snprintf(counter, sizeof counter, "-%u", attempt);
    const int n = snprintf(slots[slot].path, TEMPORARY_PATH_SIZE, "%.*s.%.*s" MARK "%ld%s" SUFFIX, folder_length, path,
                           NAME_SHOWN, name, (long)getpid(), counter);
    if (n < 0 || n >= TEMPORARY_PATH_SIZE)
        return fail("the path '%.60s...' is too long", path);
    slots[slot].owner = getpid();
    return 0;
}

static bool make_folder(int slot)
{
    const char *const path = slots[slot].path;
    if (mkdir(path, 0700) != 0)
        return false;
    slots[slot].folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (slots[slot].folder >= 0)
        return true;
    const int reason = errno;
    rmdir(path);
    errno = reason;
    return false;
}

/* file NULL: a folder. */
static bool make(int slot, int *file)
{
    if (file == NULL)
        return make_folder(slot);
    *file = open(slots[slot].path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return *file >= 0;
}

static int create(const char *path, int *file)
{
    enum { ATTEMPTS = 1000 };
    const int slot = strlen(path) < TEMPORARY_PATH_SIZE ? claim_slot() : fail("the path '%.60s...' is too long", path);
    if (slot < 0)
        return -1;
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (name_slot(slot, path, attempt) != 0)
            break;
        slots[slot].is_folder = file == NULL;
        slots[slot].folder = -1;
        /* Live before it exists: a signal between the two finds nothing to remove, not a file left behind. */
        atomic_store(&slots[slot].state, SLOT_LIVE);
        if (make(slot, file))
            return slot;
        const int reason = errno;
        atomic_store(&slots[slot].state, SLOT_CLAIMED);
        errno = reason;
        if (reason != EEXIST || attempt + 1 == ATTEMPTS) {
            fail_errno(file != NULL ? "cannot write '%s'" : "cannot make a folder for '%s'", path);
            break;
        }
    }
    temporary_forget(slot);
    return -1;
}

int temporary_create(const char *path, int *file)
{
    sigset_t before;

    begin_making(&before);
    const int slot = create(path, file);
    end_making(&before);
    return slot;
}

const char *temporary_path(int slot)
{
    return slots[slot].path;
}

bool temporary_is_ours(int slot)
{
    return slots[slot].owner == getpid();
}

void temporary_forget(int slot)
{
    atomic_store(&slots[slot].state, SLOT_FREE);
}

int temporary_make_folder(const char *path)
{
    sigset_t before;

    if (output_sweep_beside(path) != 0)
        return -1;
    begin_making(&before);
    const int slot = create(path, NULL);
    end_making(&before);
    return slot;
}

static void remove_entries(int folder)
{
    /* readdir() allocates; the system call underneath serves a signal handler too. */
    _Alignas(struct dirent64) char block[4096];
    ssize_t n;
    while ((n = getdents64(folder, block, sizeof block)) > 0)
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *const entry = (const struct dirent64 *)(block + at);
            unlinkat(folder, entry->d_name, 0); /* "." and ".." cannot be unlinked */
            at += entry->d_reclen;
        }
}

/* Programs that write there may add files in between, hence the rounds. */
static bool remove_opened(int folder, const char *path)
{
    enum { ROUNDS = 500 };
    for (int round = 0; round < ROUNDS; round++) {
        lseek(folder, 0, SEEK_SET);
        remove_entries(folder);
        if (rmdir(path) == 0)
            return true;
        if (errno != ENOTEMPTY)
            return false;
        wait_a_millisecond();
    }
    return false;
}

static bool remove_folder(const char *path)
{
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return false;
    const bool removed = remove_opened(folder, path);
    close(folder);
    return removed;
}

void temporary_remove_folder(int slot)
{
    remove_opened(slots[slot].folder, slots[slot].path);
    close(slots[slot].folder);
    temporary_forget(slot);
}

void output_remove_temporaries(void)
{
    const int errno_before = errno;
    for (int i = 0; i < TEMPORARIES_MAX; i++) {
        if (atomic_load(&slots[i].state) != SLOT_LIVE || !temporary_is_ours(i))
            continue;
        if (slots[i].is_folder)
            remove_opened(slots[i].folder, slots[i].path);
        else
            unlink(slots[i].path);
    }
    errno = errno_before;
}

void temporaries_end(void)
{
    enum { PATIENCE = 1000 }; /* milliseconds */

    atomic_store(&ending, true);
    for (int i = 0; i < PATIENCE && atomic_load(&n_making) > 0; i++)
        wait_a_millisecond();
    output_remove_temporaries();
}

/* The process number in ".NAME.stepdown-PID[-K].tmp", or 0 for any other name. */
static pid_t owner_in_name(const char *name)
{
    const size_t length = strlen(name), end = strlen(SUFFIX);
    if (name[0] != '.' || length < end || strcmp(name + length - end, SUFFIX) != 0)
        return 0;
    const char *mark = NULL;
    for (const char *next = name; (next = strstr(next, MARK)) != NULL; next++)
        mark = next; /* the last one: NAME may hold such a mark itself */
    if (mark == NULL)
        return 0;
    const char *digit = mark + strlen(MARK);
    long owner = 0;
    for (; *digit >= '0' && *digit <= '9' && owner < 100000000; digit++)
        owner = 10 * owner + (*digit - '0');
    if (*digit == '-' && digit[1] >= '0' && digit[1] <= '9')
        digit += 1 + strspn(digit + 1, "0123456789");
    return strcmp(digit, SUFFIX) == 0 ? (pid_t)owner : 0;
}

bool temporary_owner_lives(pid_t owner)
{
    char link[64], theirs[4096], ours[4096];
    struct stat about;
    if (kill(owner, 0) != 0 && errno == ESRCH)
        return false;
    const ssize_t n = readlink("/proc/self/exe", ours, sizeof ours - 1);
    snprintf(link, sizeof link, "/proc/%ld/exe", (long)owner);
    const ssize_t m = readlink(link, theirs, sizeof theirs - 1);
    if (n < 0)
        return true; /* without /proc nothing is known of it */
    if (m < 0) { /* of the kernel or another user, or ended and not yet waited for: a program of ours may hide as well */
        snprintf(link, sizeof link, "/proc/%ld", (long)owner);
        return errno == EACCES && stat(link, &about) == 0 && about.st_uid == geteuid();
    }
    ours[n] = theirs[m] = '\0';
    return strcmp(ours, theirs) == 0 || strncmp(path_name(theirs), "stepdown", strlen("stepdown")) == 0;
}

/* Only what is plainly ours to remove: a regular file or a folder of this user whose writer no longer lives. */
static bool is_stale(int folder, const char *name)
{
    struct stat about;
    const pid_t owner = owner_in_name(name);
    return owner > 0 && !temporary_owner_lives(owner) &&
           fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
           (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)) && about.st_uid == geteuid();
}

static bool remove_stale(const char *folder, const char *name)
{
    char path[TEMPORARY_PATH_SIZE];
    const int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || n >= TEMPORARY_PATH_SIZE)
        return false;
    if (unlink(path) == 0)
        return true;
    return errno == EISDIR && remove_folder(path);
}

/* Is it a temporary of the file of that name? */
static bool is_beside(const char *entry, const char *name)
{
    const size_t n = strnlen(name, NAME_SHOWN), mark = strlen(MARK);
    return entry[0] == '.' && strncmp(entry + 1, name, n) == 0 && strncmp(entry + 1 + n, MARK, mark) == 0 &&
           strstr(entry + 1 + n + mark, MARK) == NULL;
}

/* name NULL: of all files. */
static void sweep(const char *folder, const char *name)
{
    DIR *const entries = opendir(folder);
    if (entries == NULL)
        return; /* a folder that is not there holds nothing stale */
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL)
        if ((name == NULL || is_beside(entry->d_name, name)) && is_stale(dirfd(entries), entry->d_name) &&
            remove_stale(folder, entry->d_name))
            detail("removed '%s/%s', left behind by an interrupted run", folder, entry->d_name);
    closedir(entries);
}

void output_sweep(const char *folder)
{
    sweep(folder, NULL);
}

int output_sweep_beside(const char *path)
{
    char *const folder = path_folder(path);
    if (folder == NULL)
        return -1;
    sweep(folder, path_name(path));
    free(folder);
    return 0;
}
