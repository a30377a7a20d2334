/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

int names_add(char ***names, const char *name)
{
    size_t n = 0;
    char **longer;

    if (name == NULL)
        return 0;
    for (; *names != NULL && (*names)[n] != NULL; n++)
        if (strcmp((*names)[n], name) == 0)
            return 0;
    if ((longer = reallocate(*names, n + 2, sizeof *longer)) == NULL)
        return -1;
    *names = longer;
    longer[n + 1] = NULL;
    return (longer[n] = copy_text(name)) == NULL ? -1 : 0;
}

void names_free(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        free(names[i]);
    free(names);
}
