/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/method_sources.h"

#include <string.h>

/* What makes a source due. */
enum reason {
    BY_CURVES,      /* an outcome with days */
    BY_COMPETING,   /* competing events */
    BY_COUNTS,      /* an outcome without days, or risks as plain counts */
    BY_MEASURE,     /* of the measure given */
    BY_MARGINS,
    BY_BOOTSTRAP,
    BY_META,
    BY_META_MH,
    BY_SUBGROUPS,
    BY_PROPENSITY,
    BY_ADJUSTMENT,  /* of the method given */
    BY_COX_MODEL,
    BY_STRATEGIES,  /* 1: with a landmark, 0: by clones */
};

static const struct {
    struct method_source source;
    enum reason reason;
    int of; /* measure or adjustment */
} all[] = {
    {{"survival curve", "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457-481. doi:10.2307/2281868"}, BY_CURVES, 0},
    {{"cumulative incidence", "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on censored observations. Scand J Stat 1978;5:141-150"}, BY_COMPETING, 0},
    {{"limits of a proportion", "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc 1927;22:209-212. doi:10.1080/01621459.1927.10502953"}, BY_COUNTS, 0},
    {{"limits of a risk difference", "Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven methods. Stat Med 1998;17:873-890. doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I"}, BY_MEASURE, MEASURE_risk_difference},
    {{"limits of a risk ratio", "Katz D, Baptista J, Azen SP, Pike MC. Obtaining confidence intervals for the risk ratio in cohort studies. Biometrics 1978;34:469-474. doi:10.2307/2530610"}, BY_MEASURE, MEASURE_risk_ratio},
    {{"limits of an odds ratio", "Woolf B. On estimating the relation between blood group and disease. Ann Hum Genet 1955;19:251-253. doi:10.1111/j.1469-1809.1955.tb01348.x"}, BY_MEASURE, MEASURE_odds_ratio},
    {{"quantiles of times", "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics 1982;38:29-41. doi:10.2307/2530286"}, BY_MEASURE, MEASURE_quantile_time},
    {{"restricted mean", "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152"}, BY_MEASURE, MEASURE_rmst_difference},
    {{"restricted mean", "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152"}, BY_MEASURE, MEASURE_rmst},
    {{"log-rank test", "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer Chemother Rep 1966;50:163-170"}, BY_MEASURE, MEASURE_logrank_test},
    {{"Gray's test", "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing risk. Ann Stat 1988;16:1141-1154. doi:10.1214/aos/1176350951"}, BY_MEASURE, MEASURE_gray_test},
    {{"test for trend", "Tarone RE. Tests for trend in life table analysis. Biometrika 1975;62:679-690. doi:10.1093/biomet/62.3.679"}, BY_MEASURE, MEASURE_trend_test},
    {{"hazard ratio", "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220. doi:10.1111/j.2517-6161.1972.tb00899.x"}, BY_MEASURE, MEASURE_hazard_ratio},
    {{"hazard ratio", "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220. doi:10.1111/j.2517-6161.1972.tb00899.x"}, BY_COX_MODEL, 0},
    {{"tied times", "Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc 1977;72:557-565. doi:10.1080/01621459.1977.10480613"}, BY_MEASURE, MEASURE_hazard_ratio},
    {{"proportional hazards", "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. Biometrika 1994;81:515-526. doi:10.1093/biomet/81.3.515"}, BY_MEASURE, MEASURE_ph_test},
    {{"subdistribution hazard ratio", "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing risk. J Am Stat Assoc 1999;94:496-509. doi:10.1080/01621459.1999.10474144"}, BY_MEASURE, MEASURE_subhazard_ratio},
    {{"difference of means", "Welch BL. The generalization of 'Student's' problem when several different population variances are involved. Biometrika 1947;34:28-35. doi:10.1093/biomet/34.1-2.28"}, BY_MEASURE, MEASURE_mean_difference},
    {{"E-value", "VanderWeele TJ, Ding P. Sensitivity analysis in observational research: introducing the E-value. Ann Intern Med 2017;167:268-274. doi:10.7326/M16-2607"}, BY_MEASURE, MEASURE_e_value},
    {{"margins", "Piaggio G, Elbourne DR, Pocock SJ, Evans SJW, Altman DG. Reporting of noninferiority and equivalence randomized trials: extension of the CONSORT 2010 statement. JAMA 2012;308:2594-2604. doi:10.1001/jama.2012.87802"}, BY_MARGINS, 0},
    {{"bootstrap limits", "Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82:171-185. doi:10.1080/01621459.1987.10478410"}, BY_BOOTSTRAP, 0},
    {{"pooled trials", "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177-188. doi:10.1016/0197-2456(86)90046-2"}, BY_META, 0},
    {{"limits of few trials", "Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate. Stat Med 2003;22:2693-2710. doi:10.1002/sim.1482"}, BY_META, 0},
    {{"pooled counts", "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies of disease. J Natl Cancer Inst 1959;22:719-748. doi:10.1093/jnci/22.4.719"}, BY_META_MH, 0},
    {{"subgroups", "Altman DG, Bland JM. Interaction revisited: the difference between two estimates. BMJ 2003;326:219. doi:10.1136/bmj.326.7382.219"}, BY_SUBGROUPS, 0},
    {{"propensity score", "Rosenbaum PR, Rubin DB. The central role of the propensity score in observational studies for causal effects. Biometrika 1983;70:41-55. doi:10.1093/biomet/70.1.41"}, BY_PROPENSITY, 0},
    {{"overlap weights", "Li F, Morgan KL, Zaslavsky AM. Balancing covariates via propensity score weighting. J Am Stat Assoc 2018;113:390-400. doi:10.1080/01621459.2016.1260466"}, BY_ADJUSTMENT, ADJUST_OVERLAP},
    {{"matching", "Austin PC. Optimal caliper widths for propensity-score matching when estimating differences in means and differences in proportions in observational studies. Pharm Stat 2011;10:150-161. doi:10.1002/pst.433"}, BY_ADJUSTMENT, ADJUST_MATCH},
    {{"strata of the propensity score", "Rosenbaum PR, Rubin DB. Reducing bias in observational studies using subclassification on the propensity score. J Am Stat Assoc 1984;79:516-524. doi:10.1080/01621459.1984.10478078"}, BY_ADJUSTMENT, ADJUST_STRATIFY},
    {{"modified Poisson regression", "Zou G. A modified Poisson regression approach to prospective studies with binary data. Am J Epidemiol 2004;159:702-706. doi:10.1093/aje/kwh090"}, BY_ADJUSTMENT, ADJUST_MODIFIED_POISSON},
    {{"landmark", "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol 1983;1:710-719. doi:10.1200/JCO.1983.1.11.710"}, BY_STRATEGIES, 1},
    {{"strategies of an emulated trial", "Hernan MA, Sauer BC, Hernandez-Diaz S, Platt R, Shrier I. Specifying a target trial prevents immortal time bias and other self-inflicted injuries in observational analyses. J Clin Epidemiol 2016;79:70-75. doi:10.1016/j.jclinepi.2016.04.014"}, BY_STRATEGIES, 0},
    {{"clones that are censored and weighted", "Hernan MA. How to estimate the effect of treatment duration on survival outcomes using observational data. BMJ 2018;360:k182. doi:10.1136/bmj.k182"}, BY_STRATEGIES, 0},
    {{"clones that are censored and weighted", "Maringe C, Benitez Majano S, Exarchakou A, et al. Reflection on modern methods: trial emulation in the presence of immortal-time bias. Int J Epidemiol 2020;49:1719-1729. doi:10.1093/ije/dyaa057"}, BY_STRATEGIES, 0},
};

static bool measures(const struct study_analysis *analysis, int measure)
{
    for (size_t i = 0; i < analysis->n_measures; i++)
        if ((int)analysis->measures[i] == measure)
            return true;
    for (size_t i = 0; i < analysis->n_margins; i++)
        if ((int)analysis->margins[i].measure == measure)
            return true;
    return measure == MEASURE_e_value && analysis->e_values;
}

static bool some_outcome(const struct study *study, const struct study_analysis *analysis, enum reason reason)
{
    for (size_t i = 0; i < analysis->n_outcomes; i++) {
        const struct study_outcome *outcome = &study->outcomes[analysis->outcomes[i]];
        const bool competing = outcome->competing_if.n > 0 || outcome->competing_reasons.n > 0;
        if (reason == BY_COMPETING ? competing : (reason == BY_CURVES) == outcome_has_time(outcome))
            return true;
    }
    return false;
}

static bool pools(const struct study_analysis *analysis, bool by_counts)
{
    for (size_t i = 0; analysis->meta.by.text != NULL && i < analysis->meta.n_rules; i++)
        if ((analysis->meta.rules[i] == META_RULE_MH) == by_counts)
            return true;
    return false;
}

static bool has_propensity(enum adjust_method method)
{
    return method != ADJUST_REGRESSION && method != ADJUST_MODIFIED_POISSON && !adjusts_by_strata(method);
}

static bool adjusts(const struct study_analysis *analysis, int method)
{
    for (size_t i = 0; i < analysis->n_adjustments; i++)
        if (method < 0 ? has_propensity(analysis->adjustments[i].method) : (int)analysis->adjustments[i].method == method)
            return true;
    return false;
}

static bool is_due(const struct study *study, const struct study_analysis *analysis, enum reason reason, int of)
{
    switch (reason) {
    case BY_CURVES:
    case BY_COMPETING:
    case BY_COUNTS: return some_outcome(study, analysis, reason);
    case BY_MEASURE: return measures(analysis, of);
    case BY_MARGINS: return analysis->n_margins > 0;
    case BY_BOOTSTRAP: return analysis->bootstrap_n > 0;
    case BY_META: return pools(analysis, false);
    case BY_META_MH: return pools(analysis, true);
    case BY_SUBGROUPS: return analysis->subgroups.n > 0;
    case BY_PROPENSITY: return adjusts(analysis, -1);
    case BY_ADJUSTMENT: return adjusts(analysis, of);
    case BY_COX_MODEL: return analysis->n_models > 0;
    case BY_STRATEGIES: return analysis->strategies.given && analysis->strategies.has_landmark == (of == 1);
    }
    return false;
}

size_t method_sources(const struct study *study, const struct method_source **sources)
{
    size_t n = 0;

    for (size_t k = 0; k < sizeof all / sizeof all[0] && n < METHOD_SOURCES_MAX; k++) {
        bool due = false;
        for (size_t i = 0; i < study->n_analyses; i++)
            due = due || is_due(study, &study->analyses[i], all[k].reason, all[k].of);
        for (size_t i = 0; due && i < n; i++)
            due = strcmp(sources[i]->source, all[k].source.source) != 0;
        if (due)
            sources[n++] = &all[k].source;
    }
    return n;
}
