/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of persons as two words: equal words are equal keys, in any type; parts are alike in size. */
#include "episodes/person_words.h"
#include "tests/support/near.h"

#include <stdio.h>
#include <string.h>

enum { N = 2000 };

static struct table *texts(size_t width, const char *prefix)
{
    struct table *table = table_alloc("stays", "");
    struct column *key;

    assert_non_null(table_add_column(table, "person", COLUMN_TEXT, width, "", ""));
    assert_int_equal(table_resize(table, N), 0);
    key = table_column(table, "person");
    for (size_t i = 0; i < N; i++) {
        char text[64];
        const int length = snprintf(text, sizeof text, "%s%zu", prefix, i % (N / 2)); /* each stands twice */
        column_set_text(key, i, text, (size_t)length);
    }
    return table;
}

/* Rows i and i + N / 2 are one person, all others are different. */
static void assert_persons(const struct person_reader *reader)
{
    static struct person_words words[N];

    for (size_t i = 0; i < N; i++)
        assert_true(person_words_read(reader, i, &words[i]));
    for (size_t i = 0; i < N / 2; i++) {
        assert_true(words[i].hash == words[i + N / 2].hash && words[i].rest == words[i + N / 2].rest);
        assert_int_equal(person_words_compare(reader, i, i + N / 2), 0);
        for (size_t k = 0; k < i; k++)
            assert_false(words[i].hash == words[k].hash && words[i].rest == words[k].rest &&
                         person_words_compare(reader, i, k) == 0);
    }
}

static void test_short_texts_are_their_words(void **state)
{
    (void)state;
    struct table *table = texts(16, "P");
    const struct person_reader reader = person_reader_of(table_column(table, "person"), NULL);

    assert_true(reader.exact);
    assert_persons(&reader);
    table_free(table);
}

static void test_long_texts_are_compared_where_their_words_agree(void **state)
{
    (void)state;
    struct table *table = texts(48, "a person with a long name, number ");
    const struct person_reader reader = person_reader_of(table_column(table, "person"), NULL);

    assert_false(reader.exact);
    assert_persons(&reader);
    assert_int_not_equal(person_words_compare(&reader, 3, 4), 0);
    table_free(table);
}

static void test_the_width_of_the_column_does_not_change_a_long_text(void **state)
{
    (void)state;
    struct table *narrow = texts(40, "a person with a long name, number "),
                 *wide = texts(60, "a person with a long name, number ");
    const struct person_reader a = person_reader_of(table_column(narrow, "person"), NULL),
                               b = person_reader_of(table_column(wide, "person"), NULL);
    struct person_words x, y;

    assert_true(person_words_read(&a, 17, &x) && person_words_read(&b, 17, &y));
    assert_true(x.hash == y.hash && x.rest == y.rest);
    table_free(narrow);
    table_free(wide);
}

static void test_numbers_and_pairs_of_numbers_are_keys(void **state)
{
    (void)state;
    struct table *table = table_alloc("stays", "");

    assert_non_null(table_add_column(table, "one", COLUMN_INT32, 0, "", ""));
    assert_non_null(table_add_column(table, "first", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(table, "second", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(table, N), 0);
    for (size_t i = 0; i < N; i++) {
        column_set_integer(table_column(table, "one"), i, (int64_t)(i % (N / 2)) - 500);
        column_set_integer(table_column(table, "first"), i, (int64_t)(i % (N / 2)) / 10);
        column_set_integer(table_column(table, "second"), i, (int64_t)(i % (N / 2)) % 10);
    }
    const struct person_reader one = person_reader_of(table_column(table, "one"), NULL),
                               pair = person_reader_of(table_column(table, "first"), table_column(table, "second"));
    assert_persons(&one);
    assert_persons(&pair);
    table_free(table);
}

static void test_a_missing_key_is_nobody(void **state)
{
    (void)state;
    struct table *table = table_alloc("stays", "");
    struct person_words words;

    assert_non_null(table_add_column(table, "text", COLUMN_TEXT, 8, "", ""));
    assert_non_null(table_add_column(table, "first", COLUMN_INT64, 0, "", ""));
    assert_non_null(table_add_column(table, "second", COLUMN_INT64, 0, "", ""));
    assert_int_equal(table_resize(table, 1), 0);
    const struct person_reader text = person_reader_of(table_column(table, "text"), NULL),
                               pair = person_reader_of(table_column(table, "first"), table_column(table, "second"));
    assert_false(person_words_read(&text, 0, &words));
    assert_false(person_words_read(&pair, 0, &words));
    table_free(table);
}

static void test_parts_are_alike_in_size(void **state)
{
    (void)state;
    enum { PERSONS = 100000 };
    struct table *table = table_alloc("stays", "");
    size_t n[PERSON_PARTS] = {0};

    assert_non_null(table_add_column(table, "person", COLUMN_INT32, 0, "", ""));
    assert_int_equal(table_resize(table, PERSONS), 0);
    for (size_t i = 0; i < PERSONS; i++)
        column_set_integer(table_column(table, "person"), i, (int64_t)i); /* numbers in a row */
    const struct person_reader reader = person_reader_of(table_column(table, "person"), NULL);
    for (size_t i = 0; i < PERSONS; i++) {
        struct person_words words;
        assert_true(person_words_read(&reader, i, &words));
        n[person_part(words.hash)]++;
    }
    for (size_t part = 0; part < PERSON_PARTS; part++)
        assert_true(n[part] > PERSONS / PERSON_PARTS / 2 && n[part] < 2 * PERSONS / PERSON_PARTS);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_texts_are_their_words),
        cmocka_unit_test(test_long_texts_are_compared_where_their_words_agree),
        cmocka_unit_test(test_the_width_of_the_column_does_not_change_a_long_text),
        cmocka_unit_test(test_numbers_and_pairs_of_numbers_are_keys),
        cmocka_unit_test(test_a_missing_key_is_nobody),
        cmocka_unit_test(test_parts_are_alike_in_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
