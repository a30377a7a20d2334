/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that says it is ours is read or refused, whatever it does of the library that reads it: in a limited child. */
#include "tests/fuzz/fuzz.h"

#include "store/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    foreign_check(fuzz_file("foreign.h5", bytes, size));
    return 0;
}
