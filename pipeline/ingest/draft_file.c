/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/draft_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "ingest/draft_text.h"
#include "ingest/source_spool.h"

static int look(struct draft *draft, struct csv_reader *reader)
{
    const struct csv_record *record;
    int more;
    while ((more = csv_reader_next(reader, &record)) > 0)
        if (draft_add(draft, record) != 0)
            return -1;
    return more;
}

static char *draft_rows(const struct source_spool *spool, const struct csv_options *options, const struct stat_head *head,
                        const char *name, bool latin1)
{
    struct draft draft = {0};
    char *text = NULL;
    struct csv_reader *const reader = csv_reader_open(spool->path, options);
    if (reader != NULL && draft_start(&draft, reader, head) == 0 && look(&draft, reader) == 0)
        text = draft_text(&draft, name, options->delimiter, latin1);
    draft_free(&draft);
    csv_reader_close(reader);
    return text;
}

static const char *temporary_folder(void)
{
    const char *const folder = getenv("TMPDIR");
    return folder != NULL && folder[0] == '/' ? folder : "/tmp";
}

char *draft_file(const char *path, char delimiter, bool latin1)
{
    const bool is_stat = stat_format_of(path) != STAT_NONE, is_input = strcmp(path, "-") == 0;
    struct stat_head head = {0};
    struct source_spool spool = {.file = -1};
    struct csv_options options = {.delimiter = is_stat ? ',' : delimiter, .latin1 = latin1 && !is_stat};
    char *text = NULL;
    if ((!is_stat || stat_head_read(path, latin1, &head) == 0) &&
        source_spool_start(&spool, path, temporary_folder(), latin1, false, NULL) == 0) {
        source_spool_options(&spool, &options);
        text = draft_rows(&spool, &options, is_stat ? &head : NULL, is_input ? "standard input" : path_name(path), latin1);
    }
    source_spool_free(&spool);
    stat_head_free(&head);
    return text;
}
