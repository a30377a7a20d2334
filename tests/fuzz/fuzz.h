/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * fuzz.h - what the fuzz targets share.
 *
 * A target is a function that takes any bytes and must come back: with a refusal that is told, or with a result whose laws
 * hold.  It is linked either with libFuzzer (make fuzz) or with replay.c, which plays a corpus and mutations of it.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** A file of this name in a folder that lasts as long as the process, with these bytes; the path is good until the next call. */
const char *fuzz_file(const char *name, const void *bytes, size_t size);

/** Ends the process loudly: a law does not hold. */
void fuzz_fail(const char *law) __attribute__((noreturn));

#endif
