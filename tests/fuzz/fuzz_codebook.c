/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A codebook is read or refused; of one that is read the table can be made. */
#include "tests/fuzz/fuzz.h"

#include "base/table.h"
#include "study/codebook.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct codebook *codebook = codebook_read(fuzz_file("codebook.yaml", bytes, size));

    if (codebook != NULL)
        table_free(codebook_schema(codebook, "people"));
    codebook_free(codebook);
    return 0;
}
