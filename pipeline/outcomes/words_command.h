/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * words_command.h - `stepdown outcomes --words FILE --library all|NAME,..`: the person x definition table; and
 * `stepdown outcomes --list`: the definitions themselves.
 */
#ifndef OUTCOMES_WORDS_COMMAND_H
#define OUTCOMES_WORDS_COMMAND_H

#include <stdbool.h>

/** Does the command line speak of words, and not of a study? */
bool words_command_is_meant(int argc, char **argv);

/** Returns the exit status. */
int words_command(int argc, char **argv);

#endif
