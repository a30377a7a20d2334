/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stepdown/commands.h"

#include <string.h>

const struct command commands[] = {
    {"check", "study", true, false, "ingest", "tell every mistake in a study file, its codebooks and the heads of its data"},
    {"new", "study", true, false, NULL, "write a commented study to start from"},
    {"lock", "study", true, false, NULL, "write down the plan before any outcome is computed"},
    {"key", "study", true, false, NULL, "make a key that makes person keys unreadable"},
    {"codebook", "ingest", true, false, NULL, "draft a codebook from a file, to be edited"},
    {"ingest", "ingest", false, true, NULL, "source files to typed records"},
    {"episodes", "episodes", false, true, NULL, "records to episodes of care"},
    {"cohort", "cohort", false, true, NULL, "who is compared: eligibility, arms, attrition"},
    {"outcomes", "outcomes", false, true, NULL, "retention, relapse, completion of each person"},
    {"compare", "compare", false, true, NULL, "estimates and verdicts"},
    {"report", "report", true, true, NULL, "released tables, figures and the page"},
    {"release", "report", true, false, NULL, "only the released tables"},
    {"show", "report", true, false, NULL, "print the answer, or any table, on the terminal"},
    {"verify", "verify", true, false, NULL, "published and stored numbers against recomputed ones"},
    {"cite", "verify", true, false, NULL, "what to cite with a study"},
    {"digitised", "verify", true, false, NULL, "people behind a printed curve"},
    {"numcheck", "verify", true, false, NULL, "are printed results consistent with themselves?"},
    {"site", "sites", true, false, NULL, "counts of a site, for results without anybody's record leaving it"},
    {"merge", "sites", true, false, NULL, "the counts of several sites, and what follows from them"},
    {"fit", "fit", false, false, NULL, "one statistical model on one table"},
    {"simulate", "simulate", false, false, NULL, "a made-up source with a known truth"},
};
const size_t n_commands = sizeof commands / sizeof commands[0];

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < n_commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}
