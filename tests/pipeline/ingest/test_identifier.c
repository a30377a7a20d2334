/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/identifier.h"

#include <stdbool.h>
#include <string.h>

#include "tests/support/near.h"

static void test_every_kind_has_a_letter_a_name_and_advice(void **state)
{
    bool seen[18] = {false};
    (void)state;
    for (enum identifier_kind kind = 1; kind < N_IDENTIFIER_KINDS; kind++) {
        const char letter = identifier_letter(kind);
        assert_in_range(letter, 'A', 'R');
        assert_true(strlen(identifier_kind_name(kind)) > 2);
        assert_true(strlen(identifier_advice(kind)) > 10);
        seen[letter - 'A'] = true;
        for (enum identifier_kind other = 1; other < kind; other++) {
            assert_string_not_equal(identifier_kind_name(kind), identifier_kind_name(other));
            assert_true(identifier_letter(other) <= letter);
        }
    }
    for (size_t i = 0; i < 18; i++)
        assert_true(seen[i]);
}

static void test_no_kind_and_unknown_kinds_are_empty(void **state)
{
    (void)state;
    assert_string_equal(identifier_kind_name(IDENTIFIER_NONE), "");
    assert_string_equal(identifier_advice(N_IDENTIFIER_KINDS), "");
    assert_int_equal(identifier_letter((enum identifier_kind)1000), ' ');
}

static void test_a_limited_data_set_may_hold_dates_and_towns_only(void **state)
{
    (void)state;
    for (enum identifier_kind kind = 1; kind < N_IDENTIFIER_KINDS; kind++)
        assert_int_equal((identifier_limited_data_set() & identifier_bit(kind)) != 0,
                         kind == IDENTIFIER_DATE || kind == IDENTIFIER_AREA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_has_a_letter_a_name_and_advice),
        cmocka_unit_test(test_no_kind_and_unknown_kinds_are_empty),
        cmocka_unit_test(test_a_limited_data_set_may_hold_dates_and_towns_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
