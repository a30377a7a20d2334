/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures in pages: shorter, and the same picture. */
#include "report/svg_squeeze.h"

#include <libxml/parser.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "report/svg_path.h"
#include "stats/placed_random.h"
#include "tests/support/near.h"

/* ---- paths ---------------------------------------------------------------------------------------------------------- */

static void assert_short(const char *path, const char *expected)
{
    char *shorter = svg_path_short(path);

    if (expected == NULL)
        assert_null(shorter);
    else
        assert_string_equal(shorter, expected);
    free(shorter);
}

static void test_corners_are_told_from_the_one_before(void **state)
{
    (void)state;
    assert_short("M10.00,20.00 L12.50,20.00 L12.50,20.00 L14.00,20.00 L14.00,18.25  ", "M10 20h4v-1.7");
    assert_short("M1,1 L2.25,3.04 L2.75,3.5 L0,0", "M1 1l1.3 2 .5.5-2.8-3.5");
    assert_short("M1,1 L2,1 L1,1", "M1 1h1-1");
    assert_short("M5,5 L5,5", "M5 5h0");
    assert_short("M0.04,-0.04 L-0.26,0.36 M3,3 L3,4", "M0 0l-.3.4M3 3v1");
    assert_short("M1,1 L4,1 L4,5 Z", "M1 1h3v4z");
    assert_short("M1 1 2 2 3 5", "M1 1l1 1 1 3");
}

static void test_what_is_not_known_stays(void **state)
{
    (void)state;
    assert_short("M1,1 C1,2 3,4 5,6", NULL);
    assert_short("M-1,0 h2 M0,-1 v2", NULL);
    assert_short("L1,1", NULL);
    assert_short("M1", NULL);
    assert_short("M1,nan", NULL);
    assert_short("1,1 2,2", NULL);
    assert_short("", "");
    assert_null(svg_polygon_short(""));
    assert_null(svg_polygon_short("1,2 x"));
}

static void test_a_polygon_becomes_a_closed_path(void **state)
{
    char *path = svg_polygon_short("1.00,1.00 5.00,1.00 5.00,3.00 1.00,3.00 ");

    (void)state;
    assert_string_equal(path, "M1 1h4v2h-4z");
    free(path);
}

/* Reads a short path back, a slow way; how many corners. */
static size_t read_back(const char *path, double *x, double *y)
{
    double here[2] = {0, 0};
    char command = 'M', *end;
    size_t n = 0;

    while (*path != '\0') {
        double value[2] = {0, 0};

        if (strchr("Mhvl", *path) != NULL)
            command = *path++;
        for (int k = 0; k < (command == 'h' || command == 'v' ? 1 : 2); k++) {
            char number[24];
            size_t length = 0;
            /* A number ends before a second point or a sign. */
            path += strspn(path, " ");
            for (bool point = false; *path != '\0' && strchr("-.0123456789", *path) != NULL; path++) {
                if ((*path == '-' && length > 0) || (*path == '.' && point))
                    break;
                point = point || *path == '.';
                number[length++] = *path;
            }
            number[length] = '\0';
            value[k] = strtod(number, &end);
            assert_true(end == number + length && length > 0);
        }
        if (command == 'M')
            here[0] = value[0], here[1] = value[1];
        else if (command == 'l')
            here[0] += value[0], here[1] += value[1];
        else
            here[command == 'v'] += value[0];
        x[n] = here[0];
        y[n++] = here[1];
    }
    return n;
}

/* No rounding adds up: each corner that is left lies within a twentieth of where it was. */
static void test_random_paths_stay_where_they_are(void **state)
{
    enum { N = 200 };

    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        double x[N], y[N], back_x[N], back_y[N];
        char path[N * 24];
        size_t length = 0, at = 0;

        for (size_t k = 0; k < N; k++) {
            x[k] = placed_random(seed, 1, k) < 0.2 && k > 0 ? x[k - 1] : 700 * placed_random(seed, 2, k) - 20;
            y[k] = placed_random(seed, 3, k) < 0.2 && k > 0 ? y[k - 1] : 400 * placed_random(seed, 4, k);
            length += (size_t)snprintf(path + length, sizeof path - length, "%s%.2f,%.2f ", k == 0 ? "M" : "L", x[k], y[k]);
        }
        char *shorter = svg_path_short(path);
        assert_non_null(shorter);
        assert_true(strlen(shorter) < length * 3 / 4);
        const size_t n = read_back(shorter, back_x, back_y);
        for (size_t k = 0; k < N && at < n; k++)
            if (fabs(back_x[at] - x[k]) < 0.0551 && fabs(back_y[at] - y[k]) < 0.0551)
                at++;
        assert_int_equal(at, n); /* each in its order is a corner of the path */
        assert_true(n > N / 2);
        free(shorter);
    }
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

#define HEAD "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'>"
#define SYMBOLS                                                                                                          \
    "<defs>\n<rect id='f-gpPt3' x='-1'/><rect id='f-gpPt4' x='-1'/><circle id='f-gpPt5' r='1'/>"                       \
    "<use xlink:href='#f-gpPt5' id='f-gpPt6'/><use xlink:href='#f-gpPt3' id='f-gpPt11'/>"                                \
    "<use xlink:href='#f-gpPt11' id='f-gpPt12'/><path id='f-gpPt7' d='M0,-1.33 z'/><use xlink:href='#f-gpPt7' id='f-gpPt8'/></defs>"

static void assert_squeezed(const char *body, const char *expected)
{
    char *text = NULL, *inlined;
    const size_t size = strlen(body) + 2048;

    text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, "%s%s%s</svg>", HEAD, SYMBOLS, body);
    inlined = svg_inline(text, strlen(text));
    assert_non_null(inlined);
    assert_string_equal(strchr(inlined, '>') + 1, expected);
    free(inlined);
    free(text);
}

static void test_groups_go_and_what_they_say_stays(void **state)
{
    (void)state;
    assert_squeezed("<g fill='none' stroke='black' stroke-width='1.33' stroke-linecap='butt' stroke-linejoin='miter'></g>\n"
                    "<g id='f-plot' fill='none' stroke='rgb(  0, 114, 178)' stroke-width='0.53' stroke-linecap='butt'>\n"
                    "\t<path d='M1,1 L2,2 '/><path stroke='rgb(208, 208, 208)' d='M1,1 L2,2'/></g>",
                    "<path d=\"M1 1l1 1\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\".53\"/>"
                    "<path stroke=\"currentColor\" d=\"M1 1l1 1\" stroke-opacity=\".2\" fill=\"none\" stroke-width=\".53\"/></svg>");
}

static void test_greys_are_shares_of_the_text_s_colour_and_paint_only_their_own(void **state)
{
    (void)state;
    assert_squeezed("<g fill='none' stroke='rgb(208, 208, 208)' stroke-width='1'><path stroke='black' d='M1,1 L2,1'/><path d='M1,1 L2,1'/></g>"
                    "<polygon fill='rgb(216, 216, 216)' points='1,1 2,1 2,2'/><path fill='none' stroke='rgb(  1, 1, 2)' d='M1,1 L2,1'/>",
                    "<path stroke=\"currentColor\" d=\"M1 1h1\" fill=\"none\" stroke-width=\"1\"/>"
                    "<path d=\"M1 1h1\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1\" stroke-opacity=\".2\"/>"
                    "<path fill=\"currentColor\" fill-opacity=\".17\" d=\"M1 1h1v1z\"/>"
                    "<path fill=\"none\" stroke=\"#010102\" d=\"M1 1h1\"/></svg>");
}

static void test_a_text_is_put_where_its_group_was(void **state)
{
    (void)state;
    assert_squeezed("<g fill='none' stroke='rgb( 89,  89,  89)' stroke-width='1'><g transform='translate(12.34,5.00)' stroke='none' fill='black'"
                    " font-family='F' font-size='9.33' text-anchor='end'>\n<text>a  b</text></g></g>"
                    "<g transform='translate(1,2)' stroke='none' fill='rgb( 89,  89,  89)' font-family='F' text-anchor='start'><text>c</text></g>",
                    "<text font-size=\"9.33\" text-anchor=\"end\" x=\"12.3\" y=\"5\">a  b</text>"
                    "<text class=\"quiet\" x=\"1\" y=\"2\">c</text></svg>");
}

static void test_points_in_a_row_are_one_path(void **state)
{
    (void)state;
    assert_squeezed("<g fill='none' stroke='black'>"
                    "<use xlink:href='#f-gpPt6' transform='translate(3.00,4.00) scale(0.90)' color='rgb(  0, 114, 178)'/>"
                    "<use xlink:href='#f-gpPt6' transform='translate(5.25,4.00) scale(0.90)' color='rgb(  0, 114, 178)'/>"
                    "<use xlink:href='#f-gpPt6' transform='translate(5.25,4.00) scale(0.90)' color='rgb(  0,   0,   0)'/>"
                    "<use xlink:href='#f-gpPt12' transform='translate(10.00,10.00) scale(1.00)' color='rgb(1,2,3)'/></g>",
                    "<path stroke=\"#0072b2\" stroke-width=\"2.10\" stroke-linecap=\"round\" d=\"M3 4h0M5.3 4h0\"/>"
                    "<path stroke=\"currentColor\" stroke-width=\"2.10\" stroke-linecap=\"round\" d=\"M5.3 4h0\"/>"
                    "<path fill=\"#010203\" d=\"M10 8.4l1.6 1.6-1.6 1.6-1.6-1.6z\"/></svg>");
}

static void test_symbols_that_are_used_stay_with_those_they_stand_on(void **state)
{
    (void)state;
    assert_squeezed("<use xlink:href='#f-gpPt8' transform='translate(1,2) scale(0.9)' fill='none'/>",
                    "<defs><path id=\"f-gpPt7\" d=\"M0,-1.33 z\"/><use xlink:href=\"#f-gpPt7\" id=\"f-gpPt8\"/></defs>"
                    "<use xlink:href=\"#f-gpPt8\" transform=\"translate(1,2) scale(0.9)\" fill=\"none\"/></svg>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corners_are_told_from_the_one_before),
        cmocka_unit_test(test_what_is_not_known_stays),
        cmocka_unit_test(test_a_polygon_becomes_a_closed_path),
        cmocka_unit_test(test_random_paths_stay_where_they_are),
        cmocka_unit_test(test_groups_go_and_what_they_say_stays),
        cmocka_unit_test(test_greys_are_shares_of_the_text_s_colour_and_paint_only_their_own),
        cmocka_unit_test(test_a_text_is_put_where_its_group_was),
        cmocka_unit_test(test_points_in_a_row_are_one_path),
        cmocka_unit_test(test_symbols_that_are_used_stay_with_those_they_stand_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
