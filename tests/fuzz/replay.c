/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays a corpus through a target without libFuzzer: each file, then mutations of each, by a seed that never changes.
 *     fuzz_NAME FOLDER [MUTATIONS]
 * What the target tells is not shown.  Prints how many inputs came back; a crash ends it.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE_MAX_READ = 1 << 20 };

static uint64_t seed = 20261121;

static uint64_t draw(void) /* xorshift64 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static size_t read_file(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");
    size_t n = 0;

    if (file != NULL) {
        n = fread(bytes, 1, SIZE_MAX_READ, file);
        fclose(file);
    }
    return n;
}

/* A few changes: a byte, a run taken out, doubled, or moved, a word of the grammar put in. */
static size_t mutate(uint8_t *bytes, size_t n)
{
    static const char *const words[] = {"\"", "\n", "\r\n", ",", "~", "(", ")", "[", "]", "{", "}", ": ", "-", "and ", "'", "#",
                                        "&a", "*a", "|", "!!x", "\t", "1e309", "-0", "99999999999999999999", "2024-02-30",
                                        "NA", "\xff", "\xef\xbb\xbf", "\\", "=", "in (", "strata("};

    for (uint64_t k = 1 + draw() % 4; k > 0 && n > 0; k--) {
        const size_t at = draw() % n, length = 1 + draw() % (n - at < 16 ? n - at : 16);

        switch (draw() % 5) {
        case 0:
            bytes[at] = (uint8_t)draw();
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1u << draw() % 8);
            break;
        case 2:
            memmove(bytes + at, bytes + at + length, n - at - length);
            n -= length;
            break;
        case 3:
            if (n + length <= SIZE_MAX_READ) {
                memmove(bytes + at + length, bytes + at, n - at);
                n += length;
            }
            break;
        default: {
            const char *word = words[draw() % (sizeof words / sizeof words[0])];
            const size_t size = strlen(word);

            if (n + size <= SIZE_MAX_READ) {
                memmove(bytes + at + size, bytes + at, n - at);
                memcpy(bytes + at, word, size);
                n += size;
            }
        }
        }
    }
    return n;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int main(int argc, char *argv[])
{
    static uint8_t bytes[SIZE_MAX_READ], changed[SIZE_MAX_READ];
    const long n_mutations = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    struct dirent **entries = NULL;
    size_t n_played = 0, n_files = 0;
    const int n = argc > 1 ? scandir(argv[1], &entries, NULL, by_name) : -1, talk = dup(STDERR_FILENO);
    const int nothing = open("/dev/null", O_WRONLY);

    if (n < 0 || talk < 0 || nothing < 0) {
        fprintf(stderr, "usage: %s FOLDER [MUTATIONS]\n", argv[0]);
        return 2;
    }
    dup2(nothing, STDERR_FILENO);
    for (int i = 0; i < n; i++) {
        char path[4096];
        size_t size;

        snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
        free(entries[i]);
        if ((size = read_file(path, bytes)) == 0)
            continue;
        LLVMFuzzerTestOneInput(bytes, size);
        n_files++;
        n_played++;
        for (long k = 0; k < n_mutations; k++) {
            memcpy(changed, bytes, size);
            LLVMFuzzerTestOneInput(changed, mutate(changed, size));
            n_played++;
        }
    }
    free(entries);
    dup2(talk, STDERR_FILENO);
    close(talk);
    close(nothing);
    printf("%zu inputs from %zu files came back\n", n_played, n_files);
    return n_files == 0;
}
