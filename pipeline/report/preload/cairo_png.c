/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In the place of cairo's writer of PNGs, in the gnuplots that report/ starts (LD_PRELOAD): the same pixels, packed by
 * png_pack.h.  What is not an opaque picture, and whatever this cannot do, is left to cairo.  Where it cannot be loaded
 * gnuplot is what it was, only slower.
 *
 * cairo's own functions are weak here: a program without cairo, such as a shell around gnuplot, is not disturbed.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "report/png_pack.h"

/* Of cairo's public interface, which has not changed since 1.2. */
enum { STATUS_SUCCESS = 0, STATUS_NO_MEMORY = 1, SURFACE_TYPE_IMAGE = 0, FORMAT_ARGB32 = 0, FORMAT_RGB24 = 1 };
typedef int write_function(void *closure, const unsigned char *bytes, unsigned int length);
typedef int write_png_function(void *surface, write_function *write, void *closure);
#pragma weak cairo_surface_flush
#pragma weak cairo_surface_status
#pragma weak cairo_surface_get_type
#pragma weak cairo_image_surface_get_data
#pragma weak cairo_image_surface_get_format
#pragma weak cairo_image_surface_get_height
#pragma weak cairo_image_surface_get_stride
#pragma weak cairo_image_surface_get_width
void cairo_surface_flush(void *surface);
int cairo_surface_status(void *surface);
int cairo_surface_get_type(void *surface);
unsigned char *cairo_image_surface_get_data(void *surface);
int cairo_image_surface_get_format(void *surface);
int cairo_image_surface_get_height(void *surface);
int cairo_image_surface_get_stride(void *surface);
int cairo_image_surface_get_width(void *surface);

write_png_function cairo_surface_write_to_png_stream;

static bool is_opaque(const unsigned char *pixels, size_t width, size_t height, size_t stride)
{
    for (size_t y = 0; y < height; y++) {
        uint32_t all = UINT32_MAX, word;

        for (size_t x = 0; x < width; x++) {
            memcpy(&word, pixels + y * stride + 4 * x, sizeof word);
            all &= word;
        }
        if (all >> 24 != 0xff)
            return false;
    }
    return true;
}

/* NULL where cairo is to do it. */
static unsigned char *pack(void *surface, size_t *length)
{
    if (cairo_surface_status(surface) != STATUS_SUCCESS || cairo_surface_get_type(surface) != SURFACE_TYPE_IMAGE)
        return NULL;
    cairo_surface_flush(surface);
    const unsigned char *const pixels = cairo_image_surface_get_data(surface);
    const int format = cairo_image_surface_get_format(surface), width = cairo_image_surface_get_width(surface),
              height = cairo_image_surface_get_height(surface), stride = cairo_image_surface_get_stride(surface);
    if (pixels == NULL || width <= 0 || height <= 0 || stride < 0 || (format != FORMAT_ARGB32 && format != FORMAT_RGB24))
        return NULL;
    if (format == FORMAT_ARGB32 && !is_opaque(pixels, (size_t)width, (size_t)height, (size_t)stride))
        return NULL;
    return png_pack(pixels, (size_t)width, (size_t)height, (size_t)stride, length);
}

__attribute__((visibility("default"))) int cairo_surface_write_to_png_stream(void *surface, write_function *write,
                                                                             void *closure)
{
    size_t length = 0;
    unsigned char *const file = pack(surface, &length);
    int status;

    if (file == NULL || length > UINT_MAX) {
        write_png_function *cairo;

        *(void **)&cairo = dlsym(RTLD_NEXT, "cairo_surface_write_to_png_stream");
        status = cairo == NULL ? STATUS_NO_MEMORY : cairo(surface, write, closure);
    } else {
        status = write(closure, file, (unsigned int)length);
    }
    free(file);
    return status;
}
