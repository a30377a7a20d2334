/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * stat_files.h - small SAS, Stata and SPSS files, written by ReadStat's writer.
 *
 * The table is the same in every format, as far as the format can hold it:
 *
 *     ID     text      A1, B2, "C,3" ...
 *     AGE    number    34, missing, -9 (SPSS: user-missing; else a plain number), 41
 *     SEX    number    labelled 1 male, 2 female (not in SAS)
 *     DOSE   number    2.385, 0.1, 1e-9, -0.5
 *     CAME   day       2019-05-17, 1960-01-01, missing, 2020-02-29
 */
#ifndef TESTS_INGEST_STAT_FILES_H
#define TESTS_INGEST_STAT_FILES_H

#include <fcntl.h>
#include <math.h>
#include <readstat.h>
#include <string.h>
#include <unistd.h>

#include "ingest/stat_head.h"
#include "tests/pipeline/ingest/small_files.h"

enum { STAT_ROWS = 4 };

static const struct {
    const char *id;
    double age, sex, dose;
    long day;               /* from 1970-01-01 */
} stat_rows[STAT_ROWS] = {
    {"A1", 34, 1, 2.385, 18033}, {"B2", NAN, 2, 0.1, -3653}, {"C,3", -9, 1, 1e-9, -99999999}, {"D \"4\"", 41, 2, -0.5, 18321}};

static inline ssize_t stat_write_bytes(const void *bytes, size_t length, void *file)
{
    return write(*(const int *)file, bytes, length);
}

static inline double stat_day(enum stat_format format, long day)
{
    return format == STAT_SAV || format == STAT_POR ? ((double)day + 141428) * 86400 : (double)day + 3653;
}

static inline void stat_insert(readstat_writer_t *writer, const readstat_variable_t *variable, double value)
{
    if (isnan(value))
        assert_int_equal(readstat_insert_missing_value(writer, variable), READSTAT_OK);
    else
        assert_int_equal(readstat_insert_double_value(writer, variable, value), READSTAT_OK);
}

static inline readstat_error_t stat_begin(readstat_writer_t *writer, enum stat_format format, int *file, long n)
{
    switch (format) {
    case STAT_SAS7BDAT:
        return readstat_begin_writing_sas7bdat(writer, file, n);
    case STAT_XPORT:
        return readstat_begin_writing_xport(writer, file, n);
    case STAT_DTA:
        return readstat_begin_writing_dta(writer, file, n);
    case STAT_SAV:
        return readstat_begin_writing_sav(writer, file, n);
    default:
        return readstat_begin_writing_por(writer, file, n);
    }
}

/* Repeats the rows `times` times. */
static inline const char *stat_write(struct small_folder *folder, const char *name, long times)
{
    const char *const path = small_path(folder, name);
    const enum stat_format format = stat_format_of(name);
    static const char *const day_formats[] = {[STAT_SAS7BDAT] = "DATE9", [STAT_XPORT] = "DATE9", [STAT_DTA] = "%td",
                                              [STAT_SAV] = "DATE11", [STAT_POR] = "DATE11"};
    const bool spss = format == STAT_SAV || format == STAT_POR, sas = format == STAT_SAS7BDAT || format == STAT_XPORT;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    readstat_writer_t *const writer = readstat_writer_init();
    assert_true(file >= 0);
    readstat_set_data_writer(writer, stat_write_bytes);
    readstat_writer_set_file_timestamp(writer, 1574000000);
    if (format == STAT_XPORT)
        readstat_writer_set_file_format_version(writer, 8);
    readstat_variable_t *const id = readstat_add_variable(writer, "ID", READSTAT_TYPE_STRING, 8);
    readstat_variable_t *const age = readstat_add_variable(writer, "AGE", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_t *const sex = readstat_add_variable(writer, "SEX", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_t *const dose = readstat_add_variable(writer, "DOSE", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_t *const came = readstat_add_variable(writer, "CAME", READSTAT_TYPE_DOUBLE, 0);
    readstat_variable_set_label(age, "Age at admission");
    readstat_variable_set_format(came, day_formats[format]);
    if (spss)
        readstat_variable_add_missing_double_value(age, -9);
    if (!sas) {
        readstat_label_set_t *const labels =
            readstat_add_label_set(writer, format == STAT_DTA ? READSTAT_TYPE_INT32 : READSTAT_TYPE_DOUBLE, "sex");
        if (format == STAT_DTA) {
            readstat_label_int32_value(labels, 1, "male");
            readstat_label_int32_value(labels, 2, "female");
        } else {
            readstat_label_double_value(labels, 1, "male");
            readstat_label_double_value(labels, 2, "female");
        }
        readstat_variable_set_label_set(sex, labels);
    }
    assert_int_equal(stat_begin(writer, format, &file, STAT_ROWS * times), READSTAT_OK);
    for (long i = 0; i < STAT_ROWS * times; i++) {
        const size_t row = (size_t)(i % STAT_ROWS);
        assert_int_equal(readstat_begin_row(writer), READSTAT_OK);
        assert_int_equal(readstat_insert_string_value(writer, id, stat_rows[row].id), READSTAT_OK);
        if (format == STAT_DTA && stat_rows[row].age == -9)
            assert_int_equal(readstat_insert_tagged_missing_value(writer, age, 'b'), READSTAT_OK);
        else
            stat_insert(writer, age, stat_rows[row].age);
        stat_insert(writer, sex, stat_rows[row].sex);
        stat_insert(writer, dose, stat_rows[row].dose);
        stat_insert(writer, came, stat_rows[row].day < -1000000 ? NAN : stat_day(format, stat_rows[row].day));
        assert_int_equal(readstat_end_row(writer), READSTAT_OK);
    }
    assert_int_equal(readstat_end_writing(writer), READSTAT_OK);
    readstat_writer_free(writer);
    assert_int_equal(close(file), 0);
    return path;
}

/* What the file is as CSV; ReadStat writes the four numbers of DOSE to a portable file only nearly. */
static inline const char *stat_csv(enum stat_format format)
{
    return format == STAT_DTA ? "ID,AGE,SEX,DOSE,CAME\n"
                                "A1,34,1,2.385,2019-05-17\n"
                                "B2,,2,0.1,1960-01-01\n"
                                "\"C,3\",.b,1,1e-09,\n"
                                "\"D \"\"4\"\"\",41,2,-0.5,2020-02-29\n"
                              : "ID,AGE,SEX,DOSE,CAME\n"
                                "A1,34,1,2.385,2019-05-17\n"
                                "B2,,2,0.1,1960-01-01\n"
                                "\"C,3\",-9,1,1e-09,\n"
                                "\"D \"\"4\"\"\",41,2,-0.5,2020-02-29\n";
}

#endif
