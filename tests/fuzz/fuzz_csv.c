/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of a CSV: every record is told or refused, and the file comes to its end. */
#include "tests/fuzz/fuzz.h"

#include "ingest/csv_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = fuzz_file("records.csv", bytes, size);

    for (int way = 0; way < 2; way++) {
        const struct csv_options options = {.delimiter = way == 0 ? ',' : ';', .latin1 = way == 1};
        struct csv_reader *reader = csv_reader_open(path, &options);
        const struct csv_record *record;
        size_t n = 0;

        if (reader == NULL)
            continue;
        while (csv_reader_next(reader, &record) == 1)
            if (++n > size)
                fuzz_fail("a file has no more records than bytes");
        csv_reader_close(reader);
    }
    return 0;
}
