/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/template.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"

enum { N_FILES = 3 };

struct template_file {
    const char *name, *text;
    char *path;
};

static int check_absent(const char *path)
{
    struct stat status;

    if (lstat(path, &status) == 0)
        return fail("'%s' exists already; nothing was written", path);
    if (errno != ENOENT)
        return fail_errno("cannot look at '%s'", path);
    return 0;
}

int template_write(const char *folder, bool of_stays)
{
    struct template_file files[N_FILES] = {
        {of_stays ? "stays.csv" : "data.csv", of_stays ? template_stays_data : template_data, NULL},
        {"codebook.yaml", of_stays ? template_stays_codebook : template_codebook, NULL},
        {"study.yaml", of_stays ? template_stays_study : template_study, NULL}};
    int result = output_make_folder(folder);

    for (int i = 0; i < N_FILES && result == 0; i++) {
        files[i].path = path_join(folder, files[i].name);
        result = files[i].path == NULL ? -1 : check_absent(files[i].path);
    }
    for (int i = 0; i < N_FILES && result == 0; i++)
        result = output_file(files[i].path, files[i].text, strlen(files[i].text));
    for (int i = 0; i < N_FILES; i++)
        free(files[i].path);
    return result;
}
