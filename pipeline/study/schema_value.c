/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scalars: from the text of a node to a value of the declared kind. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/days.h"
#include "base/input.h"
#include "study/schema.h"

#define LIST_OF(type) .kind = SCHEMA_LIST, .each = &(type), .size = sizeof(struct study_text), .or_one = true

const struct schema_type schema_text = {.kind = SCHEMA_TEXT, .expected = "a text"};
const struct schema_type schema_texts = {LIST_OF(schema_text), .expected = "a list of texts"};
const struct schema_type schema_cell = {.kind = SCHEMA_CELL, .expected = "a cell"};
const struct schema_type schema_cells = {LIST_OF(schema_cell), .expected = "a list of cells"};
const struct schema_type schema_name = {.kind = SCHEMA_NAME,
                                        .expected = "a name (1 to 40 letters, digits, '_' or '-')"};
const struct schema_type schema_names = {LIST_OF(schema_name), .expected = "a list of names"};
const struct schema_type schema_column_name = {
    .kind = SCHEMA_COLUMN, .expected = "the name of a column (1 to 64 letters, digits, '_' or '.', no digit first, no word of conditions)"};
const struct schema_type schema_expression = {.kind = SCHEMA_EXPRESSION, .expected = "a condition"};
const struct schema_type schema_path = {.kind = SCHEMA_PATH, .expected = "a path"};
const struct schema_type schema_paths = {LIST_OF(schema_path), .expected = "a path or a list of paths"};
const struct schema_type schema_date = {.kind = SCHEMA_DATE, .expected = "a date as YYYY-MM-DD"};
const struct schema_type schema_later = {.kind = SCHEMA_LATER, .expected = ""};

static const struct schema_word YES_NO[] = {{"yes", 1}, {"no", 0}, {"true", 1}, {"false", 0}, {NULL, 0}};
const struct schema_type schema_yes_no = {.kind = SCHEMA_WORD, .expected = "yes or no", .words = YES_NO};

static const char *scalar_text(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

void schema_wrong_type(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                       const char *key)
{
    struct mistakes *mistakes = reader->mistakes;
    struct study_place place = node_place(node);

    if (node->type == YAML_MAPPING_NODE)
        mistake(mistakes, place, "%s: %s was expected; here are keys", shown(mistakes, key), type->expected);
    else if (node->type == YAML_SEQUENCE_NODE)
        mistake(mistakes, place, "%s: %s was expected; here is a list", shown(mistakes, key), type->expected);
    else if (node_is_empty(node))
        mistake(mistakes, place, "%s: %s was expected; here is nothing", shown(mistakes, key), type->expected);
    else
        mistake(mistakes, place, "%s: %s was expected; value '%s'", shown(mistakes, key), type->expected,
                shown(mistakes, scalar_text(node)));
}

static bool all_of(const char *text, const char *allowed)
{
    return text[strspn(text, allowed)] == '\0';
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static bool is_name(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= SCHEMA_NAME_MAX && all_of(text, LETTERS DIGITS "_-");
}

static bool is_column_name(const char *text)
{
    static const char *const RESERVED[] = {"and", "or", "not", "in", "missing", "true", "false"};
    size_t length = strlen(text);

    for (size_t i = 0; i < sizeof RESERVED / sizeof RESERVED[0]; i++)
        if (strcmp(text, RESERVED[i]) == 0)
            return false;
    return length >= 1 && length <= SCHEMA_COLUMN_MAX && all_of(text, LETTERS DIGITS "_.") &&
           strchr(DIGITS ".", text[0]) == NULL;
}

/* Line ends become spaces; a block of text ends with one that means nothing. */
static void fold(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n')
            text[i] = ' ';
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7F)
            return true;
    return false;
}

/* Is the text of this kind?  A fault that is more than a wrong type is noted here, and *noted says so. */
static bool text_fits(const struct schema_reader *reader, const struct schema_type *type, struct study_place place,
                      const char *key, const char *text, bool *noted)
{
    const char *fault;
    int32_t day;

    switch (type->kind) {
    case SCHEMA_NAME:
        return is_name(text);
    case SCHEMA_COLUMN:
        return is_column_name(text);
    case SCHEMA_DATE:
        return day_from_iso(text, strlen(text), &day) == 0;
    case SCHEMA_PATH:
        if ((fault = path_fault(text, reader->allow_absolute)) == NULL)
            return true;
        mistake(reader->mistakes, place, "%s: the path %s; value '%s'", shown(reader->mistakes, key), fault,
                shown(reader->mistakes, text));
        *noted = true;
        return false;
    case SCHEMA_CELL:
        return true;
    default:
        return text[0] != '\0';
    }
}

static int read_text(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                     const char *key, struct study_text *into)
{
    struct study_place place = node_place(node);
    size_t length = node->data.scalar.length;
    bool plain = node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    bool noted = false;
    char *text;

    if (length > SCHEMA_TEXT_MAX) {
        mistake(reader->mistakes, place, "%s: the text is longer than %d bytes", shown(reader->mistakes, key),
                SCHEMA_TEXT_MAX);
        return 0;
    }
    if ((text = arena_text(reader->arena, scalar_text(node), length)) == NULL)
        return -1;
    if (strlen(text) != length || (type->kind != SCHEMA_CELL && has_control(text))) {
        mistake(reader->mistakes, place, "%s: control characters cannot stand in a text", shown(reader->mistakes, key));
        return 0;
    }
    if (type->kind != SCHEMA_CELL)
        fold(text);
    if (!text_fits(reader, type, place, key, text, &noted)) {
        if (!noted)
            schema_wrong_type(reader, node, type, key);
        return 0;
    }
    if (type->kind == SCHEMA_EXPRESSION && !plain)
        place.column++; /* errors count characters from the one behind the quote */
    *into = (struct study_text){text, place};
    return 0;
}

static int read_word(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                     const char *key, struct study_choice *into)
{
    enum { WORDS_MAX = 16 };
    const char *names[WORDS_MAX];
    const char *text = scalar_text(node);
    size_t n = 0;

    for (const struct schema_word *word = type->words; word->word != NULL; word++) {
        if (strcmp(word->word, text) == 0) {
            into->value = word->value;
            return read_text(reader, node, &schema_text, key, &into->word);
        }
        if (n < WORDS_MAX)
            names[n++] = word->word;
    }
    mistake(reader->mistakes, node_place(node), "%s: %s was expected; value '%s'%s", shown(reader->mistakes, key),
            type->expected, shown(reader->mistakes, text), did_you_mean(reader->mistakes, text, names, n));
    return 0;
}

/* Decimal only: strtod would also take inf, nan and hexadecimal digits. */
static bool parse_number(const char *text, double *value)
{
    char *end;

    if (text[0] == '\0' || !all_of(text, DIGITS "+-.eE"))
        return false;
    errno = 0;
    *value = strtod(text, &end);
    return *end == '\0' && errno == 0 && isfinite(*value);
}

/* False: it is no number of the type, which was noted. */
static bool number_of(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                     const char *key, double *value)
{
    if (node->type == YAML_SCALAR_NODE && parse_number(scalar_text(node), value) && *value >= type->low &&
        *value <= type->high && (!type->whole || *value == floor(*value)))
        return true;
    *value = 0; /* what is refused is not computed with before the study is */
    schema_wrong_type(reader, node, type, key);
    return false;
}

int schema_read_numbers(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                        const char *key, void *into)
{
    struct study_numbers *numbers = into;
    size_t n = 1;
    size_t kept = 0;
    double *values;

    numbers->place = node_place(node); /* also where nothing good stands: who misses it can see that it was tried */
    if (node->type == YAML_MAPPING_NODE || node_is_empty(node)) {
        schema_wrong_type(reader, node, type, key);
        return 0;
    }
    if (node->type == YAML_SEQUENCE_NODE)
        n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (n == 0) {
        mistake(reader->mistakes, node_place(node), "%s: %s was expected; here is nothing",
                shown(reader->mistakes, key), type->expected);
        return 0;
    }
    if ((values = arena_take(reader->arena, n, sizeof *values)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const yaml_node_t *item = node;
        if (node->type == YAML_SEQUENCE_NODE)
            item = document_node(reader->document, node->data.sequence.items.start[i]);
        if (number_of(reader, item, type, key, &values[kept]))
            kept++;
    }
    numbers->n = kept;
    numbers->values = values;
    return 0;
}

int schema_read_scalar(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                       const char *key, void *into)
{
    struct study_number *number = into;
    struct study_choice *choice = into;

    if (type->kind == SCHEMA_NUMBER)
        number->place = node_place(node);
    if (type->kind == SCHEMA_WORD)
        choice->word.place = node_place(node);
    if (node->type != YAML_SCALAR_NODE || node_is_empty(node)) {
        schema_wrong_type(reader, node, type, key);
        return 0;
    }
    switch (type->kind) {
    case SCHEMA_WORD:
        return read_word(reader, node, type, key, into);
    case SCHEMA_NUMBER:
        number->given = number_of(reader, node, type, key, &number->value);
        return 0;
    default:
        return read_text(reader, node, type, key, into);
    }
}
