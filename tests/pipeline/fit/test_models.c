/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/options.h"

#include <string.h>

#include "tests/support/near.h"

static const struct model *const models[] = {
#define ONE(name) &model_##name,
    FIT_MODELS(ONE)
#undef ONE
};

/* Every word of a list of options must satisfy `holds`. */
static void each_word(const char *list, const char *of, bool (*holds)(const char *name, const char *of))
{
    char copy[256], *rest = copy;
    assert_true(strlen(list) < sizeof copy);
    strcpy(copy, list);
    for (const char *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " "))
        if (!holds(word, of))
            fail_msg("'%s' of '%s' is no option", word, list);
}

static bool is_known(const char *name, const char *of)
{
    (void)of;
    return option_known(name);
}

static bool is_taken(const char *name, const char *of)
{
    return model_takes(of, name);
}

static void test_models_name_options_that_exist(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        each_word(models[i]->options, NULL, is_known);
        if (models[i]->needed != NULL)
            each_word(models[i]->needed, models[i]->options, is_taken);
    }
}

static void test_an_option_is_a_whole_word(void **state)
{
    (void)state;
    assert_true(model_takes("weight-type at", "at"));
    assert_true(model_takes("at weight-type", "at"));
    assert_false(model_takes("at weight-type", "weight"));
    assert_false(model_takes("weights", "weight"));
    assert_false(model_takes("", "at"));
    assert_false(model_takes(NULL, "at"));
}

static void test_models_are_found_by_name(void **state)
{
    char list[MODEL_LIST_SIZE];
    (void)state;
    model_list(list);
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        assert_ptr_equal(model_find(models[i]->name), models[i]);
        assert_non_null(strstr(list, models[i]->name));
    }
    assert_null(model_find("kmm"));
    assert_string_equal(model_near("kmm"), "km");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_name_options_that_exist),
        cmocka_unit_test(test_an_option_is_a_whole_word),
        cmocka_unit_test(test_models_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
