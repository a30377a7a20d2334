/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gnuplot's SVG made fit for a page, and the page's writer. */
#include <stdlib.h>
#include <string.h>

#include "report/figure_files.h"
#include "report/html.h"
#include "report/svg.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

static const char drawn[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<svg width=\"692\" height=\"300\" viewBox=\"0 0 692 300\" xmlns=\"http://www.w3.org/2000/svg\" "
    "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n<title>Gnuplot</title><desc>Produced by GNUPLOT</desc>"
    "<defs><circle id='gpDot' r='0.5'/><filter id='f'><feFlood/></filter></defs>"
    "<g id=\"plot_1\"><title>'text.tsv' using 1:2</title><use xlink:href='#gpDot' color='black'/>"
    "<rect fill='url(#pattern)'/><text fill=\"black\" font-family=\"DejaVu Sans:Bold\">a</text></g></svg>";

static void test_ids_and_references_carry_the_name_of_the_figure(void **state)
{
    char *out = NULL;
    size_t length = 0;

    (void)state;
    assert_int_equal(svg_finish(drawn, sizeof drawn - 1, "risks", "A <b> title", "What & how", &out, &length), 0);
    assert_non_null(strstr(out, "id=\"risks-gpDot\""));
    assert_non_null(strstr(out, "xlink:href=\"#risks-gpDot\""));
    assert_non_null(strstr(out, "fill=\"url(#risks-pattern)\""));
    assert_null(strstr(out, "id=\"gpDot\""));
    assert_int_equal(strlen(out), length);
    free(out);
}

static void test_title_and_description_replace_those_of_gnuplot(void **state)
{
    char *out = NULL;
    size_t length = 0;

    (void)state;
    assert_int_equal(svg_finish(drawn, sizeof drawn - 1, "risks", "A <b> title", "What & how", &out, &length), 0);
    assert_non_null(strstr(out, "<title id=\"risks-title\">A &lt;b&gt; title</title>"));
    assert_non_null(strstr(out, "<desc id=\"risks-desc\">What &amp; how</desc>"));
    assert_non_null(strstr(out, "aria-labelledby=\"risks-title risks-desc\""));
    assert_null(strstr(out, "Gnuplot"));
    assert_null(strstr(out, "text.tsv"));
    assert_null(strstr(out, "filter"));
    assert_non_null(strstr(out, "font-weight=\"bold\""));
    assert_non_null(strstr(out, "DejaVu Sans, Verdana, sans-serif"));
    free(out);
}

static void test_in_a_page_black_follows_the_text(void **state)
{
    char *page = svg_inline(drawn, sizeof drawn - 1);

    (void)state;
    assert_non_null(page);
    assert_int_equal(strncmp(page, "<svg", 4), 0); /* no declaration in the middle of a page */
    assert_non_null(strstr(page, "fill=\"currentColor\""));
    assert_null(strstr(page, "color=\"black\""));
    assert_null(strstr(page, "width=\"692\""));
    assert_non_null(strstr(page, "viewBox"));
    free(page);
}

static void test_half_a_file_is_no_figure(void **state)
{
    static const char pdf[] =
        "%PDF-1.5 ... /CreationDate (D:20261121203200Z) ................................................"
        "................................................ %%EOF\n";
    char *out = NULL;
    size_t length = 0;

    (void)state;
    capture_start();
    for (size_t cut = 0; cut < sizeof drawn - 1; cut += 37)
        assert_int_equal(svg_finish(drawn, cut, "x", "t", "d", &out, &length), -1);
    assert_int_equal(figure_check_pdf(pdf, sizeof pdf - 1, "a.pdf"), 0);
    assert_int_equal(figure_check_pdf(pdf, sizeof pdf - 4, "a.pdf"), -1);
    assert_int_equal(figure_check_png("\x89PNG\r\n\x1a\n", 8, "a.png"), -1);
    assert_int_equal(svg_finish("<html/>", 7, "x", "t", "d", &out, &length), -1);
    capture_end();
}

static void test_a_pdf_has_one_date_for_all_runs(void **state)
{
    char pdf[] = "x /CreationDate (D:20261121203200Z) y /CreationDate (D:2026112";

    (void)state;
    figure_fix_pdf_date(pdf, sizeof pdf - 1);
    assert_string_equal(pdf, "x /CreationDate (D:20000101000000Z) y /CreationDate (D:2000010");
}

static void test_the_page_writer_escapes_text_and_attributes(void **state)
{
    struct html *html = html_open();
    size_t length = 0;
    char *page;

    (void)state;
    html_start(html, "p", "title", "a\"b<c>&'", "class", NULL, NULL);
    html_text(html, "<script>alert(1)</script> & \"q\" \x01\xe2\x80\xae");
    html_end(html);
    html_start(html, "td", NULL);
    html_end(html);
    html_void(html, "br", NULL);
    page = html_close(html, &length);
    assert_non_null(page);
    assert_non_null(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt; &amp;"));
    assert_null(strstr(page, "<script"));
    assert_non_null(strstr(page, "title=\"a&quot;b&lt;c&gt;&amp;'\""));
    assert_non_null(strstr(page, "<td></td>")); /* an end tag even when empty */
    assert_non_null(strstr(page, "<br/>"));
    assert_null(strstr(page, "class="));
    assert_null(strchr(page, '\x01'));
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_and_references_carry_the_name_of_the_figure),
        cmocka_unit_test(test_title_and_description_replace_those_of_gnuplot),
        cmocka_unit_test(test_in_a_page_black_follows_the_text),
        cmocka_unit_test(test_half_a_file_is_no_figure),
        cmocka_unit_test(test_a_pdf_has_one_date_for_all_runs),
        cmocka_unit_test(test_the_page_writer_escapes_text_and_attributes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
