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

/* A header that fits no delimiter but another one would be drafted as a column of its own. */
static int check_header(const char *path, const struct csv_reader *reader)
{
    const char *const hint = csv_reader_delimiter_hint(reader);
    if (strncmp(csv_reader_column(reader, 0), "sep=", 4) == 0)
        return fail_at(path, csv_reader_header_line(reader), 1, "a header was expected, but this is a line for spreadsheet programs "
                                                                "('sep='); remove it");
    return hint == NULL ? 0
                        : fail_at(path, csv_reader_header_line(reader), 1,
                                  "the header is one column; it seems to be written with %s: say so with --delimiter", hint);
}

static char *draft_rows(const struct source_spool *spool, const struct csv_options *options, const struct stat_head *head,
                        const char *path, bool latin1)
{
    const char *const name = strcmp(path, "-") == 0 ? "standard input" : path_name(path);
    struct draft draft = {0};
    char *text = NULL;
    struct csv_reader *const reader = csv_reader_open(spool->path, options);
    if (reader != NULL && (head != NULL || check_header(path, reader) == 0) && draft_start(&draft, reader, head) == 0 && look(&draft, reader) == 0)
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
    const bool is_stat = stat_format_of(path) != STAT_NONE;
    struct stat_head head = {0};
    struct source_spool spool = {.file = -1};
    struct csv_options options = {.delimiter = is_stat ? ',' : delimiter, .latin1 = latin1 && !is_stat};
    char *text = NULL;
    if ((!is_stat || stat_head_read(path, latin1, &head) == 0) &&
        source_spool_start(&spool, path, temporary_folder(), latin1, false, NULL) == 0) {
        source_spool_options(&spool, &options);
        text = draft_rows(&spool, &options, is_stat ? &head : NULL, path, latin1);
    }
    source_spool_free(&spool);
    stat_head_free(&head);
    return text;
}
