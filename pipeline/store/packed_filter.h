/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * packed_filter.h - hands the HDF5 library chunks that are packed already, where it insists on packing by itself.
 *
 * Parallel HDF5 writes chunks with filters only by H5Dwrite, which runs the filters of the dataset.  So its deflate filter is
 * replaced by one that looks for the very bytes it is given among those that are offered, and returns what they were packed
 * into; anything else it packs as chunk_pack does.  What is in the file is an ordinary stream of deflate in any case.  It also
 * unpacks: the library reads what it has allocated for a chunk that is not full.
 *
 * HDF5's public H5Zregister refuses ids of its own filters ("unable to modify predefined filters"); what it calls does not:
 * H5Z_register, which shared libraries of HDF5 1.8 to 1.14 export.
 */
#ifndef STORE_PACKED_FILTER_H
#define STORE_PACKED_FILTER_H

#include <stddef.h>

struct packed_chunk {
    const unsigned char *values; /* of a whole chunk; borrowed */
    unsigned char *packed;       /* [n_packed] by chunk_pack, with its checksum */
    size_t n_packed;
};

/** Replaces the filter, once a process.  -1 after telling. */
int packed_filter_start(void);

/** Offers n chunks of n_values bytes each, until the next call; n 0: none.  From the thread that calls the library. */
void packed_filter_offer(const struct packed_chunk *chunks, size_t n, size_t n_values);

#endif
