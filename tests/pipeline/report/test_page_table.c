/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of the page: heads, groups, and sentences set below as numbered notes. */
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "tests/support/near.h"

/* Three rows under one heading; the first and last carry the same sentence, the second none. */
static char *page_of_notes(bool has_notes)
{
    static const char *const rows[][3] = {
        {"a v c", "2.385", "Wald <limits>"}, {"b v c", "1.7", ""}, {"a v b", "0.9", "Wald <limits>"}};
    struct text_table table = {.pool = pool_alloc(), .caption = "Ratios"};
    struct html *const html = html_open();
    size_t length = 0;

    assert_non_null(table.pool);
    assert_non_null(html);
    assert_int_equal(text_table_column(&table, "Arms", false), 0);
    assert_int_equal(text_table_column(&table, "Value", true), 0);
    if (has_notes)
        assert_int_equal(text_table_notes(&table, "How it was made"), 0);
    else
        assert_int_equal(text_table_column(&table, "How it was made", false), 0);
    assert_int_equal(text_table_heading(&table, "By day 90"), 0);
    for (size_t i = 0; i < 3; i++)
        memcpy(text_table_row(&table), rows[i], sizeof rows[i]);
    page_table(html, &table);
    text_table_free(&table);
    pool_free(table.pool);
    return html_close(html, &length);
}

static size_t times(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

static void test_a_sentence_stands_once_below_the_table_and_rows_carry_its_number(void **state)
{
    char *const page = page_of_notes(true);

    (void)state;
    assert_int_equal(times(page, "Wald &lt;limits&gt;"), 1);
    assert_int_equal(times(page, "<td>1</td>"), 2);
    assert_int_equal(times(page, "<td></td>"), 1);
    assert_int_equal(times(page, "<li>"), 1);
    assert_true(strstr(page, "</table>") < strstr(page, "<p>How it was made</p>"));
    assert_non_null(strstr(page, ">Note</th>"));
    free(page);
}

static void test_without_notes_a_sentence_stays_in_its_row(void **state)
{
    char *const page = page_of_notes(false);

    (void)state;
    assert_int_equal(times(page, "Wald &lt;limits&gt;"), 2);
    assert_int_equal(times(page, "class=\"notes\""), 0);
    assert_non_null(strstr(page, ">How it was made</th>"));
    free(page);
}

static void test_a_heading_spans_the_table_and_begins_a_group(void **state)
{
    char *const page = page_of_notes(true);

    (void)state;
    assert_non_null(strstr(page, "<th scope=\"rowgroup\" colspan=\"3\">By day 90</th>"));
    assert_int_equal(times(page, "<tbody>"), 1);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sentence_stands_once_below_the_table_and_rows_carry_its_number),
        cmocka_unit_test(test_without_notes_a_sentence_stays_in_its_row),
        cmocka_unit_test(test_a_heading_spans_the_table_and_begins_a_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
