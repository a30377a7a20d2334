/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-episodes: records.h5 to episodes.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/program.h"
#include "base/ranks.h"
#include "episodes/dealt.h"
#include "episodes/duplicates.h"
#include "episodes/link.h"
#include "episodes/people.h"
#include "store/ranked_rows.h"
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
    if (ranks_rank() > 0)
        return 0;
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

static char **list_linking_columns(const struct study *study, const struct study_table *source)
{
    struct table *schema = codebook_schema(source->codebook, table_role_name(source->role));
    char **columns = schema == NULL ? NULL : link_columns(study, schema);

    table_free(schema);
    return columns;
}

static void tell_left_out(const struct study *study, const struct link_groups *linked)
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

/* ---- all ------------------------------------------------------------------------------------------------------- */

/* One group, and what is needed of its duplicates later. */
static int link_one(const struct study *study, const struct dealt_rows *rows, int n_threads, struct link_group *group,
                    struct duplicates *duplicates)
{
    if (link_group(study, rows->records, rows->number, rows->transfer, n_threads, group) != 0)
        return -1;
    return group->counts[FATE_DUPLICATE] == 0 ? 0 : duplicates_note(duplicates, rows->records, rows->number, group->stays);
}

/* All records at once, as they stand. */
static int link_whole(const struct study *study, const struct study_table *source, const char *path, char **columns,
                      int n_threads, struct link_groups *all, struct duplicates *duplicates)
{
    struct dealt_rows rows = {.records = read_records(source, path, (const char *const *)columns)};
    int status = rows.records == NULL || (all->groups = allocate(1, sizeof *all->groups)) == NULL ? -1 : 0;

    if (status == 0 && source->transfer.text != NULL &&
        (rows.transfer = condition_compute(study, &source->transfer, rows.records, n_threads)) == NULL)
        status = -1;
    if (status == 0) {
        all->n = 1;
        status = link_one(study, &rows, n_threads, &all->groups[0], duplicates);
    }
    dealt_rows_free(&rows);
    return status;
}

/* Group by group: the records of one are in memory. */
static int link_dealt(const struct study *study, const struct study_table *source, const char *path, const char *out,
                      char **columns, int n_threads, struct link_groups *all, struct duplicates *duplicates)
{
    struct dealt *const dealt =
        dealt_make(study, source, path, out, (const char *const *)columns, DEALT_GROUP_ROWS, n_threads);
    const size_t n = dealt == NULL ? 0 : dealt_n_groups(dealt);
    int status = dealt == NULL || (all->groups = allocate(n, sizeof *all->groups)) == NULL ? -1 : 0;

    for (size_t g = 0; status == 0 && g < n; g++) {
        struct dealt_rows rows;
        status = dealt_take(dealt, g, &rows);
        all->n++;
        if (status == 0)
            status = link_one(study, &rows, n_threads, &all->groups[g], duplicates);
        dealt_rows_free(&rows);
    }
    dealt_free(dealt);
    return status;
}

static int link_records(const struct study *study, const struct study_table *source, const char *path,
                        const struct stage_options *options, struct link_groups *all)
{
    char **const columns = list_linking_columns(study, source);
    struct duplicates duplicates = {0};
    size_t n_rows = 0;
    struct store *const store = columns == NULL ? NULL : store_open(path);
    int status = store == NULL ? -1 : store_n_rows(store, table_role_name(source->role), &n_rows);

    store_close(store);
    if (status == 0)
        status = ranks_n() == 1 && n_rows <= DEALT_GROUP_ROWS
                     ? link_whole(study, source, path, columns, options->n_threads, all, &duplicates)
                     : link_dealt(study, source, path, options->out, columns, options->n_threads, all, &duplicates);
    if (status == 0)
        status = duplicates_settle(&duplicates, path, table_role_name(source->role), all);
    if (status == 0)
        status = link_groups_join(study, options->n_threads, all);
    duplicates_free(&duplicates);
    names_free(columns);
    return status;
}

/* One table of which each group has some rows, in their order, and what comes last; all of it is freed on the way. */
static int write_rows(struct store_writer *writer, struct table **pieces, size_t n)
{
    struct table *const schema = table_take_rows(pieces[0], NULL, 0);
    struct ranked_rows rows = {0};
    const bool alone = ranks_n() == 1;
    int status = schema == NULL ? -1 : alone ? store_writer_begin_final(writer, schema) : 0;

    for (size_t i = 0; i < n; i++) {
        if (status == 0)
            status = alone ? store_writer_append(writer, pieces[i]) : ranked_rows_add(&rows, pieces[i]);
        table_free(pieces[i]);
    }
    if (status == 0)
        status = alone ? store_writer_end(writer, NULL) : store_writer_ranked(writer, schema, &rows);
    ranked_rows_free(&rows);
    table_free(schema);
    return status;
}

static int write_linked(struct link_groups *all, struct store_writer *writer)
{
    struct table **const pieces = allocate(all->n + 1, sizeof *pieces);
    int status = pieces == NULL ? -1 : 0;

    for (size_t g = 0; status == 0 && g < all->n; g++) {
        pieces[g] = all->groups[g].stays;
        all->groups[g].stays = NULL;
    }
    if (status == 0) {
        pieces[all->n] = all->left_out;
        all->left_out = NULL;
        status = write_rows(writer, pieces, all->n + 1);
    }
    for (size_t g = 0; status == 0 && g < all->n; g++) {
        pieces[g] = all->groups[g].episodes;
        all->groups[g].episodes = NULL;
    }
    if (status == 0)
        status = write_rows(writer, pieces, all->n);
    free(pieces);
    return status != 0 || store_writer_table(writer, all->paths) != 0 || store_writer_table(writer, all->flow) != 0 ||
                   store_writer_table(writer, all->fates) != 0
               ? -1
               : 0;
}

static int write_stays(const struct study *study, const struct study_table *source, const char *path,
                       const struct stage_options *options, struct store_writer *writer)
{
    struct link_groups all = {0};
    int status = link_records(study, source, path, options, &all);

    if (status == 0)
        status = write_linked(&all, writer);
    if (status == 0) {
        tell_left_out(study, &all);
        note("episodes: %lld records of %lld persons, %lld episodes", (long long)all.n_records, (long long)all.n_people,
             (long long)all.n_episodes);
    }
    link_groups_free(&all);
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
        (study_is_linked(study) ? write_stays(study, source, path, options, stage.writer)
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
