/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/document_syntax.h"

#include <stdbool.h>
#include <string.h>

enum shown_place {
    STANDS_HERE,   /* told where the parser stopped */
    OPENS_HERE,    /* told where the thing that it was reading began */
    STANDS_AND_OPENS /* told where it stopped, and the text goes on with the place where it began */
};

/* What libyaml says, or the beginning of it, and what it means to the writer of the file. */
static const struct explanation {
    const char *problem, *context;
    enum shown_place place;
    const char *plain;
} EXPLANATIONS[] = {
    {"found unexpected end of stream", "while scanning a quoted", OPENS_HERE,
     "the quote that opens here is never closed"},
    {"found unexpected document indicator", "while scanning a quoted", OPENS_HERE,
     "the quote that opens here is never closed"},
    {"found unknown escape character", "", STANDS_HERE,
     "no such escape in double quotes; write \\\\ for a backslash, or use single quotes"},
    {"did not find expected hexdecimal number", "", STANDS_HERE, "hexadecimal digits were expected in this escape"},
    {"did not find expected ',' or ']'", "", STANDS_AND_OPENS, "',' or ']' was expected in the list that opens at"},
    {"did not find expected ',' or '}'", "", STANDS_AND_OPENS, "',' or '}' was expected in the keys that open at"},
    {"did not find expected key", "", STANDS_AND_OPENS,
     "a key was expected; check the indentation against the keys that begin at"},
    {"did not find expected '-' indicator", "", STANDS_AND_OPENS,
     "'-' was expected; check the indentation against the list that begins at"},
    {"could not find expected ':'", "", OPENS_HERE, "a ':' was expected after this key"},
    {"mapping values are not allowed", "", STANDS_HERE,
     "a ':' cannot stand here; check the indentation, and put a text that holds ': ' in quotes"},
    {"block sequence entries are not allowed", "", STANDS_HERE,
     "an item of a list cannot stand here; check the indentation"},
    {"did not find expected <document start>", "", STANDS_HERE,
     "the file should end here; check the indentation of what comes before"},
    {"found character that cannot start any token", "", STANDS_HERE,
     "a text cannot begin with this character; put it in quotes"},
    {"did not find expected node content", "", STANDS_HERE, "a value was expected here"},
};

static const char TABULATOR[] = "a tabulator stands where only spaces may; indent with spaces";

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* A tabulator in the white space that begins a line, at or before the place where the parser stopped. */
static bool find_tabulator(const char *text, size_t length, struct study_place stopped, struct study_place *found)
{
    const char *stop = text + length;
    const char *line = text;

    for (size_t i = 1; i < stopped.line && line < stop; i++) {
        const char *end = memchr(line, '\n', (size_t)(stop - line));
        line = end == NULL ? stop : end + 1;
    }
    for (size_t i = 0; line + i < stop && i < stopped.column && (line[i] == ' ' || line[i] == '\t'); i++)
        if (line[i] == '\t') {
            *found = (struct study_place){stopped.line, i + 1};
            return true;
        }
    return false;
}

void syntax_mistake(const yaml_parser_t *parser, const char *text, size_t length, struct mistakes *mistakes)
{
    const char *problem = parser->problem != NULL ? parser->problem : "";
    const char *context = parser->context != NULL ? parser->context : "";
    struct study_place stopped = {parser->problem_mark.line + 1, parser->problem_mark.column + 1};
    struct study_place opened = {parser->context_mark.line + 1, parser->context_mark.column + 1};
    struct study_place tabulator;

    /* Some of libyaml's failed allocations return without saying so. */
    if (parser->error == YAML_MEMORY_ERROR || parser->error == YAML_NO_ERROR) {
        mistake(mistakes, (struct study_place){0, 0}, "out of memory");
        return;
    }
    if (find_tabulator(text, length, stopped, &tabulator)) {
        mistake(mistakes, tabulator, "%s", TABULATOR);
        return;
    }
    for (size_t i = 0; i < sizeof EXPLANATIONS / sizeof EXPLANATIONS[0]; i++) {
        const struct explanation *known = &EXPLANATIONS[i];
        if (!begins_with(problem, known->problem) || !begins_with(context, known->context))
            continue;
        if (known->place == STANDS_AND_OPENS)
            mistake(mistakes, stopped, "%s %zu:%zu", known->plain, opened.line, opened.column);
        else
            mistake(mistakes, known->place == OPENS_HERE ? opened : stopped, "%s", known->plain);
        return;
    }
    mistake(mistakes, stopped, "this is not YAML: %s%s%s", context, *context != '\0' ? ", " : "", problem);
}
