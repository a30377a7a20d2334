/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every allocation failing in turn: a study is read whole or refused with a message; nothing crashes or leaks.
 *
 * The functions below take the place of the C library's; sanitizers bring their own, so there the test is left out.
 */
#include <openssl/err.h>

#include "tests/pipeline/study/good.h"
#include "tests/pipeline/study/study_test.h"
#include "tests/support/replaces_malloc.h"

static size_t n_until_failure; /* 0: never */
static long n_living;

#if REPLACES_MALLOC
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *memory);

static bool fails_now(void)
{
    return n_until_failure > 0 && --n_until_failure == 0;
}

void *malloc(size_t size)
{
    void *memory = fails_now() ? NULL : __libc_malloc(size);

    n_living += memory != NULL;
    return memory;
}

void *calloc(size_t n, size_t size)
{
    void *memory = fails_now() ? NULL : __libc_calloc(n, size);

    n_living += memory != NULL;
    return memory;
}

void *realloc(void *old, size_t size)
{
    void *memory = fails_now() ? NULL : __libc_realloc(old, size);

    n_living += old == NULL && memory != NULL;
    return memory;
}

void free(void *memory)
{
    n_living -= memory != NULL;
    __libc_free(memory);
}
#endif

/* Reads the study while allocation n fails; true when there were fewer. */
static bool read_while_failing(size_t n)
{
    struct study *study;
    const char *told;
    bool done;

    capture_start();
    n_until_failure = n;
    study = study_read("study.yaml", NULL);
    done = n_until_failure > 0;
    n_until_failure = 0;
    told = capture_end();
    if (n == 1) /* told once a program */
        assert_string_equal(told, "error: out of memory\n");
    if (strstr(told, ".yaml:1") != NULL || strstr(told, ".yaml:2") != NULL || strstr(told, ".yaml:3") != NULL)
        fail_msg("allocation %zu failed, and a mistake was told that is none: '%s'", n, told);
    if (study != NULL && !done && *told != '\0')
        fail_msg("allocation %zu failed and the study was read, and yet told: '%s'", n, told);
    study_free(study);
    ERR_clear_error(); /* libcrypto remembers its failures */
    return done;
}

static void test_every_allocation_may_fail(void **state)
{
    size_t n = 1;

    (void)state;
    scratch_write("study.yaml", GOOD_STUDY);
    scratch_write("codebook.yaml", GOOD_CODEBOOK);
    study_free(study_read("study.yaml", NULL)); /* libcrypto does not recover when its first use fails */
    for (; !read_while_failing(n); n++) {
        long before = n_living;
        bool done = n > 1 && read_while_failing(n); /* again: what libcrypto keeps at its first failure is there */
        assert_false(done);
        if (n > 1 && n_living > before + 1) /* libyaml loses the scalar at hand when its list of nodes cannot grow */
            fail_msg("%ld pieces of memory are left after allocation %zu failed", n_living - before, n);
    }
    assert_true(n > 500);
}

static const char LIBRARY[] =
    "library: own\ndefinitions:\n"
    "  early: {source: A 2000, rule: none, unseen: [2], only_if: {last: seen, at_least: 2},\n"
    "    all: [{count: positive, weeks: {only: [3, 1]}, at_most: 0}, {share: negative, at_least: 2/3}]}\n"
    "  back: {source: B 2001, rule: two of four, time_to: {week: positive, at_least: 2, of: 4}}\n";

/* Reads a library of definitions while allocation n fails; true when there were fewer. */
static bool define_while_failing(size_t n)
{
    struct library *library;
    int status = -1;
    bool done;

    capture_start();
    n_until_failure = n;
    if ((library = library_alloc()) != NULL)
        status = library_add_file(library, "own.yaml");
    done = n_until_failure > 0;
    n_until_failure = 0;
    const char *told = capture_end();
    if (strstr(told, ".yaml:1") != NULL || strstr(told, ".yaml:2") != NULL || strstr(told, ".yaml:3") != NULL)
        fail_msg("allocation %zu failed, and a mistake was told that is none: '%s'", n, told);
    assert_true(!done || status == 0);
    library_free(library);
    return done;
}

static void test_every_allocation_of_a_library_may_fail(void **state)
{
    size_t n = 1;

    (void)state;
    scratch_write("own.yaml", LIBRARY);
    for (; !define_while_failing(n); n++) {
        long before = n_living;
        bool done = n > 1 && define_while_failing(n);
        assert_false(done);
        if (n > 1 && n_living > before + 1)
            fail_msg("%ld pieces of memory are left after allocation %zu failed", n_living - before, n);
    }
    assert_true(n > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_every_allocation_of_a_library_may_fail),
    };

    if (!REPLACES_MALLOC) {
        puts("skipped - every allocation may fail: the sanitizer has an allocator of its own");
        return 0;
    }
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
