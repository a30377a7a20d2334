/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * template.h - a study to start from.
 */
#ifndef STUDY_TEMPLATE_H
#define STUDY_TEMPLATE_H

/**
 * Writes study.yaml, codebook.yaml and data.csv (80 made-up rows, which run as they are) into a folder, which is
 * made when it is not there.  When one of the files exists, nothing is written.  -1 after telling.
 */
int template_write(const char *folder);

/* The three texts (template_study.c, template_data.c). */
extern const char template_study[], template_codebook[], template_data[];

#endif
