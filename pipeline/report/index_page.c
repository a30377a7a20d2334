/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/index_page.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/program.h"
#include "report/answer.h"
#include "report/page.h"
#include "report/show.h"

/* ---- links ------------------------------------------------------------------------------------------------------ */

char *relative_path(const char *page_folder, const char *target)
{
    size_t common = 0, up = 0;
    char *path = copy_text("");

    for (size_t i = 0;; i++) {
        const bool end_page = page_folder[i] == '\0' || page_folder[i] == '/', end_target = target[i] == '\0' || target[i] == '/';
        if (end_page && end_target)
            common = i;
        if (page_folder[i] != target[i] || page_folder[i] == '\0')
            break;
    }
    for (const char *rest = page_folder + common; *rest != '\0'; rest++)
        up += *rest == '/' && rest[1] != '\0';
    while (path != NULL && up-- > 0) {
        char *longer = format_text("../%s", path);
        free(path);
        path = longer;
    }
    while (target[common] == '/')
        common++;
    if (path != NULL) {
        char *whole = format_text("%s%s", path, target + common);
        free(path);
        path = whole;
    }
    return path;
}

char *path_as_link(const char *path)
{
    char *link = allocate(3 * strlen(path) + 1, 1);
    size_t n = 0;

    for (const unsigned char *c = (const unsigned char *)path; link != NULL && *c != '\0'; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("-._~/", *c) != NULL)
            link[n++] = (char)*c;
        else
            n += (size_t)snprintf(link + n, 4, "%%%02X", *c);
    }
    return link;
}

/* The folder of a file in its full form; caller frees; NULL after telling. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? copy_text(".") : slash == path ? copy_text("/") : copy_bytes(path, (size_t)(slash - path));
    char *full = folder == NULL ? NULL : realpath(folder, NULL);

    if (folder != NULL && full == NULL)
        fail_errno("cannot find folder '%s'", folder);
    free(folder);
    return full;
}

/* ---- a study ------------------------------------------------------------------------------------------------------ */

static const char *const pages[][2] = {{"report.html", "Report"}, {"dashboard.html", "Dashboard"}, {"review.html", "Review"}};
enum { N_PAGES = sizeof pages / sizeof pages[0] };

static void write_page_link(struct html *html, struct bundle *bundle, const char *release, const char *page_folder, const char *name,
                            const char *text)
{
    char *path = format_text("%s/%s", release, name), *relative = path == NULL ? NULL : relative_path(page_folder, path);
    char *link = relative == NULL ? NULL : path_as_link(relative);

    (void)bundle;
    if (link != NULL && access(path, R_OK) == 0) {
        html_start(html, "li", NULL);
        html_link(html, link, text);
        html_end(html);
    }
    free(link);
    free(relative);
    free(path);
}

static void write_study(struct html *html, struct bundle *bundle, const char *release, const char *page_folder, size_t number)
{
    const struct answer answer = answer_find(bundle);
    const struct published_counts counts = published_count(bundle);

    page_section(html, bundle->pool, pool_format(bundle->pool, "study-%zu", number), page_title(bundle));
    html_line(html, "p", answer.sentence);
    html_line_class(html, "p", "quiet",
                    pool_format(bundle->pool, "Study %s%s%s.%s", bundle_study_value(bundle, "study"),
                                answer.verdict[0] == '\0' ? "; no margin was declared for it" : "; verdict: ", answer.verdict,
                                counts.n == 0 ? ""
                                              : pool_format(bundle->pool, " Of %zu published numbers %zu match and %zu differ.", counts.n,
                                                            counts.matches, counts.differs)));
    html_start(html, "ul", "class", "pages", NULL);
    for (size_t k = 0; k < N_PAGES; k++)
        write_page_link(html, bundle, release, page_folder, pages[k][0],
                        pool_format(bundle->pool, "%s of %s", pages[k][1], bundle_study_value(bundle, "study")));
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}

/* The bundle of a folder and, in full form, the folder that holds its released.h5. */
static struct bundle *open_release(const char *folder, char **release)
{
    char *path = released_path(folder);
    struct bundle *bundle = path == NULL ? NULL : bundle_read(path);

    *release = bundle == NULL ? NULL : folder_of(path);
    free(path);
    if (*release == NULL) {
        bundle_free(bundle);
        return NULL;
    }
    return bundle;
}

static int check_one_apart(const char *path, const char *folder, const char *name)
{
    char *const other = path_join(folder, name);
    const int status = other == NULL ? -1 : output_check_apart(path, other);

    free(other);
    return status;
}

/* What a folder released is read, or linked to. */
static int check_apart(const char *path, const char *folder)
{
    char *const released = released_path(folder), *const release = released == NULL ? NULL : path_folder(released);
    int status = release == NULL ? -1 : output_check_apart(path, released);

    for (size_t k = 0; status == 0 && k < N_PAGES; k++)
        status = check_one_apart(path, release, pages[k][0]);
    free(release);
    free(released);
    return status;
}

static int check_all_apart(const char *path, char *const *folders, size_t n)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < n; i++)
        status = check_apart(path, folders[i]);
    return status;
}

int index_page_write(const char *path, char *const *folders, size_t n)
{
    if (check_all_apart(path, folders, n) != 0)
        return EXIT_FAILED;
    struct pool *pool = pool_alloc();
    char *page_folder = folder_of(path), *page = NULL;
    const struct page_shell shell = {.kicker = "stepdown",
                                     .title = pool == NULL ? "" : pool_format(pool, n == 1 ? "%zu study" : "%zu studies", n),
                                     .skip_to = "#study-1",
                                     .skip = "Skip to the first study"};
    struct html *html = pool == NULL || page_folder == NULL ? NULL : page_open(pool, &shell);
    size_t length = 0;
    int status = html == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < n; i++) {
        char *release = NULL;
        struct bundle *bundle = open_release(folders[i], &release);
        status = bundle == NULL ? -1 : 0;
        if (bundle != NULL) {
            write_study(html, bundle, release, page_folder, i + 1);
            status = pool_failed(bundle->pool) ? -1 : 0;
        }
        bundle_free(bundle);
        free(release);
    }
    if (status == 0) {
        page = page_close(html, pool, &shell, "Each study was released by its own rules; what it hides is said on its pages.", &length);
        char *name = copy_text(path_name(path));
        status = name == NULL ? -1 : page_write(page, length, page_folder, name);
        free(name);
    } else {
        html_abandon(html);
    }
    free(page_folder);
    pool_free(pool);
    return status == 0 ? EXIT_DONE : EXIT_FAILED;
}
