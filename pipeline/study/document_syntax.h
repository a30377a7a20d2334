/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * document_syntax.h - mistakes of YAML in plain words.
 */
#ifndef STUDY_DOCUMENT_SYNTAX_H
#define STUDY_DOCUMENT_SYNTAX_H

#include <stddef.h>
#include <yaml.h>

#include "study/mistakes.h"

/** Notes why the parser stopped in `text`, at the place where a reader would look. */
void syntax_mistake(const yaml_parser_t *parser, const char *text, size_t length, struct mistakes *mistakes);

#endif
