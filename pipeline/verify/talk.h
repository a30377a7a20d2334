/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * talk.h - texts of foreign files on standard output, made harmless for a terminal.
 */
#ifndef VERIFY_TALK_H
#define VERIFY_TALK_H

#include "base/table.h"

/** The cell of a text column; characters that steer a terminal, turn text or are no UTF-8 become '?'. */
void talk_cell(const struct table *table, const char *column, size_t row);

#endif
