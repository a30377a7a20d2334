/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * page_shell.h - what every page shares: head, title, the one style sheet, and the rule that nothing is fetched.
 *
 * A page says by its Content-Security-Policy that it asks no network for anything and runs no script but the one it brings, whose
 * hash is in the policy; so a text that got past every escape would still not run.
 */
#ifndef REPORT_PAGE_SHELL_H
#define REPORT_PAGE_SHELL_H

#include "report/html.h"
#include "report/pool.h"

struct page_shell {
    const char *kicker, *title;  /* the line above the title, the title */
    const char *skip_to, *skip;  /* "#answer", "Skip to the answer" */
    const char *script;          /* our own constant script, run at the end of the page; NULL: none */
};

/** From the doctype to an open <main>.  NULL after telling. */
struct html *page_open(struct pool *pool, const struct page_shell *shell);

/** Closes <main>, writes the footer and the script, and the page; caller frees; NULL after telling.  Frees html. */
char *page_close(struct html *html, struct pool *pool, const struct page_shell *shell, const char *footer, size_t *length);

/** Writes folder/name.  Frees page, which may be NULL (told).  -1 after telling. */
int page_write(char *page, size_t length, const char *folder, const char *name);

/** An opened section with its heading: <section id=ID aria-labelledby=ID-heading><h2>. */
void page_section(struct html *html, struct pool *pool, const char *id, const char *heading);

extern const char *const page_style; /* CSS */

#endif
