/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/manifest_check.h"

#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cells.h"
#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "verify/findings.h"

static const char check_name[] = "manifest", MANIFEST[] = "manifest.json";

static int add(struct table *findings, const char *item, enum finding finding, const char *why)
{
    return findings_add(findings, check_name, item, finding, why);
}

static bool has(const char *folder, const char *name)
{
    char *const path = path_join(folder, name);
    const bool is_there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return is_there;
}

/* Does what a report makes lie here?  A manifest belongs to it, and is missed. */
static bool is_bundle(const char *folder)
{
    return has(folder, "report.html") || has(folder, "dashboard.html") || has(folder, "review.html") ||
           has(folder, "ro-crate-metadata.json") || (has(folder, "figures") && has(folder, "tables"));
}

/* The folder of the release that the file belongs to; NULL, untold, when there is none. */
static char *find_folder(const char *path)
{
    static const char *const places[] = {".", "../release", "../release-unaudited"};
    char *folder = path_folder(path), *found = NULL;

    for (size_t i = 0; folder != NULL && found == NULL && i < sizeof places / sizeof places[0]; i++) {
        char *here = i == 0 ? copy_text(folder) : path_join(folder, places[i]);
        if (here != NULL && (has(here, MANIFEST) || is_bundle(here))) {
            found = here;
            here = NULL;
        }
        free(here);
    }
    free(folder);
    return found;
}

/* What is wrong with one listed file; NULL: nothing. */
static const char *fault_of(const char *path, json_t *entry, const char *name)
{
    const char *expected = json_string_value(json_object_get(entry, "sha256"));
    const json_t *size = json_object_get(entry, "size");
    char hex[SHA256_HEX_SIZE];
    struct stat about;

    if (path_fault(name, false) != NULL)
        return "its name leads out of the folder";
    if (lstat(path, &about) != 0)
        return "the file is missing";
    if (!S_ISREG(about.st_mode))
        return "it is no regular file";
    if (expected == NULL)
        return "the manifest states no SHA-256 of it";
    if (sha256_file(path, hex) != 0)
        return "the file cannot be read";
    if (strcmp(hex, expected) != 0)
        return "its SHA-256 is not the one in the manifest";
    if (!json_is_integer(size) || json_integer_value(size) != (json_int_t)about.st_size)
        return "its size is not the one in the manifest";
    return NULL;
}

static int check_files(const char *folder, json_t *files, struct table *findings)
{
    const char *name;
    json_t *entry;
    int status = 0;

    json_object_foreach(files, name, entry)
    {
        char *path = path_join(folder, name);
        if (path == NULL)
            return -1;
        const char *fault = fault_of(path, entry, name);
        status = status != 0 ? status : add(findings, name, fault == NULL ? FINDING_HOLDS : FINDING_DIFFERS, fault);
        free(path);
    }
    return status;
}

/* Files of one folder of the release that the manifest does not name. */
static int check_unlisted(const char *folder, const char *within, json_t *files, struct table *findings)
{
    char *path = path_join(folder, within);
    DIR *opened = path == NULL ? NULL : opendir(path);
    int status = path == NULL ? -1 : 0;

    free(path);
    for (struct dirent *entry; status == 0 && opened != NULL && (entry = readdir(opened)) != NULL;) {
        char *name = strcmp(within, ".") == 0 ? copy_text(entry->d_name) : path_join(within, entry->d_name);
        char *full = name == NULL ? NULL : path_join(folder, name);
        struct stat about;
        if (full == NULL)
            status = -1;
        else if (lstat(full, &about) == 0 && !S_ISDIR(about.st_mode) && strcmp(name, MANIFEST) != 0 &&
                 json_object_get(files, name) == NULL)
            status = add(findings, name, FINDING_DIFFERS, "the file is not in the manifest");
        free(full);
        free(name);
    }
    if (opened != NULL)
        closedir(opened);
    return status;
}

/* A fact of the manifest against the one of the file; facts that the file does not hold are not judged. */
static int check_fact(json_t *manifest, const char *key, char *ours, struct table *findings)
{
    json_t *fact = json_object_get(manifest, key);
    char number[32], *item = format_text("manifest.json (%s)", key);
    int status = 0;

    snprintf(number, sizeof number, "%lld", (long long)json_integer_value(fact));
    const char *theirs = json_is_string(fact) ? json_string_value(fact) : json_is_integer(fact) ? number : "";
    if (ours != NULL)
        status = item == NULL ? -1
                 : strcmp(ours, theirs) == 0
                     ? add(findings, item, FINDING_HOLDS, NULL)
                     : add(findings, item, FINDING_DIFFERS, "it is not what the results file says");
    free(item);
    free(ours);
    return status;
}

static int check_facts(const struct stored *stored, json_t *manifest, struct table *findings)
{
    if (check_fact(manifest, "study", stored_value(stored, "study", "study"), findings) != 0 ||
        check_fact(manifest, "study_sha256", stored_value(stored, "provenance", "study"), findings) != 0 ||
        check_fact(manifest, "version", stored_value(stored, "provenance", "version"), findings) != 0 ||
        check_fact(manifest, "threshold", stored_value(stored, "release", "threshold"), findings) != 0 ||
        check_fact(manifest, "rounded_to", stored_value(stored, "release", "rounded_to"), findings) != 0 ||
        check_fact(manifest, "audited", stored_value(stored, "release", "audited"), findings) != 0)
        return -1;
    const size_t n_failed = json_array_size(json_object_get(manifest, "failed_figures"));
    return n_failed == 0 ? 0 : add(findings, "manifest.json (failed_figures)", FINDING_DIFFERS, "figures were not drawn");
}

static int check_manifest(const struct stored *stored, const char *folder, struct table *findings)
{
    static const char *const folders[] = {".", "figures", "tables"};
    char *path = path_join(folder, MANIFEST);
    json_error_t error;
    json_t *manifest = path == NULL ? NULL : json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    json_t *files = json_object_get(manifest, "files");
    int status = path == NULL ? -1 : 0;

    free(path);
    if (status == 0 && json_object_size(files) == 0) {
        char why[200];
        snprintf(why, sizeof why, manifest == NULL ? "line %d: %s" : "it lists no files", error.line, error.text);
        json_decref(manifest);
        return add(findings, MANIFEST, FINDING_DIFFERS, why);
    }
    if (status == 0)
        status = check_files(folder, files, findings);
    for (size_t i = 0; status == 0 && i < sizeof folders / sizeof folders[0]; i++)
        status = check_unlisted(folder, folders[i], files, findings);
    if (status == 0)
        status = check_facts(stored, manifest, findings);
    json_decref(manifest);
    return status;
}

int manifest_check(const struct stored *stored, struct table *findings)
{
    char *folder = find_folder(stored->path);
    const int status =
        folder == NULL ? add(findings, MANIFEST, FINDING_DOES_NOT_FOLLOW, "no manifest lies beside the file")
        : !has(folder, MANIFEST)
            ? add(findings, MANIFEST, FINDING_DIFFERS, "the bundle's manifest is missing: nothing tells what its files were")
            : check_manifest(stored, folder, findings);

    free(folder);
    return status;
}
