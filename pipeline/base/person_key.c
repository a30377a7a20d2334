/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HMAC from SHA-256 whose two blocks of the key are taken in once.  libcrypto's own HMAC allocates and frees several objects
 * for each text, which costs more than hashing it; the functions on SHA256_CTX do not, and have no successor that does not.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/person_key.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"

enum { HEX_LENGTH = 2 * PERSON_KEY_BYTES, DIGEST_BYTES = 32, FINGERPRINT_BYTES = (PERSON_KEY_FINGERPRINT_SIZE - 1) / 2 };

struct person_key {
    SHA256_CTX inner, outer; /* have taken in a block of the key and no text; copied for each text */
    char fingerprint[PERSON_KEY_FINGERPRINT_SIZE];
};

static void to_hex(const unsigned char *bytes, size_t n, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

/* ---- making ------------------------------------------------------------------------------------------ */

int person_key_make(const char *path)
{
    unsigned char bytes[PERSON_KEY_BYTES];
    char hex[HEX_LENGTH + 1];
    struct stat about;
    /* A lost key cannot be found again, and with it every link between old and new data: never write over one. */
    if (lstat(path, &about) == 0)
        return fail("'%s' exists already; nothing was written", path);
    if (errno != ENOENT)
        return fail_errno("cannot look at '%s'", path);
    if (RAND_priv_bytes(bytes, sizeof bytes) != 1)
        return fail("libcrypto has no random numbers for a key");
    to_hex(bytes, sizeof bytes, hex);
    struct output *const output = output_open(path);
    const int status =
        output_end(output, output == NULL || output_text(output, hex) != 0 || output_text(output, "\n") != 0 ? -1 : 0);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(hex, sizeof hex);
    return status;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

static int check_mode(int file, const char *path)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return fail_errno("cannot read '%s'", path);
    if (!S_ISREG(about.st_mode))
        return fail("'%s' is not a regular file", path);
    if (about.st_uid != geteuid())
        return fail("'%s' is a key, but it belongs to another user", path);
    if ((about.st_mode & 077) != 0)
        return fail("'%s' is a key, but others may read or change it (mode %04o); say: chmod 600 %s", path,
                    (unsigned)about.st_mode & 07777u, path);
    return 0;
}

static ssize_t read_some(int file, char *bytes, size_t room)
{
    size_t n = 0;
    ssize_t more = 1;
    while (n < room && more != 0) {
        more = read(file, bytes + n, room - n);
        if (more < 0 && errno != EINTR)
            return -1;
        n += more > 0 ? (size_t)more : 0;
    }
    return (ssize_t)n;
}

static int from_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int parse_key(const char *text, size_t length, const char *path, unsigned char bytes[static PERSON_KEY_BYTES])
{
    if (length == HEX_LENGTH + 1 && text[HEX_LENGTH] == '\n')
        length--;
    int any_wrong = length != HEX_LENGTH;
    for (size_t i = 0; !any_wrong && i < PERSON_KEY_BYTES; i++) {
        const int high = from_hex(text[2 * i]), low = from_hex(text[2 * i + 1]);
        any_wrong = high < 0 || low < 0;
        bytes[i] = (unsigned char)((unsigned)high << 4 | (unsigned)low);
    }
    return any_wrong ? fail("'%s' is no key: 64 hexadecimal digits were expected; make one with 'stepdown key new'", path)
                     : 0;
}

static int read_bytes(const char *path, unsigned char bytes[static PERSON_KEY_BYTES])
{
    char text[HEX_LENGTH + 2];
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return fail_errno("cannot open the key '%s'", path);
    int status = check_mode(file, path);
    if (status == 0) {
        const ssize_t n = read_some(file, text, sizeof text);
        status = n < 0 ? fail_errno("cannot read '%s'", path) : parse_key(text, (size_t)n, path, bytes);
    }
    close(file);
    OPENSSL_cleanse(text, sizeof text);
    return status;
}

/* A block of the key, each byte changed by `pad`. */
static bool take_key(SHA256_CTX *context, const unsigned char bytes[static PERSON_KEY_BYTES], unsigned char pad)
{
    unsigned char block[SHA256_CBLOCK];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = i < PERSON_KEY_BYTES ? bytes[i] ^ pad : pad;
    const bool good = SHA256_Init(context) == 1 && SHA256_Update(context, block, sizeof block) == 1;
    OPENSSL_cleanse(block, sizeof block);
    return good;
}

/* The one block that a text of at most SHORT bytes becomes behind the block of the key (FIPS 180-4, 5.1.1). */
enum { SHORT = SHA256_CBLOCK - 9 };

static void last_block(unsigned char block[static SHA256_CBLOCK], const void *text, size_t length)
{
    const size_t n_bits = 8 * (SHA256_CBLOCK + length);
    memcpy(block, text, length);
    block[length] = 0x80;
    memset(block + length + 1, 0, SHA256_CBLOCK - 3 - length);
    block[SHA256_CBLOCK - 2] = (unsigned char)(n_bits >> 8);
    block[SHA256_CBLOCK - 1] = (unsigned char)n_bits;
}

static void put_state(const SHA256_CTX *context, unsigned char digest[static DIGEST_BYTES])
{
    for (size_t i = 0; i < DIGEST_BYTES / 4; i++) {
        const uint32_t word = htobe32(context->h[i]);
        memcpy(digest + 4 * i, &word, sizeof word);
    }
}

/* Identifiers are short: each digest is two blocks, without the book-keeping of texts that come in pieces. */
static void digest_of_short(const struct person_key *key, const char *text, size_t length,
                            unsigned char digest[static DIGEST_BYTES])
{
    unsigned char block[SHA256_CBLOCK], inner[DIGEST_BYTES];
    SHA256_CTX context = key->inner;
    last_block(block, text, length);
    SHA256_Transform(&context, block);
    put_state(&context, inner);
    context = key->outer;
    last_block(block, inner, DIGEST_BYTES);
    SHA256_Transform(&context, block);
    put_state(&context, digest);
}

static bool digest_of(const struct person_key *key, const char *text, size_t length, unsigned char digest[static DIGEST_BYTES])
{
    if (length <= SHORT) {
        digest_of_short(key, text, length, digest);
        return true;
    }
    SHA256_CTX context = key->inner;
    if (SHA256_Update(&context, text, length) != 1 || SHA256_Final(digest, &context) != 1)
        return false;
    context = key->outer;
    return SHA256_Update(&context, digest, DIGEST_BYTES) == 1 && SHA256_Final(digest, &context) == 1; /* which wipes it */
}

static int start(struct person_key *key, const unsigned char bytes[static PERSON_KEY_BYTES])
{
    static const char purpose[] = "stepdown key fingerprint";
    unsigned char print[DIGEST_BYTES];
    if (!take_key(&key->inner, bytes, 0x36) || !take_key(&key->outer, bytes, 0x5c) ||
        !digest_of(key, purpose, sizeof purpose - 1, print))
        return fail("SHA-256 cannot be computed by libcrypto");
    to_hex(print, FINGERPRINT_BYTES, key->fingerprint);
    return 0;
}

struct person_key *person_key_read(const char *path)
{
    unsigned char bytes[PERSON_KEY_BYTES] = {0};
    struct person_key *const key = allocate(1, sizeof *key);
    const int status = key == NULL || read_bytes(path, bytes) != 0 ? -1 : start(key, bytes);
    OPENSSL_cleanse(bytes, sizeof bytes);
    if (status == 0)
        return key;
    person_key_free(key);
    return NULL;
}

void person_key_free(struct person_key *key)
{
    if (key == NULL)
        return;
    OPENSSL_cleanse(key, sizeof *key);
    free(key);
}

const char *person_key_fingerprint(const struct person_key *key)
{
    return key->fingerprint;
}

/* ---- digests ----------------------------------------------------------------------------------------- */

static int64_t number_of(const unsigned char bytes[static 8])
{
    uint64_t bits = 0;
    int64_t number;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | bytes[i];
    memcpy(&number, &bits, sizeof number);
    return number == INT64_MIN ? INT64_MIN + 1 : number;
}

int person_key_digest(const struct person_key *key, const char *text, size_t length, int64_t digest[static 2])
{
    unsigned char bytes[DIGEST_BYTES];
    if (!digest_of(key, text, length, bytes))
        return fail("SHA-256 cannot be computed by libcrypto");
    digest[0] = number_of(bytes);
    digest[1] = number_of(bytes + 8);
    return 0;
}
