/* SPDX-License-Identifier: GPL-3.0-or-later */
/** made_words.h - the words of the files beside the made-up rows.  SYNTHETIC stands in each of them. */
#ifndef SIMULATE_MADE_WORDS_H
#define SIMULATE_MADE_WORDS_H

#include <inttypes.h>

extern const char made_codebook_tests[], made_codebook_visits[];
extern const char made_codebook_episodes_head[];
extern const char made_codebook_clients_head[], made_codebook_clients_tail[]; /* the traits stand between them */
extern const char made_codebook_people_head[], made_codebook_people_tail[];
extern const char made_study_linked[], made_study_people[];

/* Formats of output_printf; the arguments stand beside each. */
#define made_study_head /* seed, persons, confounding, relapse_ratio */                                                 \
    "# SYNTHETIC: no person is behind any row.  Made by `stepdown simulate`, seed %" PRIu64 ", %" PRId64                \
    " persons,\n# confounding %g, hazard ratio of return to use %g.  truth.csv holds the true effects.\n"

#define made_readme /* seed persons confounding relapse dropout death disenrolled truth; persons stays tests cohort */ \
    "# SYNTHETIC data\n\n"                                                                                              \
    "No person is behind any row. Everything here was made by `stepdown simulate` to test methods whose answer is known;\n" \
    "it says nothing about any treatment.\n\n"                                                       \
    "| setting | value |\n|---|---|\n"                                                                                  \
    "| `--seed` | %" PRIu64 " |\n| `--persons` | %" PRId64 " |\n| `--confounding` | %g |\n| `--relapse-ratio` | %g |\n" \
    "| `--dropout-ratio` | %g |\n| `--death-ratio` | %g |\n| `--disenrolled` | %g |\n| `--truth-persons` | %" PRId64    \
    " |\n\n"                                                                                                            \
    "%" PRId64 " persons, %" PRId64 " stays, %" PRId64 " tests; %" PRId64                                               \
    " persons begin care in an intensive outpatient programme or an\ninpatient or residential one.\n\n"                 \
    "| file | what it is |\n|---|---|\n"                                                                                \
    "| `episodes.csv`, `tests.csv`, `visits.csv` | a source as a payer would hand it out, to be linked by person |\n"    \
    "| `clients.csv` | the same persons, a row each |\n"                                                               \
    "| `study.yaml` | a study on them: linked stays, outcomes, step-down |\n"                                           \
    "| `people.csv`, `people.yaml` | a row a person with its outcomes as the simulator knows them, and a study on it |\n" \
    "| `truth.csv`, `published.csv` | the true effects, with Monte-Carlo errors; and for a run to show beside its own |\n" \
    "| `margins.csv` | published margins and how well these rows hit them |\n"

#endif
