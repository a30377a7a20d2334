/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ordinary build: a stage is a program of its own. */
#include "stepdown/launch.h"

int launch_stage(const struct command *command, int argc, char **argv)
{
    (void)argc;
    return launch_program(command, argv);
}
