/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where each item of a reporting guideline is answered, in words of our own.  An item that only the authors of a paper can
 * answer is said to be not reported.
 * STROBE: von Elm et al. 2007, doi:10.1371/journal.pmed.0040296.  RECORD: Benchimol et al. 2015,
 * doi:10.1371/journal.pmed.1001885.  CONSORT, non-inferiority: Piaggio et al. 2012, doi:10.1001/jama.2012.87802.
 */
#include "report/page.h"

#include <string.h>

#include "report/study_words.h"

/* When an item is answered by the page; else it is what `otherwise` says. */
enum when { ALWAYS, NEVER, HAS_VERDICTS, HAS_BASELINE, HAS_ADJUSTMENT, HAS_LINKS, HAS_DATES, HAS_REGISTRATION, HAS_SENSITIVITY,
            HAS_SUBGROUPS, HAS_POPULATIONS };

struct item {
    const char *number, *what;
    enum when when;
    const char *href, *where;  /* link and its text */
    const char *otherwise;     /* "not reported", "not applicable" and why; NULL: not reported */
};

static const char in_paper[] = "not reported: for the authors of the paper";

static const struct item strobe[] = {
    {"1", "Title and abstract: the design, and what was done and found", ALWAYS, "#answer", "The answer", NULL},
    {"2", "Background and reasons for the study", NEVER, NULL, NULL, in_paper},
    {"3", "Objectives and hypotheses", HAS_VERDICTS, "#verdicts", "Verdicts", "not reported: no margin is declared"},
    {"4", "Design, early", ALWAYS, "#trial", "What is estimated, and of which trial", NULL},
    {"5", "Setting: places, and dates of entry and follow-up", HAS_DATES, "#trial", "Time zero and follow-up", "not reported"},
    {"6", "Participants: who could enter, from which source, how followed", ALWAYS, "#methods", "Methods", NULL},
    {"7", "Every outcome, exposure, predictor and confounder, defined", ALWAYS, "#methods", "Methods", NULL},
    {"8", "Sources of data and how things were measured", ALWAYS, "#provenance", "Provenance", NULL},
    {"9", "What was done about bias", HAS_ADJUSTMENT, "#trial", "Assignment", "not reported: nothing is adjusted"},
    {"10", "How the size of the study came about", HAS_VERDICTS, "#verdicts", "Verdicts: power and numbers needed", "not reported"},
    {"11", "How numbers were handled, and grouped", ALWAYS, "#methods", "Methods", NULL},
    {"12a", "All statistical methods, those for confounding too", ALWAYS, "#methods", "Methods: how each number was computed", NULL},
    {"12b", "Methods for subgroups and interactions", HAS_SUBGROUPS, "#tables", "Tables", "not applicable: no subgroups"},
    {"12c", "How missing data were treated", ALWAYS, "#methods", "Methods: who was compared", NULL},
    {"12d", "How loss to follow-up was treated", ALWAYS, "#trial", "Intercurrent events", NULL},
    {"12e", "Sensitivity analyses", HAS_SENSITIVITY, "#tables", "Tables: profiles and ranges", "not reported"},
    {"13", "Numbers at each stage, with reasons for leaving", ALWAYS, "#tables-counted", "Who was counted", NULL},
    {"14", "What the participants were like; missing values by variable", HAS_BASELINE, "#tables-baseline", "The arms at the start",
     "not reported: the study names no covariates"},
    {"15", "Numbers of events, or summaries over time", ALWAYS, "#tables", "Estimates", NULL},
    {"16", "Unadjusted and adjusted estimates with their precision", HAS_ADJUSTMENT, "#tables", "Estimates",
     "partly: unadjusted estimates only"},
    {"17", "Other analyses", HAS_SENSITIVITY, "#tables", "Tables", "not applicable: there are none"},
    {"18", "Key results", ALWAYS, "#answer", "The answer", NULL},
    {"19", "Limitations, and which way bias would go", ALWAYS, "#answer", "To be read with it", NULL},
    {"20", "A cautious interpretation", NEVER, NULL, NULL, in_paper},
    {"21", "To whom it applies", NEVER, NULL, NULL, in_paper},
    {"22", "Funding", NEVER, NULL, NULL, in_paper},
};

static const struct item record[] = {
    {"1.1", "The kind of data and the names of the databases", ALWAYS, "#provenance", "Provenance", NULL},
    {"1.2", "Region and years", HAS_DATES, "#trial", "Eligibility", "not reported"},
    {"1.3", "That records were linked", HAS_LINKS, "#tables-counted", "Who was counted", "not applicable: one row a person"},
    {"6.1", "Codes and algorithms by which people were found", ALWAYS, "#methods", "Methods", NULL},
    {"6.2", "Studies that show the codes to be right", NEVER, NULL, NULL, in_paper},
    {"6.3", "The flow of linking, with numbers", HAS_LINKS, "#tables-counted", "Who was counted", "not applicable: nothing was linked"},
    {"7.1", "All codes of exposures, outcomes and confounders", ALWAYS, "tables/study.csv", "study.csv", NULL},
    {"12.1", "How far the authors could reach the database", NEVER, NULL, NULL, in_paper},
    {"12.2", "How the data were cleaned", ALWAYS, "#tables-quality", "Quality of the source", NULL},
    {"12.3", "How records were linked, and how well", HAS_LINKS, "#tables-counted", "Who was counted", "not applicable: nothing was linked"},
    {"13.1", "How people were selected, by quality, availability and linkage", ALWAYS, "#tables-counted", "Who was counted", NULL},
    {"19.1", "What it means that the data were not collected for this question", ALWAYS, "#answer", "To be read with it", NULL},
    {"22.1", "Where protocol, data and program can be had", HAS_REGISTRATION, "#provenance", "Provenance", "partly: the program; no protocol is named"},
};

static const struct item consort[] = {
    {"1", "That the question is one of non-inferiority", HAS_VERDICTS, "#verdicts", "Verdicts", NULL},
    {"2a", "Why non-inferiority is the question", NEVER, NULL, NULL, in_paper},
    {"2b", "The hypothesis and its margin", HAS_VERDICTS, "#verdicts", "Verdicts: margin", NULL},
    {"4", "Whether people are like those in whom the reference was shown to work", NEVER, NULL, NULL, in_paper},
    {"5", "Whether the reference is given as it was then", NEVER, NULL, NULL, in_paper},
    {"6", "Outcomes, and whether they are those of earlier trials", ALWAYS, "#methods", "Methods: outcomes", NULL},
    {"7", "Size by the margin, and the reason for the margin", HAS_VERDICTS, "#verdicts", "Verdicts: numbers needed, why this margin", NULL},
    {"12", "The interval, one- or two-sided, and its level", HAS_VERDICTS, "#methods", "Methods: rules of reading", NULL},
    {"16", "In whom: as begun, per protocol, or both", HAS_POPULATIONS, "#verdicts", "Verdicts by population", "partly: one population"},
    {"17", "The interval beside the margin, in a figure too", HAS_VERDICTS, "#figures", "Figures", NULL},
    {"22", "Interpretation by the interval and the margin", HAS_VERDICTS, "#answer", "The answer", NULL},
    {"23", "Registration", HAS_REGISTRATION, "#answer", "To be read with it", "not reported: not registered"},
};

static bool several_populations(const struct table *verdicts)
{
    for (size_t i = 1; i < cell_rows(verdicts); i++)
        if (!cells_equal(verdicts, "population", 0, i))
            return true;
    return false;
}

static bool holds(enum when when, struct bundle *bundle)
{
    switch (when) {
    case ALWAYS: return true;
    case NEVER: return false;
    case HAS_VERDICTS: return cell_rows(bundle->verdicts) > 0;
    case HAS_BASELINE: return cell_rows(bundle->baseline) > 0;
    case HAS_ADJUSTMENT: return study_adjusts(bundle);
    case HAS_LINKS: return cell_rows(bundle->flow) > 0;
    case HAS_DATES: return study_has(bundle, "cohort.index.from") || study_has(bundle, "cohort.follow_up.until");
    case HAS_REGISTRATION: return study_has(bundle, "registered.where");
    case HAS_SENSITIVITY: return study_has(bundle, "profiles.") || study_has(bundle, "sensitivity");
    case HAS_SUBGROUPS: return study_estimates(bundle, "interaction_test");
    case HAS_POPULATIONS: return several_populations(bundle->verdicts);
    }
    return false;
}

static void write_item(struct html *html, struct bundle *bundle, const struct item *item)
{
    html_start(html, "tr", NULL);
    html_start(html, "th", "scope", "row", NULL);
    html_text(html, item->number);
    html_end(html);
    html_line(html, "td", item->what);
    html_start(html, "td", NULL);
    if (holds(item->when, bundle))
        html_link(html, item->href, item->where);
    else
        html_text(html, item->otherwise == NULL ? "not reported" : item->otherwise);
    html_end(html);
    html_end(html);
}

static void write_list(struct html *html, struct bundle *bundle, const char *caption, const struct item *items, size_t n)
{
    size_t answered = 0;

    for (size_t i = 0; i < n; i++)
        answered += holds(items[i].when, bundle);
    html_start(html, "details", NULL);
    html_line(html, "summary", pool_format(bundle->pool, "%s: %zu of %zu items answered on this page", caption, answered, n));
    html_start(html, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption, NULL);
    html_start(html, "table", NULL);
    html_line(html, "caption", caption);
    html_start(html, "thead", NULL);
    html_start(html, "tr", NULL);
    for (size_t j = 0; j < 3; j++) {
        static const char *const headers[] = {"Item", "What it asks for", "Where"};
        html_start(html, "th", "scope", "col", NULL);
        html_text(html, headers[j]);
        html_end(html);
    }
    html_end(html);
    html_end(html);
    html_start(html, "tbody", NULL);
    for (size_t i = 0; i < n; i++)
        write_item(html, bundle, &items[i]);
    html_end(html);
    html_end(html);
    html_end(html);
    html_end(html);
    html_raw(html, "\n");
}

void page_checklists(struct html *html, struct bundle *bundle)
{
    page_section(html, bundle->pool, "checklists", "Checklists");
    html_line(html, "p", "Where this page answers what reporting guidelines ask for, in short words of our own; what it cannot answer is said to be not reported.");
    write_list(html, bundle, "STROBE, cohort studies", strobe, sizeof strobe / sizeof strobe[0]);
    write_list(html, bundle, "RECORD, routinely collected data", record, sizeof record / sizeof record[0]);
    if (cell_rows(bundle->verdicts) > 0)
        write_list(html, bundle, "CONSORT, non-inferiority", consort, sizeof consort / sizeof consort[0]);
    else
        html_line(html, "p", "CONSORT, non-inferiority: not applicable, because the study declares no margin.");
    html_end(html);
    html_raw(html, "\n");
}
