/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sha256.h"
#include "base/fail.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHA256_BYTES = 32, READ_BYTES = 1 << 18 };

struct sha256 {
    EVP_MD_CTX *context;
    bool failed; /* told by sha256_finish */
};

struct sha256 *sha256_start(void)
{
    struct sha256 *const sha = allocate(1, sizeof *sha);
    if (sha == NULL)
        return NULL;
    sha->context = EVP_MD_CTX_new();
    if (sha->context == NULL || EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL) != 1) {
        fail("SHA-256 cannot be started by libcrypto");
        sha256_free(sha);
        return NULL;
    }
    return sha;
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t length)
{
    if (length > 0 && EVP_DigestUpdate(sha->context, bytes, length) != 1)
        sha->failed = true;
}

int sha256_finish(struct sha256 *sha, char hex[static SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    hex[0] = '\0';
    if (sha == NULL)
        return -1;
    const bool good = !sha->failed && EVP_DigestFinal_ex(sha->context, digest, &length) == 1 && length == SHA256_BYTES;
    sha256_free(sha);
    if (!good)
        return fail("SHA-256 cannot be computed by libcrypto");
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[SHA256_HEX_SIZE - 1] = '\0';
    return 0;
}

void sha256_free(struct sha256 *sha)
{
    if (sha == NULL)
        return;
    EVP_MD_CTX_free(sha->context);
    free(sha);
}

int sha256_bytes(const void *bytes, size_t length, char hex[static SHA256_HEX_SIZE])
{
    struct sha256 *const sha = sha256_start();
    if (sha != NULL)
        sha256_add(sha, bytes, length);
    return sha256_finish(sha, hex);
}

int sha256_descriptor(int file, const char *path, char hex[static SHA256_HEX_SIZE])
{
    hex[0] = '\0';
    char *const buffer = allocate(READ_BYTES, 1);
    struct sha256 *const sha = buffer != NULL ? sha256_start() : NULL;
    if (sha == NULL) {
        free(buffer);
        return -1;
    }
    ssize_t n;
    while ((n = read(file, buffer, READ_BYTES)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        sha256_add(sha, buffer, (size_t)n);
    }
    if (n < 0)
        fail_errno("cannot read '%s'", path);
    free(buffer);
    if (n < 0) {
        sha256_free(sha);
        return -1;
    }
    return sha256_finish(sha, hex);
}

int sha256_file(const char *path, char hex[static SHA256_HEX_SIZE])
{
    hex[0] = '\0';
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail_errno("cannot open '%s'", path);
    const int status = sha256_descriptor(file, path, hex);
    close(file); /* nothing was written through it */
    return status;
}

const char *sha256_library(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
