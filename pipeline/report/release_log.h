/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * release_log.h - private: every count that was hidden, with its value, and why.
 *
 *     what,value,why        why: small | protects others
 */
#ifndef REPORT_RELEASE_LOG_H
#define REPORT_RELEASE_LOG_H

#include "report/count_system.h"

/** -1 after telling; then the old file is untouched. */
int release_log_write(const char *path, const struct count_system *system);

#endif
