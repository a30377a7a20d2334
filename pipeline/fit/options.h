/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * options.h - the options of models: a table for each family, one place that asks them.
 *
 * A new option is an entry in the table of its family (options_FAMILY.c), a new family one file and one line in the
 * list of options.c.  A model names the options that it takes (struct model, fit.h); everything else is refused.
 */
#ifndef FIT_OPTIONS_H
#define FIT_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "fit/fit.h"

enum { OPTIONS_GIVEN_MAX = 128, OPTION_KEY_FIRST = 0x200 };

/** A command line while it is read. */
struct option_parse {
    struct fit_request *request;
    struct argp_state *state;
    const char *given[OPTIONS_GIVEN_MAX]; /* names of options so far, some more than once */
    size_t n_given;
    bool robust_kind; /* --robust came with its kind */
    bool failed;      /* out of memory, told */
};

struct option_family {
    const char *header;                /* of the list in --help */
    const struct argp_option *options; /* keys from OPTION_KEY_FIRST, each family by itself; ends with {0} */
    void (*take)(struct option_parse *parse, int key, char *argument);
    /** What can be judged only when model and options are all there; NULL: nothing. */
    void (*check)(struct option_parse *parse);
};

extern const struct option_family curve_options, logrank_options, competing_options;
extern const struct option_family regression_options, cox_options, aft_options, path_options;
extern const struct option_family proportion_options, balance_options, meta_options;

/** Is `name` an option of some family? */
bool option_known(const char *name);

/** Was --name given? */
bool option_given(const struct option_parse *parse, const char *name);

/** Does the model take --name? */
bool option_taken(const struct option_parse *parse, const char *name);

/* ---- values: what is wrong is told as wrong usage and ends the program ---- */

void option_refuse(struct option_parse *parse, const char *option, const char *expected, const char *value);

/** A number of [low, high], or, when open, of (low, high). */
double option_real(struct option_parse *parse, const char *option, const char *expected, const char *text, double low,
                   double high, bool open);

/** Numbers of 0 to high, "90,180,365". */
void option_numbers(struct option_parse *parse, const char *option, const char *expected, const char *text, double high,
                    bool open, struct numbers *numbers);

/** Which of the words, which end with NULL. */
int option_word(struct option_parse *parse, const char *option, const char *const *words, const char *text);

/** "--robust hc3": the kind of an option that may stand alone comes as an argument of its own.  False: it is none. */
bool option_take_robust_kind(struct option_parse *parse, const char *argument);

#endif
