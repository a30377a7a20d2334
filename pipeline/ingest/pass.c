/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/pass.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/ranks.h"
#include "base/threads.h"
#include "ingest/byte_range.h"
#include "ingest/csv_reader.h"
#include "ingest/reject_pile.h"
#include "ingest/together.h"
#include "ingest/typist.h"

enum { GROUP_SLABS = 32 };

struct group {
    struct csv_slab slabs[GROUP_SLABS];
    struct batch batches[GROUP_SLABS]; /* of its slabs, once they are typed */
    size_t n;
    bool is_last;                      /* the file ends with it */
    double share;                      /* of the file that was read when it was */
};

/* At a time one group is read, one typed and one stored; each goes through all three. */
enum { GROUPS = 3 };

struct pass {
    const struct pass_task *task;
    struct progress *progress;
    struct group groups[GROUPS];
    struct group *read, *typed, *stored; /* NULL: there is none */
    size_t n_typists;
    struct typist **typists;           /* [n_typists] */
    pthread_mutex_t lock;              /* guards n_free, free */
    size_t n_free;
    struct typist **free;              /* [n_typists] those that nobody works with */

    /* The file at hand. */
    size_t file;
    struct csv_reader *reader;
    struct header header;
    size_t n_lines_before;             /* what is taken next */

    /* Where there are several ranks. */
    bool is_shared;                    /* every file is read by all of them; else by rank 0 */
    struct reject_pile pile;           /* what this one has set aside */
    struct pass_end end;
    size_t n_own, n_read;              /* bytes of its ranges, and those that were read */
};

/* ---- typists: as many as threads, handed from slab to slab --------------------------------------------------- */

static int start_typists(struct pass *pass)
{
    const struct pass_task *const task = pass->task;
    const struct typist_task work = {
        .plan = task->plan,
        .schema = task->schema,
        .survey = task->survey,
        .unique = (task->what & TYPIST_SURVEY) != 0 ? NULL : task->unique,
        .what = task->what};
    pass->n_typists = task->n_threads > 1 ? (size_t)task->n_threads : 1;
    if (pass->n_typists > GROUP_SLABS)
        pass->n_typists = GROUP_SLABS;
    pass->typists = allocate(pass->n_typists, sizeof(struct typist *));
    pass->free = allocate(pass->n_typists, sizeof(struct typist *));
    if (pass->typists == NULL || pass->free == NULL)
        return -1;
    for (; pass->n_free < pass->n_typists; pass->n_free++) {
        struct typist *const typist = typist_alloc(&work);
        if (typist == NULL)
            return -1;
        pass->typists[pass->n_free] = pass->free[pass->n_free] = typist;
    }
    return 0;
}

static struct typist *take_typist(struct pass *pass)
{
    pthread_mutex_lock(&pass->lock);
    struct typist *const typist = pass->free[--pass->n_free];
    pthread_mutex_unlock(&pass->lock);
    return typist;
}

static void give_back(struct pass *pass, struct typist *typist)
{
    pthread_mutex_lock(&pass->lock);
    pass->free[pass->n_free++] = typist;
    pthread_mutex_unlock(&pass->lock);
}

static int merge_typists(const struct pass *pass)
{
    const struct pass_task *const task = pass->task;
    for (size_t i = 0; i < pass->n_typists; i++)
        if (typist_merge(pass->typists[i], (task->what & TYPIST_COUNT) != 0 ? &task->quality->cells : NULL,
                         (task->what & TYPIST_SURVEY) != 0 ? task->found : NULL) != 0)
            return -1;
    return 0;
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

/* As much as of this rank's bytes was read. */
static int hash_beside(struct pass *pass, const struct group *group)
{
    const struct pass_task *const task = pass->task;
    for (size_t i = 0; i < group->n; i++)
        pass->n_read += group->slabs[i].length;
    const double done = pass->n_read < pass->n_own ? (double)pass->n_read / (double)pass->n_own : 1;
    return shared_digests_go_on(task->digests, task->hash_from + done * (task->hash_until - task->hash_from));
}

static int read_group(struct pass *pass, struct group *group)
{
    group->n = 0;
    group->is_last = false;
    while (group->n < GROUP_SLABS && !group->is_last) {
        const int more = csv_reader_next_slab(pass->reader, &group->slabs[group->n]);
        if (more < 0)
            return -1;
        group->n += more > 0;
        group->is_last = more == 0;
    }
    group->share = csv_reader_share(pass->reader);
    return pass->is_shared ? hash_beside(pass, group) : 0;
}

/* What is known of a row's line is known here. */
static int take_unique(const struct pass *pass, struct batch *batch)
{
    for (size_t i = 0; i < batch->n_unique; i++) {
        batch->unique[i].line_low += (uint32_t)pass->n_lines_before;
        if (unique_rows_add(pass->task->unique, &batch->unique[i]) != 0)
            return -1;
    }
    return 0;
}

static int keep_rows(const struct pass_task *task, const struct table *rows)
{
    return task->rows != NULL ? ranked_rows_add(task->rows, rows) : store_writer_append(task->writer, rows);
}

static int take_batch(struct pass *pass, struct batch *batch)
{
    const struct pass_task *const task = pass->task;
    const struct source_file *const file = &task->files->items[pass->file];
    if ((task->what & TYPIST_COUNT) != 0) {
        quality_add(task->quality, pass->file, batch);
        for (size_t i = 0; ranks_n() > 1 && i < batch->rejects.n; i++)
            if (reject_pile_add(&pass->pile, pass->file, pass->n_lines_before, &batch->rejects.items[i]) != 0)
                return -1;
        for (size_t i = 0; ranks_n() == 1 && i < batch->rejects.n; i++)
            if (rejects_add(task->rejects, task->plan, file, pass->n_lines_before, &batch->rejects.items[i]) != 0)
                return -1;
    }
    if (take_unique(pass, batch) != 0)
        return -1;
    if ((task->what & TYPIST_STORE) != 0 && (keep_rows(task, batch->rows) != 0 ||
                                             person_history_add(task->history, batch->rows) != 0))
        return -1;
    if (batch->fault.kind != CSV_FAULT_NONE) {
        pass->end = (struct pass_end){.fault = batch->fault, .file = pass->file, .n_lines_before = pass->n_lines_before};
        return ranks_n() > 1 ? -1 : csv_fault_tell(&batch->fault, file->spool.shown, pass->n_lines_before);
    }
    pass->n_lines_before += batch->n_lines;
    progress_add(pass->progress, batch->n_records);
    return 0;
}

static int store_group(struct pass *pass, struct group *group)
{
    for (size_t i = 0; i < group->n; i++)
        if (take_batch(pass, &group->batches[i]) != 0)
            return -1;
    /* Files count alike, whatever their sizes: they are of one kind. */
    progress_share(pass->progress, ((double)pass->file + group->share) / (double)pass->task->files->n);
    return 0;
}

static int type_slab(struct pass *pass, struct group *group, size_t i)
{
    struct typist *const typist = take_typist(pass);
    const int status = typist_read(typist, &pass->header, &group->slabs[i], pass->file, &group->batches[i]);
    give_back(pass, typist);
    return status;
}

/* Work 0 reads the next group, work 1 stores the one before, work i types slab i - 2 of this one. */
static int do_work(void *context, size_t i)
{
    struct pass *const pass = context;
    if (i == 0)
        return pass->read != NULL ? read_group(pass, pass->read) : 0;
    if (i == 1)
        return pass->stored != NULL ? store_group(pass, pass->stored) : 0;
    return type_slab(pass, pass->typed, i - 2);
}

/* What ends the file is told before anything of the next group can be. */
static bool has_fault(const struct group *group)
{
    for (size_t i = 0; i < group->n; i++)
        if (group->batches[i].fault.kind != CSV_FAULT_NONE)
            return true;
    return false;
}

static int read_slabs(struct pass *pass)
{
    size_t now = 0;
    pass->stored = NULL;
    pass->typed = &pass->groups[0];
    int status = read_group(pass, pass->typed);
    pass->n_lines_before = csv_reader_n_lines(pass->reader);
    while (status == 0 && pass->typed->n > 0) {
        pass->read = pass->typed->is_last ? NULL : &pass->groups[(now + 1) % GROUPS];
        status = threads_run(2 + pass->typed->n, pass->task->n_threads, do_work, pass);
        pass->stored = pass->typed;
        if (pass->read == NULL || status != 0 || has_fault(pass->typed))
            break;
        pass->typed = pass->read;
        now = (now + 1) % GROUPS;
    }
    return status == 0 && pass->stored != NULL ? store_group(pass, pass->stored) : status;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void warn_of_nameless(const struct pass *pass, const char *path)
{
    if ((pass->task->what & TYPIST_COUNT) != 0 && pass->header.columns[pass->header.n - 1] == HEADER_NAMELESS)
        warn("%s:%zu:%zu: a column without a name; its cells must be empty", path,
             csv_reader_header_line(pass->reader), pass->header.n);
}

static struct byte_share share_of(const struct pass *pass, const size_t *sizes, size_t file)
{
    return byte_share_of(sizes, pass->task->files->n, file, ranks_rank(), ranks_n());
}

/* Where this rank's records of the file at hand lie. */
static int find_range(struct pass *pass, struct byte_range *range)
{
    const struct source_files *const files = pass->task->files;
    size_t *const sizes = allocate(files->n, sizeof *sizes);
    if (sizes == NULL)
        return -1;
    for (size_t i = 0; i < files->n; i++)
        sizes[i] = (size_t)files->items[i].mark.st_size;
    const struct byte_share share = share_of(pass, sizes, pass->file);
    pass->n_own = 0;
    for (size_t i = 0; i < files->n; i++)
        pass->n_own += share_of(pass, sizes, i).end - share_of(pass, sizes, i).first;
    free(sizes);
    if (range->end > 0) /* an earlier pass has found it */
        return 0;
    return byte_range_find(&share, files->items[pass->file].spool.path, csv_reader_byte(pass->reader),
                           csv_reader_n_lines(pass->reader), range);
}

/* What this rank reads of the file at hand: 0: nothing, 1: something; -1: told. */
static int confine(struct pass *pass)
{
    struct byte_range *const range = &pass->task->ranges[pass->file];
    if (find_range(pass, range) != 0 ||
        csv_reader_confine(pass->reader, range->first, range->end, range->n_lines_before) != 0)
        return -1;
    return range->first < range->end;
}

static int read_own(struct pass *pass)
{
    const int any = pass->is_shared ? confine(pass) : 1;
    return any > 0 ? read_slabs(pass) : any;
}

/* The digest is that of the bytes that were read; but of a file that is shared, see shared_digests.h. */
static int read_file(struct pass *pass, size_t i)
{
    struct source_file *const file = &pass->task->files->items[i];
    const struct plan *const plan = pass->task->plan;
    struct sha256 *sha = NULL;
    if (!pass->is_shared && ranks_rank() > 0)
        return 0;
    if (!pass->is_shared && file->sha256[0] == '\0' && (sha = sha256_start()) == NULL)
        return -1;
    int status = -1;
    pass->file = i;
    pass->reader = source_file_open(file, plan->codebook, sha);
    if (pass->reader != NULL && header_match(plan, file->spool.shown, pass->reader, &pass->header) == 0) {
        warn_of_nameless(pass, file->spool.shown);
        status = read_own(pass);
    }
    header_free(&pass->header);
    csv_reader_close(pass->reader);
    if (status == 0 && sha != NULL)
        return sha256_finish(sha, file->sha256);
    sha256_free(sha);
    return status;
}

/* ---- several ranks --------------------------------------------------------------------------------------------- */

/* A file that cannot be entered in its middle is read by one, and so are those before and behind it: rows have an order. */
static bool can_share(const struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        const size_t n = strlen(files->items[i].path);
        if (files->items[i].is_input || source_is_spooled(files->items[i].path) ||
            (n > 3 && strcmp(files->items[i].path + n - 3, ".gz") == 0))
            return false;
    }
    return true;
}

static int come_together(struct pass *pass)
{
    const struct pass_task *const task = pass->task;
    struct pass_end end = {0};
    size_t rank = 0;
    if (together_end(&pass->end, &rank, &end) != 0)
        return -1;
    const bool has_fault = rank < ranks_n() && end.fault.kind != CSV_FAULT_NONE;
    const size_t n_listed = rank < ranks_n() ? rank + has_fault : ranks_n();
    if ((task->what & TYPIST_COUNT) != 0 &&
        reject_pile_list(&pass->pile, n_listed, task->rejects, task->plan, task->files) != 0)
        return -1;
    if (has_fault && ranks_rank() == 0)
        csv_fault_tell(&end.fault, task->files->items[end.file].spool.shown, end.n_lines_before);
    if (rank < ranks_n())
        return -1;
    if (((task->what & TYPIST_COUNT) != 0 && together_quality(task->quality) != 0) ||
        ((task->what & TYPIST_SURVEY) != 0 && together_survey(task->found) != 0))
        return -1;
    if (task->hash_until < 1)
        return 0;
    return together_digests(task->files, pass->is_shared ? ranks_n() - 1 : 0);
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

static void end_pass(struct pass *pass)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (size_t i = 0; i < GROUP_SLABS; i++) {
            csv_slab_free(&pass->groups[g].slabs[i]);
            batch_free(&pass->groups[g].batches[i]);
        }
    for (size_t i = 0; pass->typists != NULL && i < pass->n_typists; i++)
        typist_free(pass->typists[i]);
    free(pass->typists);
    free(pass->free);
    pthread_mutex_destroy(&pass->lock);
    reject_pile_free(&pass->pile);
    free(pass);
}

int pass_run(const struct pass_task *task)
{
    struct pass *const pass = allocate(1, sizeof *pass);
    if (pass == NULL)
        return -1;
    pass->task = task;
    pthread_mutex_init(&pass->lock, NULL);
    pass->progress = progress_start((task->what & TYPIST_STORE) != 0 ? "ingest" : "ingest: first look", "rows", 0);
    pass->is_shared = ranks_n() > 1 && can_share(task->files);
    int status = start_typists(pass);
    for (size_t i = 0; status == 0 && i < task->files->n; i++)
        status = read_file(pass, i);
    if (status == 0)
        status = merge_typists(pass);
    if (status == 0 && pass->is_shared)
        status = shared_digests_go_on(task->digests, task->hash_until);
    if (ranks_n() > 1) {
        pass->end.status = status;
        status = come_together(pass);
    }
    progress_end(pass->progress);
    end_pass(pass);
    return status;
}
