/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * small_study.h - a codebook with a column of every kind, a header and a good row for it.
 */
#ifndef TESTS_INGEST_SMALL_STUDY_H
#define TESTS_INGEST_SMALL_STUDY_H

#include "tests/pipeline/ingest/bench.h"

static const char small_codebook[] =
    "codebook: small\n"
    "missing: ['', NA]\n"
    "columns:\n"
    "  id:    {type: text, required: yes}\n"
    "  age:   {type: integer, range: [0, 120], missing: ['-9']}\n"
    "  dose:  {type: real, range: [0, 100], missing: ['-9']}\n"
    "  seen:  {type: date, range: [2018-01-01, 2020-12-31], required: yes}\n"
    "  sex:   {type: category, codes: {1: male, 2: female, 3: female}, aliases: [gender, SEX]}\n"
    "  site:  {type: category}\n"
    "  n:     {type: integer, required: no}\n"
    "  rowid: {role: row_id}\n";

#define HEADER "id,age,dose,seen,sex,site,n,rowid\n"
#define GOOD "A1,34,2.385,2019-05-17,1,west,3,1\n"

static inline int small_study_setup(void **state)
{
    bench_setup(state, small_codebook);
    return 0;
}

#endif
