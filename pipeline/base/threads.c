/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/threads.h"
#include "base/temporary.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

enum { THREADS_MAX = 256 };

struct pool {
    size_t n_chunks;
    int (*work)(void *context, size_t chunk);
    void *context;
    atomic_size_t next_chunk;
    atomic_size_t lowest_failed; /* chunks above it need not start; SIZE_MAX: none */
    pthread_mutex_t lock;        /* guards lowest_failed together with status */
    int status;                  /* of the chunk lowest_failed */
};

static void remember_failure(struct pool *pool, size_t chunk, int status)
{
    pthread_mutex_lock(&pool->lock);
    if (chunk < atomic_load(&pool->lowest_failed)) {
        atomic_store(&pool->lowest_failed, chunk);
        pool->status = status;
    }
    pthread_mutex_unlock(&pool->lock);
}

/*
 * Chunks are handed out in order, so everything below a failed chunk has been handed out already and
 * is still worked: which failure is the lowest does not depend on the threads.
 */
static void *work_chunks(void *argument)
{
    struct pool *const pool = argument;
    for (;;) {
        temporary_rest();
        const size_t chunk = atomic_fetch_add(&pool->next_chunk, 1);
        if (chunk >= pool->n_chunks || chunk > atomic_load(&pool->lowest_failed))
            return NULL;
        const int status = pool->work(pool->context, chunk);
        if (status != 0)
            remember_failure(pool, chunk, status);
    }
}

/* Signals are for the thread that called; new threads inherit a mask that blocks them. */
static size_t start_threads(struct pool *pool, pthread_t *threads, size_t n)
{
    sigset_t all, before;
    size_t n_started = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    /* With fewer threads than asked for, the work only takes longer. */
    while (n_started < n && pthread_create(&threads[n_started], NULL, work_chunks, pool) == 0)
        n_started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return n_started;
}

int threads_run(size_t n_chunks, int n_threads, int (*work)(void *context, size_t chunk), void *context)
{
    struct pool pool = {.n_chunks = n_chunks,
                        .work = work,
                        .context = context,
                        .next_chunk = 0,
                        .lowest_failed = SIZE_MAX,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .status = 0};
    pthread_t threads[THREADS_MAX];
    size_t n_helpers = n_threads > 1 ? (size_t)n_threads - 1 : 0;
    if (n_helpers > THREADS_MAX)
        n_helpers = THREADS_MAX;
    if (n_chunks <= n_helpers)
        n_helpers = n_chunks > 0 ? n_chunks - 1 : 0;
    n_helpers = start_threads(&pool, threads, n_helpers);
    work_chunks(&pool);
    for (size_t i = 0; i < n_helpers; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&pool.lock);
    return pool.status;
}

int threads_available(void)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0 && CPU_COUNT(&allowed) > 0)
        return CPU_COUNT(&allowed);
    const long online = sysconf(_SC_NPROCESSORS_ONLN); /* more than 1024 processors */
    return online > 0 && online < INT32_MAX ? (int)online : 1;
}
