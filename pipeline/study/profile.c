/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/profile.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/sha256.h"

enum { PROFILE_NODES = 20000 };

static const char *text_of(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static size_t n_pairs(const yaml_node_t *node)
{
    return node->type == YAML_MAPPING_NODE ? (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start) : 0;
}

static yaml_node_pair_t *find_pair(const struct document *document, const yaml_node_t *node, const char *key)
{
    for (size_t i = 0; i < n_pairs(node); i++) {
        yaml_node_pair_t *pair = &node->data.mapping.pairs.start[i];
        if (strcmp(text_of(document_node(document, pair->key)), key) == 0)
            return pair;
    }
    return NULL;
}

static const yaml_node_t *profiles_of(const struct document *document)
{
    const yaml_node_pair_t *pair = find_pair(document, document_node(document, 1), "profiles");

    return pair == NULL ? NULL : document_node(document, pair->value);
}

size_t profile_count(const struct document *document)
{
    const yaml_node_t *profiles = profiles_of(document);

    return profiles == NULL ? 0 : n_pairs(profiles);
}

const char *profile_name(const struct document *document, size_t i)
{
    return text_of(document_node(document, profiles_of(document)->data.mapping.pairs.start[i].key));
}

/* ---- laying over ------------------------------------------------------------------------------------------- */

/* depth 0: keys of the file; 2: keys of a table. */
static bool is_fixed(int depth, bool in_tables, const char *key)
{
    static const char *const of_file[] = {"study", "seed", "registered", "privacy", "profiles", "disclosure", "published"};
    static const char *const of_table[] = {"file", "codebook", "person", "weight", "day"};

    for (size_t i = 0; depth == 0 && i < sizeof of_file / sizeof of_file[0]; i++)
        if (strcmp(of_file[i], key) == 0)
            return true;
    for (size_t i = 0; in_tables && depth == 2 && i < sizeof of_table / sizeof of_table[0]; i++)
        if (strcmp(of_table[i], key) == 0)
            return true;
    return false;
}

static void take_away(yaml_node_t *node, yaml_node_pair_t *pair)
{
    memmove(pair, pair + 1, (size_t)(node->data.mapping.pairs.top - pair - 1) * sizeof *pair);
    node->data.mapping.pairs.top--;
}

/* Nodes are told by number: the array that holds them may move when one grows. */
static int lay_over(struct document *document, int under, int over, int depth, bool in_tables, struct mistakes *mistakes)
{
    for (size_t i = 0; i < n_pairs(document_node(document, over)); i++) {
        const yaml_node_pair_t pair = document_node(document, over)->data.mapping.pairs.start[i];
        yaml_node_t *key = document_node(document, pair.key), *value = document_node(document, pair.value);
        yaml_node_pair_t *there = find_pair(document, document_node(document, under), text_of(key));
        if (is_fixed(depth, in_tables, text_of(key)))
            mistake(mistakes, node_place(key), "profiles: '%s' decides what is read or who may read it; it cannot change "
                    "with a profile", text_of(key));
        else if (node_is_empty(value)) {
            if (there != NULL)
                take_away(document_node(document, under), there);
        } else if (there != NULL && value->type == YAML_MAPPING_NODE &&
                   document_node(document, there->value)->type == YAML_MAPPING_NODE) {
            if (lay_over(document, there->value, pair.value, depth + 1, in_tables || strcmp(text_of(key), "tables") == 0,
                         mistakes) != 0)
                return -1;
        } else if (there != NULL) {
            *there = pair;
        } else if (!yaml_document_append_mapping_pair(&document->yaml, under, pair.key, pair.value))
            return fail_memory();
    }
    return 0;
}

int profile_apply(struct document *document, size_t i, struct mistakes *mistakes)
{
    const yaml_node_pair_t pair = profiles_of(document)->data.mapping.pairs.start[i];

    if (document_node(document, pair.value)->type != YAML_MAPPING_NODE) {
        mistake(mistakes, node_place(document_node(document, pair.value)),
                "profiles: the keys that profile '%s' changes were expected", profile_name(document, i));
        return 0;
    }
    return lay_over(document, 1, pair.value, 0, false, mistakes);
}

/* ---- which files are shared ------------------------------------------------------------------------------------ */

static void add_text(struct sha256 *sha, const char *text)
{
    sha256_add(sha, text, strlen(text) + 1);
}

static void add_node(struct sha256 *sha, const struct document *document, const yaml_node_t *node)
{
    switch (node->type) {
    case YAML_MAPPING_NODE:
        add_text(sha, "{");
        for (size_t i = 0; i < n_pairs(node); i++) {
            add_node(sha, document, document_node(document, node->data.mapping.pairs.start[i].key));
            add_node(sha, document, document_node(document, node->data.mapping.pairs.start[i].value));
        }
        add_text(sha, "}");
        break;
    case YAML_SEQUENCE_NODE:
        add_text(sha, "[");
        for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++)
            add_node(sha, document, document_node(document, *item));
        add_text(sha, "]");
        break;
    default:
        add_text(sha, "'");
        add_text(sha, text_of(node));
    }
}

/* What a stage adds to the keys of the stages before it; of `cohort` linking reads the study's end. */
static int digest_stage(const struct document *document, enum study_stage stage, char hex[static SHA256_HEX_SIZE])
{
    static const char *const keys[N_STUDY_STAGES][5] = {
        [STUDY_EPISODES] = {"tables", "levels", "level_hours", "link", NULL},
        [STUDY_COHORT] = {"cohort", NULL},
        [STUDY_OUTCOMES] = {"outcomes", NULL},
    };
    const yaml_node_t *root = document_node(document, 1);
    struct sha256 *sha = sha256_start();

    if (sha == NULL)
        return -1;
    for (enum study_stage s = 0; s <= stage; s++)
        for (size_t k = 0; keys[s][k] != NULL; k++) {
            const yaml_node_pair_t *pair = find_pair(document, root, keys[s][k]);
            add_text(sha, keys[s][k]);
            if (pair != NULL)
                add_node(sha, document, document_node(document, pair->value));
        }
    const yaml_node_pair_t *cohort = find_pair(document, root, "cohort");
    const yaml_node_pair_t *until =
        cohort == NULL ? NULL : find_pair(document, document_node(document, cohort->value), "follow_up");
    if (until != NULL)
        add_node(sha, document, document_node(document, until->value));
    return sha256_finish(sha, hex);
}

/* Digests of the study as profile i makes it, i = n: as it is. */
static int digest_profile(const char *path, const char *text, size_t length, size_t i,
                          char hex[N_STUDY_STAGES][SHA256_HEX_SIZE])
{
    struct mistakes *mistakes = mistakes_alloc(path);
    struct document *document = mistakes == NULL ? NULL : document_parse(text, length, PROFILE_NODES, mistakes);
    int status = document == NULL ? -1 : 0;

    if (status == 0 && i < profile_count(document))
        status = profile_apply(document, i, mistakes);
    for (enum study_stage stage = 0; status == 0 && stage < N_STUDY_STAGES; stage++)
        status = digest_stage(document, stage, hex[stage]);
    document_free(document);
    mistakes_free(mistakes); /* told where the profile is read as a study */
    return status;
}

int profile_homes(const char *path, const char *text, size_t length, size_t which, size_t home[N_STUDY_STAGES])
{
    char own[N_STUDY_STAGES][SHA256_HEX_SIZE], other[N_STUDY_STAGES][SHA256_HEX_SIZE];
    int status = digest_profile(path, text, length, which, own);

    for (enum study_stage stage = 0; stage < N_STUDY_STAGES; stage++)
        home[stage] = which;
    /* The study itself stands before the first profile. */
    for (size_t k = 0; status == 0 && k <= which; k++) {
        const size_t i = k == 0 ? SIZE_MAX : k - 1;
        status = digest_profile(path, text, length, i, other);
        for (enum study_stage stage = 0; status == 0 && stage < N_STUDY_STAGES; stage++)
            if (home[stage] == which && strcmp(own[stage], other[stage]) == 0)
                home[stage] = i;
    }
    return status;
}
