/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Photographs, recordings, prints: as data in the cell, or the name of a file that holds them. */
#include <string.h>

#include "ingest/identifier_cell.h"

static size_t read_base64(const struct cell *cell, size_t at)
{
    while (is_alnum(cell_at(cell, at)) || cell_at(cell, at) == '+' || cell_at(cell, at) == '/' ||
           cell_at(cell, at) == '=')
        at++;
    return at;
}

bool detect_data_uri(const struct cell *cell, size_t at, struct identifier_match *match)
{
    if (!cell_reads(cell, at, "data:"))
        return false;
    const bool image = cell_reads(cell, at + 5, "image/"), sound = cell_reads(cell, at + 5, "audio/");
    size_t end = at + 11;
    while (is_alnum(cell_at(cell, end)) || (cell_at(cell, end) != 0 && strchr("+.-;=", cell_at(cell, end)) != NULL))
        end++;
    if (cell_at(cell, end) == ',')
        end = read_base64(cell, end + 1);
    return (image || sound) && cell_found(match, image ? IDENTIFIER_PHOTO : IDENTIFIER_BIOMETRIC, true, at, end);
}

/* What the first bytes of JPEG, PNG and GIF become in base64. */
bool detect_base64(const struct cell *cell, size_t at, struct identifier_match *match)
{
    static const char *const starts[] = {"/9j/", "iVBORw0KGgo", "R0lGODlh", "R0lGODdh"};
    enum { LEAST = 32 };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        const size_t n = strlen(starts[i]);
        if (at + LEAST > cell->n || memcmp(cell->bytes + at, starts[i], n) != 0)
            continue;
        const size_t end = read_base64(cell, at);
        return end - at >= LEAST && cell_found(match, IDENTIFIER_PHOTO, true, at, end);
    }
    return false;
}

static bool is_of_name(unsigned char c)
{
    return is_word(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '\\' || c == '~' || c == '%';
}

bool detect_file(const struct cell *cell, size_t at, size_t from, struct identifier_match *match)
{
    static const struct {
        const char *ending;
        enum identifier_kind kind;
    } endings[] = {
        {"jpg", IDENTIFIER_PHOTO},      {"jpeg", IDENTIFIER_PHOTO},     {"png", IDENTIFIER_PHOTO},
        {"gif", IDENTIFIER_PHOTO},      {"bmp", IDENTIFIER_PHOTO},      {"tif", IDENTIFIER_PHOTO},
        {"tiff", IDENTIFIER_PHOTO},     {"heic", IDENTIFIER_PHOTO},     {"heif", IDENTIFIER_PHOTO},
        {"webp", IDENTIFIER_PHOTO},     {"dcm", IDENTIFIER_PHOTO},      {"wav", IDENTIFIER_BIOMETRIC},
        {"mp3", IDENTIFIER_BIOMETRIC},  {"m4a", IDENTIFIER_BIOMETRIC},  {"ogg", IDENTIFIER_BIOMETRIC},
        {"flac", IDENTIFIER_BIOMETRIC}, {"wsq", IDENTIFIER_BIOMETRIC},  {"fpt", IDENTIFIER_BIOMETRIC},
        {"eft", IDENTIFIER_BIOMETRIC},
    };
    enum { NAME_MAX_BACK = 128 };
    size_t start = at;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        const size_t end = at + 1 + strlen(endings[i].ending);
        if (!cell_reads_word(cell, at + 1, endings[i].ending) || is_digit(cell_at(cell, end)))
            continue;
        while (start > from && at - start < NAME_MAX_BACK && is_of_name(cell_before(cell, start, 1)))
            start--;
        return is_word(cell_before(cell, at, 1)) && cell_found(match, endings[i].kind, true, start, end);
    }
    return false;
}
