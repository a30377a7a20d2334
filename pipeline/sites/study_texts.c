/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sites/study_texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/output.h"
#include "base/temporary.h"

/* ---- to a table ------------------------------------------------------------------------------------------------------ */

static struct table *texts_alloc(void)
{
    struct table *texts = table_alloc("texts", "The study, its codebooks and definitions");

    if (texts != NULL && table_add_column(texts, "file", COLUMN_TEXT, 1, "File", "") != NULL &&
        table_add_column(texts, "line", COLUMN_INT32, 0, "Line", "") != NULL &&
        table_add_column(texts, "text", COLUMN_TEXT, 1, "Text", "") != NULL)
        return texts;
    table_free(texts);
    return NULL;
}

static int add_line(struct table *texts, const char *file, int64_t line, const char *text, size_t length)
{
    struct row_builder row = table_new_row(texts);
    char *const copy = copy_bytes(text, length);

    row_text(&row, "file", file);
    row_integer(&row, "line", line);
    row_text(&row, "text", copy == NULL ? "" : copy);
    const int status = row_end(&row) != 0 || copy == NULL ? -1 : 0;
    free(copy);
    return status;
}

static int add_text(struct table *texts, const char *file, const char *text, size_t length)
{
    int64_t line = 1;
    int status = 0;

    for (const char *at = text, *const end = text + length; status == 0; line++) {
        const char *const line_end = memchr(at, '\n', (size_t)(end - at));
        status = add_line(texts, file, line, at, (size_t)((line_end == NULL ? end : line_end) - at));
        if (line_end == NULL)
            break;
        at = line_end + 1;
    }
    return status;
}

/* The names of other files, each once; caller frees. */
static char **list_files(const struct study *study)
{
    char **names = NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < study->n_tables; i++)
        status = names_add(&names, study->tables[i].codebook_file.text);
    if (status == 0)
        status = names_add(&names, study->definitions.text);
    if (status == 0)
        return names;
    names_free(names);
    return NULL;
}

enum { TEXT_MAX = 16 << 20 }; /* bytes of a codebook */

static int add_file(const struct study *study, struct table *texts, const char *name)
{
    char *const path = study_path(study, name);
    char *text = NULL;
    size_t length = 0;
    int status = -1;

    if (strchr(name, '/') != NULL)
        fail("'%s' lies in another folder than the study; what goes to other sites must lie beside it", name);
    else if (path != NULL && (text = input_read(path, TEXT_MAX, &length)) != NULL)
        status = add_text(texts, name, text, length);
    free(text);
    free(path);
    return status;
}

struct table *study_texts_table(const struct study *study)
{
    char **const files = list_files(study);
    struct table *const texts = files == NULL ? NULL : texts_alloc();
    int status = texts == NULL ? -1 : add_text(texts, "", study->text, study->text_length);

    for (size_t i = 0; status == 0 && files[i] != NULL; i++)
        status = add_file(study, texts, files[i]);
    names_free(files);
    if (status == 0)
        return texts;
    table_free(texts);
    return NULL;
}

/* ---- and back ---------------------------------------------------------------------------------------------------------- */

/* Rows first .. of one file; returns where the next begins. */
static size_t file_end(const struct table *texts, size_t first)
{
    size_t end = first + 1;

    while (end < texts->n_rows && cell_integer(texts, "line", end) != 1)
        end++;
    return end;
}

/* A name that a file may have in our folder: nothing that leads out of it. */
static bool is_plain_name(const char *name)
{
    return strchr(name, '/') == NULL && strcmp(name, "..") != 0 && strcmp(name, ".") != 0;
}

static int write_file(const struct table *texts, size_t first, size_t end, const char *folder)
{
    char *const name = cell_copy(texts, "file", first);
    char *const path =
        name == NULL ? NULL : format_text("%s/%s", folder, *name == '\0' ? "study.yaml" : name);
    struct output *output = NULL;
    int status = -1;

    if (path != NULL && !is_plain_name(name))
        fail("a site's file names a text that is no plain file name");
    else if (path != NULL && (output = output_open(path)) != NULL)
        status = 0;
    for (size_t i = first; status == 0 && i < end; i++) {
        char *const text = cell_copy(texts, "text", i);
        status = text == NULL || output_text(output, text) != 0 || (i + 1 < end && output_text(output, "\n") != 0) ? -1 : 0;
        free(text);
    }
    status = output_end(output, status);
    free(path);
    free(name);
    return status;
}

static int write_files(const struct table *texts, const char *folder)
{
    int status = texts->n_rows == 0 ? fail("a site's file has no study") : 0;

    for (size_t at = 0, end; status == 0 && at < texts->n_rows; at = end) {
        end = file_end(texts, at);
        status = write_file(texts, at, end, folder);
    }
    return status;
}

struct study *study_texts_read(const struct table *texts, const char *beside)
{
    const struct study_options options = {0};
    char *const name = format_text("%s.texts", beside);
    const int slot = name == NULL ? -1 : temporary_make_folder(name);
    char *const path = slot < 0 ? NULL : path_join(temporary_path(slot), "study.yaml");
    struct study *study = NULL;

    if (path != NULL && write_files(texts, temporary_path(slot)) == 0)
        study = study_read(path, &options);
    if (study != NULL) /* messages name the study's file, not the folder, which is gone */
        memmove(study->path, path_name(study->path), strlen(path_name(study->path)) + 1);
    if (slot >= 0)
        temporary_remove_folder(slot);
    free(path);
    free(name);
    return study;
}

/* ---- the same? ----------------------------------------------------------------------------------------------------------- */

static bool same_cell(const struct table *a, const struct table *b, const char *column, size_t row)
{
    size_t n, m;
    const char *const x = column_text(table_column(a, column), row, &n);
    const char *const y = column_text(table_column(b, column), row, &m);

    return n == m && memcmp(x, y, n) == 0;
}

int study_texts_agree(const struct table *texts, const char *path, const struct table *others, const char *other)
{
    size_t row = 0;

    while (row < texts->n_rows && row < others->n_rows && same_cell(texts, others, "file", row) &&
           same_cell(texts, others, "text", row))
        row++;
    if (row == texts->n_rows && row == others->n_rows)
        return 0;
    char *const file = row < texts->n_rows ? cell_copy(texts, "file", row) : copy_text("");
    fail("'%s' was made from another %s than '%s': line %lld is the first that differs; all sites need the same study file, "
         "codebooks and map of levels",
         path, file == NULL || *file == '\0' ? "study file" : "codebook", other,
         row < texts->n_rows ? (long long)cell_integer(texts, "line", row) : (long long)texts->n_rows);
    free(file);
    return -1;
}
