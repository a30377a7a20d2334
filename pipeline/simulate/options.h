/* SPDX-License-Identifier: GPL-3.0-or-later */
/** options.h - the command line of `stepdown simulate`. */
#ifndef SIMULATE_OPTIONS_H
#define SIMULATE_OPTIONS_H

#include <stdbool.h>

#include "simulate/settings.h"

struct simulate_request {
    const char *folder;
    bool again; /* write over the files of an earlier run */
    struct settings settings;
};

/** Wrong usage is told and ends with EXIT_USAGE. */
void simulate_options_read(struct simulate_request *request, int argc, char **argv);

#endif
