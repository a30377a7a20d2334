/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of a release: whatever stands in it, nothing outside of the folder is looked at, and none is whole by chance. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "report/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char folder[256];

    strcpy(folder, fuzz_file("manifest.json", bytes, size));
    *strrchr(folder, '/') = '\0';
    if (manifest_is_whole(folder))
        fuzz_fail("a release without its files is not whole");
    manifest_has_policy(folder, 11, 0);
    return 0;
}
