/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/tables_csv.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/output.h"

/* 0.0375 is 375 over 10,000: numbers of few decimals, as releases have them, without a search; as %.15g writes them. */
static bool few_decimals(double x, char out[static 32])
{
    double power = 10;

    if (!(fabs(x) >= 1e-4 && fabs(x) < 1e8))
        return false;
    for (int decimals = 1; decimals <= 6; decimals++, power *= 10) {
        const double whole = round(fabs(x) * power);

        if (whole / power != fabs(x))
            continue;
        const long long n = (long long)whole, unit = (long long)power;
        snprintf(out, 32, "%s%lld.%0*lld", x < 0 ? "-" : "", n / unit, decimals, n % unit);
        return true;
    }
    return false;
}

void shortest_real(double x, char out[static 32])
{
    if (x == floor(x) && fabs(x) < 1e15) { /* 90, not 9e+01 */
        snprintf(out, 32, "%.0f", x == 0 ? 0 : x);
        return;
    }
    if (few_decimals(x, out))
        return;
    /* Of a normal number with 15 digits or fewer %.15g gives those digits: most need one try. */
    for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        if (snprintf(out, 32, "%.*g", digits, x) < 32 && strtod(out, NULL) == x)
            return;
    }
}

static int write_text(struct output *output, const char *text, size_t length)
{
    char *guarded;
    int status;

    if (length == 0 || memchr("=+-@\t\r", text[0], 6) == NULL)
        return output_csv_field(output, text, length);
    guarded = malloc(length + 1);
    if (guarded == NULL)
        return -1;
    guarded[0] = '\'';
    memcpy(guarded + 1, text, length);
    status = output_csv_field(output, guarded, length + 1);
    free(guarded);
    return status;
}

static int write_cell(struct output *output, const struct column *column, size_t row)
{
    char text[32];

    if (column_is_missing(column, row))
        return 0;
    if (column->type == COLUMN_TEXT || column->type == COLUMN_CATEGORY) {
        size_t length = 0;
        const char *cell = column_text(column, row, &length);

        return write_text(output, cell, length);
    }
    if (column->type == COLUMN_FLOAT64) {
        if (!isfinite(column_real(column, row)))
            return 0;
        shortest_real(column_real(column, row), text);
    } else {
        snprintf(text, sizeof text, "%" PRId64, column_integer(column, row));
    }
    return output_text(output, text);
}

static int write_rows(struct output *output, const struct table *table)
{
    for (size_t j = 0; j < table->n_columns; j++)
        if ((j > 0 && output_text(output, ",") != 0) || output_text(output, table->columns[j].name) != 0)
            return -1;
    if (output_text(output, "\n") != 0)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++) {
        for (size_t j = 0; j < table->n_columns; j++)
            if ((j > 0 && output_text(output, ",") != 0) || write_cell(output, &table->columns[j], i) != 0)
                return -1;
        if (output_text(output, "\n") != 0)
            return -1;
    }
    return 0;
}

static int write_file(const char *path, const struct table *table)
{
    struct output *output = path == NULL ? NULL : output_open(path);

    if (output == NULL)
        return -1;
    if (write_rows(output, table) == 0)
        return output_commit(output);
    output_abandon(output);
    return -1;
}

int tables_csv_write(const struct bundle *bundle, const char *release_folder)
{
    char *folder = format_text("%s/tables", release_folder);
    int status = folder == NULL || output_make_folder(folder) != 0 ? -1 : 0;

    if (status == 0)
        output_sweep(folder);
    for (size_t i = 0; status == 0 && i < bundle->n_tables; i++) {
        char *path = format_text("%s/%s.csv", folder, bundle->tables[i]->name);

        status = write_file(path, bundle->tables[i]);
        free(path);
    }
    free(folder);
    return status;
}
