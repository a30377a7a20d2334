/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * small_files.h - a folder of files that a test writes itself, and what the code under test says on stderr.
 *
 * Failing to write a test file fails the test: nothing here returns an error.
 */
#ifndef TESTS_INGEST_SMALL_FILES_H
#define TESTS_INGEST_SMALL_FILES_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/support/near.h"

struct small_folder {
    char path[64];
    char file[512];  /* the path small_path() gave last */
    char talk[512];  /* where stderr goes between talk_begin() and talk_end() */
    int stderr_kept;
};

static inline void small_folder_make(struct small_folder *folder)
{
    strcpy(folder->path, "/tmp/stepdown-test-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->talk, sizeof folder->talk, "%s/.talk", folder->path);
}

static inline int small_remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about, (void)kind, (void)walk;
    return remove(path);
}

static inline void small_folder_remove(struct small_folder *folder)
{
    assert_int_equal(nftw(folder->path, small_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* As a cmocka fixture. */
static inline int small_folder_setup(void **state)
{
    small_folder_make(*state = calloc(1, sizeof(struct small_folder)));
    return 0;
}

static inline int small_folder_teardown(void **state)
{
    small_folder_remove(*state);
    free(*state);
    return 0;
}

/* Good until the next call. */
static inline const char *small_path(struct small_folder *folder, const char *name)
{
    snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
    return folder->file;
}

static inline const char *small_file(struct small_folder *folder, const char *name, const void *bytes, size_t length)
{
    const char *const path = small_path(folder, name);
    FILE *const file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *small_text(struct small_folder *folder, const char *name, const char *text)
{
    return small_file(folder, name, text, strlen(text));
}

static inline const char *small_gzip(struct small_folder *folder, const char *name, const void *bytes, size_t length)
{
    const char *const path = small_path(folder, name);
    const gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)length), length);
    assert_int_equal(gzclose(file), Z_OK);
    return path;
}

/* The bytes of a file, NUL-terminated; NULL when there is none. Caller frees. */
static inline char *small_read(const char *path, size_t *length)
{
    FILE *const file = fopen(path, "rb");
    size_t capacity = 1 << 16, n = 0;
    if (file == NULL)
        return NULL;
    char *bytes = malloc(capacity);
    assert_non_null(bytes);
    for (size_t more; (more = fread(bytes + n, 1, capacity - n - 1, file)) > 0;) {
        n += more;
        if (capacity - n < 2)
            assert_non_null(bytes = realloc(bytes, capacity *= 2));
    }
    fclose(file);
    bytes[n] = '\0';
    if (length != NULL)
        *length = n;
    return bytes;
}

static inline void talk_begin(struct small_folder *folder)
{
    const int file = open(folder->talk, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    folder->stderr_kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    assert_true(dup2(file, STDERR_FILENO) == STDERR_FILENO);
    close(file);
}

/* What was said since talk_begin(); caller frees. */
static inline char *talk_end(struct small_folder *folder)
{
    dup2(folder->stderr_kept, STDERR_FILENO);
    close(folder->stderr_kept);
    return small_read(folder->talk, NULL);
}

static inline void assert_says(const char *talk, const char *part)
{
    if (strstr(talk, part) == NULL)
        print_error("expected to be told: %s\nwas told: %s\n", part, talk);
    assert_non_null(strstr(talk, part));
}

static inline void assert_keeps_silent_about(const char *talk, const char *part)
{
    if (strstr(talk, part) != NULL)
        print_error("expected not to be told: %s\nwas told: %s\n", part, talk);
    assert_null(strstr(talk, part));
}

#endif
