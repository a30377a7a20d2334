/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stepdown-episodes: records.h5 to episodes.h5. */
#include <stdlib.h>

#include "base/fail.h"
#include "base/program.h"
#include "episodes/people.h"
#include "store/stage.h"
#include "study/study.h"

static const char doc[] = "Links the records of a study into episodes: OUT/work/records.h5 to OUT/work/episodes.h5.\v"
                          "Example:\n  stepdown episodes study.yaml -o out";

/* Only the keys are needed; without one the first column tells the number of rows. */
static struct table *read_people(const struct study *study, const struct study_table *source, const char *path)
{
    struct store *store = store_open(path);
    const char *columns[3] = {NULL, NULL, NULL};
    const size_t n = study_person_columns(study, source, columns);
    struct table *records = store == NULL ? NULL : store_read(store, table_role_name(source->role), n > 0 ? columns : NULL);

    store_close(store);
    return records;
}

static struct table *make_episodes(const struct study *study, const struct study_table *source,
                                   const struct table *records)
{
    const char *names[2];
    const struct column *columns[2] = {NULL, NULL};
    const size_t n = study_person_columns(study, source, names);

    for (size_t i = 0; i < n; i++)
        columns[i] = table_column(records, names[i]);
    return people_episodes(records, columns, n);
}

/* Returns the exit status. */
static int link_records(const struct study *study, const struct study_table *source, const struct stage_options *options)
{
    static const char *const parents[] = {"records.h5", NULL};
    struct table *records = NULL, *episodes = NULL;
    struct stage stage;
    const enum stage_state state =
        stage_begin(&stage, "episodes", "episodes.h5", parents, NULL, study->sha256, study->seed, options);
    char *path = NULL;
    int status = EXIT_FAILED;

    if (state != STAGE_RUN)
        return stage_exit_status(state);
    if ((path = stage_file(options->out, "records.h5")) == NULL || (records = read_people(study, source, path)) == NULL)
        goto done;
    if ((episodes = make_episodes(study, source, records)) == NULL || store_writer_table(stage.writer, episodes) != 0)
        goto done;
    status = stage_end(&stage) == 0 ? EXIT_DONE : EXIT_FAILED;
done:
    stage_abandon(&stage);
    table_free(episodes);
    table_free(records);
    free(path);
    return status;
}

int main(int argc, char **argv)
{
    struct stage_options options;
    struct study_options study_options;
    const struct study_table *source;
    struct study *study;
    int status = EXIT_FAILED;

    program_start("stepdown episodes");
    stage_parse(argc, argv, doc, &options);
    study_options.allow_absolute = options.allow_absolute;
    if ((study = study_read(options.study, &study_options)) == NULL)
        return EXIT_FAILED;
    if ((source = study_find_table(study, ROLE_CLIENTS)) == NULL)
        study_fail(study, (struct study_place){0},
                   "this version of stepdown works on sources with one row a person or counted rows: name one under "
                   "'tables: clients:'");
    else
        status = link_records(study, source, &options);
    study_free(study);
    return status;
}
