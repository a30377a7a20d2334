/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/page_shell.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/output.h"
#include "base/sha256.h"

enum { DIGEST_BYTES = 32 };

/* The SHA-256 of a text in base64, as a policy names it; "" after telling. */
static const char *policy_hash(struct pool *pool, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[DIGEST_BYTES + 1] = {0};
    char hex[SHA256_HEX_SIZE], out[4 * ((DIGEST_BYTES + 2) / 3) + 1] = "";

    if (sha256_bytes(text, strlen(text), hex) != 0)
        return "";
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        const char pair[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
    }
    for (size_t i = 0, k = 0; i < DIGEST_BYTES; i += 3) {
        const unsigned int three = (unsigned int)bytes[i] << 16 | (unsigned int)bytes[i + 1] << 8 |
                                   (i + 2 < DIGEST_BYTES ? bytes[i + 2] : 0u);
        for (int shift = 18; shift >= 0; shift -= 6)
            out[k++] = digits[three >> shift & 63];
    }
    out[sizeof out - 2] = '='; /* 32 bytes leave one place of the last four empty */
    return pool_copy(pool, out, strlen(out));
}

static const char *policy(struct pool *pool, const char *script)
{
    static const char rest[] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    return script == NULL ? rest : pool_format(pool, "%s; script-src 'sha256-%s'", rest, policy_hash(pool, script));
}

static void write_head(struct html *html, struct pool *pool, const struct page_shell *shell)
{
    html_start(html, "head", NULL);
    html_void(html, "meta", "charset", "utf-8", NULL);
    html_void(html, "meta", "http-equiv", "Content-Security-Policy", "content", policy(pool, shell->script), NULL);
    html_void(html, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
    html_void(html, "meta", "name", "color-scheme", "content", "light dark", NULL);
    html_void(html, "meta", "name", "generator", "content", "stepdown", NULL);
    html_line(html, "title", shell->title);
    html_start(html, "style", NULL);
    html_raw(html, page_style);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}

struct html *page_open(struct pool *pool, const struct page_shell *shell)
{
    struct html *html = html_open();

    if (html == NULL)
        return NULL;
    html_start(html, "html", "lang", "en", NULL);
    write_head(html, pool, shell);
    html_start(html, "body", NULL);
    html_start(html, "a", "class", "skip", "href", shell->skip_to, NULL);
    html_text(html, shell->skip);
    html_end(html);
    html_start(html, "header", NULL);
    html_line_class(html, "p", "kicker", shell->kicker);
    html_start(html, "h1", "dir", "auto", NULL);
    html_text(html, shell->title);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
    html_start(html, "main", NULL);
    return html;
}

char *page_close(struct html *html, struct pool *pool, const struct page_shell *shell, const char *footer, size_t *length)
{
    html_end(html);
    html_start(html, "footer", NULL);
    html_line(html, "p", footer);
    html_end(html);
    if (shell->script != NULL) {
        html_start(html, "script", NULL);
        html_raw(html, shell->script);
        html_end(html);
    }
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
    if (pool_failed(pool)) {
        html_abandon(html);
        return NULL;
    }
    return html_close(html, length);
}

int page_write(char *page, size_t length, const char *folder, const char *name)
{
    char *path = page == NULL ? NULL : path_join(folder, name);
    const int status = path == NULL ? -1 : output_file(path, page, length);

    free(page);
    free(path);
    return status;
}

void page_section(struct html *html, struct pool *pool, const char *id, const char *heading)
{
    const char *heading_id = pool_format(pool, "%s-heading", id);

    html_start(html, "section", "id", id, "aria-labelledby", heading_id, NULL);
    html_start(html, "h2", "id", heading_id, NULL);
    html_text(html, heading);
    html_end(html);
}
