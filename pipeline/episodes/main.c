/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-episodes: records.h5 to episodes.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/program.h"
#include "episodes/link.h"
#include "episodes/people.h"
#include "store/stage.h"
#include "study/condition.h"
#include "study/study.h"

static const char doc[] = "Links the records of a study into episodes: OUT/work/records.h5 to OUT/work/episodes.h5.\v"
                          "Example:\n  stepdown episodes study.yaml -o out";

static struct table *read_records(const struct study_table *source, const char *path, const char *const *columns)
{
    struct store *store = store_open(path);
    struct table *records = store == NULL ? NULL : store_read(store, table_role_name(source->role), columns);

    store_close(store);
    return records;
}

/* ---- a row a person ----------------------------------------------------------------------------------------- */

/* Only the key is needed; without one any table tells the number of rows. */
static int write_people(const struct study *study, const struct study_table *source, const char *path,
                        struct store_writer *writer)
{
    const char *names[3] = {NULL, NULL, NULL};
    const struct column *persons[2] = {NULL, NULL};
    const size_t n = study_person_columns(study, source, names);
    struct table *records = read_records(source, path, n > 0 ? names : NULL), *stays = NULL;
    int status = -1;

    for (size_t i = 0; records != NULL && i < n; i++)
        persons[i] = table_column(records, names[i]);
    if (records != NULL)
        stays = people_stays(records, persons, n);
    if (stays != NULL)
        status = store_writer_table(writer, stays);
    table_free(stays);
    table_free(records);
    return status;
}

/* ---- stays ---------------------------------------------------------------------------------------------------- */

static struct table *read_linking_columns(const struct study *study, const struct study_table *source, const char *path)
{
    struct table *schema = codebook_schema(source->codebook, table_role_name(source->role)), *records = NULL;
    char **columns = schema == NULL ? NULL : link_columns(study, schema);

    if (columns != NULL)
        records = read_records(source, path, (const char *const *)columns);
    names_free(columns);
    table_free(schema);
    return records;
}

static void tell_left_out(const struct study *study, const struct linked *linked)
{
    const struct study_table *source = study_find_table(study, ROLE_EPISODES);
    const struct {
        enum fate fate;
        struct study_place place;
        const char *what;
    } told[] = {
        {FATE_NO_PERSON, source->person.place, "have no person key"},
        {FATE_NO_ADMISSION, source->admission.place, "have no admission day"},
        {FATE_BACKWARDS, source->discharge.place, "have their discharge before their admission"},
        {FATE_EARLY_CONTACT, source->last_contact.place, "have their last contact before their admission"},
        {FATE_LATE, study->cohort.follow_up_until_text.place, "begin after the study's end"},
    };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (linked->counts[told[i].fate] > 0)
            warn("%s:%zu:%zu: %lld records %s and are left out", study->path, told[i].place.line, told[i].place.column,
                 (long long)linked->counts[told[i].fate], told[i].what);
    if (linked->counts[FATE_CONTRADICTION] > 0)
        warn("%s:%zu:%zu: %lld persons have two values in a column that is constant; their %lld records are left out",
             study->path, source->constant.items[0].place.line, source->constant.items[0].place.column,
             (long long)linked->people_left_out[FATE_CONTRADICTION], (long long)linked->counts[FATE_CONTRADICTION]);
    if (linked->counts[FATE_OVERLAP_LONG] > 0)
        warn("%s:%zu:%zu: %lld persons have stays that overlap by more than %lld days; their %lld records are left out",
             study->path, study->link.place.line, study->link.place.column,
             (long long)linked->people_left_out[FATE_OVERLAP_LONG], (long long)study->link.overlap_days,
             (long long)linked->counts[FATE_OVERLAP_LONG]);
}

/* ---- duplicates: of them all columns are needed, and linking has read only some --------------------------------- */

static char **other_columns(const struct table *schema, const struct table *read)
{
    char **names = allocate(1, sizeof *names); /* an empty list */

    for (size_t i = 0; names != NULL && i < schema->n_columns; i++)
        if (table_column(read, schema->columns[i].name) == NULL && names_add(&names, schema->columns[i].name) != 0) {
            names_free(names);
            return NULL;
        }
    return names;
}

static struct table *read_other_columns(struct store *store, const struct table *schema, const struct table *read,
                                        const size_t *rows, size_t n)
{
    char **names = other_columns(schema, read);
    struct table *others =
        names == NULL ? NULL : store_read_rows(store, schema->name, (const char *const *)names, rows, n);

    names_free(names);
    return others;
}

static int settle(struct table *stays, const struct table *schema, const struct table *read, const struct table *others,
                  const size_t *rows, size_t n)
{
    const struct column **columns = allocate(schema->n_columns, sizeof *columns);

    if (columns == NULL)
        return -1;
    for (size_t i = 0; i < schema->n_columns; i++) {
        const char *name = schema->columns[i].name;
        const struct column *column = table_column(read, name);
        columns[i] = column != NULL ? column : table_column(others, name);
    }
    link_settle_duplicates(stays, columns, schema->n_columns, rows, n);
    free(columns);
    return 0;
}

/* records: what linking has read. */
static int settle_duplicates(const struct study_table *source, const char *path, const struct table *records,
                             struct table *stays)
{
    size_t n, *rows = link_duplicates(stays, &n);
    struct store *store = store_open(path);
    struct table *schema = store == NULL ? NULL : store_read_schema(store, table_role_name(source->role));
    struct table *read = rows == NULL ? NULL : table_take_rows(records, rows, n), *others = NULL;
    int status = -1;

    if (schema != NULL && read != NULL && (others = read_other_columns(store, schema, read, rows, n)) != NULL)
        status = settle(stays, schema, read, others, rows, n);
    store_close(store);
    table_free(others);
    table_free(read);
    table_free(schema);
    free(rows);
    return status;
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

static int link_records(const struct study *study, const struct study_table *source, const char *path, int n_threads,
                        struct linked *linked)
{
    struct table *records = read_linking_columns(study, source, path);
    uint8_t *transfer = NULL;
    int status = records == NULL ? -1 : 0;

    if (status == 0 && source->transfer.text != NULL &&
        (transfer = condition_compute(study, &source->transfer, records, n_threads)) == NULL)
        status = -1;
    if (status == 0)
        status = link_stays(study, records, transfer, n_threads, linked);
    if (status == 0 && linked->counts[FATE_DUPLICATE] > 0)
        status = settle_duplicates(source, path, records, linked->stays);
    free(transfer);
    table_free(records); /* before the tables are written: they need the memory */
    return status;
}

static int write_stays(const struct study *study, const struct study_table *source, const char *path, int n_threads,
                       struct store_writer *writer)
{
    struct linked linked = {0};
    int status = link_records(study, source, path, n_threads, &linked);

    const struct table *const tables[] = {linked.stays, linked.episodes, linked.paths, linked.flow, linked.fates};
    for (size_t i = 0; status == 0 && i < sizeof tables / sizeof tables[0]; i++)
        status = store_writer_table(writer, tables[i]);
    if (status == 0) {
        tell_left_out(study, &linked);
        note("episodes: %zu records of %lld persons, %zu episodes", linked.stays->n_rows, (long long)linked.n_people,
             linked.episodes->n_rows);
    }
    linked_free(&linked);
    return status;
}

/* Returns the exit status. */
static int run(const struct study *study, const struct stage_options *options)
{
    static const char *const parents[] = {"records.h5", NULL};
    const struct study_table *source = study_main_table(study);
    struct stage stage;
    const enum stage_state state =
        stage_begin(&stage, "episodes", study->files[STUDY_EPISODES], parents, NULL, study->sha256, study->seed, options);
    char *path = NULL;
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    if ((path = stage_file(options->out, "records.h5")) != NULL &&
        (study_is_linked(study) ? write_stays(study, source, path, options->n_threads, stage.writer)
                                : write_people(study, source, path, stage.writer)) == 0)
        status = stage_end(&stage) == 0 ? EXIT_DONE : EXIT_FAILED;
    stage_abandon(&stage);
    free(path);
    return status;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct study *study;
    int status;

    program_start("stepdown episodes");
    stage_parse(argc, argv, doc, &options);
    const struct study_options study_options = {options.allow_absolute, options.profile};
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    /* A profile that changes nothing here uses the file of the study, or of another profile. */
    status = study->shares[STUDY_EPISODES] ? EXIT_DONE : run(study, &options);
    study_free(study);
    return status;
}
