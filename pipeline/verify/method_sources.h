/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * method_sources.h - where the methods of a study come from.
 */
#ifndef VERIFY_METHOD_SOURCES_H
#define VERIFY_METHOD_SOURCES_H

#include "study/study.h"

/** One source: what it is for, and how to cite it. */
struct method_source {
    const char *method, *source;
};

/**
 * Fills `sources` (room for METHOD_SOURCES_MAX) with those of the measures, margins, adjustments, models and pooling that the
 * study asks for, each once, in a fixed order; returns how many.
 */
enum { METHOD_SOURCES_MAX = 64 };
size_t method_sources(const struct study *study, const struct method_source **sources);

#endif
