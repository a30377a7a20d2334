/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks that fill up, processes that end, bits that flip: one message, and the old file stays. */
#include "base/program.h"
#include "store/store.h"

#include "tests/pipeline/store/test_tables.h"
#include "tests/support/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The library itself forgets to free some of what it read before it found the damage. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libhdf5";
}

static int make_folder(void **state)
{
    *state = scratch_folder();
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static int write_one(const char *path, const struct table *table)
{
    struct store_writer *const writer = store_writer_open(path, 2);
    if (writer == NULL)
        return -1;
    store_writer_table(writer, table); /* a failure is remembered */
    return store_writer_commit(writer);
}

static void assert_one_line(const char *said, const char *with)
{
    const char *const end = strchr(said, '\n');
    assert_non_null(end);
    assert_int_equal(end[1], '\0');
    if (strstr(said, with) == NULL)
        print_error("'%s' is not in '%s'\n", with, said);
    assert_non_null(strstr(said, with));
}

static void assert_holds_rows(const char *path, size_t n_rows)
{
    struct table *const table = store_read_table(path, "records");
    assert_non_null(table);
    assert_int_equal(table->n_rows, n_rows);
    table_free(table);
}

/* ---- the disk ----------------------------------------------------------------------------------------- */

/* A file size limit stands for a full disk: the same call fails at the same place. */
static int write_under_limit(const char *path, const struct table *table, rlim_t limit)
{
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct rlimit size = {.rlim_cur = limit, .rlim_max = limit};
        signal(SIGXFSZ, SIG_IGN);
        _exit(setrlimit(RLIMIT_FSIZE, &size) == 0 && write_one(path, table) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_a_full_disk_leaves_the_old_file(void **state)
{
    const char *const path = scratch_path(*state, "a.h5"), *const trial = scratch_path(*state, "b.h5");
    struct table *const old = sample_table("records", 5), *const large = sample_table("records", 140000);
    struct stat about;
    assert_int_equal(write_one(path, old), 0);
    assert_int_equal(write_one(trial, large), 0);
    assert_int_equal(stat(trial, &about), 0);
    unlink(trial);
    const off_t size = about.st_size;
    /* Not less, because the captured message is a file as well. */
    const off_t limits[] = {500,          1000,        4096,        20000,      size / 4,  size / 2,
                            size - 20000, size - 5000, size - 1000, size - 100, size - 10, size - 1};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        capture_start();
        const int status = write_under_limit(path, large, (rlim_t)limits[i]);
        const char *const said = capture_end();
        assert_int_equal(status, 1);
        assert_one_line(said, "File too large");
        assert_int_equal(scratch_count(*state), 1);
        assert_holds_rows(path, 5);
    }
    assert_int_equal(write_under_limit(path, large, (rlim_t)size), 0);
    assert_holds_rows(path, 140000);
    table_free(old);
    table_free(large);
}

static void test_a_folder_that_is_not_there_is_told(void **state)
{
    capture_start();
    struct store_writer *const writer = store_writer_open(scratch_path(*state, "none/a.h5"), 1);
    assert_one_line(capture_end(), "none");
    assert_null(writer);
}

/* ---- processes ---------------------------------------------------------------------------------------- */

/* The one child of a process; 0 when there is none. */
static pid_t child_of(pid_t parent)
{
    DIR *const processes = opendir("/proc");
    const struct dirent *entry;
    pid_t found = 0;
    assert_non_null(processes);
    while (found == 0 && (entry = readdir(processes)) != NULL) {
        char path[300], text[512] = "";
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        const int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0)
            continue;
        const ssize_t n = read(file, text, sizeof text - 1);
        close(file);
        const char *const after_name = n > 0 ? strrchr(text, ')') : NULL;
        if (after_name != NULL && atoi(after_name + 4) == (int)parent)
            found = atoi(text);
    }
    closedir(processes);
    return found;
}

static void test_a_killed_child_is_an_error_and_leaves_no_file(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    struct table *const table = sample_table("records", 200000);
    for (int when = 0; when < 3; when++) {
        struct store_writer *const writer = store_writer_open(path, 2);
        assert_non_null(writer);
        if (when > 0)
            assert_int_equal(store_writer_table(writer, table), 0);
        if (when > 1) {
            capture_start();
            const int again = store_writer_begin(writer, table);
            assert_one_line(capture_end(), "two tables 'records'");
            assert_int_equal(again, -1);
        }
        const pid_t child = child_of(getpid());
        assert_true(child > 0);
        assert_int_equal(kill(child, SIGKILL), 0);
        capture_start();
        const int first = when == 0 ? store_writer_table(writer, table) : -1;
        const int status = store_writer_commit(writer);
        const char *const said = capture_end();
        assert_int_equal(first, -1);
        assert_int_equal(status, -1);
        if (when < 2)
            assert_one_line(said, "was ended by signal 9");
        else
            assert_string_equal(said, "");
        assert_int_equal(scratch_count(*state), 0);
        assert_int_equal(child_of(getpid()), 0);
    }
    table_free(table);
}

static void test_the_child_ignores_what_is_meant_for_its_parent(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};
    const char *const path = scratch_path(*state, "a.h5");
    struct table *const table = sample_table("records", 5);
    struct store_writer *const writer = store_writer_open(path, 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(kill(child_of(getpid()), signals[i]), 0);
    assert_int_equal(store_writer_table(writer, table), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    assert_holds_rows(path, 5);
    table_free(table);
}

/* A process of its own group that is in the middle of writing; it says so through a pipe. */
static pid_t start_writing(const char *path, bool with_handlers)
{
    int ends[2];
    char ready;
    assert_int_equal(pipe(ends), 0);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setpgid(0, 0);
        if (with_handlers)
            program_start("test");
        struct table *const table = sample_table("records", 70000);
        struct store_writer *const writer = store_writer_open(path, 2);
        if (writer == NULL || store_writer_table(writer, table) != 0 || write(ends[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    return pid;
}

static void test_sigterm_to_the_group_removes_everything(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    int status;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t pid = start_writing(path, true);
    assert_int_equal(scratch_count(*state), 1);
    assert_int_equal(kill(-pid, SIGTERM), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) ? WEXITSTATUS(status) == 128 + SIGTERM : WTERMSIG(status) == SIGTERM);
    assert_true(waitpid(-1, &status, 0) > 0); /* the writing child ends with its parent */
    assert_int_equal(scratch_count(*state), 0);
}

static void test_the_child_ends_with_a_killed_parent_and_removes_nothing(void **state)
{
    const char *const path = scratch_path(*state, "a.h5");
    int status;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t pid = start_writing(path, false);
    const pid_t child = child_of(pid);
    assert_true(child > 0);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(scratch_count(*state), 1); /* the temporary: the next run sweeps it */
    assert_int_equal(access(path, F_OK), -1);
}

static void test_the_child_holds_no_file_of_its_parent(void **state)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    struct store_writer *const writer = store_writer_open(scratch_path(*state, "a.h5"), 1);
    assert_non_null(writer);
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0); /* nobody else could still write to it */
    close(ends[0]);
    store_writer_abandon(writer);
}

/* ---- bits --------------------------------------------------------------------------------------------- */

enum { N_TABLES = 3 };

static struct table *many_labels(void)
{
    char texts[300][8];
    const char *labels[300];
    struct table *const table = table_alloc("work/programmes", "");
    assert_int_equal(table_resize(table, 500), 0);
    for (size_t i = 0; i < 300; i++) {
        snprintf(texts[i], sizeof texts[i], "p%zu", i);
        labels[i] = texts[i];
    }
    struct column *const column = table_add_category(table, "programme", labels, 300, "Programme");
    for (size_t i = 0; i < 500; i++)
        column_set_code(column, i, (int32_t)(i * 7 % 300));
    return table;
}

/* Reads every table: 0 when they are the expected ones, 1 when something is refused, -1 when they differ. */
static int judge(const char *path, struct table *const *expected)
{
    struct store *const store = store_open(path);
    if (store == NULL)
        return 1;
    int verdict = store_n_tables(store) == N_TABLES ? 0 : -1;
    for (size_t i = 0; i < N_TABLES && verdict == 0; i++) {
        char of_expected[SHA256_HEX_SIZE], of_read[SHA256_HEX_SIZE];
        struct table *const table = store_read(store, expected[i]->name, NULL);
        if (table == NULL) {
            verdict = 1;
            break;
        }
        store_table_sha256(expected[i], of_expected);
        store_table_sha256(table, of_read);
        if (strcmp(of_expected, of_read) != 0)
            verdict = -1;
        table_free(table);
    }
    store_close(store);
    return verdict;
}

static unsigned char *read_bytes(const char *path, size_t *n)
{
    struct stat about;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0 && fstat(file, &about) == 0);
    *n = (size_t)about.st_size;
    unsigned char *const bytes = malloc(*n);
    assert_int_equal(read(file, bytes, *n), *n);
    close(file);
    return bytes;
}

static void write_bytes(const char *path, const unsigned char *bytes, size_t n)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, n), n);
    close(file);
}

struct damaged {
    char *good, *bad;
    struct table *tables[N_TABLES];
    unsigned char *bytes;
    size_t n;
};

static void damaged_start(struct damaged *damaged, const char *folder)
{
    damaged->good = strdup(scratch_path(folder, "good.h5"));
    damaged->bad = strdup(scratch_path(folder, "bad.h5"));
    damaged->tables[0] = sample_table("records", 400);
    damaged->tables[1] = many_labels();
    damaged->tables[2] = sample_table("few", 0);
    struct store_writer *const writer = store_writer_open(damaged->good, 1);
    for (size_t i = 0; i < N_TABLES; i++)
        assert_int_equal(store_writer_table(writer, damaged->tables[i]), 0);
    assert_int_equal(store_writer_commit(writer), 0);
    damaged->bytes = read_bytes(damaged->good, &damaged->n);
    assert_int_equal(judge(damaged->good, damaged->tables), 0);
}

static void damaged_end(struct damaged *damaged)
{
    for (size_t i = 0; i < N_TABLES; i++)
        table_free(damaged->tables[i]);
    free(damaged->bytes);
    free(damaged->good);
    free(damaged->bad);
    /* No object of a refused file is left open. */
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

static void test_a_flipped_bit_never_passes_as_other_data(void **state)
{
    const char *const asked = getenv("STEPDOWN_FLIPS"); /* make check-faults */
    const uint64_t n_trials = asked != NULL ? strtoull(asked, NULL, 10) : 1500;
    struct damaged damaged;
    size_t n_found = 0;
    damaged_start(&damaged, *state);
    for (uint64_t trial = 0; trial < n_trials; trial++) {
        const size_t at = (size_t)(sample_random(trial, 1) % damaged.n);
        const unsigned char bit = (unsigned char)(1U << (sample_random(trial, 2) & 7));
        damaged.bytes[at] ^= bit;
        write_bytes(damaged.bad, damaged.bytes, damaged.n);
        damaged.bytes[at] ^= bit;
        capture_start();
        const int verdict = judge(damaged.bad, damaged.tables);
        const char *const said = capture_end();
        if (verdict == -1)
            print_error("bit %d of byte %zu of %zu\n", bit, at, damaged.n);
        assert_int_not_equal(verdict, -1);
        if (verdict == 1)
            assert_one_line(said, "bad.h5");
        n_found += verdict == 1;
    }
    assert_true(n_found > n_trials / 4); /* the rest of the bits mean nothing: room the library left */
    printf("compared - %llu stored files with a flipped bit: %zu were refused, the others read as they were\n",
           (unsigned long long)n_trials, n_found);
    damaged_end(&damaged);
}

static void test_a_file_cut_short_is_refused(void **state)
{
    struct damaged damaged;
    damaged_start(&damaged, *state);
    for (size_t n = 0; n < damaged.n; n += damaged.n / 97) {
        write_bytes(damaged.bad, damaged.bytes, n);
        capture_start();
        const int verdict = judge(damaged.bad, damaged.tables);
        const char *const said = capture_end();
        assert_int_equal(verdict, 1);
        assert_one_line(said, "bad.h5");
    }
    damaged_end(&damaged);
}

/* Byte of the file in the middle of the chunk of a column that starts at a row. */
static size_t byte_of_chunk(const char *path, const char *dataset, size_t row)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, dataset, H5P_DEFAULT);
    const hsize_t offset[1] = {row};
    haddr_t at = 0;
    hsize_t n = 0;
    assert_true(H5Dget_chunk_info_by_coord(set, offset, NULL, &at, &n) >= 0);
    H5Dclose(set);
    H5Fclose(file);
    return (size_t)(at + n / 2);
}

static void test_rows_are_read_where_chunks_without_them_are_damaged(void **state)
{
    char *const path = strdup(scratch_path(*state, "a.h5"));
    struct table *const table = sample_table("records", 150000);
    size_t n;
    assert_int_equal(write_one(path, table), 0);
    unsigned char *const bytes = read_bytes(path, &n);
    bytes[byte_of_chunk(path, "records/dose", 65536)] ^= 4;
    write_bytes(path, bytes, n);
    struct store *const store = store_open(path);
    const char *const dose[] = {"dose", NULL};
    struct table *const around = store_read_rows(store, "records", dose, (const size_t[]){65535, 131072}, 2);
    assert_non_null(around);
    struct table *const wanted = table_take_rows(table, (const size_t[]){65535, 131072}, 2);
    assert_columns_equal(&around->columns[0], table_column(wanted, "dose"), 2);
    table_free(wanted);
    capture_start();
    struct table *const within = store_read_rows(store, "records", dose, (const size_t[]){65535, 65536}, 2);
    assert_one_line(capture_end(), "column 'dose' cannot be read: a chunk does not agree with its checksum");
    assert_null(within);
    table_free(around);
    store_close(store);
    table_free(table);
    free(bytes);
    free(path);
}

#define in_a_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_a_folder(test_a_full_disk_leaves_the_old_file),
        in_a_folder(test_a_folder_that_is_not_there_is_told),
        in_a_folder(test_a_killed_child_is_an_error_and_leaves_no_file),
        in_a_folder(test_the_child_ignores_what_is_meant_for_its_parent),
        in_a_folder(test_sigterm_to_the_group_removes_everything),
        in_a_folder(test_the_child_ends_with_a_killed_parent_and_removes_nothing),
        in_a_folder(test_the_child_holds_no_file_of_its_parent),
        in_a_folder(test_a_flipped_bit_never_passes_as_other_data),
        in_a_folder(test_rows_are_read_where_chunks_without_them_are_damaged),
        in_a_folder(test_a_file_cut_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
