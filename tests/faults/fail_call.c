/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes the n-th call of a kind fail, in whatever process of a run makes it.  Loaded before the programs (LD_PRELOAD):
 *
 *     STEPDOWN_FAIL_CALL      write | fsync | rename | close | open | malloc | grow
 *     STEPDOWN_FAIL_AT        which call fails, from 1; 0: none, calls are only counted
 *     STEPDOWN_FAIL_COUNTER   a file of 8 bytes that all processes of the run count in
 *     STEPDOWN_FAIL_PLACES    a file with room for PLACES_MAX times 8 bytes, each of a counted call: a hash of the functions of the program that led to it
 *     STEPDOWN_FAIL_SAY       when it is set, from where the failing call comes goes to standard error, for addr2line -fe PROGRAM
 *
 * Allocations are those that the program asks for itself; libraries under it fail in ways of their own (HDF5 crashes).  malloc is
 * malloc, calloc and realloc; grow is what the C library allocates for the program: reallocarray, vasprintf, open_memstream.
 * Writes to the standard streams never fail: messages are what is looked at.  close() closes and then says EIO, as a file
 * system does that finds out late; a file that was only read has nothing left to find out.
 */
#undef _FORTIFY_SOURCE /* its functions are taken the place of */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FRAMES_MAX = 64, PLACES_MAX = 1 << 22 };

enum call { CALL_NONE, CALL_WRITE, CALL_FSYNC, CALL_RENAME, CALL_CLOSE, CALL_OPEN, CALL_MALLOC, CALL_GROW };

static _Atomic long *counter;
static uintptr_t loaded_at, code_begins, code_ends; /* of the program, not of its libraries */
static enum call failing;
static long fail_at;
static uint64_t *places; /* [PLACES_MAX] */

int __vasprintf_chk(char **text, int flag, const char *words, va_list arguments);
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static int find_code(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_LOAD && (object->dlpi_phdr[i].p_flags & PF_X) != 0) {
            loaded_at = object->dlpi_addr;
            code_begins = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
            code_ends = code_begins + object->dlpi_phdr[i].p_memsz;
        }
    return 1; /* the first object is the program */
}

/* A file in memory, shared by all processes that do this; NULL when it cannot be had. */
static void *map(const char *path, size_t size)
{
    const int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);

    if (file < 0)
        return NULL;
    void *const memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    return memory == MAP_FAILED ? NULL : memory;
}

__attribute__((constructor)) static void start(void)
{
    static const char *const names[] = {"", "write", "fsync", "rename", "close", "open", "malloc", "grow"};
    const char *call = getenv("STEPDOWN_FAIL_CALL"), *at = getenv("STEPDOWN_FAIL_AT"),
               *path = getenv("STEPDOWN_FAIL_COUNTER");

    if (call == NULL || at == NULL || path == NULL)
        return;
    void *const memory = map(path, sizeof *counter);
    if (memory == NULL)
        return;
    dl_iterate_phdr(find_code, NULL);
    if (getenv("STEPDOWN_FAIL_PLACES") != NULL)
        places = map(getenv("STEPDOWN_FAIL_PLACES"), PLACES_MAX * sizeof *places);
    fail_at = strtol(at, NULL, 10);
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(call, names[i]) == 0)
            failing = (enum call)i;
    counter = memory;
}

/* Where in the program is it called from, and from where is that called, and so on?  Wherever the program lies in memory. */
static uint64_t hash_place(void)
{
    void *frames[FRAMES_MAX];
    const int n = backtrace(frames, FRAMES_MAX);
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (int i = 0; i < n; i++) {
        const uintptr_t at = (uintptr_t)frames[i];

        if (at >= code_begins && at < code_ends)
            hash = (hash ^ (at - code_begins)) * UINT64_C(1099511628211);
    }
    return hash;
}

static void say_place(void)
{
    void *frames[FRAMES_MAX];
    const int n = backtrace(frames, FRAMES_MAX);
    char line[32];

    for (int i = 0; i < n; i++)
        if ((uintptr_t)frames[i] >= code_begins && (uintptr_t)frames[i] < code_ends) {
            const int length = snprintf(line, sizeof line, "0x%zx\n", (uintptr_t)frames[i] - loaded_at - 1);

            syscall(SYS_write, STDERR_FILENO, line, length);
        }
}

static int hits(enum call call)
{
    if (counter == NULL || failing != call)
        return 0;
    const long number = atomic_fetch_add(counter, 1) + 1;
    if (places != NULL && number <= PLACES_MAX)
        places[number - 1] = hash_place();
    if (number == fail_at && getenv("STEPDOWN_FAIL_SAY") != NULL)
        say_place();
    return number == fail_at;
}

static int hits_memory(const void *caller, enum call call)
{
    if ((uintptr_t)caller < code_begins || (uintptr_t)caller >= code_ends || !hits(call))
        return 0;
    errno = ENOMEM;
    return 1;
}

static int fail_with(int reason)
{
    errno = reason;
    return -1;
}

ssize_t write(int file, const void *bytes, size_t length)
{
    if (file > STDERR_FILENO && hits(CALL_WRITE))
        return fail_with(ENOSPC);
    return syscall(SYS_write, file, bytes, length);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at)
{
    if (file > STDERR_FILENO && hits(CALL_WRITE))
        return fail_with(ENOSPC);
    return syscall(SYS_pwrite64, file, bytes, length, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at)
{
    return pwrite(file, bytes, length, at);
}

int ftruncate(int file, off_t length)
{
    if (hits(CALL_WRITE))
        return fail_with(ENOSPC);
    return (int)syscall(SYS_ftruncate, file, length);
}

int ftruncate64(int file, off64_t length)
{
    return ftruncate(file, length);
}

int fsync(int file)
{
    return hits(CALL_FSYNC) ? fail_with(EIO) : (int)syscall(SYS_fsync, file);
}

int rename(const char *from, const char *to)
{
    return hits(CALL_RENAME) ? fail_with(EIO) : (int)syscall(SYS_rename, from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
    return hits(CALL_RENAME) ? fail_with(EIO) : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int close(int file)
{
    const long flags = file > STDERR_FILENO ? syscall(SYS_fcntl, file, F_GETFL) : O_RDONLY;
    const int status = (int)syscall(SYS_close, file);

    return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && hits(CALL_CLOSE) ? fail_with(EIO) : status;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;

    va_start(arguments, flags);
    const int mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return hits(CALL_OPEN) ? fail_with(EMFILE) : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

void *malloc(size_t size)
{
    return hits_memory(__builtin_return_address(0), CALL_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return hits_memory(__builtin_return_address(0), CALL_MALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return size > 0 && hits_memory(__builtin_return_address(0), CALL_MALLOC) ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return hits_memory(__builtin_return_address(0), CALL_GROW) ? NULL : __libc_realloc(old, bytes);
}

static int format(char **text, const char *words, va_list arguments)
{
    static int (*theirs)(char **, const char *, va_list);

    if (theirs == NULL)
        *(void **)&theirs = dlsym(RTLD_NEXT, "vasprintf");
    return theirs(text, words, arguments);
}

int vasprintf(char **text, const char *words, va_list arguments)
{
    return hits_memory(__builtin_return_address(0), CALL_GROW) ? -1 : format(text, words, arguments);
}

int __vasprintf_chk(char **text, int flag, const char *words, va_list arguments)
{
    (void)flag;
    return hits_memory(__builtin_return_address(0), CALL_GROW) ? -1 : format(text, words, arguments);
}

FILE *open_memstream(char **bytes, size_t *length)
{
    static FILE *(*theirs)(char **, size_t *);

    if (theirs == NULL)
        *(void **)&theirs = dlsym(RTLD_NEXT, "open_memstream");
    return hits_memory(__builtin_return_address(0), CALL_GROW) ? NULL : theirs(bytes, length);
}
