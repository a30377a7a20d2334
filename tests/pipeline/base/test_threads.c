/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/threads.h"
#include "tests/support/near.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { N_CHUNKS = 1000 };

struct counts {
    atomic_int calls[N_CHUNKS];
    int fails_from; /* chunks from here on return their number + 1 */
    int every;      /* ... when divisible by this */
};

static int count(void *context, size_t chunk)
{
    struct counts *const counts = context;
    atomic_fetch_add(&counts->calls[chunk], 1);
    if (chunk % 7 == 0)
        sched_yield();
    const int failing = (int)chunk >= counts->fails_from && (int)chunk % counts->every == 0;
    return failing ? (int)chunk + 1 : 0;
}

static void test_every_chunk_is_worked_once(void **state)
{
    (void)state;
    static const int n_threads[] = {-3, 0, 1, 2, 3, 16, 5000};
    for (size_t i = 0; i < sizeof n_threads / sizeof *n_threads; i++) {
        struct counts counts = {.fails_from = N_CHUNKS, .every = 1};
        assert_int_equal(threads_run(N_CHUNKS, n_threads[i], count, &counts), 0);
        for (size_t chunk = 0; chunk < N_CHUNKS; chunk++)
            assert_int_equal(counts.calls[chunk], 1);
    }
}

static void test_no_chunks_is_no_work(void **state)
{
    (void)state;
    assert_int_equal(threads_run(0, 1, count, NULL), 0);
    assert_int_equal(threads_run(0, 8, count, NULL), 0);
}

static void test_the_lowest_failing_chunk_wins(void **state)
{
    (void)state;
    for (int n_threads = 1; n_threads <= 8; n_threads++) {
        for (int round = 0; round < 20; round++) {
            struct counts counts = {.fails_from = 100, .every = 3};
            assert_int_equal(threads_run(N_CHUNKS, n_threads, count, &counts), 102 + 1);
            for (size_t chunk = 0; chunk <= 102; chunk++) /* what comes before a failure is always worked */
                assert_int_equal(counts.calls[chunk], 1);
        }
    }
}

static void test_after_a_failure_later_chunks_are_left_out(void **state)
{
    (void)state;
    struct counts counts = {.fails_from = 5, .every = 1};
    assert_int_equal(threads_run(N_CHUNKS, 1, count, &counts), 6);
    assert_int_equal(counts.calls[5], 1);
    assert_int_equal(counts.calls[6], 0);
    assert_int_equal(counts.calls[N_CHUNKS - 1], 0);
}

/* Chunk 1 ends only when chunk 0 has begun elsewhere, or after a long wait. */
static int wait_for_each_other(void *context, size_t chunk)
{
    atomic_int *const begun = context;
    (void)chunk;
    atomic_fetch_add(begun, 1);
    for (int i = 0; i < 5000 && atomic_load(begun) < 2; i++)
        usleep(1000);
    return atomic_load(begun) == 2 ? 0 : -1;
}

static void test_two_threads_work_at_the_same_time(void **state)
{
    (void)state;
    atomic_int begun = 0;
    assert_int_equal(threads_run(2, 2, wait_for_each_other, &begun), 0);
}

static int signals_are_blocked(void *context, size_t chunk)
{
    sigset_t mask;
    (void)chunk;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    const int is_caller = pthread_equal(pthread_self(), *(pthread_t *)context) != 0;
    usleep(2000);
    return is_caller || sigismember(&mask, SIGTERM) == 1 ? 0 : -1;
}

static void test_signals_stay_with_the_calling_thread(void **state)
{
    (void)state;
    pthread_t caller = pthread_self();
    assert_int_equal(threads_run(8, 4, signals_are_blocked, &caller), 0);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGTERM), 0);
}

static void test_at_least_one_processor_is_available(void **state)
{
    (void)state;
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    assert_int_equal(threads_available(), CPU_COUNT(&allowed));
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &allowed) && CPU_COUNT(&one) == 0)
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(threads_available(), 1); /* taskset counts, not the machine */
    assert_int_equal(sched_setaffinity(0, sizeof allowed, &allowed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_chunk_is_worked_once),
        cmocka_unit_test(test_no_chunks_is_no_work),
        cmocka_unit_test(test_the_lowest_failing_chunk_wins),
        cmocka_unit_test(test_after_a_failure_later_chunks_are_left_out),
        cmocka_unit_test(test_two_threads_work_at_the_same_time),
        cmocka_unit_test(test_signals_stay_with_the_calling_thread),
        cmocka_unit_test(test_at_least_one_processor_is_available),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
