/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/ledger_mirror.h"
#include "report/pool.h"
#include "store/store.h"

struct ledger {
    char *path;
    struct ledger_people people;
    struct table *table, *shares; /* shares: NULL until a dashboard has some */
    struct ledger_shares *told;   /* of them, as this release's dashboard looks at them */
    struct pool *pool;
    struct ledger_entry *entries; /* [n_entries] of the same people, by key, as ledger_apply read them */
    char *keys;                   /* theirs, one behind the other */
    size_t n_entries, n_groups;
    size_t *first;                /* [n_counts] where those of each count of the system begin */
    const struct count_system *of;
    size_t n_counts;              /* the mirror adds others behind them */
};

static int add_sources_column(struct table *table)
{
    return table_add_column(table, "sources", COLUMN_TEXT, 1, "Marks of the source files", "") == NULL ? -1 : 0;
}

static struct table *empty_table(void)
{
    struct table *table = table_alloc("ledger", "Counts of earlier releases, shown and hidden");

    if (table == NULL)
        return NULL;
    if (table_add_column(table, "study", COLUMN_TEXT, 1, "Study", "") == NULL ||
        table_add_column(table, "key", COLUMN_TEXT, 1, "What is counted", "") == NULL ||
        table_add_column(table, "value", COLUMN_INT64, 8, "Exact count", "") == NULL ||
        table_add_column(table, "shown", COLUMN_INT8, 1, "Was it shown?", "") == NULL ||
        add_sources_column(table) != 0) {
        table_free(table);
        return NULL;
    }
    return table;
}

static bool is_ledger(const struct table *table)
{
    static const char *const names[] = {"study", "key", "value", "shown"};

    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const struct column *column = table_column(table, names[k]);

        if (column == NULL || (k < 2) != (column->type == COLUMN_TEXT))
            return false;
    }
    return true;
}

/* NULL after telling. */
static struct table *read_counts(struct store *store, const char *path)
{
    struct table *table = store_read(store, "ledger", NULL);

    if (table == NULL)
        return NULL;
    if (!is_ledger(table))
        fail("'%s' is no ledger of releases", path);
    else if (table_column(table, "sources") != NULL || add_sources_column(table) == 0)
        return table;
    table_free(table);
    return NULL;
}

/* Without a table after telling. */
static void read_tables(struct ledger *ledger)
{
    struct store *store = store_open(ledger->path);

    if (store == NULL)
        return;
    ledger->table = read_counts(store, ledger->path);
    if (ledger->table != NULL && store_has(store, LEDGER_SHARES)) {
        ledger->shares = store_read(store, LEDGER_SHARES, NULL);
        if (ledger->shares != NULL && !ledger_shares_are(ledger->shares)) {
            fail("'%s' is no ledger of releases", ledger->path);
            table_free(ledger->shares);
            ledger->shares = NULL;
        }
        if (ledger->shares == NULL) {
            table_free(ledger->table);
            ledger->table = NULL;
        }
    }
    store_close(store);
}

struct ledger *ledger_open(const char *path, const char *study, const char *sources)
{
    struct ledger *ledger = allocate(1, sizeof *ledger);

    if (ledger == NULL)
        return NULL;
    ledger->path = copy_text(path);
    ledger->people = (struct ledger_people){copy_text(study), copy_text(sources)};
    ledger->pool = pool_alloc();
    if (ledger->path == NULL || ledger->people.study == NULL || ledger->people.sources == NULL || ledger->pool == NULL)
        goto failed;
    if (access(path, F_OK) == 0)
        read_tables(ledger);
    else if (errno == ENOENT)
        ledger->table = empty_table();
    else
        fail_errno("cannot open '%s'", path);
    if (ledger->table != NULL)
        return ledger;
failed:
    ledger_close(ledger);
    return NULL;
}

static void forget_entries(struct ledger *ledger)
{
    free(ledger->entries);
    free(ledger->keys);
    free(ledger->first);
    ledger->entries = NULL;
    ledger->keys = NULL;
    ledger->first = NULL;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    free(ledger->path);
    free(ledger->people.study);
    free(ledger->people.sources);
    table_free(ledger->table);
    table_free(ledger->shares);
    ledger_shares_free(ledger->told);
    forget_entries(ledger);
    pool_free(ledger->pool);
    free(ledger);
}

static int by_key(const void *a, const void *b)
{
    const struct ledger_entry *const x = a, *const y = b;
    const int order = strcmp(x->key, y->key);

    return order != 0 ? order : (x->value > y->value) - (x->value < y->value);
}

/* Rows of one release lie together: one study, and the same sources.  A study that released again has another group. */
static bool is_same_release(const struct ledger *ledger, size_t row, size_t other)
{
    return cells_equal(ledger->table, "study", row, other) && cells_equal(ledger->table, "sources", row, other);
}

/* The rows of the same people as entries, in their order.  -1 without memory. */
static int take_entries(struct ledger *ledger)
{
    const struct table *table = ledger->table;
    const struct column *key = table_column(table, "key"), *value = table_column(table, "value"),
                        *shown = table_column(table, "shown");
    struct ledger_entry *entries = ledger->entries = allocate(table->n_rows + 1, sizeof *entries);
    char *next = ledger->keys = allocate(table->n_rows + 1, key->width + 1);
    bool is_of_us = false, is_own = false;
    size_t last = SIZE_MAX;

    ledger->n_entries = ledger->n_groups = 0;
    if (entries == NULL || next == NULL)
        return -1;
    for (size_t i = 0; i < table->n_rows; i++) {
        size_t length = 0;

        if (i == 0 || !is_same_release(ledger, i, i - 1)) {
            is_of_us = ledger_people_are_same(&ledger->people, table, i);
            is_own = ledger_people_are_own(&ledger->people, table, i);
            if (is_of_us && (last == SIZE_MAX || !is_same_release(ledger, i, last)))
                ledger->n_groups++;
        }
        if (!is_of_us)
            continue;
        last = i;
        const char *const text = column_text(key, i, &length);
        memcpy(next, text, length);
        entries[ledger->n_entries++] = (struct ledger_entry){next, column_integer(value, i), column_integer(shown, i) == 1,
                                                             is_own, ledger->n_groups - 1};
        next += length + 1; /* the room was zeroed */
    }
    return 0;
}

/* What earlier releases say of the same people, sorted by key, and where each count of this one begins there.  -1 after telling. */
static int read_entries(struct ledger *ledger, const struct count_system *system)
{
    const int status = take_entries(ledger);

    if (status == 0)
        qsort(ledger->entries, ledger->n_entries, sizeof *ledger->entries, by_key);
    ledger->of = system;
    ledger->n_counts = system->n_counts;
    ledger->first = status != 0 ? NULL : allocate(system->n_counts, sizeof *ledger->first);
    for (size_t i = 0; ledger->first != NULL && i < system->n_counts; i++)
        ledger->first[i] = ledger_entry_find(ledger->entries, ledger->n_entries, system->counts[i].lasting);
    return ledger->first == NULL ? -1 : 0;
}

int ledger_apply(struct ledger *ledger, struct count_system *system)
{
    const size_t n_counts = system->n_counts;

    forget_entries(ledger);
    if (read_entries(ledger, system) != 0)
        return -1;
    const struct ledger_entry *const entries = ledger->entries;
    const size_t n = ledger->n_entries;
    for (size_t i = 0; i < n_counts; i++) {
        const char *const key = system->counts[i].lasting;

        for (size_t e = ledger->first[i]; e < n && strcmp(entries[e].key, key) == 0; e++) {
            if (entries[e].value != system->counts[i].value)
                continue;
            if (entries[e].shown)
                system->counts[i].known_before = true;
            else if (system->counts[i].cost != COST_NONE)
                count_hide(system, i);
        }
    }
    if (n > 0)
        ledger_mirror(system, entries, n, ledger->first, ledger->n_groups, ledger->pool);
    return system->failed || pool_failed(ledger->pool) ? -1 : 0;
}

/* A count without a cell is not shown. */
static bool is_shown(const struct count *count)
{
    return !count->hidden && count->cost != COST_NONE;
}

static bool is_entered(const struct ledger *ledger, const struct count_system *system, size_t i)
{
    const struct ledger_entry *const entries = ledger->entries;
    const struct count *const count = &system->counts[i];

    for (size_t e = ledger->first[i]; e < ledger->n_entries && strcmp(entries[e].key, count->lasting) == 0; e++)
        if (entries[e].is_own && entries[e].value == count->value && (entries[e].shown || !is_shown(count)))
            return true;
    return false;
}

static int write_table(const struct ledger *ledger)
{
    struct store_writer *writer = store_writer_open(ledger->path, 1);

    if (writer == NULL)
        return -1;
    if (store_writer_table(writer, ledger->table) != 0 || (cell_rows(ledger->shares) > 0 && store_writer_table(writer, ledger->shares) != 0)) {
        store_writer_abandon(writer);
        return -1;
    }
    return store_writer_commit(writer);
}

struct ledger_shares *ledger_shares(struct ledger *ledger, const struct table *programmes)
{
    if (ledger->shares == NULL && (ledger->shares = ledger_shares_table()) == NULL)
        return NULL;
    ledger_shares_free(ledger->told);
    ledger->told = ledger_shares_alloc(ledger->shares, &ledger->people, programmes);
    return ledger->told;
}

bool ledger_hides_change(const struct ledger *ledger, const char *key, int64_t truth, struct share_bound now, int64_t threshold)
{
    const struct ledger_entry *const entries = ledger->entries;
    const size_t n = ledger->n_entries;

    for (size_t e = ledger_entry_find(entries, n, key); e < n && strcmp(entries[e].key, key) == 0; e++) {
        const struct share_bound before = {entries[e].value, entries[e].value};

        if (entries[e].shown && entries[e].value != truth && !share_bound_is_hidden(share_bound_change(before, now), threshold))
            return false;
    }
    return true;
}

int ledger_enter(struct ledger *ledger, const struct count_system *system)
{
    size_t n_news = ledger->told == NULL ? 0 : ledger_shares_n_new(ledger->told);
    int status = 0;

    if (ledger->first == NULL || ledger->of != system) { /* ledger_apply has not read them for this one */
        forget_entries(ledger);
        status = read_entries(ledger, system);
    }

    /* Counts behind those that were read are of the mirror. */
    for (size_t i = 0; status == 0 && i < ledger->n_counts; i++) {
        const struct count *count = &system->counts[i];
        struct row_builder row;

        if (strncmp(count->key, "earlier|", 8) == 0 || strncmp(count->key, "changed|", 8) == 0 || is_entered(ledger, system, i))
            continue;
        row = table_new_row(ledger->table);
        row_text(&row, "study", ledger->people.study);
        row_text(&row, "sources", ledger->people.sources);
        row_text(&row, "key", count->lasting);
        row_integer(&row, "value", count->value);
        row_integer(&row, "shown", is_shown(count) ? 1 : 0);
        status = row_end(&row);
        n_news++;
    }
    forget_entries(ledger);
    return status != 0 || n_news == 0 ? status : write_table(ledger);
}
