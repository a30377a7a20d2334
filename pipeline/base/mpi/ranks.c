/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cluster build: as many processes as the launcher has started, over MPI. */
#include "base/ranks.h"

#include <mpi.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/launched.h"
#include "base/memory.h"
#include "base/mpi/ranks_end.h"

enum { TAG = 7, PIECE = 1 << 28 };

/* Set by ranks_start before there are threads. */
static bool started;
static int n_ranks = 1, own_rank;
static uint64_t n_sent, n_met;

static void leave(void)
{
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (!finalized)
        MPI_Finalize();
}

/* Ranks that Open MPI has put on one machine need no network, and looking for one takes longer than many a stage. */
static void look_no_farther(void)
{
    const char *const here = getenv("OMPI_COMM_WORLD_LOCAL_SIZE"), *const all = getenv("OMPI_COMM_WORLD_SIZE");
    if (here != NULL && all != NULL && strcmp(here, all) == 0)
        setenv("OMPI_MCA_pml", "ob1", 0);
}

/* Where libraries wait for other ranks by themselves (files that all write): asking, but letting others go first. */
static void wait_politely(void)
{
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
}

/*
 * What a rank tells its launcher when it takes leave are four small messages over a socket, of which the last would wait 40
 * milliseconds until the other side acknowledges those before it.
 */
static void send_at_once(void)
{
    enum { DESCRIPTORS = 256 };
    const int yes = 1;
    for (int descriptor = 3; descriptor < DESCRIPTORS; descriptor++)
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); /* refused by what is no such socket */
}

/* atexit runs in the order last come, first served: whoever leaves early by exit() still takes leave of the others. */
void ranks_start(void)
{
    int given;
    if (started)
        return;
    started = true;
    look_no_farther();
    wait_politely();
    if (!launched_as_several(NULL) || MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given) != MPI_SUCCESS)
        return;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    MPI_Comm_rank(MPI_COMM_WORLD, &own_rank);
    send_at_once();
    fail_keep(own_rank > 0);
    prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL); /* a sleep of 5 microseconds is none of 55 */
    atexit(leave);
}

bool ranks_may_be_several(void)
{
    return true;
}

size_t ranks_n(void)
{
    return (size_t)n_ranks;
}

size_t ranks_rank(void)
{
    return (size_t)own_rank;
}

static void sleep_for(long microseconds)
{
    const struct timespec pause = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

/*
 * What is on its way comes within microseconds where nobody is late: so long nobody sleeps, but lets others go first.  With a
 * processor a rank so many looks took less than 40 did; where ranks share processors neither number is better each time.
 */
enum { PATIENCE = 200 };

/* Asks at growing intervals: a rank that waits must not take the processor from one that works. */
static void wait_for_all(MPI_Request *requests, int n)
{
    int done = 0;
    long pause = 5;
    for (int k = 0; !done; k++) {
        MPI_Testall(n, requests, &done, MPI_STATUSES_IGNORE);
        if (done)
            return;
        if (k < PATIENCE) {
            sched_yield();
        } else {
            ranks_end_watch();
            sleep_for(pause);
            pause = pause < 500 ? pause + pause / 8 + 1 : 500;
        }
    }
}

static void wait_for(MPI_Request *request)
{
    wait_for_all(request, 1);
}

/* Of a message of all ranks. */
static void meet(MPI_Request *request)
{
    n_met++;
    wait_for(request);
}

/* ---- collective ------------------------------------------------------------------------------------------------ */

/* Both kinds have 8 bytes. */
static void reduce(void *values, size_t n, MPI_Datatype type, MPI_Op operation)
{
    for (size_t first = 0; first < n && n_ranks > 1; first += PIECE) {
        MPI_Request request;
        const size_t piece = n - first < PIECE ? n - first : PIECE;
        MPI_Iallreduce(MPI_IN_PLACE, (char *)values + first * sizeof(int64_t), (int)piece, type, operation, MPI_COMM_WORLD,
                       &request);
        meet(&request);
        n_sent += piece * sizeof(int64_t);
    }
}

void ranks_sum(int64_t *values, size_t n)
{
    reduce(values, n, MPI_INT64_T, MPI_SUM);
}

void ranks_largest(double *values, size_t n)
{
    reduce(values, n, MPI_DOUBLE, MPI_MAX);
}

/*
 * One element of this many bytes is never taken apart: the numbers of sums and of largest values come first, then those
 * themselves.
 */
struct mixed {
    int64_t n_sums, n_largest;
    union {
        int64_t sum;
        double largest;
    } values[];
};

static void mix(void *from, void *into, int *n, MPI_Datatype *type)
{
    const struct mixed *const other = from;
    struct mixed *const own = into;

    (void)n;
    (void)type;
    for (int64_t k = 0; k < own->n_sums; k++)
        own->values[k].sum += other->values[k].sum;
    for (int64_t k = own->n_sums; k < own->n_sums + own->n_largest; k++)
        if (other->values[k].largest > own->values[k].largest)
            own->values[k].largest = other->values[k].largest;
}

enum { FEW = 512 }; /* numbers that go together: more are sent apart */

static void reduce_few(const int64_t *sums, size_t n_sums, const double *largest, size_t n_largest, struct mixed *message)
{
    const size_t bytes = sizeof *message + (n_sums + n_largest) * sizeof message->values[0];
    MPI_Request request;
    MPI_Datatype whole;
    MPI_Op operation;

    message->n_sums = (int64_t)n_sums;
    message->n_largest = (int64_t)n_largest;
    for (size_t k = 0; k < n_sums; k++)
        message->values[k].sum = sums[k];
    for (size_t k = 0; k < n_largest; k++)
        message->values[n_sums + k].largest = largest[k];
    MPI_Type_contiguous((int)bytes, MPI_BYTE, &whole);
    MPI_Type_commit(&whole);
    MPI_Op_create(mix, 1, &operation);
    MPI_Iallreduce(MPI_IN_PLACE, message, 1, whole, operation, MPI_COMM_WORLD, &request);
    meet(&request);
    MPI_Op_free(&operation);
    MPI_Type_free(&whole);
    n_sent += bytes;
}

void ranks_sum_and_largest(int64_t *sums, size_t n_sums, double *largest, size_t n_largest)
{
    if (n_ranks == 1)
        return;
    if (n_sums + n_largest > FEW) {
        ranks_sum(sums, n_sums);
        ranks_largest(largest, n_largest);
        return;
    }
    int64_t bytes[sizeof(struct mixed) / sizeof(int64_t) + FEW];
    struct mixed *const message = (struct mixed *)(void *)bytes;

    reduce_few(sums, n_sums, largest, n_largest, message);
    for (size_t k = 0; k < n_sums; k++)
        sums[k] = message->values[k].sum;
    for (size_t k = 0; k < n_largest; k++)
        largest[k] = message->values[n_sums + k].largest;
}

int64_t ranks_before(int64_t value)
{
    int64_t before = 0;
    if (n_ranks == 1)
        return 0;
    MPI_Request request;
    MPI_Iexscan(&value, &before, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD, &request);
    meet(&request);
    n_sent += sizeof value;
    return own_rank == 0 ? 0 : before; /* of rank 0 MPI says nothing */
}

static void share_from(int rank, unsigned char *bytes, size_t n)
{
    for (size_t first = 0; first < n; first += PIECE) {
        MPI_Request request;
        const size_t piece = n - first < PIECE ? n - first : PIECE;
        MPI_Ibcast(bytes + first, (int)piece, MPI_BYTE, rank, MPI_COMM_WORLD, &request);
        meet(&request);
        n_sent += rank == own_rank ? piece : 0;
    }
}

void ranks_share(void *bytes, size_t n)
{
    if (n_ranks > 1)
        share_from(0, bytes, n);
}

/* Room for n bytes of each rank; n is each rank's own number. */
static int make_room(const uint64_t *n, size_t n_of, struct ranks_bytes *all)
{
    *all = (struct ranks_bytes){.first = allocate(n_of + 1, sizeof *all->first)};
    for (size_t r = 0; all->first != NULL && r < n_of; r++)
        all->first[r + 1] = all->first[r] + (size_t)n[r];
    if (all->first != NULL && (all->bytes = allocate(all->first[n_of], 1)) != NULL)
        return 0;
    ranks_bytes_free(all);
    return -1;
}

/* In one go, as long as whole numbers of MPI count the bytes. */
static int gather(const void *bytes, size_t n, struct ranks_bytes *all)
{
    const size_t n_of = ranks_n();
    int *const counts = allocate(2 * n_of, sizeof *counts);
    MPI_Request request;
    if (counts == NULL)
        return -1;
    for (size_t r = 0; r < n_of; r++) {
        counts[r] = (int)(all->first[r + 1] - all->first[r]);
        counts[n_of + r] = (int)all->first[r];
    }
    MPI_Iallgatherv(bytes, (int)n, MPI_BYTE, all->bytes, counts, counts + n_of, MPI_BYTE, MPI_COMM_WORLD, &request);
    meet(&request);
    free(counts);
    n_sent += n;
    return 0;
}

int ranks_collect(const void *bytes, size_t n, struct ranks_bytes *all)
{
    const size_t n_of = ranks_n(), own = ranks_rank();
    uint64_t *const sizes = allocate(n_of, sizeof *sizes);
    const uint64_t size = n;
    if (sizes == NULL)
        return -1;
    sizes[own] = size;
    if (n_ranks > 1) {
        MPI_Request request;
        MPI_Iallgather(&size, 1, MPI_UINT64_T, sizes, 1, MPI_UINT64_T, MPI_COMM_WORLD, &request);
        meet(&request);
    }
    const int status = make_room(sizes, n_of, all);
    free(sizes);
    if (status != 0)
        return -1;
    if (n_ranks > 1 && all->first[n_of] < PIECE) {
        if (gather(bytes, n, all) == 0)
            return 0;
        ranks_bytes_free(all);
        return -1;
    }
    if (n > 0)
        memcpy(all->bytes + all->first[own], bytes, n);
    for (size_t r = 0; n_ranks > 1 && r < n_of; r++)
        share_from((int)r, all->bytes + all->first[r], all->first[r + 1] - all->first[r]);
    return 0;
}

int ranks_exchange(const unsigned char *bytes, const size_t *first, struct ranks_bytes *from)
{
    const size_t n_of = ranks_n(), own = ranks_rank();
    uint64_t *const sizes = allocate(2 * n_of, sizeof *sizes);
    int status = sizes == NULL ? -1 : 0;
    for (size_t r = 0; status == 0 && r < n_of; r++)
        sizes[r] = sizes[n_of + r] = first[r + 1] - first[r];
    if (status == 0 && n_ranks > 1) {
        MPI_Request request;
        MPI_Ialltoall(sizes, 1, MPI_UINT64_T, sizes + n_of, 1, MPI_UINT64_T, MPI_COMM_WORLD, &request);
        meet(&request);
    }
    if (status == 0)
        status = make_room(sizes + n_of, n_of, from);
    free(sizes);
    if (status != 0)
        return -1;
    if (first[own + 1] > first[own])
        memcpy(from->bytes + from->first[own], bytes + first[own], first[own + 1] - first[own]);
    /* In round k everybody sends to the k-th one after it and receives from the k-th one before it. */
    for (size_t k = 1; k < n_of; k++) {
        const size_t to = (own + k) % n_of, source = (own + n_of - k) % n_of;
        const size_t n_to = first[to + 1] - first[to], n_from = from->first[source + 1] - from->first[source];
        for (size_t at = 0; at < n_to || at < n_from; at += PIECE) {
            MPI_Request ways[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
            if (at < n_from)
                MPI_Irecv(from->bytes + from->first[source] + at, (int)(n_from - at < PIECE ? n_from - at : PIECE),
                          MPI_BYTE, (int)source, TAG, MPI_COMM_WORLD, &ways[0]);
            if (at < n_to)
                MPI_Isend(bytes + first[to] + at, (int)(n_to - at < PIECE ? n_to - at : PIECE), MPI_BYTE, (int)to, TAG,
                          MPI_COMM_WORLD, &ways[1]);
            wait_for_all(ways, 2);
        }
        n_sent += n_to;
    }
    return 0;
}

/* ---- from one to another ------------------------------------------------------------------------------------------ */

void ranks_send(size_t to, const void *bytes, size_t n)
{
    const uint64_t size = n;
    MPI_Request request;
    MPI_Isend(&size, 1, MPI_UINT64_T, (int)to, TAG, MPI_COMM_WORLD, &request);
    wait_for(&request);
    for (size_t first = 0; first < n; first += PIECE) {
        const size_t piece = n - first < PIECE ? n - first : PIECE;
        MPI_Isend((const unsigned char *)bytes + first, (int)piece, MPI_BYTE, (int)to, TAG, MPI_COMM_WORLD, &request);
        wait_for(&request);
    }
    n_sent += sizeof size + n;
}

int ranks_receive(size_t from, unsigned char **bytes, size_t *n)
{
    uint64_t size = 0;
    MPI_Request request;
    MPI_Irecv(&size, 1, MPI_UINT64_T, (int)from, TAG, MPI_COMM_WORLD, &request);
    wait_for(&request);
    if ((*bytes = allocate((size_t)size, 1)) == NULL)
        return -1;
    for (size_t first = 0; first < size; first += PIECE) {
        const size_t piece = size - first < PIECE ? (size_t)size - first : PIECE;
        MPI_Irecv(*bytes + first, (int)piece, MPI_BYTE, (int)from, TAG, MPI_COMM_WORLD, &request);
        wait_for(&request);
    }
    *n = (size_t)size;
    return 0;
}

uint64_t ranks_n_sent(void)
{
    return n_sent;
}

uint64_t ranks_n_met(void)
{
    return n_met;
}
