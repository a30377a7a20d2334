/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ranks.h"

#include <stdlib.h>

void ranks_bytes_free(struct ranks_bytes *all)
{
    free(all->bytes);
    free(all->first);
    *all = (struct ranks_bytes){0};
}
