/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/pixel_deflate.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/deflate_block.h"

enum { N_CODES = 286, N_DISTANCES = 30, END = 256 };
enum { LENGTH_MAX = 258, DISTANCE_MAX = 1 << 15 };
enum { SEEN_BITS = 14, SHORT_REPEAT = 12 };
enum { STREAM_ROOM = 512 }; /* beside its codes: head, description, checksum, what the writer of bits runs ahead */
static const uint32_t rgb = 0xffffff;

/* A pixel as it is (red in the lowest byte), a filter's byte, or a repeat. */
enum { TOKEN_BYTE = 1 << 30 };
static const uint32_t token_repeat = UINT32_C(1) << 31; /* length in the lowest 9 bits, then the distance */

struct scan {
    const unsigned char *pixels;
    size_t width, stride, row_bytes; /* of a row as it is sent */
    unsigned char *sent; /* [row_bytes] the row as it is sent */
    uint32_t checksum;   /* of all rows so far */
    uint32_t *tokens;
    size_t n_tokens, n_extra; /* bits beside codes */
    uint32_t codes[N_CODES], distances[N_DISTANCES]; /* how often each occurs */
    uint32_t seen[1 << SEEN_BITS];                   /* where two pixels of a kind stood last: 1 + the number of the first */
};

static uint32_t pixel(const unsigned char *row, size_t x)
{
    uint32_t word;

    memcpy(&word, row + 4 * x, sizeof word);
    return word & rgb;
}

/* ---- codes of lengths and distances (RFC 1951, 3.2.5) ------------------------------------------------------------ */

static unsigned top_bit(uint32_t value)
{
    return 31 - (unsigned)__builtin_clz(value);
}

static unsigned length_code(unsigned length, unsigned *n_extra)
{
    const unsigned l = length - 3;

    *n_extra = length == LENGTH_MAX || l < 8 ? 0 : top_bit(l) - 2;
    return length == LENGTH_MAX ? N_CODES - 1 : l < 8 ? END + 1 + l : END + 5 + 4 * *n_extra + (l >> *n_extra & 3);
}

static unsigned distance_code(uint32_t distance, unsigned *n_extra)
{
    const uint32_t d = distance - 1;

    *n_extra = d < 4 ? 0 : top_bit(d) - 1;
    return d < 4 ? d : 2 * top_bit(d) + (d >> *n_extra & 1);
}

/* ---- tokens -------------------------------------------------------------------------------------------------------- */

static void add_repeat(struct scan *scan, size_t length, size_t distance)
{
    while (length > 0) {
        /* Never a rest of one or two bytes: those are no repeat. */
        const size_t now = length <= LENGTH_MAX ? length : length < LENGTH_MAX + 3 ? LENGTH_MAX - 3 : LENGTH_MAX;
        unsigned extra, further;

        scan->codes[length_code((unsigned)now, &extra)]++;
        scan->distances[distance_code((uint32_t)distance, &further)]++;
        scan->n_extra += extra + further;
        scan->tokens[scan->n_tokens++] = token_repeat | (uint32_t)distance << 9 | (uint32_t)now;
        length -= now;
    }
}

static void add_byte(struct scan *scan, unsigned char byte)
{
    scan->codes[byte]++;
    scan->tokens[scan->n_tokens++] = TOKEN_BYTE | byte;
}

static void add_pixel(struct scan *scan, uint32_t word)
{
    const uint32_t red = word >> 16, green = word >> 8 & 0xff, blue = word & 0xff;

    scan->codes[red]++;
    scan->codes[green]++;
    scan->codes[blue]++;
    scan->tokens[scan->n_tokens++] = red | green << 8 | blue << 16;
}

/* Pixels from a[0] and b[0] on that are the same, at most n. */
static size_t same(const unsigned char *a, const unsigned char *b, size_t n)
{
    const uint64_t two = (uint64_t)rgb << 32 | rgb;
    size_t i = 0;

    for (; i + 2 <= n; i += 2) {
        uint64_t left, right;

        memcpy(&left, a + 4 * i, sizeof left);
        memcpy(&right, b + 4 * i, sizeof right);
        if (((left ^ right) & two) != 0)
            break;
    }
    while (i < n && pixel(a, i) == pixel(b, i))
        i++;
    return i;
}

/* The last place where these two pixels stood, near enough: how many pixels are the same from there on, and how far away. */
static size_t look_back(struct scan *scan, size_t x, size_t y, size_t *distance)
{
    const unsigned char *const row = scan->pixels + y * scan->stride;
    const uint32_t mixed = (pixel(row, x) * UINT32_C(0x9e3779b1)) ^ (pixel(row, x + 1) * UINT32_C(0x85ebca6b));
    uint32_t *const seen = &scan->seen[mixed >> (32 - SEEN_BITS)];
    const size_t before = *seen, n = scan->width - x;

    *seen = (uint32_t)(1 + y * scan->width + x);
    if (before == 0)
        return 0;
    const size_t there_y = (before - 1) / scan->width, there_x = (before - 1) % scan->width;
    *distance = (y - there_y) * scan->row_bytes + 3 * x - 3 * there_x;
    if (*distance > DISTANCE_MAX)
        return 0;
    return same(row + 4 * x, scan->pixels + there_y * scan->stride + 4 * there_x,
                n < scan->width - there_x ? n : scan->width - there_x);
}

/* The checksum goes on over a row; one that equals the row above stands there already. */
static void sum_row(struct scan *scan, const unsigned char *row, bool as_above)
{
    unsigned char *out = scan->sent + 1; /* behind the filter, which is 0 */

    for (size_t x = 0; !as_above && x < scan->width; x++, out += 3) {
        const uint32_t word = pixel(row, x);

        out[0] = (unsigned char)(word >> 16);
        out[1] = (unsigned char)(word >> 8);
        out[2] = (unsigned char)word;
    }
    scan->checksum = libdeflate_adler32(scan->checksum, scan->sent, scan->row_bytes);
}

/* The longest repeat from pixel x on, in pixels; 0: there is none. */
static size_t find_repeat(struct scan *scan, size_t x, size_t y, bool above_is_near, size_t *distance)
{
    const size_t rest = scan->width - x;
    const unsigned char *const row = scan->pixels + y * scan->stride;
    size_t n = x > 0 ? same(row + 4 * x, row + 4 * (x - 1), rest) : 0, there = 0;

    *distance = 3;
    const size_t up = !above_is_near || n == rest ? 0 : same(row + 4 * x, row - scan->stride + 4 * x, rest);
    if (up > n) {
        n = up;
        *distance = scan->row_bytes;
    }
    const size_t back = n < SHORT_REPEAT && rest > 1 ? look_back(scan, x, y, &there) : 0;
    if (back > n) {
        n = back;
        *distance = there;
    }
    return n;
}

static void scan_row(struct scan *scan, size_t y)
{
    const size_t width = scan->width;
    const unsigned char *const row = scan->pixels + y * scan->stride;
    const bool above_is_near = y > 0 && scan->row_bytes <= DISTANCE_MAX;
    size_t x = above_is_near ? same(row, row - scan->stride, width) : 0;

    sum_row(scan, row, x == width);
    if (x > 0)
        add_repeat(scan, 1 + 3 * x, scan->row_bytes);
    else
        add_byte(scan, 0);
    while (x < width) {
        size_t distance;
        const size_t n = find_repeat(scan, x, y, above_is_near, &distance);

        if (n > 0)
            add_repeat(scan, 3 * n, distance);
        else
            add_pixel(scan, pixel(row, x));
        x += n > 0 ? n : 1;
    }
}

/* ---- the stream ---------------------------------------------------------------------------------------------------- */

static void put_tokens(struct bit_writer *out, const struct scan *scan, const uint8_t *lengths, const uint8_t *distance_lengths)
{
    uint16_t codes[N_CODES], distances[N_DISTANCES];
    struct bit_writer writer = *out;

    deflate_codes(lengths, N_CODES, codes);
    deflate_codes(distance_lengths, N_DISTANCES, distances);
    for (size_t i = 0; i < scan->n_tokens; i++) {
        const uint32_t token = scan->tokens[i];

        if ((token & token_repeat) != 0) {
            const uint32_t length = token & 0x1ff, distance = token >> 9 & 0x3fffff;
            unsigned extra, further;
            const unsigned code = length_code(length, &extra), far = distance_code(distance, &further);

            put_bits(&writer, codes[code], lengths[code]);
            put_bits(&writer, (length - 3) & ((1u << extra) - 1), extra);
            put_bits(&writer, distances[far], distance_lengths[far]);
            put_bits(&writer, (distance - 1) & ((1u << further) - 1), further);
        } else {
            for (unsigned k = 0; k < ((token & TOKEN_BYTE) != 0 ? 8 : 24); k += 8)
                put_bits(&writer, codes[token >> k & 0xff], lengths[token >> k & 0xff]);
        }
        flush_bytes(&writer);
    }
    put_bits(&writer, codes[END], lengths[END]);
    *out = writer;
}

static unsigned char *write_stream(struct scan *scan, size_t before, size_t after, size_t *length)
{
    uint8_t lengths[N_CODES], distance_lengths[N_DISTANCES];

    scan->codes[END] = 1;
    for (size_t k = 0; k < 2; k++) /* two codes at least make a whole set */
        scan->distances[k] += scan->distances[k] == 0;
    const size_t n_bits = deflate_lengths(scan->codes, N_CODES, lengths) +
                          deflate_lengths(scan->distances, N_DISTANCES, distance_lengths) + scan->n_extra;
    unsigned char *const all = malloc(before + n_bits / 8 + STREAM_ROOM + after);
    if (all == NULL)
        return NULL;
    struct bit_writer writer = {.to = all + before};
    deflate_put_description(&writer, lengths, N_CODES, distance_lengths, N_DISTANCES);
    put_tokens(&writer, scan, lengths, distance_lengths);
    deflate_end_with(&writer, scan->checksum);
    *length = (size_t)(writer.to - all) - before;
    return all;
}

unsigned char *pixel_deflate(const unsigned char *pixels, size_t width, size_t height, size_t stride, size_t before,
                             size_t after, size_t *length)
{
    struct scan *const scan = calloc(1, sizeof *scan);
    unsigned char *all = NULL;

    if (scan == NULL)
        return NULL;
    scan->pixels = pixels;
    scan->width = width;
    scan->stride = stride;
    scan->row_bytes = 1 + 3 * width;
    scan->checksum = 1;
    scan->sent = calloc(scan->row_bytes, 1);
    scan->tokens = malloc((width * height + height) * sizeof *scan->tokens); /* what is not used is never touched */
    if (scan->sent != NULL && scan->tokens != NULL) {
        for (size_t y = 0; y < height; y++)
            scan_row(scan, y);
        all = write_stream(scan, before, after, length);
    }
    free(scan->sent);
    free(scan->tokens);
    free(scan);
    return all;
}
