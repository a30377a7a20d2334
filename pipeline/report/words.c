/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/words.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/safe_text.h"

#define NARROW_SPACE "\xc2\xa0" /* no line break between a number and its unit */

static const struct {
    const char *measure;
    enum scale scale;
    const char *words;
} measures[] = {
    {"survival", SCALE_PERCENT, "Event-free"},
    {"cumulative_incidence", SCALE_PERCENT, "Cumulative incidence"},
    {"risk", SCALE_PERCENT, "Risk"},
    {"quantile_time", SCALE_DAYS, "Quantile of the time to the event"},
    {"rmst", SCALE_DAYS, "Restricted mean time"},
    {"expected_days", SCALE_DAYS, "Expected days"},
    {"survival_difference", SCALE_POINTS, "Difference, event-free"},
    {"risk_difference", SCALE_POINTS, "Difference in risk"},
    {"quantile_difference", SCALE_DAYS, "Difference in a quantile of time"},
    {"rmst_difference", SCALE_DAYS, "Difference in restricted mean time"},
    {"rmst_ratio", SCALE_RATIO, "Ratio of restricted mean times"},
    {"risk_ratio", SCALE_RATIO, "Risk ratio"},
    {"odds_ratio", SCALE_RATIO, "Odds ratio"},
    {"rate_ratio", SCALE_RATIO, "Rate ratio"},
    {"hazard_ratio", SCALE_RATIO, "Hazard ratio"},
    {"subhazard_ratio", SCALE_RATIO, "Subdistribution hazard ratio"},
    {"time_ratio", SCALE_RATIO, "Time ratio"},
    {"variance_ratio", SCALE_RATIO, "Variance ratio"},
    {"mean", SCALE_PLAIN, "Mean"},
    {"mean_difference", SCALE_PLAIN, "Difference in means"},
    {"smd", SCALE_PLAIN, "Standardised mean difference"},
    {"logrank_test", SCALE_PLAIN, "Log-rank test"},
    {"gray_test", SCALE_PLAIN, "Gray's test"},
    {"chi_square_test", SCALE_PLAIN, "Chi-squared test"},
    {"fisher_test", SCALE_PLAIN, "Fisher's exact test"},
    {"cmh_test", SCALE_PLAIN, "Cochran-Mantel-Haenszel test"},
    {"noninferiority_test", SCALE_PLAIN, "Non-inferiority test"},
    {"number_needed", SCALE_PLAIN, "Number needed to treat"},
};

enum { N_WORDS = sizeof measures / sizeof measures[0] };

enum scale words_scale(const char *measure)
{
    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(measures[i].measure, measure) == 0)
            return measures[i].scale;
    return SCALE_PLAIN;
}

const char *words_measure(struct pool *pool, const char *measure)
{
    char text[80];
    size_t length = strlen(measure);

    for (size_t i = 0; i < N_WORDS; i++)
        if (strcmp(measures[i].measure, measure) == 0)
            return measures[i].words;
    if (length >= sizeof text)
        length = sizeof text - 1;
    for (size_t i = 0; i < length; i++)
        text[i] = measure[i] == '_' ? ' ' : measure[i];
    return words_capital(pool, pool_copy(pool, text, length));
}

const char *words_count(struct pool *pool, int64_t n)
{
    char digits[32], text[48];
    size_t length, out = 0;

    if (n == MISSING_INTEGER)
        return WORDS_NOTHING;
    snprintf(digits, sizeof digits, "%" PRId64, n < 0 ? -n : n);
    length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[out++] = ',';
        text[out++] = digits[i];
    }
    text[out] = '\0';
    return pool_format(pool, "%s%s", n < 0 ? WORDS_MINUS : "", text);
}

const char *words_fixed(struct pool *pool, double x, int digits)
{
    char text[400];

    if (!isfinite(x))
        return WORDS_NOTHING;
    snprintf(text, sizeof text, "%.*f", digits, fabs(x));
    /* What rounds to zero has no sign. */
    return pool_format(pool, "%s%s", x < 0 && strpbrk(text, "123456789") != NULL ? WORDS_MINUS : "", text);
}

const char *words_day(struct pool *pool, double day)
{
    if (!isfinite(day))
        return WORDS_NOTHING;
    if (day == floor(day) && fabs(day) < 1e15)
        return words_fixed(pool, day, 0);
    return words_fixed(pool, day, fabs(day * 10 - round(day * 10)) < 1e-9 ? 1 : 2);
}

const char *words_p(struct pool *pool, double p)
{
    if (!isfinite(p))
        return WORDS_NOTHING;
    if (p < 0.001)
        return "< 0.001";
    if (p > 0.99)
        return "> 0.99";
    return words_fixed(pool, p, p < 0.1 ? 3 : 2);
}

const char *words_times(struct pool *pool, double x)
{
    int digits;

    if (!isfinite(x))
        return WORDS_NOTHING;
    if (x == 0)
        return "0";
    digits = 2 - (int)floor(log10(fabs(x)));
    return words_fixed(pool, x, digits < 0 ? 0 : digits > 8 ? 8 : digits);
}

const char *words_plain(struct pool *pool, double x)
{
    int digits = 0;

    if (!isfinite(x))
        return WORDS_NOTHING;
    for (double y = fabs(x); digits < 6 && fabs(y - round(y)) > 1e-9 * fmax(1, y); y *= 10)
        digits++;
    return words_fixed(pool, x, digits);
}

const char *words_bare(struct pool *pool, enum scale scale, double x)
{
    switch (scale) {
    case SCALE_PERCENT:
    case SCALE_POINTS:
        return words_fixed(pool, 100 * x, 1);
    case SCALE_DAYS:
        return words_fixed(pool, x, 1);
    case SCALE_RATIO:
        return fabs(x) < 10 ? words_fixed(pool, x, 2) : words_times(pool, x);
    case SCALE_PLAIN:
        break;
    }
    return words_times(pool, x);
}

const char *words_value(struct pool *pool, enum scale scale, double x, const char *time_units)
{
    const char *bare = words_bare(pool, scale, x);

    if (!isfinite(x))
        return bare;
    if (scale == SCALE_PERCENT)
        return pool_format(pool, "%s" NARROW_SPACE "%%", bare);
    if (scale == SCALE_POINTS)
        return pool_format(pool, "%s points", bare);
    if (scale == SCALE_DAYS && time_units[0] != '\0')
        return pool_format(pool, "%s %s", bare, time_units);
    return bare;
}

const char *words_interval(struct pool *pool, enum scale scale, double low, double high)
{
    if (!isfinite(low) || !isfinite(high))
        return WORDS_NOTHING;
    return pool_format(pool, "%s to %s", words_bare(pool, scale, low), words_bare(pool, scale, high));
}

const char *words_level(struct pool *pool, double level)
{
    double percent = 100 * (isfinite(level) ? level : 0.95);

    return pool_format(pool, "%s" NARROW_SPACE "%%",
                       words_fixed(pool, percent, fabs(percent - round(percent)) < 1e-9 ? 0 : 1));
}

const char *words_noun(struct pool *pool, const char *noun, int64_t n)
{
    if (n == 1)
        return noun;
    if (strcmp(noun, "person") == 0)
        return "people";
    return pool_format(pool, "%ss", noun);
}

const char *words_unit(struct pool *pool, const char *units)
{
    size_t length = strlen(units);

    return length > 1 && units[length - 1] == 's' ? pool_copy(pool, units, length - 1) : units;
}

const char *words_ascii(struct pool *pool, const char *text)
{
    static const struct {
        const char *from;
        char to;
    } signs[] = {{WORDS_MINUS, '-'},    {"\xe2\x80\x93", '-'}, {NARROW_SPACE, ' '}, {"\xe2\x80\x99", '\''},
                 {"\xe2\x80\x9c", '"'}, {"\xe2\x80\x9d", '"'}, {WORDS_TIMES, 'x'}};
    enum { N_SIGNS = sizeof signs / sizeof signs[0] };
    char *plain = safe_text(text); /* it only shrinks from here */
    const char *copy;
    size_t out = 0;

    if (plain == NULL)
        return "";
    for (const char *c = plain; *c != '\0';) {
        size_t k = 0;

        while (k < N_SIGNS && strncmp(c, signs[k].from, strlen(signs[k].from)) != 0)
            k++;
        plain[out++] = k < N_SIGNS ? signs[k].to : *c;
        c += k < N_SIGNS ? strlen(signs[k].from) : 1;
    }
    copy = pool_copy(pool, plain, out);
    free(plain);
    return copy;
}

const char *words_slug(struct pool *pool, const char *text)
{
    char slug[61];
    size_t n = 0;

    for (const char *c = text; *c != '\0' && n < sizeof slug - 1; c++) {
        if (isalnum((unsigned char)*c))
            slug[n++] = (char)tolower((unsigned char)*c);
        else if (n > 0 && slug[n - 1] != '-')
            slug[n++] = '-';
    }
    while (n > 0 && slug[n - 1] == '-')
        n--;
    return n == 0 ? "x" : pool_copy(pool, slug, n);
}

const char *words_capital(struct pool *pool, const char *text)
{
    return pool_format(pool, "%c%s", toupper((unsigned char)text[0]), text[0] == '\0' ? "" : text + 1);
}

const char *words_lower(struct pool *pool, const char *text)
{
    if (text[0] == '\0' || text[1] == '\0' || !islower((unsigned char)text[1]))
        return text;
    return pool_format(pool, "%c%s", tolower((unsigned char)text[0]), text + 1);
}

const char *words_spoken(struct pool *pool, const char *name)
{
    char text[256];
    size_t length = strlen(name);

    if (strcmp(name, "iop") == 0)
        return "IOP";
    if (strcmp(name, "php") == 0)
        return "PHP";
    if (strcmp(name, "itt") == 0)
        return "ITT";
    if (length >= sizeof text)
        return name;
    for (size_t i = 0; i < length; i++)
        text[i] = name[i] == '_' ? ' ' : name[i];
    return pool_copy(pool, text, length);
}

const char *words_adjustment(struct pool *pool, const char *name)
{
    static const char *const known[][2] = {{"unadjusted", "no adjustment"},
                                           {"overlap", "overlap weights"},
                                           {"iptw", "inverse-probability weights"},
                                           {"att", "weights for the treated"},
                                           {"atc", "weights for the reference"},
                                           {"match", "matching"},
                                           {"stratify", "strata of the propensity"},
                                           {"doubly_robust", "doubly robust"},
                                           {"modified_poisson", "modified Poisson regression"},
                                           {"mantel_haenszel", "Mantel-Haenszel"},
                                           {"interval_censored", "intervals between looks"},
                                           {"mantel_haenszel", "Mantel-Haenszel"},
                                           {"direct", "direct standardisation"},
                                           {"indirect", "indirect standardisation"},
                                           {"meta_fixed", "fixed effect"},
                                           {"meta_dl", "random effects, DerSimonian-Laird"},
                                           {"meta_reml", "random effects, REML"},
                                           {"meta_pm", "random effects, Paule-Mandel"},
                                           {"meta_mh", "fixed effect, Mantel-Haenszel"}};

    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if (strcmp(name, known[k][0]) == 0)
            return known[k][1];
    return words_spoken(pool, name);
}
