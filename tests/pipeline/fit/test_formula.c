/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/formula.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fit/design.h"
#include "tests/support/near.h"
#include "tests/support/scratch.h"

/* A tree as text: (+ a (: b c)), calls as name[...]. */
static void print_node(FILE *out, const struct formula_node *node)
{
    static const char *const signs[] = {
        [FORMULA_SUM] = "+", [FORMULA_DIFFERENCE] = "-", [FORMULA_CROSS] = "*", [FORMULA_RATIO] = "/",
        [FORMULA_INTERACTION] = ":",
    };
    if (node->argument != NULL)
        fprintf(out, "%s=", node->argument);
    switch (node->kind) {
    case FORMULA_NUMBER:
        fprintf(out, "%g", node->number);
        return;
    case FORMULA_TEXT:
        fprintf(out, "'%s'", node->text);
        return;
    case FORMULA_NAME:
        fputs(node->text, out);
        return;
    case FORMULA_CALL:
        fprintf(out, "%s[", node->text);
        break;
    default:
        fprintf(out, "(%s ", signs[node->kind]);
    }
    for (size_t i = 0; i < node->n_children; i++) {
        fputs(i > 0 ? " " : "", out);
        print_node(out, node->children[i]);
    }
    fputs(node->kind == FORMULA_CALL ? "]" : ")", out);
}

static void assert_tree(const char *text, const char *expected)
{
    char printed[1024];
    struct formula *formula = formula_parse(text);
    if (formula == NULL)
        fail_msg("does not parse: %s", text);
    FILE *out = fmemopen(printed, sizeof printed, "w");
    for (size_t i = 0; i < formula->n_responses; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_node(out, formula->responses[i]);
    }
    fputs(" ~ ", out);
    print_node(out, formula->right);
    fclose(out);
    assert_string_equal(printed, expected);
    formula_free(formula);
}

static void test_the_language_of_the_manual_is_read(void **state)
{
    (void)state;
    assert_tree("Surv(time, status) ~ 1", "Surv[time status] ~ 1");
    assert_tree("Surv(start,stop,status)~arm+age+strata(site)", "Surv[start stop status] ~ (+ (+ arm age) strata[site])");
    assert_tree("y ~ factor(x)", "y ~ factor[x]");
    assert_tree("y ~ factor(x, ref='b c')", "y ~ factor[x ref='b c']");
    assert_tree("y ~ factor(x, ref = \"it's\")", "y ~ factor[x ref='it's']");
    assert_tree("y ~ factor(x, ref=2)", "y ~ factor[x ref=2]");
    assert_tree("y ~ a:b", "y ~ (: a b)");
    assert_tree("y ~ a*b", "y ~ (* a b)");
    assert_tree("y ~ rcs(age, 4) + offset(x)", "y ~ (+ rcs[age 4] offset[x])");
    assert_tree("events/n ~ arm + study", "(/ events n) ~ (+ arm study)");
    assert_tree("estimate, std_error ~ 1", "estimate, std_error ~ 1");
    assert_tree("y ~ `days in use`", "y ~ days in use");
    assert_tree("y ~ strata(a, b)", "y ~ strata[a b]");
    assert_tree("  y\t~\n.x ", "y ~ .x");
    assert_tree("y ~ f()", "y ~ f[]");
}

static void test_operators_bind_as_in_r(void **state)
{
    (void)state;
    assert_tree("y ~ a + b * c:d", "y ~ (+ a (* b (: c d)))");
    assert_tree("y ~ a:b*c", "y ~ (* (: a b) c)");
    assert_tree("y ~ (a + b):c", "y ~ (: (+ a b) c)");
    assert_tree("y ~ a - b + c", "y ~ (+ (- a b) c)");
    assert_tree("y ~ -1 + a", "y ~ (+ (- 1) a)");
    assert_tree("y ~ a*b*c", "y ~ (* (* a b) c)");
}

static void test_terms_are_the_parts_of_the_sum(void **state)
{
    (void)state;
    struct formula *formula = formula_parse("y ~ a + b:c - 1 + (d - (e - f))");
    assert_non_null(formula);
    static const bool removed[] = {false, false, true, false, true, false};
    assert_int_equal(formula->n_terms, 6);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(formula->terms[i].removed, removed[i]);
    assert_string_equal(formula->terms[0].node->text, "a");
    assert_int_equal(formula->terms[1].node->kind, FORMULA_INTERACTION);
    assert_string_equal(formula->terms[5].node->text, "f");
    formula_free(formula);
}

static void assert_refused(const char *text, const char *told)
{
    capture_start();
    struct formula *formula = formula_parse(text);
    const char *said = capture_end();
    if (formula != NULL || strstr(said, told) == NULL)
        fail_msg("%s: expected \"%s\", was told \"%s\"", text, told, said);
}

static void test_mistakes_are_told_at_their_character(void **state)
{
    (void)state;
    assert_refused("", "formula:1:1: the formula ends where a column is expected");
    assert_refused("y ~2e", "a number is expected"); /* and nothing beyond its end is read */
    assert_refused("y ~2e+", "a number is expected");
    assert_refused("~ a", "formula:1:1: the outcome is missing: write  outcome ~ terms");
    assert_refused("y", "formula:1:2: the formula ends where '~' is expected");
    assert_refused("y ~", "formula:1:4: the formula ends where a column is expected");
    assert_refused("y ~ a b", "formula:1:7: an operator or the end of the formula is expected; found 'b'");
    assert_refused("y ~ a + + b", "formula:1:9: a column is expected; found '+'");
    assert_refused("y ~ f(a", "formula:1:5: the parenthesis of 'f(' is not closed");
    assert_refused("y ~ f(a b)", "formula:1:9: ',' or ')' is expected; found 'b'");
    assert_refused("y ~ (a", "formula:1:5: the parenthesis that opens here is not closed");
    assert_refused("y ~ (a b)", "formula:1:8: an operator or ')' is expected; found 'b'");
    assert_refused("y ~ factor(x, ref='b)", "formula:1:19: the quote that opens here is not closed");
    assert_refused("y ~ ``", "formula:1:5: nothing stands between these quotes");
    assert_refused("y ~ 0x10", "formula:1:5: a number is expected; found '0x10'");
    assert_refused("y ~ 1e999", "formula:1:5: a number is expected; found '1e999'");
    assert_refused("y ~ a == b", "formula:1:7: an operator or the end of the formula is expected; found '='");
    assert_refused("y ~ 'a'", "formula:1:5: a column is expected; found '\\x27'");
    assert_refused("\xc3\xa4 ~ a ! b", "formula:1:7: an operator or the end of the formula is expected; found '!'");
}

static void test_deep_and_long_formulas_are_refused(void **state)
{
    (void)state;
    char *text = calloc(1, 20000);
    strcpy(text, "y ~ ");
    for (int i = 0; i < 100; i++)
        strcat(text, "(");
    assert_refused(text, "more than 64 levels of parentheses");
    char *end = stpcpy(text, "y ~ a");
    for (int i = 0; i < 2000; i++)
        end = stpcpy(end, i % 2 == 0 ? "+a" : ":a");
    assert_refused(text, "more than 1000 operators");
    free(text);
}

static struct design *read_design(const char *text, enum design_outcome outcome, struct formula **formula)
{
    if ((*formula = formula_parse(text)) == NULL)
        fail_msg("does not parse: %s", text);
    return design_read(*formula, "km", outcome, false);
}

static void test_a_design_names_outcome_groups_and_strata(void **state)
{
    (void)state;
    struct formula *formula;
    struct design *design =
        read_design("Surv(a, b, c) ~ 1 + x + factor(y, ref='2') + strata(u, factor(v))", OUTCOME_SURVIVAL, &formula);
    assert_non_null(design);
    assert_string_equal(design->entry, "a");
    assert_string_equal(design->time, "b");
    assert_string_equal(design->status, "c");
    assert_int_equal(design->n_groups, 2);
    assert_string_equal(design->groups[0].column, "x");
    assert_null(design->groups[0].reference);
    assert_string_equal(design->groups[1].column, "y");
    assert_string_equal(design->groups[1].reference, "2");
    assert_int_equal(design->n_strata, 2);
    assert_string_equal(design->strata[1].column, "v");
    design_free(design);
    formula_free(formula);
}

static void test_what_a_model_does_not_take_is_refused_at_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *formula;
        enum design_outcome outcome;
        const char *told;
    } cases[] = {
        {"Surv(a, b) ~ x:y", OUTCOME_SURVIVAL, "formula:1:14: 'km' takes columns to group by, factor(column), "},
        {"Surv(a, b) ~ x*y", OUTCOME_SURVIVAL, "'x*y' is none of these"},
        {"Surv(a, b) ~ rcs(x, 4)", OUTCOME_SURVIVAL, "'rcs(x, 4)' is none of these"},
        {"Surv(a, b) ~ offset(x)", OUTCOME_SURVIVAL, "'offset(x)' is none of these"},
        {"Surv(a, b) ~ 0", OUTCOME_SURVIVAL, "'0' is none of these"},
        {"Surv(a, b) ~ x - 1", OUTCOME_SURVIVAL, "formula:1:18: 'km' leaves no term out"},
        {"Surv(a, b) ~ x + x", OUTCOME_SURVIVAL, "formula:1:18: column 'x' stands twice"},
        {"Surv(a, b) ~ x + strata(x)", OUTCOME_SURVIVAL, "formula:1:25: column 'x' stands twice"},
        {"Surv(a, b) ~ strata()", OUTCOME_SURVIVAL, "strata() takes one or more columns"},
        {"Surv(a, b) ~ factor(x, 'b')", OUTCOME_SURVIVAL, "factor() takes a column and, if wanted, ref='level'"},
        {"Surv(a) ~ x", OUTCOME_SURVIVAL, "Surv(time, status) or Surv(start, stop, status) was expected; found 1"},
        {"Surv(a, b + c) ~ x", OUTCOME_SURVIVAL, "formula:1:9: 'km' takes columns in Surv(); 'b + c' is none"},
        {"a ~ x", OUTCOME_SURVIVAL, "formula:1:1: 'km' takes Surv(time, status) or Surv(start, stop, status)"},
        {"Surv(a, b), c ~ x", OUTCOME_SURVIVAL, "formula:1:13: 'km' takes one outcome"},
        {"a/b ~ x", OUTCOME_EVENT, "'km' takes a column of 0 and 1 as the outcome"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct formula *formula;
        capture_start();
        struct design *design = read_design(cases[i].formula, cases[i].outcome, &formula);
        const char *said = capture_end();
        if (design != NULL || strstr(said, cases[i].told) == NULL)
            fail_msg("%s: expected \"%s\", was told \"%s\"", cases[i].formula, cases[i].told, said);
        formula_free(formula);
    }
}

static void test_mutated_formulas_parse_or_are_told(void **state)
{
    (void)state;
    static const char *const seeds[] = {
        "Surv(start, stop, status) ~ arm*age + strata(site) - 1",
        "events/n ~ factor(`a b`, ref='x') + rcs(age, 4):(b + c)",
        "estimate, std_error ~ offset(log.n) + 2.5e-3",
    };
    uint32_t random = 20261121;
    size_t good = 0, bad = 0;
    for (int trial = 0; trial < 20000; trial++) {
        char text[256];
        size_t length = (size_t)snprintf(text, sizeof text, "%s", seeds[trial % 3]);
        for (int edit = 0; edit < 1 + trial % 3; edit++) {
            random = random * 1664525u + 1013904223u;
            const size_t at = (random >> 8) % length;
            random = random * 1664525u + 1013904223u;
            if (random >> 31)
                text[at] = (char)(1 + (random >> 16) % 255);
            else if (length > 2)
                memmove(text + at, text + at + 1, length-- - at);
        }
        capture_start();
        struct formula *formula = formula_parse(text);
        const char *said = capture_end();
        if (formula == NULL)
            assert_true(strncmp(said, "error: formula:1:", 17) == 0);
        good += formula != NULL;
        bad += formula == NULL;
        formula_free(formula);
    }
    assert_true(good > 1000 && bad > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_language_of_the_manual_is_read),
        cmocka_unit_test(test_operators_bind_as_in_r),
        cmocka_unit_test(test_terms_are_the_parts_of_the_sum),
        cmocka_unit_test(test_mistakes_are_told_at_their_character),
        cmocka_unit_test(test_deep_and_long_formulas_are_refused),
        cmocka_unit_test(test_a_design_names_outcome_groups_and_strata),
        cmocka_unit_test(test_what_a_model_does_not_take_is_refused_at_its_place),
        cmocka_unit_test(test_mutated_formulas_parse_or_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
