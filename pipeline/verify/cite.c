/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/cite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/program.h"
#include "base/version.h"
#include "ingest/source_files.h"
#include "study/study.h"
#include "verify/method_sources.h"
#include "verify/talk.h"

enum { TEXT_MAX = 1 << 20 };

static struct table *citations_alloc(void)
{
    struct table *table = table_alloc("citations", "What to cite");

    if (table != NULL && table_add_column(table, "part", COLUMN_TEXT, 1, "Part", "") != NULL &&
        table_add_column(table, "what", COLUMN_TEXT, 1, "What", "") != NULL &&
        table_add_column(table, "citation", COLUMN_TEXT, 1, "Citation", "") != NULL)
        return table;
    table_free(table);
    return NULL;
}

static int add(struct table *citations, const char *part, const char *what, const char *citation)
{
    struct row_builder row = table_new_row(citations);

    row_text(&row, "part", part);
    row_text(&row, "what", what);
    row_text(&row, "citation", citation);
    return row_end(&row);
}

/* ---- data ------------------------------------------------------------------------------------------------------- */

/* The paragraph of a README that begins with "- **NAME.** ", on one line and without marks of emphasis; NULL, untold. */
static char *paragraph_of(const char *readme, const char *name)
{
    char begins[64];

    snprintf(begins, sizeof begins, "- **%s.** ", name);
    const char *start = strstr(readme, begins);
    if (start == NULL)
        return NULL;
    start += strlen(begins);
    char *text = allocate(strlen(start) + 1, 1), *out = text;
    for (const char *p = start; text != NULL && *p != '\0'; p++) {
        if (*p == '\n') {
            if (strncmp(p, "\n  ", 3) != 0)
                break;
            p += strspn(p + 1, " ");
            *out++ = ' ';
        } else if (*p != '*' && *p != '`')
            *out++ = *p;
    }
    return text;
}

static int add_readme(struct table *citations, const struct study *study)
{
    static const char *const names[] = {"Citation", "Origin", "Licence"};
    char *path = study_path(study, "README.md");
    size_t length;
    char *readme = path == NULL ? NULL : access(path, R_OK) != 0 ? copy_text("") : input_read(path, TEXT_MAX, &length);
    int status = readme == NULL ? -1 : 0;
    bool found = false;

    for (size_t i = 0; status == 0 && i < sizeof names / sizeof names[0]; i++) {
        char *text = paragraph_of(readme, names[i]);
        if (text != NULL) {
            status = add(citations, "data", names[i], text);
            found = true;
        }
        free(text);
    }
    if (status == 0 && !found)
        warn("no README.md beside the study says where its data come from ('- **Origin.** ...', '- **Citation.** ...', "
             "'- **Licence.** ...')");
    free(readme);
    free(path);
    return status;
}

static int add_files(struct table *citations, const struct study *study)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < study->n_tables; i++) {
        struct source_files files = {0};
        status = source_files_find(study, &study->tables[i], &files) != 0 || source_files_hash(&files) != 0 ? -1 : 0;
        for (size_t k = 0; status == 0 && k < files.n; k++) {
            char *text = format_text("sha256 %s", files.items[k].sha256);
            status = text == NULL ? -1 : add(citations, "data", files.items[k].name, text);
            free(text);
        }
        source_files_free(&files);
    }
    return status;
}

/* ---- software ------------------------------------------------------------------------------------------------------ */

/* The value of a key of the first level, "- name:" of the authors included; without quotes; caller frees; NULL, untold. */
static char *cff_value(const char *cff, const char *key)
{
    for (const char *line = cff; line != NULL && *line != '\0'; line = strchr(line, '\n'), line += line != NULL) {
        if (strncmp(line, key, strlen(key)) != 0)
            continue;
        const char *value = line + strlen(key);
        size_t n = strcspn(value, "\n");
        while (n > 0 && (*value == ' ' || *value == '"')) {
            value++;
            n--;
        }
        while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '"'))
            n--;
        return copy_bytes(value, n);
    }
    return NULL;
}

static int add_software(struct table *citations)
{
    char *path = program_share("CITATION.cff");
    size_t length;
    char *cff = path == NULL ? NULL : input_read(path, TEXT_MAX, &length);
    char *authors = cff == NULL ? NULL : cff_value(cff, "  - name:"), *title = cff == NULL ? NULL : cff_value(cff, "title:"),
         *date = cff == NULL ? NULL : cff_value(cff, "date-released:"), *doi = cff == NULL ? NULL : cff_value(cff, "doi:");
    char *text = authors == NULL || title == NULL || date == NULL
                     ? NULL
                     : format_text("%s. %s. Version %s (%s), %s%s%s", authors, title, stepdown_version, stepdown_commit, date,
                                   doi == NULL ? "" : ". doi:", doi == NULL ? "" : doi);
    int status = text != NULL ? add(citations, "software", "stepdown", text)
                 : cff != NULL ? fail("'%s' names no authors, title and date-released", path_name(path))
                               : -1;

    free(text);
    free(doi);
    free(date);
    free(title);
    free(authors);
    free(cff);
    free(path);
    return status;
}

/* ---- the command ---------------------------------------------------------------------------------------------------- */

static int add_methods(struct table *citations, const struct study *study)
{
    const struct method_source *sources[METHOD_SOURCES_MAX];
    const size_t n = method_sources(study, sources);
    int status = 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = add(citations, "methods", sources[i]->method, sources[i]->source);
    return status;
}

static void print_text(const struct table *citations)
{
    static const char *const parts[] = {"data", "methods", "software"}, *const titles[] = {"Data", "Methods", "Software"};

    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        printf("%s%s\n", k == 0 ? "" : "\n", titles[k]);
        for (size_t i = 0; i < citations->n_rows; i++) {
            if (!cell_is(citations, "part", i, parts[k]))
                continue;
            printf("  ");
            talk_cell(citations, "what", i);
            printf(": ");
            talk_cell(citations, "citation", i);
            printf("\n");
        }
    }
}

int cite(const char *path, bool allow_absolute, enum table_format format)
{
    const struct study_options options = {.allow_absolute = allow_absolute};
    struct study *study = study_read(path, &options);
    struct table *citations = study == NULL ? NULL : citations_alloc();
    int status = citations == NULL || add_readme(citations, study) != 0 || add_files(citations, study) != 0 ||
                         add_methods(citations, study) != 0 || add_software(citations) != 0
                     ? -1
                     : 0;

    if (status == 0 && format != TABLE_TEXT)
        status = table_print(STDOUT_FILENO, citations, format);
    else if (status == 0) {
        print_text(citations);
        status = fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : fail_errno("cannot write to standard output");
    }
    table_free(citations);
    study_free(study);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}
