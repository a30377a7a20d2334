/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/study.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "study/arena.h"
#include "study/document.h"
#include "study/study_file.h"

enum { STUDY_NODES = 20000, USUAL_THRESHOLD = 11 };

void study_free(struct study *study)
{
    if (study == NULL)
        return;
    for (size_t i = 0; i < study->n_tables; i++)
        codebook_free(study->tables[i].codebook);
    library_free(study->library);
    free(study->path);
    free(study->folder);
    free(study->text);
    arena_free(study->memory);
    free(study);
}

int study_fail(const struct study *study, struct study_place place, const char *format, ...)
{
    char message[2048];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return fail_at(study->path, place.line, place.column, "%s", message);
}

const struct study_table *study_find_table(const struct study *study, enum table_role role)
{
    for (size_t i = 0; i < study->n_tables; i++)
        if (study->tables[i].role == role)
            return &study->tables[i];
    return NULL;
}

const struct study_table *study_main_table(const struct study *study)
{
    const struct study_table *stays = study_find_table(study, ROLE_EPISODES);

    return stays != NULL ? stays : study_find_table(study, ROLE_CLIENTS);
}

char *study_path(const struct study *study, const char *path)
{
    return path_join(study->folder, path);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

void study_check_rest(const struct study_checker *checker)
{
    const struct study_file *file = checker->file;
    struct study *study = checker->study;

    study->seed = (int64_t)file->seed.value;
    if (study->title.text == NULL)
        study->title = study->name;
    study->disclosure_threshold = file->threshold.given ? (int64_t)file->threshold.value : USUAL_THRESHOLD;
    if (file->threshold.given && study->disclosure_threshold == 0 && study->disclosure_because.text == NULL)
        mistake(checker->mistakes, file->threshold.place,
                "disclosure: with threshold 0 nothing is hidden; say why that is right: 'because: public-use data'");
    study->disclosure_round_to = file->round_to.given ? (int64_t)file->round_to.value : 0;
    if (study->disclosure_round_to == 1 || study->disclosure_round_to > study->disclosure_threshold)
        mistake(checker->mistakes, file->round_to.place,
                "disclosure: round_to: 0 or a number from 2 to the threshold was expected, such as '{threshold: 8, "
                "round_to: 5}'");
}

/* Every check notes its mistakes and the next one runs all the same. */
static int check(const struct study_checker *checker)
{
    study_check_keys(checker);
    if (study_check_link(checker) != 0 || study_check_evidence(checker) != 0 || study_check_words(checker) != 0 ||
        study_check_weeks(checker) != 0 || study_check_cohort(checker) != 0 || study_check_outcomes(checker) != 0 ||
        study_check_strategies(checker) != 0 || study_check_compare(checker) != 0 || study_check_primary(checker) != 0 || study_check_dashboard(checker) != 0)
        return -1;
    study_check_rest(checker);
    return study_check_conditions(checker);
}

static int read_columns(struct study_checker *checker)
{
    const struct study_table *table = study_main_table(checker->study);

    if (table == NULL || table->codebook == NULL)
        return 0;
    checker->columns = study_table_schema(checker->study, table, "source");
    return checker->columns == NULL ? -1 : 0;
}

/* ---- profiles ------------------------------------------------------------------------------------------- */

static size_t find_profile(const struct document *document, const char *name)
{
    size_t i = 0;

    while (i < profile_count(document) && strcmp(profile_name(document, i), name) != 0)
        i++;
    return i;
}

static int set_files(struct study *study, const struct document *document, size_t which)
{
    static const char *const names[N_STUDY_STAGES] = {"episodes", "cohort", "outcomes"};
    size_t home[N_STUDY_STAGES] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};

    if (which != SIZE_MAX && profile_homes(study->path, study->text, study->text_length, which, home) != 0)
        return -1;
    for (enum study_stage stage = 0; stage < N_STUDY_STAGES; stage++) {
        study->shares[stage] = home[stage] != which;
        study->files[stage] = home[stage] == SIZE_MAX
                                  ? arena_format(study->memory, "%s.h5", names[stage])
                                  : arena_format(study->memory, "%s.%s.h5", names[stage], profile_name(document, home[stage]));
        if (study->files[stage] == NULL)
            return -1;
    }
    return 0;
}

static int apply_profile(struct document *document, const struct study_options *options, struct study *study,
                         struct mistakes *mistakes)
{
    const char *name = options == NULL ? NULL : options->profile;
    size_t which = SIZE_MAX;

    if (name != NULL) {
        which = find_profile(document, name);
        if (which == profile_count(document))
            return fail_at(study->path, 0, 0, "there is no profile '%s'", name);
        if ((study->profile = arena_text(study->memory, name, strlen(name))) == NULL)
            return -1;
    }
    if (set_files(study, document, which) != 0)
        return -1;
    return which == SIZE_MAX ? 0 : profile_apply(document, which, mistakes);
}

/* Mistakes are in `mistakes`; -1 only without memory. */
static int read_document(struct study_file *file, const struct study_options *options, struct mistakes *mistakes)
{
    struct study *study = &file->study;
    struct study_checker checker = {file, study, study->memory, mistakes, NULL};
    struct schema_reader reader = {NULL, study->memory, mistakes, options != NULL && options->allow_absolute};
    struct document *document = document_parse(study->text, study->text_length, STUDY_NODES, mistakes);
    int result = -1;

    if (document == NULL)
        return mistakes_count(mistakes) > 0 ? 0 : -1;
    reader.document = document;
    if (apply_profile(document, options, study, mistakes) == 0 && schema_read(&reader, &STUDY_FILE, file) == 0 && study_check_tables(&checker) == 0) {
        study_check_privacy(&checker);
        if (read_columns(&checker) == 0)
            result = check(&checker);
    }
    document_free(document);
    table_free(checker.columns);
    return result;
}

/* What else of a run may be named by mistake: told in a line, not as mistakes of a study. */
static int check_kind(const char *path, const char *text, size_t length)
{
    static const struct {
        const char *beginning, *kind;
    } others[] = {{"\x89HDF", "an HDF5 file"}, {"<!", "a page"}, {"<?", "a page or a figure"}, {"\x89PNG", "a figure"}, {"%PDF", "a figure"}};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (length >= strlen(others[i].beginning) && memcmp(text, others[i].beginning, strlen(others[i].beginning)) == 0)
            return fail("'%s' is no study file but %s", path, others[i].kind);
    return 0;
}

static int read_text(struct study *study, const char *path)
{
    if ((study->path = copy_text(path)) == NULL || (study->folder = path_folder(path)) == NULL ||
        (study->memory = arena_alloc()) == NULL ||
        (study->text = input_read(path, DOCUMENT_BYTES, &study->text_length)) == NULL ||
        check_kind(path, study->text, study->text_length) != 0)
        return -1;
    return sha256_bytes(study->text, study->text_length, study->sha256);
}

static struct study *read_one(const char *path, const struct study_options *options)
{
    struct study_file *file = allocate(1, sizeof *file);
    struct study *study = allocate(1, sizeof *study);
    struct mistakes *mistakes = mistakes_alloc(path);
    int result = -1;

    if (file != NULL && study != NULL && mistakes != NULL && read_text(&file->study, path) == 0) {
        result = read_document(file, options, mistakes);
        if (mistakes_tell(mistakes) != 0)
            result = -1;
    }
    if (file != NULL && study != NULL)
        *study = file->study; /* also when it failed, to be freed as what it is */
    mistakes_free(mistakes);
    free(file);
    if (result == 0)
        return study;
    study_free(study);
    return NULL;
}

/* A study is good when it is good under every profile. */
static int check_profiles(const struct study *study, const struct study_options *options)
{
    int result = 0;

    for (size_t i = 0; i < study->n_profiles; i++) {
        const struct study_options under = {options != NULL && options->allow_absolute, study->profiles[i].text};
        struct study *profile = read_one(study->path, &under);
        if (profile == NULL)
            result = study_fail(study, study->profiles[i].place, "profile '%s': the study has mistakes under it",
                                study->profiles[i].text);
        study_free(profile);
    }
    return result;
}

struct study *study_read(const char *path, const struct study_options *options)
{
    struct study *study = read_one(path, options);

    if (study != NULL && study->profile == NULL && check_profiles(study, options) != 0) {
        study_free(study);
        return NULL;
    }
    return study;
}
