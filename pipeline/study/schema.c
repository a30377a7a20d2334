/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/schema.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int read_value(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                      const char *key, char *into);

static size_t n_pairs(const yaml_node_t *node)
{
    return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
}

static yaml_node_t *pair_key(const struct schema_reader *reader, const yaml_node_t *node, size_t i)
{
    return document_node(reader->document, node->data.mapping.pairs.start[i].key);
}

static yaml_node_t *pair_value(const struct schema_reader *reader, const yaml_node_t *node, size_t i)
{
    return document_node(reader->document, node->data.mapping.pairs.start[i].value);
}

/* The text of a key; NULL for a key that is a list or keys itself. */
static const char *key_text(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* ---- keys that stand twice ------------------------------------------------------------------------ */

static int key_compare(const void *left, const void *right)
{
    const yaml_node_t *a = *(yaml_node_t *const *)left;
    const yaml_node_t *b = *(yaml_node_t *const *)right;
    int by_text = strcmp((const char *)a->data.scalar.value, (const char *)b->data.scalar.value);

    if (by_text != 0)
        return by_text;
    return (a->start_mark.index > b->start_mark.index) - (a->start_mark.index < b->start_mark.index);
}

/* libyaml takes doubled keys without a word.  Sorted, so that a long list of codes costs n log n. */
static int check_doubled(const struct schema_reader *reader, const yaml_node_t *node)
{
    yaml_node_t **keys = arena_take(reader->arena, n_pairs(node), sizeof(yaml_node_t *));
    size_t n = 0;

    if (keys == NULL)
        return -1;
    for (size_t i = 0; i < n_pairs(node); i++) {
        yaml_node_t *key = pair_key(reader, node, i);
        if (key_text(key) != NULL)
            keys[n++] = key;
        else
            mistake(reader->mistakes, node_place(key), "a key is one text, not a list or keys");
    }
    if (n > 1) /* qsort may not be given an array of nothing */
        qsort(keys, n, sizeof *keys, key_compare);
    for (size_t i = 1, first = 0; i < n; i++) {
        if (strcmp(key_text(keys[i]), key_text(keys[first])) != 0) {
            first = i;
            continue;
        }
        struct study_place place = node_place(keys[first]);
        mistake(reader->mistakes, node_place(keys[i]), "key '%s' stands twice; the first is at %zu:%zu",
                shown(reader->mistakes, key_text(keys[i])), place.line, place.column);
    }
    return 0;
}

/* ---- fixed keys ------------------------------------------------------------------------------------ */

static const struct schema_key *find_key(const struct schema_key *keys, const char *text)
{
    for (; keys->key != NULL; keys++)
        if (strcmp(keys->key, text) == 0)
            return keys;
    return NULL;
}

static void unknown_key(const struct schema_reader *reader, const yaml_node_t *key, const struct schema_key *keys,
                        const char *parent)
{
    struct mistakes *mistakes = reader->mistakes;
    const char *text = key_text(key);
    const char *names[SCHEMA_KEYS_MAX];
    const char *hint;
    size_t n = 0;

    for (; keys[n].key != NULL && n < SCHEMA_KEYS_MAX; n++)
        names[n] = keys[n].key;
    hint = did_you_mean(mistakes, text, names, n);
    if (*hint == '\0' && strchr(text, ':') != NULL)
        hint = "; write a space after ':'";
    if (parent == NULL || *hint != '\0')
        mistake(mistakes, node_place(key), "unknown key '%s'%s", shown(mistakes, text), hint);
    else
        mistake(mistakes, node_place(key), "unknown key '%s' in '%s'", shown(mistakes, text), shown(mistakes, parent));
}

static void missing_keys(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_key *keys,
                         uint64_t seen)
{
    for (size_t i = 0; keys[i].key != NULL; i++)
        if (keys[i].need == SCHEMA_REQUIRED && (seen >> i & 1) == 0)
            mistake(reader->mistakes, node_place(node), "missing key '%s': %s", keys[i].key, keys[i].what);
}

static int read_short(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                      const char *key, char *into)
{
    const struct schema_key *row = find_key(type->keys, type->short_key);
    struct study_place place = node_place(node);

    if (type->place != 0)
        memcpy(into + type->place - 1, &place, sizeof place);
    return read_value(reader, node, row->type, key, into + row->offset);
}

static int read_keys(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                     const char *parent, char *into)
{
    struct study_place place = node_place(node);
    uint64_t seen = 0;

    if (node->type == YAML_SCALAR_NODE && type->short_key != NULL && !node_is_empty(node))
        return read_short(reader, node, type, parent, into);
    if (node->type != YAML_MAPPING_NODE) {
        schema_wrong_type(reader, node, type, parent == NULL ? "the file" : parent);
        return 0;
    }
    if (type->place != 0)
        memcpy(into + type->place - 1, &place, sizeof place);
    if (check_doubled(reader, node) != 0)
        return -1;
    for (size_t i = 0; i < n_pairs(node); i++) {
        yaml_node_t *key = pair_key(reader, node, i);
        const struct schema_key *row;
        if (key_text(key) == NULL)
            continue;
        if ((row = find_key(type->keys, key_text(key))) == NULL) {
            unknown_key(reader, key, type->keys, parent);
            continue;
        }
        seen |= UINT64_C(1) << (row - type->keys);
        if (row->type->kind == SCHEMA_LATER)
            mistake(reader->mistakes, node_place(key), "'%s' is not available in this version of stepdown", row->key);
        else if (read_value(reader, pair_value(reader, node, i), row->type, row->key, into + row->offset) != 0)
            return -1;
    }
    missing_keys(reader, node, type->keys, seen);
    return 0;
}

/* ---- one of several forms ---------------------------------------------------------------------------- */

static const yaml_node_t *find_pair(const struct schema_reader *reader, const yaml_node_t *node, const char *text)
{
    for (size_t i = 0; i < n_pairs(node); i++) {
        const yaml_node_t *key = pair_key(reader, node, i);
        if (key_text(key) != NULL && strcmp(key_text(key), text) == 0)
            return key;
    }
    return NULL;
}

static int read_one_of(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                       const char *parent, char *into)
{
    if (node->type != YAML_MAPPING_NODE) {
        schema_wrong_type(reader, node, type, parent);
        return 0;
    }
    for (const struct schema_form *form = type->forms; form->with[0] != NULL; form++) {
        const yaml_node_t *key = find_pair(reader, node, form->with[0]);
        if (key == NULL || (form->with[1] != NULL && find_pair(reader, node, form->with[1]) == NULL))
            continue;
        if (form->type->kind == SCHEMA_LATER) {
            mistake(reader->mistakes, node_place(key), "'%s' is not available in this version of stepdown",
                    form->with[0]);
            return 0;
        }
        size_t before = mistakes_count(reader->mistakes);
        memcpy(into + type->value, &form->value, sizeof form->value);
        if (read_keys(reader, node, form->type, parent, into) != 0)
            return -1;
        bool doubtful = mistakes_count(reader->mistakes) != before;
        memcpy(into + type->doubtful, &doubtful, sizeof doubtful);
        return 0;
    }
    mistake(reader->mistakes, node_place(node), "%s: %s was expected", shown(reader->mistakes, parent), type->expected);
    return 0;
}

/* ---- free keys and lists -------------------------------------------------------------------------------- */

static bool count_fits(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                       const char *key, size_t n)
{
    if (n == 0) /* who writes a key has something to say */
        mistake(reader->mistakes, node_place(node), "%s: %s was expected; here is nothing",
                shown(reader->mistakes, key), type->expected);
    else if (n < type->at_least)
        mistake(reader->mistakes, node_place(node), "%s: at least %zu are expected; here %s %zu",
                shown(reader->mistakes, key), type->at_least, n == 1 ? "is" : "are", n);
    else if (type->at_most != 0 && n > type->at_most)
        mistake(reader->mistakes, node_place(node), "%s: at most %zu are expected; here are %zu",
                shown(reader->mistakes, key), type->at_most, n);
    else
        return true;
    return false;
}

static void set_items(char *into, size_t n, char *items)
{
    /* The field is a struct of its own type with this layout; copying bytes keeps to the rules of the language. */
    memcpy(into + offsetof(struct schema_items, n), &n, sizeof n);
    memcpy(into + offsetof(struct schema_items, items), &items, sizeof items);
}

static int read_named(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                      const char *key, char *into)
{
    size_t kept = 0;
    char *items;

    if (node->type != YAML_MAPPING_NODE) {
        schema_wrong_type(reader, node, type, key);
        return 0;
    }
    if (!count_fits(reader, node, type, key, n_pairs(node)))
        return 0;
    if (check_doubled(reader, node) != 0 || (items = arena_take(reader->arena, n_pairs(node), type->size)) == NULL)
        return -1;
    for (size_t i = 0; i < n_pairs(node); i++) {
        const yaml_node_t *name = pair_key(reader, node, i);
        char *item = items + kept * type->size;
        struct study_text text = {NULL, {0, 0}};
        if (key_text(name) == NULL)
            continue;
        if (schema_read_scalar(reader, name, type->names, key, &text) != 0)
            return -1;
        memcpy(item, &text, sizeof text);
        if (read_value(reader, pair_value(reader, node, i), type->each, key_text(name), item + type->value) != 0)
            return -1;
        if (text.text != NULL)
            kept++;
        else
            memset(item, 0, type->size); /* the name was refused, and that was noted */
    }
    set_items(into, kept, items);
    return 0;
}

static int read_list(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                     const char *key, char *into)
{
    bool one = node->type != YAML_SEQUENCE_NODE;
    size_t n = 1;
    size_t kept = 0;
    char *items;

    if (one && (!type->or_one || node_is_empty(node))) {
        schema_wrong_type(reader, node, type, key);
        set_items(into, 0, into); /* not NULL: who misses it can see that it was tried */
        return 0;
    }
    if (!one)
        n = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (!count_fits(reader, node, type, key, n)) {
        set_items(into, 0, into);
        return 0;
    }
    if ((items = arena_take(reader->arena, n, type->size)) == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const yaml_node_t *item =
            one ? node : document_node(reader->document, node->data.sequence.items.start[i]);
        size_t before = mistakes_count(reader->mistakes);
        if (read_value(reader, item, type->each, key, items + kept * type->size) != 0)
            return -1;
        /* A bare value that was refused leaves nothing; keys with a mistake among them are checked on. */
        if (type->each->kind >= SCHEMA_KEYS || mistakes_count(reader->mistakes) == before)
            kept++;
    }
    set_items(into, kept, items);
    return 0;
}

/* The schema is no circle, so the depth of these calls is the depth of its tables. */
static int read_value(const struct schema_reader *reader, const yaml_node_t *node, const struct schema_type *type,
                      const char *key, char *into)
{
    switch (type->kind) {
    case SCHEMA_KEYS:
        return read_keys(reader, node, type, key, into);
    case SCHEMA_ONE_OF:
        return read_one_of(reader, node, type, key, into);
    case SCHEMA_NAMED:
        return read_named(reader, node, type, key, into);
    case SCHEMA_LIST:
        return read_list(reader, node, type, key, into);
    case SCHEMA_NUMBERS:
        return schema_read_numbers(reader, node, type, key, into);
    case SCHEMA_ANY:
    case SCHEMA_LATER:
        return 0;
    default:
        return schema_read_scalar(reader, node, type, key, into);
    }
}

int schema_read(const struct schema_reader *reader, const struct schema_type *type, void *into)
{
    return read_keys(reader, document_node(reader->document, 1), type, NULL, into);
}
