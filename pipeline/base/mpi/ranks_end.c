/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mpi/ranks_end.h"

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/ranks.h"
#include "base/temporary.h"

/* Seconds: for rank 0 to come to an error that all meet, and for others to be heard. */
static const double ALL_MEET = 2, HEARD = 20;

/* Between two looks no more counts as waiting: this process was not there. */
static const double BETWEEN_LOOKS = 0.01;

enum { TAG_ENDS = 8, TEXT_SIZE = 8192 };

struct last_words {
    int32_t exit_status;
    char text[TEXT_SIZE];
};

/* What rank 0 has heard of another one; set where it waits, which one thread does at a time. */
static struct last_words heard;
static int heard_of; /* 0: nothing yet */
static double looked_at, waited; /* since then */

static double now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void pause_for_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void listen_for_one(void)
{
    MPI_Status status;
    int is_there = 0;

    MPI_Iprobe(MPI_ANY_SOURCE, TAG_ENDS, MPI_COMM_WORLD, &is_there, &status);
    if (!is_there)
        return;
    MPI_Recv(&heard, (int)sizeof heard, MPI_BYTE, status.MPI_SOURCE, TAG_ENDS, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    heard_of = status.MPI_SOURCE;
    looked_at = now();
}

static bool has_waited(void)
{
    const double at = now(), since = at - looked_at;

    waited += since < BETWEEN_LOOKS ? since : BETWEEN_LOOKS;
    looked_at = at;
    return waited > ALL_MEET;
}

static void end_for_another(void)
{
    temporaries_end();
    fail("rank %d of %zu: %s", heard_of, ranks_n(), heard.text);
    MPI_Abort(MPI_COMM_WORLD, heard.exit_status);
}

void ranks_end_watch(void)
{
    if (ranks_rank() > 0)
        return;
    if (heard_of == 0)
        listen_for_one();
    else if (has_waited())
        end_for_another();
}

/* Rank 0 has nothing to tell, so another one has. */
static void wait_for_another(void)
{
    for (const double start = now(); heard_of == 0 && now() - start < HEARD; pause_for_a_moment())
        listen_for_one();
    if (heard_of != 0)
        end_for_another();
}

/* Returns when nobody has ended this process for long. */
static void send_to_rank_0(int exit_status)
{
    struct last_words own = {.exit_status = exit_status};
    MPI_Request request = MPI_REQUEST_NULL;
    int done = 0;

    if (fail_kept() != NULL) {
        strncpy(own.text, fail_kept(), sizeof own.text - 1);
        MPI_Isend(&own, (int)(offsetof(struct last_words, text) + strlen(own.text) + 1), MPI_BYTE, 0, TAG_ENDS, MPI_COMM_WORLD, &request);
    }
    for (const double start = now(); now() - start < HEARD; pause_for_a_moment())
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
}

void ranks_fail(int exit_status)
{
    if (ranks_n() == 1)
        return;
    temporaries_end();
    if (ranks_rank() > 0) {
        send_to_rank_0(exit_status);
        fail_tell_kept((int)ranks_rank(), (int)ranks_n());
    } else if (!fail_was_told()) {
        wait_for_another();
    }
    MPI_Abort(MPI_COMM_WORLD, exit_status);
}
