/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/source_files.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "ingest/line_of.h"
#include "store/chain.h"

/* Takes over path. */
static int add_file(struct source_files *files, char *path, const char *relative, struct study_place place)
{
    struct source_file *items = NULL;
    char *const copy = copy_text(relative);
    if (path != NULL && copy != NULL)
        items = reallocate(files->items, files->n + 1, sizeof *items);
    if (items == NULL) {
        free(path);
        free(copy);
        return -1;
    }
    files->items = items;
    items[files->n++] = (struct source_file){.path = path, .relative = copy, .place = place, .spool = {.file = -1}};
    return 0;
}

/* The folder is a name, not a pattern: what would steer glob() is escaped. */
static char *make_pattern(const char *folder, const char *written)
{
    char *const escaped = allocate(2 * strlen(folder) + 1, 1);
    char *to = escaped;
    if (escaped == NULL)
        return NULL;
    for (const char *from = folder; *from != '\0'; from++) {
        if (strchr("*?[]\\", *from) != NULL)
            *to++ = '\\';
        *to++ = *from;
    }
    *to = '\0';
    char *const pattern = path_join(escaped, written);
    free(escaped);
    return pattern;
}

/* Bytes in front of what the study names, in a path that was joined to its folder. */
static int measure_folder(const struct study *study, const char *written, size_t *length)
{
    char *const joined = path_join(study->folder, written);
    if (joined == NULL)
        return -1;
    *length = strlen(joined) - strlen(written);
    free(joined);
    return 0;
}

static int add_matches(const struct study *study, const struct study_text *written, struct source_files *files)
{
    size_t n_folder;
    glob_t found;
    int status = 0;
    char *const pattern = make_pattern(study->folder, written->text);
    if (pattern == NULL || measure_folder(study, written->text, &n_folder) != 0) {
        free(pattern);
        return -1;
    }
    const int globbed = glob(pattern, GLOB_ERR, NULL, &found);
    free(pattern);
    if (globbed == GLOB_NOMATCH)
        return study_fail(study, written->place, "no file matches '%s'", written->text);
    if (globbed != 0)
        return study_fail(study, written->place, "the folder of '%s' cannot be read", written->text);
    for (size_t i = 0; status == 0 && i < found.gl_pathc; i++)
        status = add_file(files, copy_text(found.gl_pathv[i]), found.gl_pathv[i] + n_folder, written->place);
    globfree(&found);
    return status;
}

static int add_written(const struct study *study, const struct study_text *written, struct source_files *files)
{
    struct stat about;
    if (strcmp(written->text, SOURCE_STANDARD_INPUT) == 0) {
        const int status = add_file(files, copy_text("standard input"), written->text, written->place);
        if (status == 0)
            files->items[files->n - 1].is_input = true;
        return status;
    }
    char *const path = study_path(study, written->text);
    if (path == NULL)
        return -1;
    if (stat(path, &about) == 0)
        return add_file(files, path, written->text, written->place);
    const int cause = errno;
    free(path);
    if (strpbrk(written->text, "*?[") != NULL)
        return add_matches(study, written, files);
    return study_fail(study, written->place, "there is no file '%s' (%s)", written->text, strerror(cause));
}

static int compare_files(const void *a, const void *b)
{
    const struct source_file *const left = a, *const right = b;
    return strcmp(left->relative, right->relative);
}

/* Rows that are read twice would count twice. */
static int check_once(const struct study *study, struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        if (files->items[i].is_input && i > 0 && files->items[i - 1].is_input)
            return study_fail(study, files->items[i].place, "standard input ('-') can be read only once");
        if (files->items[i].is_input)
            continue;
        if (stat(files->items[i].path, &files->items[i].mark) != 0)
            return study_fail(study, files->items[i].place, "cannot read '%s': %s", files->items[i].relative,
                              strerror(errno));
        for (size_t j = 0; j < i; j++)
            if (!files->items[j].is_input && files->items[i].mark.st_dev == files->items[j].mark.st_dev &&
                files->items[i].mark.st_ino == files->items[j].mark.st_ino)
                return study_fail(study, files->items[i].place, "'%s' and '%s' are the same file",
                                  files->items[j].relative, files->items[i].relative);
    }
    return 0;
}

static void name_files(struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        files->items[i].name = files->items[i].is_input ? "standard input" : path_name(files->items[i].relative);
        for (size_t j = 0; j < files->n; j++)
            if (j != i && strcmp(path_name(files->items[j].relative), path_name(files->items[i].relative)) == 0)
                files->items[i].name = files->items[i].relative;
    }
}

int source_files_find(const struct study *study, const struct study_table *table, struct source_files *files)
{
    *files = (struct source_files){0};
    int status = 0;
    for (size_t i = 0; i < table->files.n; i++)
        if (add_written(study, &table->files.items[i], files) != 0)
            status = -1; /* every missing file is told */
    if (status != 0)
        return -1;
    if (files->n == 0)
        return study_fail(study, table->place, "table '%s' names no file", table_role_name(table->role));
    qsort(files->items, files->n, sizeof *files->items, compare_files);
    if (check_once(study, files) != 0)
        return -1;
    name_files(files);
    return 0;
}

void source_files_free(struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        free(files->items[i].path);
        free(files->items[i].relative);
        source_spool_free(&files->items[i].spool);
    }
    free(files->items);
    *files = (struct source_files){0};
}

static bool is_unchanged(const struct stat *before, const struct stat *now)
{
    return now->st_ino == before->st_ino && now->st_dev == before->st_dev && now->st_size == before->st_size &&
           now->st_mtim.tv_sec == before->st_mtim.tv_sec && now->st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* What is spooled is not the file itself, so it cannot be hashed while it is read. */
static int hash_spooled(struct source_file *file)
{
    struct stat now;
    if (file->is_input)
        return sha256_file(file->spool.path, file->sha256);
    if (sha256_file(file->path, file->sha256) != 0)
        return -1;
    if (stat(file->path, &now) != 0)
        return fail_errno("cannot read '%s'", file->path);
    return is_unchanged(&file->mark, &now) ? 0 : fail("'%s' changed while it was read", file->path);
}

static int spool_file(struct source_file *file, const struct codebook *codebook, const char *folder)
{
    if (file->is_input && folder == NULL)
        return 0;
    if (source_spool_start(&file->spool, file->is_input ? SOURCE_STANDARD_INPUT : file->path, folder, codebook->latin1, folder == NULL, codebook) != 0)
        return -1;
    return file->spool.file < 0 || folder == NULL ? 0 : hash_spooled(file);
}

int source_files_spool(struct source_files *files, const struct codebook *codebook, const char *folder)
{
    int status = 0;
    for (size_t i = 0; i < files->n; i++)
        if (spool_file(&files->items[i], codebook, folder) != 0)
            status = -1;
    return status;
}

struct csv_reader *source_file_open(const struct source_file *file, const struct codebook *codebook, struct sha256 *sha)
{
    struct csv_options options = {.delimiter = codebook->delimiter, .latin1 = codebook->latin1, .sha = sha};
    source_spool_options(&file->spool, &options);
    return csv_reader_open(file->spool.path, &options);
}

int source_files_mark(struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        struct source_file *const file = &files->items[i];
        if (file->is_input)
            continue;
        if (stat(file->path, &file->mark) != 0)
            return fail_errno("cannot read '%s'", file->path);
        if (!S_ISREG(file->mark.st_mode)) /* a pipe would be waited for, and can be read only once */
            return fail("'%s' is not a regular file", file->path);
    }
    return 0;
}

int source_files_hash(struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        if (files->items[i].sha256[0] == '\0' &&
            sha256_file(files->items[i].is_input ? files->items[i].spool.path : files->items[i].path,
                        files->items[i].sha256) != 0)
            return -1;
    return 0;
}

int source_files_check_unchanged(const struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        const struct stat *const mark = &files->items[i].mark;
        struct stat now;
        if (files->items[i].is_input)
            continue;
        if (stat(files->items[i].path, &now) != 0)
            return fail_errno("cannot read '%s'", files->items[i].path);
        if (!is_unchanged(mark, &now))
            return fail("'%s' changed while it was read", files->items[i].path);
    }
    return 0;
}

int source_files_add_provenance(const struct source_files *files, const char *role, struct table *provenance)
{
    for (size_t i = 0; i < files->n; i++) {
        char *const key = format_text("input:%s/%s", role, files->items[i].name);
        const int status = key == NULL ? -1 : chain_add(provenance, key, files->items[i].sha256);
        free(key);
        if (status != 0)
            return -1;
    }
    return 0;
}

size_t source_file_line(const struct source_file *file, size_t byte)
{
    const size_t line = line_of_byte(file->spool.path, byte);
    return file->spool.counts_rows && line > 0 ? line - 1 : line; /* the header is no row */
}
