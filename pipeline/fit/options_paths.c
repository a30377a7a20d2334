/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options of recurrent events and paths. */
#include "fit/options.h"

enum { ID = OPTION_KEY_FIRST, FROM };

static const struct argp_option options[] = {
    {.name = "id", .key = ID, .arg = "COLUMN", .doc = "Whose row it is; --at and --tau as above"},
    {.name = "from", .key = FROM, .arg = "COLUMN", .doc = "multistate: the state that is left"},
    {0},
};

static void take(struct option_parse *parse, int key, char *argument)
{
    if (key == ID)
        parse->request->id = argument;
    else
        parse->request->from = argument;
}

const struct option_family path_options = {"Recurrent events and paths (mcf, multistate):", options, take, NULL};
