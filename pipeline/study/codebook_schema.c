/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codebook, key by key; see codebook.h for an example. */
#include "study/codebook_file.h"

#define OPTIONAL SCHEMA_OPTIONAL
#define REQUIRED SCHEMA_REQUIRED
#define END {NULL, NULL, SCHEMA_OPTIONAL, 0, NULL}

static const struct schema_word TYPES[] = {
    {"integer", VALUE_INTEGER}, {"real", VALUE_REAL}, {"category", VALUE_CATEGORY},
    {"date", VALUE_DATE},       {"text", VALUE_TEXT}, {NULL, 0},
};
static const struct schema_type TYPE = {
    .kind = SCHEMA_WORD, .expected = "integer, real, category, date or text", .words = TYPES};

static const struct schema_word ROLES[] = {
    {"row_id", ROLE_DROPPED}, {"drop", ROLE_DROPPED}, {"id", ROLE_ID}, {NULL, 0}};
static const struct schema_type ROLE = {.kind = SCHEMA_WORD, .expected = "row_id, drop or id", .words = ROLES};

static const struct schema_word TIMES[] = {{"before", 1}, {"after", 2}, {NULL, 0}};
static const struct schema_type KNOWN = {.kind = SCHEMA_WORD, .expected = "before or after", .words = TIMES};

static const struct schema_type CODES = {
    .kind = SCHEMA_NAMED, .expected = "a table of codes and labels such as {0: short, 1: long}", .each = &schema_text,
    .names = &schema_cell, .size = sizeof(struct file_code), .value = INTO(file_code, label)};

static const struct schema_type RANGE = {
    .kind = SCHEMA_LIST, .expected = "[lowest, highest]", .each = &schema_text, .size = sizeof(struct study_text),
    .at_least = 2, .at_most = 2};

static const struct schema_type INTERVALS = {
    .kind = SCHEMA_NAMED, .expected = "a table of codes and intervals such as {31: [31, 45], 37: [366, open]}",
    .each = &RANGE, .names = &schema_cell, .size = sizeof(struct file_interval), .value = INTO(file_interval, bounds)};

static const struct schema_key COLUMN_KEYS[] = {
    {"type",     &TYPE,          OPTIONAL, INTO(file_variable, type),     "integer, real, category, date or text"},
    {"label",    &schema_text,   OPTIONAL, INTO(file_variable, label),    "what a reader calls it"},
    {"units",    &schema_text,   OPTIONAL, INTO(file_variable, units),    "days, years, ..."},
    {"codes",    &CODES,         OPTIONAL, INTO(file_variable, codes),    "code: label, in the order of the levels"},
    {"missing",  &schema_cells,  OPTIONAL, INTO(file_variable, missing),  "cells that mean missing in this column"},
    {"aliases",  &schema_texts,  OPTIONAL, INTO(file_variable, aliases),  "other names of the column in the file"},
    {"range",    &RANGE,         OPTIONAL, INTO(file_variable, range),    "[lowest, highest], both allowed"},
    {"required", &schema_yes_no, OPTIONAL, INTO(file_variable, required), "a missing value sets the row aside"},
    {"known",    &KNOWN,         OPTIONAL, INTO(file_variable, known),    "before or after time zero"},
    {"role",     &ROLE,          OPTIONAL, INTO(file_variable, role),     "row_id or drop: never read; id: names"},
    {"optional", &schema_yes_no, OPTIONAL, INTO(file_variable, optional), "a file may be without the column"},
    {"ahead",    &schema_yes_no, OPTIONAL, INTO(file_variable, ahead),    "a planned date"},
    {"not_before", &schema_texts, OPTIONAL, INTO(file_variable, not_before), "columns it does not lie before"},
    {"age_on",   &schema_text,   OPTIONAL, INTO(file_variable, age_on),   "column of the day on which the age holds"},
    {"intervals", &INTERVALS,    OPTIONAL, INTO(file_variable, intervals), "codes that mean an interval"},
    END,
};
static const struct schema_type COLUMN = {
    .kind = SCHEMA_KEYS, .expected = "{type: ..., label: ..., ...}", .keys = COLUMN_KEYS};
static const struct schema_type COLUMNS = {
    .kind = SCHEMA_NAMED, .expected = "a table of columns by name", .each = &COLUMN, .names = &schema_column_name,
    .size = sizeof(struct file_variable)};

static const struct schema_word ENCODINGS[] = {{"utf-8", 0}, {"latin-1", 1}, {NULL, 0}};
static const struct schema_type ENCODING = {.kind = SCHEMA_WORD, .expected = "utf-8 or latin-1", .words = ENCODINGS};

static const struct schema_key CODEBOOK_KEYS[] = {
    {"codebook",  &schema_text,  REQUIRED, INTO(codebook_file, name),      "its name"},
    {"delimiter", &schema_cell,  OPTIONAL, INTO(codebook_file, delimiter), "what separates cells: one byte, or tab"},
    {"encoding",  &ENCODING,     OPTIONAL, INTO(codebook_file, encoding),  "utf-8 or latin-1"},
    {"missing",   &schema_cells, OPTIONAL, INTO(codebook_file, missing),   "cells that mean missing in every column"},
    {"unique",    &schema_texts, OPTIONAL, INTO(codebook_file, unique),    "columns in which no two rows agree"},
    {"columns",   &COLUMNS,      REQUIRED, INTO(codebook_file, n_columns), "every column of the file"},
    END,
};
const struct schema_type CODEBOOK_FILE = {
    .kind = SCHEMA_KEYS, .expected = "a codebook (keys such as 'codebook:' and 'columns:')", .keys = CODEBOOK_KEYS};

_Static_assert(offsetof(struct codebook_file, columns) - offsetof(struct codebook_file, n_columns) ==
                   offsetof(struct schema_items, items), "a count and its array");
