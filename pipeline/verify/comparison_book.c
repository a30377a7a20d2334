/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/comparison_book.h"

#include <stdlib.h>

#include "base/cells.h"
#include "base/memory.h"

struct entry {
    const struct table *keys; /* where it was first asked for */
    size_t row;
    struct stored_comparison *made;
};

struct comparison_book {
    const struct stored *stored;
    int n_threads;
    size_t n;
    struct entry *entries;
};

struct comparison_book *comparison_book_alloc(const struct stored *stored, int n_threads)
{
    struct comparison_book *book = allocate(1, sizeof *book);

    if (book != NULL)
        *book = (struct comparison_book){.stored = stored, .n_threads = n_threads};
    return book;
}

void comparison_book_free(struct comparison_book *book)
{
    if (book == NULL)
        return;
    for (size_t i = 0; i < book->n; i++) {
        stored_comparison_free(book->entries[i].made);
        free(book->entries[i].made);
    }
    free(book->entries);
    free(book);
}

const struct stored_comparison *comparison_book_find(struct comparison_book *book, const struct table *keys, size_t row)
{
    for (size_t i = 0; i < book->n; i++)
        if (cells_agree(book->entries[i].keys, book->entries[i].row, keys, row, stored_comparison_key))
            return book->entries[i].made;
    struct entry *longer = reallocate(book->entries, book->n + 1, sizeof *longer);
    if (longer == NULL)
        return NULL;
    book->entries = longer;
    struct stored_comparison *made = allocate(1, sizeof *made);
    if (made == NULL)
        return NULL;
    if (stored_comparison_make(book->stored, keys, row, book->n_threads, made) != 0) {
        stored_comparison_free(made);
        free(made);
        return NULL;
    }
    longer[book->n++] = (struct entry){keys, row, made};
    return made;
}
