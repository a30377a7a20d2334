/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "study/document_syntax.h"

static struct study_place mark_place(yaml_mark_t mark)
{
    return (struct study_place){mark.line + 1, mark.column + 1};
}

yaml_node_t *document_node(const struct document *document, int index)
{
    return document->yaml.nodes.start + (index - 1); /* libyaml counts nodes from 1 */
}

struct study_place node_place(const yaml_node_t *node)
{
    return mark_place(node->start_mark);
}

bool node_is_empty(const yaml_node_t *node)
{
    const char *text;

    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    text = (const char *)node->data.scalar.value;
    return text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

static bool may_stand(uint32_t character)
{
    enum { NEXT_LINE = 0x85, FIRST_PRINTABLE = 0x20, DELETE = 0x7F, LAST_C1 = 0x9F, MARK = 0xFEFF, NEVER = 0xFFFE };

    if (character < FIRST_PRINTABLE)
        return character == '\t' || character == '\n' || character == '\r';
    if (character >= DELETE && character <= LAST_C1)
        return character == NEXT_LINE;
    return character != MARK && character != NEVER && character != NEVER + 1;
}

/* libyaml reports bad bytes by their offset alone, so they are looked for here, where lines are counted. */
static int check_bytes(const char *text, size_t length, struct mistakes *mistakes)
{
    static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF";
    struct study_place place = {1, 1};
    size_t i = length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;

    while (i < length) {
        uint32_t character = 0;
        size_t n = utf8_character(text + i, length - i, &character);
        if (n == 0) {
            mistake(mistakes, place, "byte 0x%02X is not UTF-8; save the file as UTF-8", (unsigned char)text[i]);
            return -1;
        }
        if (!may_stand(character)) {
            mistake(mistakes, place, "a control character (U+%04X) cannot stand here", (unsigned)character);
            return -1;
        }
        place.column++;
        if (character == '\n' || (character == '\r' && !(i + 1 < length && text[i + 1] == '\n')))
            place = (struct study_place){place.line + 1, 1};
        i += n;
    }
    return 0;
}

/* What one pass over the events counts. */
struct census {
    size_t n_documents, n_nodes, max_nodes;
    size_t depth;
};

static void check_properties(const yaml_char_t *anchor, const yaml_char_t *tag, struct study_place place,
                             struct mistakes *mistakes)
{
    if (anchor != NULL)
        mistake(mistakes, place, "anchors and aliases (&name, *name) are not taken; write the value out");
    if (tag != NULL)
        mistake(mistakes, place, "tags (!name) are not taken; write the value alone");
}

/* -1: the rest of the file is not worth reading. */
static int check_event(const yaml_event_t *event, struct census *census, struct mistakes *mistakes)
{
    struct study_place place = mark_place(event->start_mark);

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++census->n_documents < 2)
            return 0;
        mistake(mistakes, place, "a second document begins here; a file holds one");
        return -1;
    case YAML_ALIAS_EVENT:
        check_properties(event->data.alias.anchor, NULL, place, mistakes);
        return 0;
    case YAML_SCALAR_EVENT:
        check_properties(event->data.scalar.anchor, event->data.scalar.tag, place, mistakes);
        break;
    case YAML_SEQUENCE_START_EVENT:
        check_properties(event->data.sequence_start.anchor, event->data.sequence_start.tag, place, mistakes);
        census->depth++;
        break;
    case YAML_MAPPING_START_EVENT:
        check_properties(event->data.mapping_start.anchor, event->data.mapping_start.tag, place, mistakes);
        census->depth++;
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        census->depth--;
        return 0;
    default:
        return 0;
    }
    if (census->depth > DOCUMENT_DEPTH) {
        mistake(mistakes, place, "keys and lists are nested more than %d deep", DOCUMENT_DEPTH);
        return -1;
    }
    if (++census->n_nodes > census->max_nodes) {
        mistake(mistakes, place, "the file holds more than %zu keys and values", census->max_nodes);
        return -1;
    }
    return 0;
}

/* One pass that builds nothing: whatever could make the tree large or strange is refused before it exists. */
static int check_events(const char *text, size_t length, size_t max_nodes, struct mistakes *mistakes)
{
    struct census census = {.max_nodes = max_nodes};
    yaml_parser_t parser;
    bool done = false;

    if (yaml_parser_initialize(&parser) == 0) {
        mistake(mistakes, (struct study_place){0, 0}, "out of memory");
        return -1;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    while (!done) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            syntax_mistake(&parser, text, length, mistakes);
            break;
        }
        done = event.type == YAML_STREAM_END_EVENT || check_event(&event, &census, mistakes) != 0;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (mistakes_count(mistakes) == 0 && census.n_documents == 0)
        mistake(mistakes, (struct study_place){1, 1}, "the file is empty");
    return mistakes_count(mistakes) == 0 ? 0 : -1;
}

struct document *document_parse(const char *text, size_t length, size_t max_nodes, struct mistakes *mistakes)
{
    struct document *document;
    yaml_parser_t parser;
    bool loaded;

    if (check_bytes(text, length, mistakes) != 0 || check_events(text, length, max_nodes, mistakes) != 0)
        return NULL;
    if ((document = allocate(1, sizeof *document)) == NULL)
        return NULL;
    if (yaml_parser_initialize(&parser) == 0) {
        mistake(mistakes, (struct study_place){0, 0}, "out of memory");
        free(document);
        return NULL;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    loaded = yaml_parser_load(&parser, &document->yaml) != 0;
    if (!loaded)
        syntax_mistake(&parser, text, length, mistakes);
    yaml_parser_delete(&parser);
    if (loaded && yaml_document_get_root_node(&document->yaml) != NULL)
        return document;
    if (loaded)
        document_free(document);
    else
        free(document);
    return NULL;
}

void document_free(struct document *document)
{
    if (document == NULL)
        return;
    yaml_document_delete(&document->yaml);
    free(document);
}
