/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pass.h - one pass over all files of a table: slabs are typed side by side and taken in their order.
 *
 * While a group of slabs is typed, the next one is read (and hashed); then the batches are taken one after the
 * other: rejected rows are listed, kept rows go to the store, which compresses them.  So neither what is made nor
 * the order of messages depends on the number of threads, and memory holds two groups, whatever the size of a file.
 */
#ifndef INGEST_PASS_H
#define INGEST_PASS_H

#include "ingest/person_history.h"
#include "ingest/plan.h"
#include "ingest/quality.h"
#include "ingest/rejects.h"
#include "ingest/source_files.h"
#include "ingest/survey.h"
#include "store/store.h"

struct pass_task {
    const struct plan *plan;
    const struct table *schema;    /* typist_task.schema */
    const struct survey *survey;   /* typist_task.survey */
    unsigned what;                 /* typist_what bits */
    int n_threads;
    struct source_files *files;    /* those without a digest get one */
    struct quality *quality;       /* TYPIST_COUNT */
    struct rejects *rejects;       /* TYPIST_COUNT */
    struct survey *found;          /* TYPIST_SURVEY */
    struct unique_rows *unique;    /* TYPIST_SURVEY: rows are added; else those at fault are set aside */
    struct store_writer *writer;   /* TYPIST_STORE; the table is begun */
    struct person_history *history; /* TYPIST_STORE */
};

/** -1 after telling. */
int pass_run(const struct pass_task *task);

#endif
