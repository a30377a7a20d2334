/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/release_log.h"

#include <inttypes.h>
#include <string.h>

#include "base/output.h"

int release_log_write(const char *path, const struct count_system *system)
{
    struct output *output = output_open(path);
    int status;

    if (output == NULL)
        return -1;
    status = output_text(output, "what,value,why\n");
    for (size_t i = 0; status == 0 && i < system->n_counts; i++) {
        const struct count *count = &system->counts[i];

        if (!count->hidden)
            continue;
        status = output_csv_field(output, count->key, strlen(count->key));
        if (status == 0)
            status = output_printf(output, ",%" PRId64 ",%s\n", count->value, count->is_small ? "small" : "protects others");
    }
    return output_end(output, status);
}
