/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * told_file.h - an HDF5 file that is made as messages (message.h) tell, table by table.
 *
 * The ordinary file is made by the child of a writer (child.c).  A file that several processes write together is made by all
 * of them, each of which is told the same (collective.h).  They differ in how rows get into a dataset, and in nothing here.
 */
#ifndef STORE_TOLD_FILE_H
#define STORE_TOLD_FILE_H

#include "store/hdf5_column.h"
#include "store/message.h"
#include "store/written_check.h"

struct told_file {
    const char *path; /* what messages to people call it; borrowed */
    hid_t file;       /* open; its owner makes it */
    struct hdf5_transfer transfer; /* how the few values that are written unpacked get there */
    /* the table that is being made */
    hid_t group;      /* H5I_INVALID_HID: none; its owner begins with that */
    char *name;
    size_t n_columns;
    struct hdf5_column *columns;
    struct chunk_sum *chunks; /* [n_columns] of what is written; its owner adds */
    uint64_t chunk_rows, n_rows;
    /* the tables that are made */
    size_t n_tables;
    struct written_table *tables;
};

/** What the messages of a table say.  -1 after telling; the library is then better left alone. */
int told_file_table(struct told_file *file, struct message *message);  /* MESSAGE_TABLE */
int told_file_column(struct told_file *file, struct message *message); /* MESSAGE_COLUMN */
int told_file_end(struct told_file *file, struct message *message);    /* MESSAGE_END */

/** MESSAGE_COMMIT: puts the digest of the content down, hands it over, closes.  -1 after telling. */
int told_file_commit(struct told_file *file, struct message *message, char hex[static SHA256_HEX_SIZE]);

/** Tells that a message makes no sense; -1. */
int told_file_broken(const struct told_file *file);

/** Frees what is in memory; what is open in the library stays so. */
void told_file_free(struct told_file *file);

#endif
