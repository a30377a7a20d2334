/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/stat_parse.h"

#include "base/fail.h"
#include "base/memory.h"

typedef readstat_error_t (*parse_function)(readstat_parser_t *, const char *, void *);

/* Messages of the library name internals; the one told below names the file and the fault. */
static void on_error(const char *message, void *context)
{
    (void)context;
    detail("ReadStat: %s", message);
}

/* Without a handler of columns the reader of Stata files knows no columns when it comes to the rows. */
static int pass_column(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    (void)index, (void)variable, (void)labels, (void)context;
    return READSTAT_HANDLER_OK;
}

static parse_function function_of(enum stat_format format)
{
    switch (format) {
    case STAT_SAS7BDAT:
        return readstat_parse_sas7bdat;
    case STAT_XPORT:
        return readstat_parse_xport;
    case STAT_DTA:
        return readstat_parse_dta;
    case STAT_SAV:
        return readstat_parse_sav;
    default:
        return readstat_parse_por;
    }
}

static int tell(const char *path, enum stat_format format, readstat_error_t error)
{
    switch (error) {
    case READSTAT_OK:
        return 0;
    case READSTAT_ERROR_USER_ABORT:
        return -1; /* a handler has told */
    case READSTAT_ERROR_OPEN:
        return fail_errno("cannot open '%s'", path);
    case READSTAT_ERROR_CONVERT:
    case READSTAT_ERROR_CONVERT_BAD_STRING:
    case READSTAT_ERROR_CONVERT_SHORT_STRING:
    case READSTAT_ERROR_CONVERT_LONG_STRING:
        return fail("'%s' holds text that is not of the encoding it names; declare 'encoding: latin-1' in the codebook if "
                    "that is what it is",
                    path);
    default:
        return fail("'%s' cannot be read as %s: %s", path, stat_format_name(format), readstat_error_message(error));
    }
}

int stat_parse(const char *path, enum stat_format format, bool latin1, const struct stat_handlers *handlers,
               void *context)
{
    readstat_parser_t *const parser = readstat_parser_init();
    if (parser == NULL)
        return fail_memory();
    readstat_set_error_handler(parser, on_error);
    readstat_set_variable_handler(parser, handlers->column != NULL ? handlers->column : pass_column);
    readstat_set_value_label_handler(parser, handlers->label);
    readstat_set_value_handler(parser, handlers->value);
    if (handlers->value == NULL)
        readstat_set_row_limit(parser, 1);
    if (latin1)
        readstat_set_file_character_encoding(parser, "ISO-8859-1");
    const readstat_error_t error = function_of(format)(parser, path, context);
    const int status = tell(path, format, error);
    readstat_parser_free(parser);
    return status;
}
