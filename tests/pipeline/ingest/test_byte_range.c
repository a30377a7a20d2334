/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/byte_range.h"

#include "ingest/csv_reader.h"
#include "tests/pipeline/ingest/small_files.h"

static void test_shares_follow_each_other_and_leave_nothing_out(void **state)
{
    (void)state;
    const size_t sizes[] = {10, 0, 7, 1, 100};
    for (size_t n_ranks = 1; n_ranks < 140; n_ranks++) {
        size_t n_of_rank[140] = {0};
        for (size_t file = 0; file < 5; file++) {
            size_t at = 0;
            for (size_t rank = 0; rank < n_ranks; rank++) {
                const struct byte_share share = byte_share_of(sizes, 5, file, rank, n_ranks);
                assert_int_equal(share.first, at);
                assert_true(share.end >= share.first);
                n_of_rank[rank] += share.end - share.first;
                at = share.end;
            }
            assert_int_equal(at, sizes[file]);
        }
        const size_t each = 118 * 13 / 12 / n_ranks; /* but the last one, which hashes */
        for (size_t rank = 0; rank + 1 < n_ranks; rank++)
            assert_true(n_of_rank[rank] <= each + 1 && (n_of_rank[rank] >= each || n_ranks > 12));
        assert_true(n_of_rank[n_ranks - 1] <= 118 / n_ranks + (n_ranks > 1));
    }
}

/* A rank owns files before it gets to the next. */
static void test_files_come_one_after_the_other(void **state)
{
    (void)state;
    const size_t sizes[] = {10, 30};
    const struct byte_share first = byte_share_of(sizes, 2, 1, 0, 2), second = byte_share_of(sizes, 2, 0, 1, 2);
    assert_int_equal(first.first, 0);
    assert_int_equal(first.end, 11); /* 40 bytes * 13 / 12 / 2 = 21 of rank 0 */
    assert_int_equal(second.first, second.end);
}

static void test_one_rank_reads_all_behind_the_header(void **state)
{
    struct byte_range range;
    const char *const path = small_text(*state, "x.csv", "id,note\n\na,\"b\n\"\n");
    const struct byte_share all = {0, 16};
    assert_int_equal(byte_range_find(&all, path, 8, 1, &range), 0);
    assert_int_equal(range.first, 8);
    assert_true(range.end >= 16);
    assert_int_equal(range.n_lines_before, 1);
}

/* Where a share begins decides: alone, the quotes before it are none. */
static void check_begin(void *state, const char *text, size_t from, size_t expected, size_t n_lines)
{
    struct byte_range range;
    const char *const path = small_text(state, "x.csv", text);
    const struct byte_share share = {from, strlen(text)};
    assert_int_equal(byte_range_find(&share, path, 2, 1, &range), 0);
    assert_int_equal(range.first, expected);
    assert_int_equal(range.n_lines_before, n_lines);
}

static void test_records_begin_behind_a_line_end_of_any_kind(void **state)
{
    check_begin(*state, "h\nab\ncd\n", 2, 2, 1);
    check_begin(*state, "h\nab\ncd\n", 3, 5, 2);
    check_begin(*state, "h\nab\ncd\n", 5, 5, 1); /* the line end lies in the share before */
    check_begin(*state, "h\nab\r\ncd\n", 3, 6, 2);
    check_begin(*state, "h\nab\r\ncd\n", 5, 6, 1); /* between CR and LF: counted with the CR */
    check_begin(*state, "h\nab\rcd\n", 3, 5, 2);
    check_begin(*state, "h\nab\rcd\n", 5, 5, 1);
    check_begin(*state, "h\nab\"\n\"\ncd\n", 3, 8, 3); /* a line end inside of quotes is none */
    check_begin(*state, "h\nabcd", 3, 6, 1);         /* there is no other record */
    check_begin(*state, "h\nab\r", 3, 5, 2);
}

static void test_a_reader_gives_the_records_of_its_range_with_their_lines(void **state)
{
    static const char text[] = "id,note\na,1\nb,\"2\n2\"\nc,3\n";
    const struct csv_options options = {.delimiter = ','};
    struct csv_reader *const reader = csv_reader_open(small_text(*state, "x.csv", text), &options);
    const struct csv_record *record;
    assert_non_null(reader);
    assert_true(csv_reader_is_plain(reader));
    assert_int_equal(csv_reader_byte(reader), 8);
    assert_int_equal(csv_reader_confine(reader, 12, 20, 2), 0);
    assert_int_equal(csv_reader_next(reader, &record), 1);
    assert_int_equal(record->line, 3);
    assert_int_equal(record->byte, 12);
    assert_string_equal(record->fields[1].text, "2\n2");
    assert_int_equal(csv_reader_next(reader, &record), 0);
    csv_reader_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_follow_each_other_and_leave_nothing_out),
        cmocka_unit_test(test_files_come_one_after_the_other),
        cmocka_unit_test(test_one_rank_reads_all_behind_the_header),
        cmocka_unit_test(test_records_begin_behind_a_line_end_of_any_kind),
        cmocka_unit_test(test_a_reader_gives_the_records_of_its_range_with_their_lines),
    };
    return cmocka_run_group_tests(tests, small_folder_setup, small_folder_teardown);
}
