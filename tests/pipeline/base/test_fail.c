/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fail.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cmocka has a macro fail() without arguments; (fail) is our function. */

/* What stands on a terminal after one message. */
static const char *on_a_terminal(int (*talk)(void))
{
    if (!terminal_start())
        skip(); /* a bare container has no pseudo terminals */
    const int status = talk();
    const char *const text = terminal_end();
    assert_int_equal(status, -1);
    return text;
}

static int fail_plainly(void)
{
    return (fail)("no rows");
}

static void test_an_error_names_its_place(void **state)
{
    (void)state;
    capture_start();
    const int status[] = {(fail)("the table '%s' is empty", "visits"),
                          fail_at("study.yaml", 12, 3, "unknown key '%s'", "x"),
                          fail_at("study.yaml", 12, 0, "empty"), fail_at("study.yaml", 0, 0, "empty")};
    assert_string_equal(capture_end(), "error: the table 'visits' is empty\n"
                                       "error: study.yaml:12:3: unknown key 'x'\n"
                                       "error: study.yaml:12: empty\n"
                                       "error: study.yaml: empty\n");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(status[i], -1);
}

static void test_the_reason_is_that_of_errno_on_entry_and_errno_stays(void **state)
{
    (void)state;
    capture_start();
    errno = ENOSPC;
    const int status = fail_errno("cannot write '%s'", "a.h5");
    const int after = errno;
    assert_string_equal(capture_end(), "error: cannot write 'a.h5': No space left on device\n");
    assert_int_equal(status, -1);
    assert_int_equal(after, ENOSPC);
}

static void test_quiet_silences_notes_but_no_warnings(void **state)
{
    (void)state;
    static const char *const expected[] = {"warning: w\n", "warning: w\nn\n", "warning: w\nn\nd\n"};
    for (int verbosity = VERBOSITY_QUIET; verbosity <= VERBOSITY_VERBOSE; verbosity++) {
        set_verbosity((enum verbosity)verbosity);
        capture_start();
        warn("w");
        note("n");
        detail("d");
        assert_string_equal(capture_end(), expected[verbosity]);
    }
    set_verbosity(VERBOSITY_NORMAL);
}

static void test_a_message_cannot_steer_the_terminal(void **state)
{
    (void)state;
    capture_start();
    (fail)("'%s'", "a\x1b[2Jb\rc\x07 \xc2\x9b""1m \x9b \x7f \xc3\xa9\t");
    assert_string_equal(capture_end(), "error: 'a?[2Jb?c? ?\?1m ? ? \xc3\xa9\t'\n");
}

static void test_a_long_message_is_cut_and_ends_its_line(void **state)
{
    (void)state;
    static char text[20000];
    memset(text, 'x', sizeof text - 1);
    capture_start();
    (fail)("%s", text);
    const char *const told = capture_end();
    const size_t length = strlen(told);
    assert_true(length > 8000 && length < 8300);
    assert_string_equal(told + length - 5, "x...\n");
}

static void test_colour_appears_on_a_terminal_only_and_not_with_no_color(void **state)
{
    (void)state;
    unsetenv("NO_COLOR");
    assert_string_equal(on_a_terminal(fail_plainly), "\033[1;31merror:\033[0m no rows\r\n");
    setenv("NO_COLOR", "1", 1);
    assert_string_equal(on_a_terminal(fail_plainly), "error: no rows\r\n");
    setenv("NO_COLOR", "", 1); /* empty is as if unset */
    assert_string_equal(on_a_terminal(fail_plainly), "\033[1;31merror:\033[0m no rows\r\n");
    capture_start();
    (fail)("no rows");
    assert_string_equal(capture_end(), "error: no rows\n");
}

static void test_a_message_wipes_the_half_line_of_progress_once(void **state)
{
    (void)state;
    capture_start();
    set_open_line(true);
    (fail)("one");
    (fail)("two");
    assert_string_equal(capture_end(), "\r\033[Kerror: one\nerror: two\n");
}

static void escapes_to(const char *bytes, size_t length, const char *expected)
{
    char out[ESCAPED_SIZE];
    assert_ptr_equal(escape_value(out, bytes, length), out);
    assert_string_equal(out, expected);
}

static void test_a_value_is_shown_harmless(void **state)
{
    (void)state;
    escapes_to("", 0, "");
    escapes_to("plain 12.5", 10, "plain 12.5");
    escapes_to("a\0b", 3, "a\\x00b");
    escapes_to("x\x1b[2J", 5, "x\\x1b[2J");
    escapes_to("'\"\\\n\x7f", 5, "\\x27\\x22\\x5c\\x0a\\x7f");
    escapes_to("caf\xc3\xa9", 5, "caf\xc3\xa9");
    escapes_to("\xe2\x82\xac \xf0\x9f\x98\x80", 8, "\xe2\x82\xac \xf0\x9f\x98\x80");
    escapes_to("caf\xe9", 4, "caf\\xe9");                        /* Latin-1 */
    escapes_to("\xc3", 1, "\\xc3");                              /* cut character */
    escapes_to("\xc0\xaf", 2, "\\xc0\\xaf");                     /* overlong '/' */
    escapes_to("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf");            /* overlong '/' */
    escapes_to("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");            /* surrogate */
    escapes_to("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");   /* beyond U+10FFFF */
    escapes_to("\xc2\x9b""1m", 4, "\\xc2\\x9b1m");               /* one-character CSI */
    escapes_to("\xe2\x80\xae""abc", 6, "\\xe2\\x80\\xaeabc");    /* right-to-left override */
    escapes_to("\xe2\x81\xa6", 3, "\\xe2\\x81\\xa6");            /* isolate */
    escapes_to("\xef\xbb\xbf""id", 5, "\\xef\\xbb\\xbfid");      /* byte order mark */
}

static void test_a_long_value_is_cut_at_64_bytes_between_characters(void **state)
{
    (void)state;
    char value[80], expected[ESCAPED_SIZE];
    memset(value, 'a', sizeof value);
    memset(expected, 'a', 64);
    expected[64] = '\0';
    escapes_to(value, 64, expected);
    strcpy(expected + 64, "...");
    escapes_to(value, 65, expected);
    memcpy(value + 62, "\xe2\x82\xac", 3); /* the euro sign lies over the edge */
    strcpy(expected + 62, "...");
    escapes_to(value, 80, expected);
    memset(value, '\x01', sizeof value); /* the longest result there is */
    char out[ESCAPED_SIZE];
    escape_value(out, value, sizeof value);
    assert_int_equal(strlen(out), ESCAPED_SIZE - 1);
}

static void nearest_is(const char *wanted, const char *expected)
{
    static const char *const names[] = {"outcomes", "cohort", "compare", "covariates", "arms", "link", "to", "from"};
    const char *const found = nearest_name(wanted, names, sizeof names / sizeof *names);
    if (expected == NULL)
        assert_null(found);
    else if (found == NULL || strcmp(found, expected) != 0)
        fail_msg("'%s' is near to '%s', found '%s'", wanted, expected, found != NULL ? found : "nothing");
}

static void test_the_nearest_name_forgives_a_typing_error(void **state)
{
    (void)state;
    nearest_is("outcoms", "outcomes");    /* left out */
    nearest_is("outccomes", "outcomes");  /* doubled */
    nearest_is("outcimes", "outcomes");   /* wrong letter */
    nearest_is("otucomes", "outcomes");   /* exchanged */
    nearest_is("Outcomes", "outcomes");   /* capital */
    nearest_is("covariate", "covariates");
    nearest_is("amrs", "arms");
    nearest_is("form", "from");
}

static void test_what_is_not_near_has_no_nearest_name(void **state)
{
    (void)state;
    nearest_is("", NULL);
    nearest_is("zzzzzz", NULL);
    nearest_is("xy", NULL);
    nearest_is("q", NULL);
    nearest_is("disclosure", NULL);
    char longest[200];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    nearest_is(longest, NULL);
    assert_null(nearest_name("arms", NULL, 0));
}

static void test_of_equally_near_names_the_first_is_taken(void **state)
{
    (void)state;
    static const char *const names[] = {"beta", "bata"};
    assert_ptr_equal(nearest_name("bxta", names, 2), names[0]);
}

static void test_what_is_held_is_told_in_the_order_of_the_parts(void **state)
{
    (void)state;
    capture_start();
    fail_hold();
    warn("the second part: %d left out", 3);
    (fail)("the second part cannot go on");
    assert_false(fail_was_told());
    struct fail_held *const second = fail_take_held();
    fail_hold();
    note("the first part\tis done");
    struct fail_held *const first = fail_take_held();
    fail_hold();
    struct fail_held *const nothing = fail_take_held();
    assert_null(nothing); /* who says nothing takes nobody else's word away */
    warn("nobody holds this");
    fail_tell_held(first);
    fail_tell_held(nothing);
    fail_tell_held(second);
    fail_tell_held(NULL);
    assert_string_equal(capture_end(), "warning: nobody holds this\n"
                                       "the first part\tis done\n"
                                       "warning: the second part: 3 left out\n"
                                       "error: the second part cannot go on\n");
    assert_true(fail_was_told());
}

static void test_a_hold_within_a_hold_goes_to_the_outer_one_when_it_is_told(void **state)
{
    (void)state;
    capture_start();
    fail_hold();
    warn("a");
    fail_hold();
    warn("b");
    struct fail_held *const inner = fail_take_held();
    fail_hold();
    warn("of a part that is given up");
    fail_held_free(fail_take_held());
    fail_tell_held(inner);
    warn("c");
    fail_tell_held(fail_take_held());
    assert_string_equal(capture_end(), "warning: a\nwarning: b\nwarning: c\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_held_is_told_in_the_order_of_the_parts), /* before any error is told */
        cmocka_unit_test(test_a_hold_within_a_hold_goes_to_the_outer_one_when_it_is_told),
        cmocka_unit_test(test_an_error_names_its_place),
        cmocka_unit_test(test_the_reason_is_that_of_errno_on_entry_and_errno_stays),
        cmocka_unit_test(test_quiet_silences_notes_but_no_warnings),
        cmocka_unit_test(test_a_message_cannot_steer_the_terminal),
        cmocka_unit_test(test_a_long_message_is_cut_and_ends_its_line),
        cmocka_unit_test(test_colour_appears_on_a_terminal_only_and_not_with_no_color),
        cmocka_unit_test(test_a_message_wipes_the_half_line_of_progress_once),
        cmocka_unit_test(test_a_value_is_shown_harmless),
        cmocka_unit_test(test_a_long_value_is_cut_at_64_bytes_between_characters),
        cmocka_unit_test(test_the_nearest_name_forgives_a_typing_error),
        cmocka_unit_test(test_what_is_not_near_has_no_nearest_name),
        cmocka_unit_test(test_of_equally_near_names_the_first_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
