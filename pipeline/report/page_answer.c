/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the page leads with. */
#include "report/page.h"

#include <string.h>

static const char *class_of(const char *verdict)
{
    if (strcmp(verdict, "non-inferior") == 0)
        return "answer good";
    if (strcmp(verdict, "inferior") == 0)
        return "answer bad";
    return "answer open";
}

void page_answer(struct html *html, struct bundle *bundle, const struct answer *answer)
{
    (void)bundle;
    html_start(html, "section", "id", "answer", "class", class_of(answer->verdict), "aria-labelledby", "answer-heading",
               NULL);
    html_start(html, "h2", "id", "answer-heading", NULL);
    html_text(html, "The answer");
    html_end(html);
    html_line_class(html, "p", "lead", answer->sentence);
    if (answer->n_others > 0) {
        html_line_class(html, "p", "quiet", "The same question for the other comparisons:");
        html_start(html, "ul", "class", "others", NULL);
        for (size_t i = 0; i < answer->n_others; i++)
            html_line(html, "li", answer->others[i]);
        html_end(html);
    }
    html_line(html, "h3", "To be read with it");
    html_start(html, "ul", "class", "caveats", NULL);
    for (size_t i = 0; i < answer->n_caveats; i++)
        html_line(html, "li", answer->caveats[i]);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}
