/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A study file is read or refused, with a codebook beside it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "study/study.h"

static const char codebook[] = "codebook: people\nmissing: [\"\"]\ncolumns:\n"
                               "  id: {role: row_id}\n  grp: {type: category, codes: {1: day, 2: night}}\n"
                               "  age: {type: integer, range: [0, 120]}\n  days: {type: integer, known: after}\n"
                               "  relapse: {type: category, codes: {0: \"no\", 1: \"yes\"}, known: after}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct study_options options = {.allow_absolute = false};

    fuzz_file("codebook.yaml", codebook, strlen(codebook));
    study_free(study_read(fuzz_file("study.yaml", bytes, size), &options));
    return 0;
}
