/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "base/progress.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <string.h>
#include <time.h>

/* The clock of this program stands still unless a test moves it (the linker's --wrap). */
static long milliseconds = 86400000;
int __wrap_clock_gettime(clockid_t which, struct timespec *time);
int __wrap_clock_gettime(clockid_t which, struct timespec *time)
{
    assert_int_equal(which, CLOCK_MONOTONIC);
    *time = (struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000};
    return 0;
}

static void line_is(size_t done, size_t total, double seconds, const char *expected)
{
    char line[256];
    const double share = total > 0 ? (double)done / (double)total : 0;
    assert_int_equal(progress_line(line, sizeof line, "ingest", "rows", done, share, seconds), strlen(expected));
    assert_string_equal(line, expected);
}

static void test_a_line_shows_rows_rate_and_time_left(void **state)
{
    (void)state;
    line_is(1200000, 7500000, 1200000 / 2.1e6, "ingest  1,200,000 rows  2.1 M/s  3 s left");
    line_is(999, 0, 2, "ingest  999 rows  500/s");
    line_is(1000, 0, 1, "ingest  1,000 rows  1.0 k/s");
    line_is(123456789, 0, 10, "ingest  123,456,789 rows  12 M/s");
    line_is(999700, 0, 1, "ingest  999,700 rows  1.0 M/s");
    line_is(1000, 1000, 1, "ingest  1,000 rows  1.0 k/s");
    line_is(10, 3000, 1, "ingest  10 rows  10/s  5 min left");
    line_is(1, 36001, 1, "ingest  1 rows  1/s  10 h left");
}

static void test_before_anything_is_known_nothing_is_guessed(void **state)
{
    (void)state;
    line_is(0, 100, 0, "ingest  0 rows");
    line_is(0, 100, 5, "ingest  0 rows");
    line_is(50, 100, 0, "ingest  50 rows");
    char line[8];
    assert_true(progress_line(line, sizeof line, "ingest", "rows", 1, 0.5, 3) > 7);
    assert_string_equal(line, "ingest ");
}

static void test_without_a_terminal_nothing_is_written(void **state)
{
    (void)state;
    capture_start();
    struct progress *const progress = progress_start("ingest", "rows", 10);
    milliseconds += 120;
    progress_add(progress, 5);
    progress_end(progress);
    assert_string_equal(capture_end(), "");
    assert_null(progress);
}

static void test_on_a_terminal_the_line_is_drawn_and_wiped(void **state)
{
    (void)state;
    if (!terminal_start())
        skip(); /* a bare container has no pseudo terminals */
    set_verbosity(VERBOSITY_QUIET);
    struct progress *const silent = progress_start("ingest", "rows", 0);
    set_verbosity(VERBOSITY_NORMAL);
    struct progress *const progress = progress_start("ingest", "rows", 0);
    milliseconds += 99;
    progress_add(progress, 1000); /* too early */
    milliseconds += 1;
    progress_add(progress, 234);
    milliseconds += 99;
    progress_add(progress, 1); /* at most ten times a second */
    milliseconds += 1;
    progress_add(progress, 2);
    progress_end(progress);
    const char *const text = terminal_end();
    assert_null(silent);
    assert_string_equal(text, "\r\033[Kingest  1,234 rows  12 k/s\r\033[Kingest  1,237 rows  6.2 k/s\r\033[K");
}

static void test_a_line_that_was_never_drawn_is_not_wiped(void **state)
{
    (void)state;
    if (!terminal_start())
        skip();
    struct progress *const progress = progress_start("ingest", "rows", 10);
    milliseconds += 99;
    progress_add(progress, 10);
    progress_end(progress);
    assert_string_equal(terminal_end(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_shows_rows_rate_and_time_left),
        cmocka_unit_test(test_before_anything_is_known_nothing_is_guessed),
        cmocka_unit_test(test_without_a_terminal_nothing_is_written),
        cmocka_unit_test(test_on_a_terminal_the_line_is_drawn_and_wiped),
        cmocka_unit_test(test_a_line_that_was_never_drawn_is_not_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
