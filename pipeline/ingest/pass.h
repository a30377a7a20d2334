/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * pass.h - one pass over all files of a table: slabs are typed side by side and taken in their order.
 *
 * While a group of slabs is typed, the next one is read (and hashed); then the batches are taken one after the
 * other: rejected rows are listed, kept rows go to the store, which compresses them.  So neither what is made nor
 * the order of messages depends on the number of threads, and memory holds two groups, whatever the size of a file.
 *
 * Where several ranks work together (base/ranks.h), each reads a range of bytes of the files, taken one after the
 * other: byte_range.h.  Counts, rejected rows and what was found then come together in the order of ranks, which is that of
 * the files, and every rank knows them; what ends a file is told when it is the first such thing.  A file that cannot
 * be entered in its middle (packed, spooled) is read by rank 0.
 */
#ifndef INGEST_PASS_H
#define INGEST_PASS_H

#include "ingest/byte_range.h"
#include "ingest/person_history.h"
#include "ingest/plan.h"
#include "ingest/quality.h"
#include "ingest/rejects.h"
#include "ingest/source_files.h"
#include "ingest/shared_digests.h"
#include "ingest/survey.h"
#include "store/ranked_rows.h"
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
    struct store_writer *writer;   /* TYPIST_STORE; the table is begun.  Where there are several ranks, NULL: */
    struct ranked_rows *rows;      /* the kept rows of this one */
    struct person_history *history; /* TYPIST_STORE */
    struct shared_digests *digests; /* where several ranks read parts of files */
    struct byte_range *ranges;      /* [files->n] the parts of this one: found by the first pass, and kept */
    double hash_from, hash_until;   /* the share of all hashing that is done beside this pass */
};

/** Collective.  -1 after telling. */
int pass_run(const struct pass_task *task);

#endif
