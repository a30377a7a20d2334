/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of `stepdown fit`: model, formula, table, and the options of all families. */
#include "fit/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/program.h"

/* As --help lists them. */
static const struct option_family *const families[] = {
    &curve_options,
    &logrank_options,
    &competing_options,
    &regression_options,
    &cox_options,
    &aft_options,
    &path_options,
    &proportion_options,
    &balance_options,
    &meta_options,
};
enum { N_FAMILIES = sizeof families / sizeof families[0], KEY_FORMAT = OPTION_KEY_FIRST, KEY_LEVEL };

static const struct argp_option common_options[] = {
    {.name = "format", .key = KEY_FORMAT, .arg = "text|csv|json", .doc = "How rows are printed", .group = 1},
    {.name = "level", .key = KEY_LEVEL, .arg = "P", .doc = "Level of the two-sided intervals (0.95)"},
    {0},
};

bool option_known(const char *name)
{
    for (size_t i = 0; i < N_FAMILIES; i++)
        for (const struct argp_option *option = families[i]->options; option->name != NULL; option++)
            if (strcmp(option->name, name) == 0)
                return true;
    return false;
}

bool option_given(const struct option_parse *parse, const char *name)
{
    for (size_t i = 0; i < parse->n_given; i++)
        if (strcmp(parse->given[i], name) == 0)
            return true;
    return false;
}

bool option_taken(const struct option_parse *parse, const char *name)
{
    return model_takes(parse->request->model->options, name);
}

/* ---- argp ------------------------------------------------------------------------------------------------------ */

struct family_input {
    const struct option_family *family;
    struct option_parse *parse;
};

static error_t parse_family_key(int key, char *argument, struct argp_state *state)
{
    const struct family_input *input = state->input;
    struct option_parse *parse = input != NULL ? input->parse : NULL;
    for (const struct argp_option *option = input != NULL ? input->family->options : NULL;
         option != NULL && option->name != NULL; option++)
        if (option->key == key) {
            if (parse->n_given == OPTIONS_GIVEN_MAX)
                argp_error(state, "more than %d options were given", OPTIONS_GIVEN_MAX);
            parse->given[parse->n_given++] = option->name;
            parse->state = state;
            input->family->take(parse, key, argument);
            return parse->failed ? ENOMEM : 0;
        }
    return ARGP_ERR_UNKNOWN;
}

static void take_argument(struct option_parse *parse, const char **model, char *argument)
{
    if (option_take_robust_kind(parse, argument))
        return;
    if (*model == NULL)
        *model = argument;
    else if (parse->request->formula == NULL)
        parse->request->formula = argument;
    else if (parse->request->table == NULL)
        parse->request->table = argument;
    else
        argp_error(parse->state, "MODEL 'FORMULA' TABLE were expected; is the formula in quotes?");
}

static void find_model(struct option_parse *parse, const char *name)
{
    char escaped[ESCAPED_SIZE], list[MODEL_LIST_SIZE];
    if ((parse->request->model = model_find(name)) != NULL)
        return;
    const char *near = model_near(name);
    escape_value(escaped, name, strlen(name));
    if (near != NULL)
        argp_error(parse->state, "there is no model '%s'; did you mean '%s'?", escaped, near);
    else
        argp_error(parse->state, "there is no model '%s'; this version has %s", escaped, model_list(list));
}

/* What can be judged only when model and options are all there. */
static void check_request(struct option_parse *parse, const char *model)
{
    if (parse->request->table == NULL)
        argp_error(parse->state, "MODEL 'FORMULA' TABLE were expected");
    find_model(parse, model);
    for (size_t i = 0; i < parse->n_given; i++)
        if (!option_taken(parse, parse->given[i]))
            argp_error(parse->state, "--%s is no option of '%s'", parse->given[i], model);
    for (size_t i = 0; i < N_FAMILIES; i++)
        for (const struct argp_option *option = families[i]->options; option->name != NULL; option++)
            if (model_takes(parse->request->model->needed, option->name) && !option_given(parse, option->name))
                argp_error(parse->state, "'%s' needs --%s", model, option->name);
    for (size_t i = 0; i < N_FAMILIES; i++)
        if (families[i]->check != NULL)
            families[i]->check(parse);
}

struct command {
    struct option_parse parse;
    const char *model;
    struct family_input inputs[N_FAMILIES];
};

static error_t parse_key(int key, char *argument, struct argp_state *state)
{
    struct command *command = state->input;
    struct option_parse *parse = &command->parse;
    parse->state = state;
    switch (key) {
    case ARGP_KEY_INIT:
        state->name = program_invocation_name;
        for (size_t i = 0; i < N_FAMILIES; i++)
            state->child_inputs[1 + i] = &command->inputs[i];
        return 0;
    case ARGP_KEY_ARG:
        take_argument(parse, &command->model, argument);
        return 0;
    case ARGP_KEY_END:
        check_request(parse, command->model);
        return 0;
    case KEY_FORMAT:
        if (table_format_from_name(argument, &parse->request->format) != 0)
            option_refuse(parse, "--format", "one of text, csv, json", argument);
        return 0;
    case KEY_LEVEL:
        parse->request->level = option_real(parse, "--level", "a share between 0 and 1", argument, 0, 1, true);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Caller frees; NULL after telling. */
static char *write_documentation(void)
{
    char list[MODEL_LIST_SIZE], *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL) {
        fail_memory();
        return NULL;
    }
    fprintf(stream, "Fits one statistical model to one table and prints rows of estimates.\v"
                    "MODEL is one of %s. TABLE is a .csv file, or file.h5:/table.\n\n", model_list(list));
    model_print_examples(stream);
    if (fclose(stream) != 0) {
        free(text);
        fail_memory();
        return NULL;
    }
    return text;
}

static int read_command(struct command *command, int argc, char *argv[])
{
    struct argp family_argps[N_FAMILIES];
    struct argp_child children[N_FAMILIES + 2] = {{.argp = &talk_argp}};
    char *documentation = write_documentation();
    if (documentation == NULL)
        return -1;
    for (size_t i = 0; i < N_FAMILIES; i++) {
        command->inputs[i] = (struct family_input){families[i], &command->parse};
        family_argps[i] = (struct argp){.options = families[i]->options, .parser = parse_family_key};
        children[1 + i] = (struct argp_child){&family_argps[i], 0, families[i]->header, 2 + (int)i};
    }
    const struct argp argp = {.options = common_options, .parser = parse_key, .args_doc = "MODEL 'FORMULA' TABLE",
                              .doc = documentation, .children = children};
    const int result = argp_parse(&argp, argc, argv, 0, NULL, command) == 0 ? 0 : -1;
    free(documentation);
    return result;
}

int fit_options_read(struct fit_request *request, int argc, char *argv[])
{
    struct command command = {.parse = {.request = request}};
    *request = (struct fit_request){.level = 0.95, .cause = 1, .tau = NAN, .margin = NAN, .caliper = INFINITY,
                                    .ratio = 1};
    if (read_command(&command, argc, argv) != 0)
        return -1;
    if (request->quantiles.n == 0) {
        if ((request->quantiles.values = allocate(1, sizeof *request->quantiles.values)) == NULL)
            return -1;
        request->quantiles.values[request->quantiles.n++] = 0.5;
    }
    return 0;
}

void fit_options_clear(struct fit_request *request)
{
    free(request->at.values);
    free(request->quantiles.values);
}
