/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text_width.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum { FIRST = 32, LAST = 126, WIDE_LETTER = 800, EM = 1000 };

static const short regular[] = {
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838,
};
static const short boldface[] = {
    348, 456,  521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415,  380, 365, 696, 696,  696,
    696, 696,  696, 696, 696, 696,  696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830,  683,
    683, 821,  837, 372, 372, 775,  637, 995, 837, 850, 733, 850, 770, 720,  682, 812, 774, 1103, 771,
    724, 725,  457, 365, 457, 838,  500, 500, 675, 716, 593, 716, 678, 435,  716, 712, 343, 343,  665,
    343, 1042, 712, 687, 716, 716,  493, 595, 478, 712, 652, 924, 645, 652,  582, 712, 365, 712,  838,
};

static int advance(uint32_t character, bool bold)
{
    if (character >= FIRST && character <= LAST)
        return (bold ? boldface : regular)[character - FIRST];
    if (character == 0xa0)
        return bold ? 348 : 318;
    if (character == 0x2013)
        return 500;
    if (character == 0x2212)
        return 838;
    return character >= 0x1100 ? EM : WIDE_LETTER;
}

/* Length in bytes of the character at text and its width; a stray byte counts as a letter. */
static size_t step(const char *text, size_t left, bool bold, double *thousandths)
{
    uint32_t character = 'm';
    size_t size = utf8_character(text, left, &character);

    *thousandths += advance(character, bold);
    return size == 0 ? 1 : size;
}

static double millimetres(double thousandths, double points)
{
    return thousandths / EM * points / 72 * 25.4;
}

double text_width(const char *text, double points, bool bold)
{
    size_t length = strlen(text);
    double sum = 0;

    for (size_t i = 0; i < length;)
        i += step(text + i, length - i, bold, &sum);
    return millimetres(sum, points);
}

/* Bytes of the longest beginning that fits. */
static size_t fitting(const char *text, double points, bool bold, double max)
{
    size_t length = strlen(text), i = 0;
    double sum = 0;

    while (i < length) {
        size_t size = step(text + i, length - i, bold, &sum);

        if (millimetres(sum, points) > max)
            break;
        i += size;
    }
    return i;
}

const char *text_shortened(struct pool *pool, const char *text, double points, bool bold, double max)
{
    size_t length;

    if (text_width(text, points, bold) <= max)
        return text;
    length = fitting(text, points, bold, max - millimetres(EM, points));
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return pool_format(pool, "%.*s\xe2\x80\xa6", (int)length, text);
}

size_t text_line_length(const char *text, double points, bool bold, double max)
{
    size_t length = fitting(text, points, bold, max), blank;
    double ignored = 0;

    if (text[length] == '\0')
        return length;
    for (blank = length; blank > 0 && text[blank] != ' '; blank--)
        continue;
    if (blank > 0)
        return blank;
    return length > 0 ? length : step(text, strlen(text), bold, &ignored);
}
