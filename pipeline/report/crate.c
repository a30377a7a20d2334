/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/crate.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/output.h"

static json_t *reference(const char *id)
{
    return json_pack("{s:s}", "@id", id);
}

static const char *format_of(const char *name)
{
    static const struct {
        const char *ending, *format;
    } formats[] = {{".h5", "application/x-hdf5"}, {".html", "text/html"},      {".csv", "text/csv"},
                   {".svg", "image/svg+xml"},     {".pdf", "application/pdf"}, {".png", "image/png"}};
    const size_t n = strlen(name);

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (n > strlen(formats[i].ending) && strcmp(name + n - strlen(formats[i].ending), formats[i].ending) == 0)
            return formats[i].format;
    return "application/octet-stream";
}

/* What a reader would call a file. */
static const char *name_of(struct bundle *bundle, const char *file)
{
    for (size_t i = 0; i < bundle->n_tables; i++)
        if (strcmp(file, pool_format(bundle->pool, "tables/%s.csv", bundle->tables[i]->name)) == 0)
            return bundle->tables[i]->label;
    if (strcmp(file, "released.h5") == 0)
        return "All released tables";
    if (strcmp(file, "report.html") == 0)
        return "Report";
    return path_name(file);
}

static int add_file(json_t *graph, struct bundle *bundle, const char *name, json_t *entry)
{
    return json_array_append_new(
        graph, json_pack("{s:s, s:s, s:s, s:s, s:s, s:O}", "@id", name, "@type", "File", "name", name_of(bundle, name),
                         "encodingFormat", format_of(name), "contentSize",
                         pool_format(bundle->pool, "%lld", (long long)json_integer_value(json_object_get(entry, "size"))),
                         "sha256", json_object_get(entry, "sha256")));
}

/* Inputs as far as provenance names them; their files are not part of the crate. */
static json_t *add_inputs(json_t *graph, struct bundle *bundle)
{
    json_t *list = json_array();
    const struct table *provenance = bundle->provenance;

    for (size_t i = 0; list != NULL && i < cell_rows(provenance); i++) {
        if (!cell_begins(provenance, "key", i, "input:") && !cell_begins(provenance, "key", i, "codebook:") &&
            !cell_is(provenance, "key", i, "study"))
            continue;
        const char *key = cell_text(bundle->pool, provenance, "key", i);
        const char *id = pool_format(bundle->pool, "#%s", key);
        json_array_append_new(list, reference(id));
        json_array_append_new(graph, json_pack("{s:s, s:s, s:s, s:s}", "@id", id, "@type", "CreativeWork", "name", key, "sha256",
                                               cell_text(bundle->pool, provenance, "value", i)));
    }
    return list;
}

/* "2026-11-21" of SOURCE_DATE_EPOCH; NULL when it says nothing. */
static const char *date_of_publication(struct bundle *bundle)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    const long long seconds = text == NULL ? -1 : strtoll(text, &end, 10);
    const time_t when = (time_t)seconds;
    struct tm day;
    char date[16];

    if (seconds < 0 || end == text || *end != '\0' || gmtime_r(&when, &day) == NULL ||
        strftime(date, sizeof date, "%Y-%m-%d", &day) == 0)
        return NULL;
    return pool_copy(bundle->pool, date, strlen(date));
}

static json_t *root_of(struct bundle *bundle, json_t *files)
{
    json_t *parts = json_array(), *root;
    const char *name, *date = date_of_publication(bundle);
    json_t *entry;

    json_object_foreach(files, name, entry)
    {
        (void)entry;
        json_array_append_new(parts, reference(name));
    }
    root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "@id", "./", "@type", "Dataset", "name",
                     bundle_study_value(bundle, "title")[0] != '\0' ? bundle_study_value(bundle, "title")
                                                                    : bundle_study_value(bundle, "study"),
                     "identifier", bundle_study_value(bundle, "study"), "description",
                     "Released tables, figures and pages of a comparison of treatment arms: aggregate numbers, no record of a "
                     "person.",
                     "hasPart", parts);
    if (root != NULL && date != NULL)
        json_object_set_new(root, "datePublished", json_string(date));
    return root;
}

static json_t *graph_of(struct bundle *bundle, json_t *files)
{
    json_t *graph = json_array(), *entry;
    const char *name, *version = bundle_provenance_value(bundle, "version");

    json_array_append_new(graph, json_pack("{s:s, s:s, s:o, s:o}", "@id", CRATE_FILE, "@type", "CreativeWork", "conformsTo",
                                           reference("https://w3id.org/ro/crate/1.1"), "about", reference("./")));
    json_array_append_new(graph, root_of(bundle, files));
    json_object_foreach(files, name, entry) add_file(graph, bundle, name, entry);
    json_t *inputs = add_inputs(graph, bundle);
    json_array_append_new(graph, json_pack("{s:s, s:s, s:s, s:s, s:s}", "@id", "#stepdown", "@type", "SoftwareApplication",
                                           "name", "stepdown", "softwareVersion",
                                           pool_format(bundle->pool, "%s (%s)", version, bundle_provenance_value(bundle, "commit")),
                                           "license", "https://spdx.org/licenses/GPL-3.0-or-later"));
    json_array_append_new(graph, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "@id", "#run", "@type", "CreateAction", "name",
                                           "stepdown run", "instrument", reference("#stepdown"), "object", inputs, "result",
                                           reference("./")));
    return graph;
}

int crate_write(struct bundle *bundle, json_t *files, const char *release_folder)
{
    json_t *crate = json_pack("{s:[s, {s:s}], s:o}", "@context", "https://w3id.org/ro/crate/1.1/context", "sha256",
                              "https://schema.org/sha256", "@graph", graph_of(bundle, files));
    char *text = crate == NULL ? NULL : json_dumps(crate, JSON_INDENT(1)), *path = path_join(release_folder, CRATE_FILE);
    struct output *output = text == NULL || path == NULL ? NULL : output_open(path);
    int status = crate == NULL ? fail("the metadata of the release could not be made") : -1;

    if (output != NULL)
        status = output_end(output, output_text(output, text) == 0 && output_text(output, "\n") == 0 ? 0 : -1);
    free(path);
    free(text);
    json_decref(crate);
    return status;
}
