/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stepdown/launch.h"

#include <stdlib.h>

#include "base/program.h"
#include "base/spawn.h"

int launch_program(const struct command *command, char **argv)
{
    char *path = spawn_find(command->program);

    if (path == NULL)
        return EXIT_FAILED;
    argv[0] = path;
    const int status = spawn_wait(path, argv);
    argv[0] = (char *)command->program;
    free(path);
    return status < 0 ? EXIT_FAILED : status;
}
