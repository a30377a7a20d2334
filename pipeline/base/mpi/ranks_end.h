/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * ranks_end.h - how an error of one rank ends all (ranks_fail), told once and with nothing left over.
 *
 * A rank that cannot go on sends its error to rank 0 and waits.  Rank 0 meets it where it waits for others: if it still waits some seconds
 * later it has no error of its own, so it tells that one with the number of its rank, removes what it has begun, and ends the job.  An error of
 * its own it tells at once, and nobody else does: all may have met it.  Only where rank 0 does not listen for long, because it computes,
 * a rank tells its error itself and ends the job; the launcher then asks rank 0 to stop, and kills it a second later.
 */
#ifndef BASE_RANKS_END_H
#define BASE_RANKS_END_H

/** To be called now and then by a rank that waits for others.  Does not return where one of them cannot go on. */
void ranks_end_watch(void);

#endif
