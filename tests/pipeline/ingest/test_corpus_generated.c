/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that are too large or too strange to be kept: made here, read by the program itself, which must end within
 * its memory.  Sizes are a few MB; with FULL=1 in the environment they are 100 MB and 1 GB.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/pipeline/ingest/small_files.h"

#define HEADER                                                                                                        \
    "episode_id,client_id,program,admit_date,discharge_date,discharge_reason,relapse_date,followup_end,age,sex,"      \
    "substance\n"
#define GOOD(id) "E000" id ",C000" id ",IOP,2021-02-02,2022-02-02,COMPLETED,,2023-06-30,21,M,ALCOHOL\n"

static const char codebook[] =
    "codebook: corpus\n"
    "columns:\n"
    "  episode_id:       {type: text, role: id}\n"
    "  client_id:        {type: text, role: id}\n"
    "  program:          {type: category, codes: {INPATIENT: inpatient, IOP: iop}, required: yes}\n"
    "  admit_date:       {type: date}\n"
    "  discharge_date:   {type: date}\n"
    "  discharge_reason: {type: category, codes: {COMPLETED: completed, DROPOUT: dropout}}\n"
    "  relapse_date:     {type: date}\n"
    "  followup_end:     {type: date}\n"
    "  age:              {type: integer, range: [0, 120]}\n"
    "  sex:              {type: category, codes: {M: male, F: female}}\n"
    "  substance:        {type: category, codes: {ALCOHOL: alcohol, OPIOID: opioid}}\n";

static const char study[] =
    "study: corpus\n"
    "privacy: {basis: limited_data_set}\n"
    "tables: {clients: {file: \"%s\", codebook: codebook.yaml}}\n"
    "cohort: {arms: {iop: \"program == 'iop'\", inpatient: \"program == 'inpatient'\"}, reference: inpatient}\n"
    "outcomes: {done: {event: \"discharge_reason == 'completed'\", event_is: good}}\n"
    "compare: [{outcomes: [done], measures: [risk_difference]}]\n";

struct answer {
    int status;
    char *talk, *rejects;
    size_t peak;           /* bytes of memory */
    double seconds;
};

static size_t megabytes(size_t usual, size_t full)
{
    return (getenv("FULL") != NULL ? full : usual) << 20;
}

/* build/tests/pipeline/ingest/test_corpus_generated calls build/bin/stepdown-ingest. */
static void become_ingest(const char *study_path, const char *out)
{
    char path[PATH_MAX + 64] = "";
    const ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (n > 0) {
        strcpy(strrchr(path, '/'), "/../../../bin/stepdown-ingest");
        execl(path, "stepdown-ingest", study_path, "-o", out, "-j", "1", "--max-reject", "0.6", (char *)NULL);
    }
    _exit(127);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Reads the source that the study calls `name`; as: the user to do it as, 0 for the one who tests. */
static struct answer ingest(struct small_folder *folder, const char *name, uid_t as)
{
    char *const text = malloc(sizeof study + strlen(name));
    char study_path[128], out[128], rejects[192];
    struct answer answer = {0};
    struct rusage used;
    int status;
    sprintf(text, study, name);
    small_text(folder, "codebook.yaml", codebook);
    strcpy(study_path, small_text(folder, "study.yaml", text));
    snprintf(out, sizeof out, "%s/out", folder->path);
    free(text);
    talk_begin(folder);
    const double start = now();
    const pid_t child = fork();
    if (child == 0) {
        alarm(60); /* nothing here may wait for ever */
        if (as != 0 && setreuid(as, as) != 0)
            _exit(126);
        become_ingest(study_path, out);
    }
    assert_true(child > 0);
    assert_int_equal(wait4(child, &status, 0, &used), child);
    answer.seconds = now() - start;
    answer.talk = talk_end(folder);
    assert_true(WIFEXITED(status));
    answer.status = WEXITSTATUS(status);
    answer.peak = (size_t)used.ru_maxrss << 10;
    snprintf(rejects, sizeof rejects, "%s/work/rejects.csv", out);
    answer.rejects = small_read(rejects, NULL);
    return answer;
}

static void free_answer(struct answer answer)
{
    free(answer.talk);
    free(answer.rejects);
}

static void check(struct small_folder *folder, const char *name, int status, const char *told)
{
    const struct answer answer = ingest(folder, name, 0);
    assert_says(answer.talk, told);
    assert_int_equal(answer.status, status);
    free_answer(answer);
}

/* What the program needs for a small file: sanitizers and libraries included. */
static size_t usual_peak(struct small_folder *folder)
{
    small_text(folder, "small.csv", HEADER GOOD("1"));
    const struct answer answer = ingest(folder, "small.csv", 0);
    assert_int_equal(answer.status, 0);
    free_answer(answer);
    return answer.peak;
}

/* A file of a start, a block repeated to `size` bytes, and an end. */
static void make_large(struct small_folder *folder, const char *start, const char *block, size_t size, const char *end)
{
    FILE *const file = fopen(small_path(folder, "x.csv"), "wb");
    const size_t length = strlen(block), many = (1 << 16) / length;
    char *const blocks = malloc(many * length);
    assert_non_null(file);
    assert_non_null(blocks);
    for (size_t i = 0; i < many; i++)
        memcpy(blocks + i * length, block, length);
    assert_true(fputs(start, file) >= 0);
    for (size_t n = 0; n < size; n += many * length)
        assert_int_equal(fwrite(blocks, length, many, file), many);
    assert_true(fputs(end, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(blocks);
}

/* Not under sanitizers, where freed memory is held back. */
static bool is_measured(void)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#else
    return true;
#endif
}

static void check_large(struct small_folder *folder, int status, const char *told, const char *listed)
{
    enum { ROOM = 64 << 20 };
    const size_t usual = usual_peak(folder);
    const struct answer answer = ingest(folder, "x.csv", 0);
    assert_says(answer.talk, told);
    assert_int_equal(answer.status, status);
    if (listed != NULL)
        assert_says(answer.rejects, listed);
    if (is_measured())
        assert_true(answer.peak < usual + ROOM);
    free_answer(answer);
}

static void test_a_field_of_many_megabytes_sets_its_row_aside(void **state)
{
    struct small_folder *const folder = *state;
    make_large(folder, HEADER GOOD("1") "E0002,", "0123456789abcdef", megabytes(16, 100), "\n" GOOD("3"));
    check_large(folder, 0, "a row of at most", ",3,");
}

static void test_a_quoted_field_of_line_ends_is_refused_where_it_opens(void **state)
{
    struct small_folder *const folder = *state;
    make_large(folder, HEADER "E0001,\"", "\n", megabytes(16, 100), "");
    check_large(folder, 1, "x.csv:2:2: the quote that opens here is never closed", NULL);
}

static void test_a_header_of_a_million_columns_is_refused(void **state)
{
    struct small_folder *const folder = *state;
    make_large(folder, "a", ",b", 2 << 20, "\n");
    check_large(folder, 1, "header", NULL);
    make_large(folder, "a", ",", 1 << 19, "\n");
    check_large(folder, 1, "columns; at most 4096 can be read", NULL);
}

static void test_a_row_of_a_million_cells_is_set_aside(void **state)
{
    struct small_folder *const folder = *state;
    make_large(folder, HEADER GOOD("1"), ",", 1000000, "\n" GOOD("2"));
    check_large(folder, 0, "11 cells were expected", "x.csv,3,");
}

static void test_a_file_without_a_line_end_is_refused(void **state)
{
    struct small_folder *const folder = *state;
    make_large(folder, "", "0123456789abcdef", megabytes(16, 1024), "");
    check_large(folder, 1, "a header longer than 1 MiB", NULL);
}

static void test_what_is_no_file_is_refused_without_waiting(void **state)
{
    struct small_folder *const folder = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_int_equal(mkdir(small_path(folder, "d.csv"), 0700), 0);
    check(folder, "d.csv", 1, "d.csv' is a folder, not a file");
    assert_int_equal(mkfifo(small_path(folder, "f.csv"), 0600), 0);
    check(folder, "f.csv", 1, "f.csv' is not a regular file");
    assert_int_equal(symlink("/dev/null", small_path(folder, "n.csv")), 0);
    check(folder, "n.csv", 1, "n.csv' is not a regular file");
    const int end = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, small_path(folder, "s.csv"));
    assert_int_equal(bind(end, (struct sockaddr *)&address, sizeof address), 0);
    check(folder, "s.csv", 1, "cannot open '");
    close(end);
    assert_int_equal(symlink("a.csv", small_path(folder, "a.csv")), 0);
    check(folder, "a.csv", 1, strerror(ELOOP));
    small_text(folder, "empty.csv", "");
    check(folder, "empty.csv", 1, "empty.csv' is empty");
}

static void test_a_file_that_may_not_be_read_is_told(void **state)
{
    enum { NOBODY = 65534 };
    struct small_folder *const folder = *state;
    const mode_t mask = umask(022);
    assert_int_equal(chmod(folder->path, 0755), 0);
    assert_int_equal(chmod(small_text(folder, "x.csv", HEADER GOOD("1")), 0), 0);
    const struct answer answer = ingest(folder, "x.csv", geteuid() == 0 ? NOBODY : 0);
    if (answer.status != 127) { /* not when the programs of the build are closed to nobody */
        assert_says(answer.talk, "Permission denied");
        assert_int_equal(answer.status, 1);
    }
    free_answer(answer);
    umask(mask);
}

static void test_strange_names_are_read_and_told_harmlessly(void **state)
{
    struct small_folder *const folder = *state;
    char name[256] = "";
    small_text(folder, "s01\n\x1b[2J.csv", HEADER GOOD("1") "x\n");
    const struct answer answer = ingest(folder, "s01*.csv", 0);
    assert_int_equal(answer.status, 0);
    assert_keeps_silent_about(answer.talk, "\x1b[2J");
    assert_says(answer.talk, "s01??[2J.csv:3: 11 cells were expected");
    free_answer(answer);
    memset(name, 'n', 255);
    memcpy(name + 251, ".csv", 4);
    small_text(folder, name, HEADER GOOD("1"));
    check(folder, name, 0, "1 rows in, 1 kept");
}

static void test_a_path_longer_than_a_system_takes_is_refused(void **state)
{
    struct small_folder *const folder = *state;
    char *const name = malloc(PATH_MAX + 64);
    for (size_t i = 0; i < PATH_MAX; i++)
        name[i] = i % 200 == 199 ? '/' : 'd';
    strcpy(name + PATH_MAX, ".csv");
    check(folder, name, 1, "error: ");
    free(name);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, small_folder_setup, small_folder_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_field_of_many_megabytes_sets_its_row_aside),
        TEST(test_a_quoted_field_of_line_ends_is_refused_where_it_opens),
        TEST(test_a_header_of_a_million_columns_is_refused),
        TEST(test_a_row_of_a_million_cells_is_set_aside),
        TEST(test_a_file_without_a_line_end_is_refused),
        TEST(test_what_is_no_file_is_refused_without_waiting),
        TEST(test_a_file_that_may_not_be_read_is_told),
        TEST(test_strange_names_are_read_and_told_harmlessly),
        TEST(test_a_path_longer_than_a_system_takes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
