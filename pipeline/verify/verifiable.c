/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/verifiable.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"

/* The results file of a folder, of a run or a release; caller frees; NULL, untold, when there is none. */
static char *results_in(const char *folder)
{
    static const char *const places[] = {"released.h5", "release/released.h5", "../released.h5", "work/results.h5", "results.h5"};
    char *found = NULL;

    for (size_t i = 0; found == NULL && i < sizeof places / sizeof places[0]; i++) {
        found = path_join(folder, places[i]);
        if (found != NULL && access(found, F_OK) != 0) {
            free(found);
            found = NULL;
        }
    }
    return found;
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* What a release holds besides released.h5. */
static bool is_of_release(const char *path)
{
    static const char *const ends[] = {".html", ".svg", ".png", ".pdf", ".csv", "manifest.json", "ro-crate-metadata.json"};
    const size_t length = strlen(path);
    bool is = false;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        is = is || (length >= strlen(ends[i]) && strcmp(path + length - strlen(ends[i]), ends[i]) == 0);
    return is;
}

static int refuse(const char *path, const char *what, const char *folder)
{
    char *const results = results_in(folder);

    if (results != NULL)
        fail("'%s' is %s, and no study or results file; `stepdown verify %s` checks the results with all that lies beside them", path, what,
             results);
    else
        fail("'%s' is %s, and no study or results file: STUDY.yaml, released.h5 or results.h5 was expected", path, what);
    free(results);
    return -1;
}

int verifiable_check(const char *path)
{
    if (is_folder(path))
        return refuse(path, "a folder", path);
    if (access(path, F_OK) != 0 || !is_of_release(path))
        return 0;
    char *const folder = path_folder(path);
    const int status = folder == NULL ? -1 : refuse(path, "a file of a release", folder);

    free(folder);
    return status;
}
