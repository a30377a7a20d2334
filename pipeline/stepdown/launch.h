/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * launch.h - a stage is started: how that is done differs between the ordinary build and the cluster build.
 *
 * one/launch.c starts the program of the stage and waits.  mpi/launch.c does so too where there is one rank.  Where
 * there are several, a stage that is spread over ranks runs within the front door of each, because a process can join
 * its like only once; any other stage is started by rank 0, and the others wait for its end.
 */
#ifndef STEPDOWN_LAUNCH_H
#define STEPDOWN_LAUNCH_H

#include "stepdown/commands.h"

/** argv[0 .. argc - 1] as the program of the stage takes it, argv[argc] NULL; argv[0] is replaced.  The exit status. */
int launch_stage(const struct command *command, int argc, char **argv);

/** Starts the program of a command and waits, on this rank alone.  The exit status. */
int launch_program(const struct command *command, char **argv);

#endif
