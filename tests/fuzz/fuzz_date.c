/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A date that is taken is written back as it was. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/days.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int32_t day;
    char iso[ISO_DATE_SIZE];

    if (day_from_iso((const char *)bytes, size, &day) != 0)
        return 0;
    day_to_iso(day, iso);
    if (strlen(iso) != size || memcmp(iso, bytes, size) != 0)
        fuzz_fail("a date is written back as it was read");
    return 0;
}
