/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/fit.h"

#include <string.h>

#include "base/fail.h"

static const struct model *const models[] = {
#define ONE(name) &model_##name,
    FIT_MODELS(ONE)
#undef ONE
};
enum { N_MODELS = sizeof models / sizeof models[0] };

bool model_takes(const char *options, const char *name)
{
    const size_t length = strlen(name);
    for (const char *word = options; word != NULL && *word != '\0'; word += strspn(word, " ")) {
        const size_t end = strcspn(word, " ");
        if (end == length && strncmp(word, name, length) == 0)
            return true;
        word += end;
    }
    return false;
}

const struct model *model_find(const char *name)
{
    for (size_t i = 0; i < N_MODELS; i++)
        if (strcmp(models[i]->name, name) == 0)
            return models[i];
    return NULL;
}

const char *model_list(char list[static MODEL_LIST_SIZE])
{
    list[0] = '\0';
    for (size_t i = 0; i < N_MODELS; i++) {
        strncat(list, i > 0 ? ", " : "", MODEL_LIST_SIZE - strlen(list) - 1);
        strncat(list, models[i]->name, MODEL_LIST_SIZE - strlen(list) - 1);
    }
    return list;
}

void model_print_examples(FILE *stream)
{
    for (size_t i = 0; i < N_MODELS; i++)
        for (size_t k = 0; k < MODEL_EXAMPLES && models[i]->examples[k] != NULL; k++)
            fprintf(stream, "  stepdown fit %s %s\n", models[i]->name, models[i]->examples[k]);
}

const char *model_near(const char *name)
{
    const char *names[N_MODELS];
    for (size_t i = 0; i < N_MODELS; i++)
        names[i] = models[i]->name;
    return nearest_name(name, names, N_MODELS);
}
