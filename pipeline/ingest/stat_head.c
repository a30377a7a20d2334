/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/stat_head.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "ingest/stat_cell.h"
#include "ingest/stat_parse.h"

/* ---- formats of files ---------------------------------------------------------------------------------- */

static const struct {
    const char *ending;
    enum stat_format format;
    const char *name;
} formats[] = {
    {".sas7bdat", STAT_SAS7BDAT, "a SAS file"}, {".xpt", STAT_XPORT, "a SAS transport file"},
    {".dta", STAT_DTA, "a Stata file"},         {".sav", STAT_SAV, "an SPSS file"},
    {".zsav", STAT_SAV, "an SPSS file"},        {".por", STAT_POR, "a portable SPSS file"},
};

enum stat_format stat_format_of(const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const size_t n = strlen(formats[i].ending);
        if (length > n && strcasecmp(name + length - n, formats[i].ending) == 0)
            return formats[i].format;
    }
    return STAT_NONE;
}

const char *stat_format_name(enum stat_format format)
{
    size_t i = 0;
    while (i < sizeof formats / sizeof formats[0] && formats[i].format != format)
        i++;
    return i < sizeof formats / sizeof formats[0] ? formats[i].name : "";
}

/* ---- formats of columns -------------------------------------------------------------------------------- */

static const double seconds_a_day = 86400, from_1960 = -3653, from_1582 = -141428; /* days from 1970-01-01 */

static bool begins_with_one(const char *format, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(words[i]);
        const char next = strncasecmp(format, words[i], length) == 0 ? format[length] : 'x';
        if (next == '\0' || next == '.' || (next >= '0' && next <= '9'))
            return true;
    }
    return false;
}

static void read_sas_format(const char *format, struct stat_column *column)
{
    static const char *const days[] = {
        "DATE", "DDMMYY", "DDMMYYB", "DDMMYYC", "DDMMYYD", "DDMMYYN", "DDMMYYP", "DDMMYYS", "MMDDYY", "MMDDYYB",
        "MMDDYYC", "MMDDYYD", "MMDDYYN", "MMDDYYP", "MMDDYYS", "YYMMDD", "YYMMDDB", "YYMMDDC", "YYMMDDD", "YYMMDDN",
        "YYMMDDP", "YYMMDDS", "WORDDATE", "WORDDATX", "WEEKDATE", "WEEKDATX", "JULIAN", "E8601DA", "B8601DA", "IS8601DA",
        "MONYY", "NLDATE"};
    static const char *const moments[] = {"DATETIME", "DATEAMPM", "E8601DT", "B8601DT", "IS8601DT", "NLDATM", "MDYAMPM"};
    if (begins_with_one(format, days, sizeof days / sizeof days[0])) {
        column->kind = STAT_DATE;
        column->day_scale = 1;
    } else if (begins_with_one(format, moments, sizeof moments / sizeof moments[0])) {
        column->kind = STAT_DATE_TIME;
        column->day_scale = seconds_a_day;
    }
    column->day_origin = from_1960;
}

static void read_stata_format(const char *format, struct stat_column *column)
{
    static const double milliseconds = 1000;
    format += format[0] == '%';
    format += format[0] == '-';
    if (format[0] == 'd' || strncmp(format, "td", 2) == 0) {
        column->kind = STAT_DATE;
        column->day_scale = 1;
    } else if (strncmp(format, "tc", 2) == 0 || strncmp(format, "tC", 2) == 0) {
        column->kind = STAT_DATE_TIME;
        column->day_scale = milliseconds * seconds_a_day;
    }
    column->day_origin = from_1960;
}

/* SPSS counts seconds; a column that shows days alone holds whole days. */
static void read_spss_format(const char *format, struct stat_column *column)
{
    static const char *const days[] = {"DATE", "ADATE", "EDATE", "JDATE", "SDATE"};
    static const char *const moments[] = {"DATETIME", "YMDHMS"};
    if (begins_with_one(format, days, sizeof days / sizeof days[0]))
        column->kind = STAT_DATE;
    else if (begins_with_one(format, moments, sizeof moments / sizeof moments[0]))
        column->kind = STAT_DATE_TIME;
    column->day_scale = seconds_a_day;
    column->day_origin = from_1582;
}

void stat_read_format(enum stat_format format, readstat_variable_t *variable, struct stat_column *column)
{
    const char *const written = readstat_variable_get_format(variable);
    column->kind = STAT_NUMBER;
    if (readstat_variable_get_type_class(variable) == READSTAT_TYPE_CLASS_STRING)
        column->kind = STAT_TEXT;
    else if (written == NULL)
        return;
    else if (format == STAT_SAS7BDAT || format == STAT_XPORT)
        read_sas_format(written, column);
    else if (format == STAT_DTA)
        read_stata_format(written, column);
    else
        read_spss_format(written, column);
}

/* ---- the head ------------------------------------------------------------------------------------------ */

/* A set of labels may come before or after the columns that use it. */
struct label_set {
    char *name;
    readstat_value_t value; /* without text of its own */
    char *text, *label;
};

struct reading {
    enum stat_format format;
    struct stat_head *head;
    char **sets;            /* [head->n_columns] the name of each column's labels, or NULL */
    size_t n_labels;
    struct label_set *labels;
};

static int take_missing(struct stat_column *column, readstat_variable_t *variable)
{
    const int n = readstat_variable_get_missing_ranges_count(variable);
    if ((column->missing = allocate((size_t)n, sizeof *column->missing)) == NULL)
        return -1;
    for (int i = 0; i < n; i++) {
        const readstat_value_t low = readstat_variable_get_missing_range_lo(variable, i),
                               high = readstat_variable_get_missing_range_hi(variable, i);
        if (column->kind == STAT_TEXT) {
            const char *const text = readstat_string_value(low);
            if ((column->missing[column->n_missing].text = copy_text(text != NULL ? text : "")) == NULL)
                return -1;
        } else {
            column->missing[column->n_missing].low = readstat_double_value(low);
            column->missing[column->n_missing].high = readstat_double_value(high);
        }
        column->n_missing++;
    }
    return 0;
}

static int on_column(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    struct reading *const reading = context;
    struct stat_head *const head = reading->head;
    struct stat_column *const columns = reallocate(head->columns, head->n_columns + 1, sizeof *columns);
    (void)index;
    if (columns == NULL)
        return READSTAT_HANDLER_ABORT;
    head->columns = columns;
    char **const sets = reallocate(reading->sets, head->n_columns + 1, sizeof *sets);
    if (sets == NULL)
        return READSTAT_HANDLER_ABORT;
    reading->sets = sets;
    struct stat_column *const column = &columns[head->n_columns];
    const char *const name = readstat_variable_get_name(variable), *const label = readstat_variable_get_label(variable);
    *column = (struct stat_column){.name = copy_text(name != NULL ? name : ""),
                                   .label = copy_text(label != NULL ? label : "")};
    sets[head->n_columns++] = labels != NULL ? copy_text(labels) : NULL;
    stat_read_format(reading->format, variable, column);
    return column->name != NULL && column->label != NULL && take_missing(column, variable) == 0 ? READSTAT_HANDLER_OK
                                                                                                : READSTAT_HANDLER_ABORT;
}

static int on_label(const char *set, readstat_value_t value, const char *label, void *context)
{
    struct reading *const reading = context;
    struct label_set *const labels = reallocate(reading->labels, reading->n_labels + 1, sizeof *labels);
    if (labels == NULL)
        return READSTAT_HANDLER_ABORT;
    reading->labels = labels;
    const bool is_text = readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING;
    const char *const text = is_text ? readstat_string_value(value) : NULL;
    labels[reading->n_labels] = (struct label_set){
        .name = copy_text(set != NULL ? set : ""), .value = value, .text = copy_text(text), .label = copy_text(label != NULL ? label : "")};
    const struct label_set *const added = &labels[reading->n_labels++];
    return added->name != NULL && added->label != NULL && (text == NULL || added->text != NULL) ? READSTAT_HANDLER_OK
                                                                                               : READSTAT_HANDLER_ABORT;
}

static int add_label(struct stat_column *column, const struct label_set *from)
{
    char cell[STAT_CELL_SIZE];
    size_t length;
    const char *const text = from->text != NULL ? from->text : stat_cell(column, from->value, cell, &length);
    struct stat_value_label *const labels = reallocate(column->labels, column->n_labels + 1, sizeof *labels);
    if (labels == NULL)
        return -1;
    column->labels = labels;
    labels[column->n_labels] = (struct stat_value_label){copy_text(text), copy_text(from->label)};
    const struct stat_value_label *const added = &labels[column->n_labels++];
    return added->code != NULL && added->label != NULL ? 0 : -1;
}

static int join_labels(const struct reading *reading)
{
    for (size_t i = 0; i < reading->head->n_columns; i++)
        for (size_t k = 0; reading->sets[i] != NULL && k < reading->n_labels; k++)
            if (strcmp(reading->sets[i], reading->labels[k].name) == 0 &&
                add_label(&reading->head->columns[i], &reading->labels[k]) != 0)
                return -1;
    return 0;
}

static void free_reading(struct reading *reading)
{
    for (size_t i = 0; i < reading->head->n_columns; i++)
        free(reading->sets[i]);
    for (size_t i = 0; i < reading->n_labels; i++) {
        free(reading->labels[i].name);
        free(reading->labels[i].text);
        free(reading->labels[i].label);
    }
    free(reading->sets);
    free(reading->labels);
}

int stat_head_read(const char *path, bool latin1, struct stat_head *head)
{
    struct reading reading = {.format = stat_format_of(path), .head = head};
    const struct stat_handlers handlers = {.column = on_column, .label = on_label};
    *head = (struct stat_head){0};
    int status = stat_parse(path, reading.format, latin1, &handlers, &reading);
    if (status == 0)
        status = join_labels(&reading);
    free_reading(&reading);
    return status;
}

void stat_head_free(struct stat_head *head)
{
    for (size_t i = 0; i < head->n_columns; i++) {
        struct stat_column *const column = &head->columns[i];
        for (size_t k = 0; k < column->n_labels; k++) {
            free(column->labels[k].code);
            free(column->labels[k].label);
        }
        for (size_t k = 0; k < column->n_missing; k++)
            free(column->missing[k].text);
        free(column->labels);
        free(column->missing);
        free(column->name);
        free(column->label);
    }
    free(head->columns);
    *head = (struct stat_head){0};
}
