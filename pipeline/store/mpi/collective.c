/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cluster build: parallel HDF5 over MPI-IO.  How the file comes into being, and its end. */
#include "store/collective.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <mpi.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/ranks.h"
#include "store/hdf5_session.h"
#include "store/mpi/collective_file.h"
#include "store/packed_filter.h"

int collective_check_build(void)
{
    return 0;
}

/* ---- messages from rank 0 to all --------------------------------------------------------------------------------- */

int collective_share(struct message *message)
{
    uint64_t head[3] = {(uint64_t)message->kind, message->length, message->broken};
    ranks_share(head, sizeof head);
    if (head[2])
        return -1; /* memory ran out at rank 0 */
    if (ranks_rank() > 0) {
        message_start(message, (enum message_kind)head[0]);
        if (head[1] > message->capacity) {
            unsigned char *const bytes = reallocate(message->bytes, (size_t)head[1], 1);
            if (bytes == NULL)
                return -1;
            message->bytes = bytes;
            message->capacity = (size_t)head[1];
        }
        message->length = (size_t)head[1];
    }
    ranks_share(message->bytes, (size_t)head[1]);
    return 0;
}

/* ---- the file --------------------------------------------------------------------------------------------------------- */

static int share_name(struct collective *collective, const char *temporary)
{
    struct message message = {0};
    message_start(&message, MESSAGE_READY);
    message_put_text(&message, temporary != NULL ? temporary : "");
    const int status = collective_share(&message);
    if (status == 0)
        collective->temporary = copy_text(message_take_text(&message));
    message_free(&message);
    return collective->temporary != NULL ? 0 : -1;
}

enum { TOKEN_BYTES = 32 };

static int write_token(const struct collective *collective, const unsigned char *token)
{
    const int file = open(collective->temporary, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    int status = 0;
    if (file < 0 || write(file, token, TOKEN_BYTES) != TOKEN_BYTES || fsync(file) != 0)
        status = fail_errno("'%s' cannot be written", collective->path);
    if (file >= 0)
        close(file);
    return status;
}

static bool has_token(const struct collective *collective, const unsigned char *token)
{
    unsigned char found[TOKEN_BYTES];
    const int file = open(collective->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const bool has = file >= 0 && read(file, found, sizeof found) == TOKEN_BYTES && memcmp(found, token, sizeof found) == 0;
    if (file >= 0)
        close(file);
    return has;
}

/* Ranks may see copies of the folder; they would each make a file of their own. */
static int check_shared(const struct collective *collective)
{
    unsigned char token[TOKEN_BYTES] = {0};
    if (ranks_rank() == 0 && getrandom(token, sizeof token, 0) != TOKEN_BYTES)
        return fail_errno("'%s' cannot be written", collective->path);
    if (ranks_rank() == 0 && write_token(collective, token) != 0)
        return -1;
    ranks_share(token, sizeof token);
    int64_t n_blind = has_token(collective, token) ? 0 : 1;
    const int64_t n_before = ranks_before(n_blind);
    const bool tells = n_blind > 0 && n_before == 0; /* the first of them */
    ranks_sum(&n_blind, 1); /* all have looked before the file is made anew */
    if (tells)
        return fail("'%s' cannot be written together: this rank does not see the file that rank 0 has begun; --collective is for "
                    "a folder that all ranks share", collective->path);
    return n_blind == 0 ? 0 : -1;
}

static int make_file(struct collective *collective)
{
    struct told_file *const file = &collective->file;
    const hid_t creation = hdf5_group_list(H5P_FILE_CREATE), access = hdf5_file_access();
    file->transfer = (struct hdf5_transfer){.list = H5Pcreate(H5P_DATASET_XFER), .writes = ranks_rank() == 0};
    if (creation < 0 || access < 0)
        return -1;
    if (file->transfer.list < 0 || H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL) < 0 ||
        H5Pset_all_coll_metadata_ops(access, true) < 0 || H5Pset_coll_metadata_write(access, true) < 0 ||
        H5Pset_dxpl_mpio(file->transfer.list, H5FD_MPIO_COLLECTIVE) < 0 ||
        H5Pset_dxpl_mpio_chunk_opt(file->transfer.list, H5FD_MPIO_CHUNK_ONE_IO) < 0)
        return hdf5_fail("the HDF5 library refuses its settings");
    file->file = H5Fcreate(collective->temporary, H5F_ACC_TRUNC, creation, access);
    if (file->file < 0)
        return hdf5_fail("'%s' cannot be written", collective->path);
    H5Pclose(access);
    H5Pclose(creation);
    return 0;
}

struct collective *collective_open(const char *path, const char *temporary, int n_threads)
{
    struct collective *const collective = allocate(1, sizeof *collective);
    if (collective == NULL)
        return NULL;
    collective->n_threads = n_threads;
    if ((collective->path = copy_text(path)) != NULL) {
        collective->file =
            (struct told_file){.path = collective->path, .file = H5I_INVALID_HID, .group = H5I_INVALID_HID};
        if (share_name(collective, temporary) == 0 && check_shared(collective) == 0 && hdf5_start() == 0 &&
            packed_filter_start() == 0 && make_file(collective) == 0)
            return collective;
    }
    collective_free(collective);
    return NULL;
}

void collective_free(struct collective *collective)
{
    if (collective == NULL)
        return;
    collective_free_kept(collective);
    told_file_free(&collective->file);
    free(collective->temporary);
    free(collective->path);
    free(collective);
}

/* ---- the end ---------------------------------------------------------------------------------------------------------------- */

static int close_file(struct collective *collective, const char *content, char hex[static SHA256_HEX_SIZE])
{
    struct message message = {0};
    message_start(&message, MESSAGE_COMMIT);
    message_put_text(&message, content);
    const int status = collective_share(&message) != 0 ? -1 : told_file_commit(&collective->file, &message, hex);
    message_free(&message);
    H5Pclose(collective->file.transfer.list);
    return status;
}

int collective_commit(struct collective *collective, const char *content)
{
    char hex[SHA256_HEX_SIZE];
    const struct written_file written = {.path = collective->path, .temporary = collective->temporary, .is_shared = true};
    if (collective_write_kept(collective) != 0)
        return -1;
    collective_free_kept(collective);
    if (close_file(collective, content, hex) != 0)
        return -1;
    int64_t n_failing = written_check(&written, collective->file.tables, collective->file.n_tables, hex) != 0;
    ranks_sum(&n_failing, 1); /* so rank 0 removes the file, whoever finds it wrong */
    return n_failing == 0 ? 0 : -1;
}
