/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * run.h - `stepdown run STUDY`: the stages in their order, each only when something it depends on has changed.
 */
#ifndef STEPDOWN_RUN_H
#define STEPDOWN_RUN_H

/** argv[0] is "stepdown run".  Returns the exit status; wrong usage ends the process. */
int run_study(int argc, char **argv);

#endif
