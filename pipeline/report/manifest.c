/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/manifest.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/sha256.h"
#include "report/crate.h"

/* Adds one file of the folder; a file that is not there is an error. */
static int add_file(json_t *files, const char *folder, const char *name)
{
    char *path = path_join(folder, name), hex[SHA256_HEX_SIZE];
    struct stat about;
    int status = -1;

    if (path != NULL && sha256_file(path, hex) == 0) {
        if (stat(path, &about) != 0)
            status = fail_errno("cannot look at '%s'", path);
        else
            status = json_object_set_new(files, name,
                                         json_pack("{s:s, s:I}", "sha256", hex, "size", (json_int_t)about.st_size));
    }
    free(path);
    return status;
}

static int add_figures(json_t *files, struct bundle *bundle, const struct figures *figures, const char *folder)
{
    static const char *const endings[] = {".svg", ".pdf", ".png", "-narrow.svg", "-narrow.pdf", "-narrow.png"};

    for (size_t i = 0; i < figures->n; i++)
        for (size_t k = 0; !figures->items[i].failed && k < sizeof endings / sizeof endings[0]; k++)
            if (add_file(files, folder,
                         pool_format(bundle->pool, "figures/%s%s", figures->items[i].name, endings[k])) != 0)
                return -1;
    return 0;
}

/* The pages that this study has. */
static int add_pages(json_t *files, const struct bundle *bundle, const char *folder)
{
    bool dashboard = false;

    for (size_t i = 0; i < bundle->n_tables; i++)
        dashboard = dashboard || strcmp(bundle->tables[i]->name, "programmes") == 0;
    if (add_file(files, folder, "report.html") != 0 || add_file(files, folder, "review.html") != 0)
        return -1;
    return dashboard ? add_file(files, folder, "dashboard.html") : 0;
}

static json_t *list_files(struct bundle *bundle, const struct figures *figures, const char *folder)
{
    json_t *files = json_object();
    int status = files == NULL || add_file(files, folder, "released.h5") != 0 || add_pages(files, bundle, folder) != 0 ? -1 : 0;

    for (size_t i = 0; status == 0 && i < bundle->n_tables; i++)
        status = add_file(files, folder, pool_format(bundle->pool, "tables/%s.csv", bundle->tables[i]->name));
    if (status == 0)
        status = add_figures(files, bundle, figures, folder);
    if (status != 0) {
        json_decref(files);
        return NULL;
    }
    return files;
}

/* The manifest of the folder, or NULL when there is none that can be read. */
static json_t *read_manifest(const char *folder)
{
    char *path = path_join(folder, "manifest.json");
    json_t *manifest = path == NULL || access(path, R_OK) != 0 ? NULL : json_load_file(path, 0, NULL);

    free(path);
    return manifest;
}

/* Only names that a release can have: nobody's manifest may make us remove anything else. */
static bool is_release_name(const char *name)
{
    const char *rest = strncmp(name, "figures/", 8) == 0  ? name + 8
                       : strncmp(name, "tables/", 7) == 0 ? name + 7
                                                          : name;

    return rest[0] != '\0' && rest[0] != '.' && strchr(rest, '/') == NULL;
}

static void remove_stale(const char *folder, json_t *files)
{
    json_t *manifest = read_manifest(folder);
    const char *name;
    json_t *entry;

    json_object_foreach(json_object_get(manifest, "files"), name, entry)
    {
        char *path;

        (void)entry;
        if (json_object_get(files, name) != NULL || !is_release_name(name))
            continue;
        path = path_join(folder, name);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    json_decref(manifest);
}

void manifest_remove_release(const char *release_folder)
{
    static const char *const names[] = {"manifest.json", "figures", "tables", "."};
    json_t *nothing = json_object();

    if (nothing == NULL)
        return;
    remove_stale(release_folder, nothing);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = i == 3 ? copy_text(release_folder) : path_join(release_folder, names[i]);

        if (path != NULL)
            (void)(i == 0 ? unlink(path) : rmdir(path)); /* what somebody else put there stays */
        free(path);
    }
    json_decref(nothing);
}

static json_t *failed_figures(const struct figures *figures)
{
    json_t *failed = json_array();

    for (size_t i = 0; failed != NULL && i < figures->n; i++)
        if (figures->items[i].failed)
            json_array_append_new(failed, json_string(figures->items[i].name));
    return failed;
}

static int write_json(const char *folder, json_t *manifest)
{
    char *path = path_join(folder, "manifest.json"), *text = json_dumps(manifest, JSON_INDENT(1) | JSON_SORT_KEYS);
    struct output *output = path == NULL || text == NULL ? NULL : output_open(path);
    int status = -1;

    if (output != NULL)
        status = output_end(output, output_text(output, text) == 0 && output_text(output, "\n") == 0 ? 0 : -1);
    free(path);
    free(text);
    return status;
}

int manifest_write(struct bundle *bundle, const struct figures *figures, const char *release_folder)
{
    json_t *files = list_files(bundle, figures, release_folder), *manifest;
    int status;

    if (files == NULL)
        return -1;
    if (crate_write(bundle, files, release_folder) != 0 || add_file(files, release_folder, CRATE_FILE) != 0) {
        json_decref(files);
        return -1;
    }
    remove_stale(release_folder, files);
    manifest =
        json_pack("{s:o, s:o, s:s, s:I, s:s, s:s, s:I, s:s}", "files", files, "failed_figures", failed_figures(figures),
                  "audited", bundle_release_value(bundle, "audited"), "rounded_to", (json_int_t)bundle->round_to, "study", bundle_study_value(bundle, "study"),
                  "study_sha256", bundle_provenance_value(bundle, "study"), "threshold", (json_int_t)bundle->threshold,
                  "version", bundle_provenance_value(bundle, "version"));
    if (manifest == NULL)
        return fail("the manifest could not be made");
    status = write_json(release_folder, manifest);
    json_decref(manifest);
    return status;
}

static bool file_fits(const char *folder, const char *name, json_t *entry)
{
    const char *expected = json_string_value(json_object_get(entry, "sha256"));
    char *path = path_join(folder, name), hex[SHA256_HEX_SIZE];
    bool fits = expected != NULL && path != NULL && access(path, R_OK) == 0 && sha256_file(path, hex) == 0 &&
                strcmp(hex, expected) == 0;

    free(path);
    return fits;
}

bool manifest_has_policy(const char *release_folder, int64_t threshold, int64_t round_to)
{
    json_t *manifest = read_manifest(release_folder);
    const bool same = manifest == NULL || (json_integer_value(json_object_get(manifest, "threshold")) == threshold &&
                                           json_integer_value(json_object_get(manifest, "rounded_to")) == round_to);

    json_decref(manifest);
    return same;
}

bool manifest_is_whole(const char *release_folder)
{
    json_t *manifest = read_manifest(release_folder), *files = json_object_get(manifest, "files"), *entry;
    bool whole = json_object_size(files) > 0 && json_array_size(json_object_get(manifest, "failed_figures")) == 0 &&
                 json_object_get(files, "report.html") != NULL && json_object_get(files, "released.h5") != NULL;
    const char *name;

    json_object_foreach(files, name, entry) whole =
        whole && is_release_name(name) && file_fits(release_folder, name, entry);
    json_decref(manifest);
    return whole;
}
