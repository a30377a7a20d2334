/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * summary.h - a good study in a few lines, for who has just checked it.
 */
#ifndef STUDY_SUMMARY_H
#define STUDY_SUMMARY_H

#include <stdio.h>

#include "study/study.h"

/** Name, tables, arms, outcomes, analyses, "no mistakes".  The caller looks at ferror(). */
void study_summary_print(const struct study *study, FILE *file);

#endif
