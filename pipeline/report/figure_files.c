/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/figure_files.h"

#include <ctype.h>
#include <string.h>

#include "base/fail.h"

const struct figure_size figure_sizes[N_SIZES] = {{"wide", "", 183}, {"narrow", "-narrow", 89}};

const char *figure_stem(struct pool *pool, const char *folder, size_t number, size_t size)
{
    return pool_format(pool, "%s/%zu-%s", folder, number, figure_sizes[size].name);
}

int figure_check_pdf(const char *bytes, size_t length, const char *name)
{
    static const char end[] = "%%EOF";
    size_t n = length;

    while (n > 0 && isspace((unsigned char)bytes[n - 1]))
        n--;
    if (length > 100 && memcmp(bytes, "%PDF-", 5) == 0 && memcmp(bytes + n - 5, end, 5) == 0)
        return 0;
    return fail("gnuplot wrote a PDF that is not whole: '%s'", name);
}

int figure_check_png(const char *bytes, size_t length, const char *name)
{
    static const char end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (char)0xae, 0x42, 0x60, (char)0x82};

    if (length > 100 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0 &&
        memcmp(bytes + length - sizeof end, end, sizeof end) == 0)
        return 0;
    return fail("gnuplot wrote a PNG that is not whole: '%s'", name);
}

void figure_fix_pdf_date(char *bytes, size_t length)
{
    static const char key[] = "/CreationDate (D:", date[] = "20000101000000";
    char *at = bytes;

    while ((at = memmem(at, length - (size_t)(at - bytes), key, sizeof key - 1)) != NULL) {
        at += sizeof key - 1;
        for (size_t i = 0; i < sizeof date - 1 && at < bytes + length && isdigit((unsigned char)*at); i++)
            *at++ = date[i];
    }
}
