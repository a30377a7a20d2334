/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * commands.h - which program answers to which command.
 */
#ifndef STEPDOWN_COMMANDS_H
#define STEPDOWN_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

struct command {
    const char *name;     /* what a user types */
    const char *program;  /* "stepdown-PROGRAM" answers */
    bool passes_name;     /* the program has several commands and is told which */
    bool is_stage;        /* `run` runs it, in the order of this list */
    const char *then;     /* "stepdown-THEN --heads" follows when all went well; NULL: nothing */
    const char *summary;
};

extern const struct command commands[];
extern const size_t n_commands;

const struct command *command_find(const char *name); /* NULL when there is none */

#endif
