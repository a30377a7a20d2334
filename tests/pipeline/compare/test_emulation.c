/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calloc below takes the place of the C library's; sanitizers bring their own, so there the test is left out. */
#include "compare/emulation.h"

#include "base/memory.h"
#include "tests/pipeline/compare/small_comparison.h"
#include "tests/support/scratch.h"

#if defined(__SANITIZE_ADDRESS__)
#define REPLACES_CALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define REPLACES_CALLOC 0
#endif
#endif
#ifndef REPLACES_CALLOC
#define REPLACES_CALLOC 1
#endif

static size_t n_until_failure; /* 0: never */

#if REPLACES_CALLOC
void *__libc_calloc(size_t n, size_t size);

void *calloc(size_t n, size_t size)
{
    return n_until_failure > 0 && --n_until_failure == 0 ? NULL : __libc_calloc(n, size);
}
#endif

#define PEOPLE "cohort:\n  arms: {all: {when: \"days >= 0\", post_baseline: a test}}\n  covariates: [age, sex]\n"
#define OUTCOMES "outcomes: {relapse: {time: days, event: \"what == 1\", event_is: bad}}\n"
#define STRATEGIES \
    "strategies:\n  q:\n    day: n\n    done: acts\n    follow: {early: {by: 10}, stay: {not_by: 10}}\n    reference: stay\n" \
    "compare: [{strategies: {of: q, landmark: 12}, outcomes: [relapse], measures: [risk_difference], at: [25]}]\n"

static const char lines[] = "1,40,0,1,5,30,1\n2,40,0,0,,40,2\n1,50,0,1,8,30,1\n3,35,0,0,25,51,2\n2,60,0,1,,33,1\n";

/* True when there were fewer allocations. */
static bool draw_while_failing(const struct small_comparison *c, size_t n)
{
    const struct analyses_input people = {.study = c->small.study,
                                          .cohort = c->cohort.people,
                                          .records = c->small.records,
                                          .outcomes = c->outcomes,
                                          .n_threads = 1};
    struct table *const steps = strategies_alloc();
    struct emulation e;

    n_until_failure = n;
    const int status = emulation_make(&people, &c->small.study->analyses[0], 0, 0, &e, steps);
    const bool done = n_until_failure > 0;
    n_until_failure = 0;
    assert_int_equal(status == 0, done);
    if (done)
        assert_true(e.cohort->n_rows == c->cohort.people->n_rows && steps->n_rows == c->a.strategies->n_rows);
    emulation_free(&e);
    table_free(steps);
    return done;
}

static void test_strategies_are_drawn_whole_or_not_at_all(void **state)
{
    struct small_comparison c = small_compare(PEOPLE, OUTCOMES, STRATEGIES, lines);
    size_t n = 1;

    (void)state;
    assert_int_equal(c.status, 0);
    fail_memory(); /* told once a program */
    while (!draw_while_failing(&c, n))
        n++;
    assert_true(n > 20);
    small_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strategies_are_drawn_whole_or_not_at_all),
    };

    if (!REPLACES_CALLOC) {
        puts("skipped - sanitizers have functions of their own");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
