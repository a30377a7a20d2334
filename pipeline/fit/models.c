/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fit/fit.h"

#include <string.h>

#include "base/fail.h"

static const struct model models[] = {
    {.name = "km", .outcome = OUTCOME_SURVIVAL, .fit = fit_km,
     .options = OPTION_AT | OPTION_CONF_TYPE | OPTION_QUANTILE | OPTION_TAU | OPTION_TIMEFIX | OPTION_WEIGHTS |
                OPTION_WEIGHT_TYPE | OPTION_HAZARD},
    {.name = "logrank", .outcome = OUTCOME_SURVIVAL, .fit = fit_logrank, .arms_needed = true,
     .options = OPTION_RHO | OPTION_GAMMA | OPTION_TIMEFIX | OPTION_WEIGHTS},
    {.name = "cox", .outcome = OUTCOME_SURVIVAL, .fit = fit_cox, .regression = true,
     .residuals = fit_cox_residuals,
     .options = OPTION_TIES | OPTION_FIRTH | OPTION_WEIGHTS | OPTION_WEIGHT_TYPE | OPTION_CLUSTER | OPTION_TIMEFIX |
                OPTION_AT},
    {.name = "cuminc", .outcome = OUTCOME_COMPETING, .fit = fit_cuminc, .conf_type = SURVIVAL_CONF_LOG_LOG,
     .conf_types = 1 << SURVIVAL_CONF_LOG_LOG | 1 << SURVIVAL_CONF_LOG | 1 << SURVIVAL_CONF_PLAIN,
     .options = OPTION_AT | OPTION_CONF_TYPE | OPTION_VARIANCE | OPTION_RHO | OPTION_TIMEFIX | OPTION_WEIGHTS},
    {.name = "finegray", .outcome = OUTCOME_COMPETING, .fit = fit_finegray, .regression = true,
     .options = OPTION_CAUSE | OPTION_CLUSTER | OPTION_TIMEFIX},
    {.name = "mcf", .outcome = OUTCOME_SURVIVAL, .fit = fit_mcf, .needed = OPTION_ID,
     .conf_types = 1 << SURVIVAL_CONF_LOG | 1 << SURVIVAL_CONF_PLAIN,
     .options = OPTION_ID | OPTION_AT | OPTION_CONF_TYPE},
    {.name = "multistate", .outcome = OUTCOME_STATES, .fit = fit_multistate, .needed = OPTION_ID | OPTION_FROM,
     .conf_types = 1 << SURVIVAL_CONF_LOG | 1 << SURVIVAL_CONF_PLAIN,
     .options = OPTION_ID | OPTION_FROM | OPTION_AT | OPTION_TAU | OPTION_CONF_TYPE},
    {.name = "turnbull", .outcome = OUTCOME_INTERVAL, .fit = fit_turnbull, .options = OPTION_AT | OPTION_WEIGHTS},
    {.name = "aft", .outcome = OUTCOME_LIFETIME, .fit = fit_aft, .regression = true,
     .options = OPTION_DIST | OPTION_WEIGHTS},
    {.name = "rmst", .outcome = OUTCOME_SURVIVAL, .fit = fit_rmst, .needed = OPTION_TAU,
     .options = OPTION_TAU | OPTION_TIMEFIX | OPTION_WEIGHTS | OPTION_WEIGHT_TYPE},
    {.name = "logistic", .outcome = OUTCOME_EVENT, .fit = fit_logistic, .regression = true,
     .options = OPTION_FIRTH | OPTION_ROBUST | OPTION_CLUSTER | OPTION_WEIGHTS | OPTION_WEIGHT_TYPE},
    {.name = "poisson", .outcome = OUTCOME_COUNT, .fit = fit_poisson, .regression = true,
     .options = OPTION_EXPOSURE | OPTION_ROBUST | OPTION_CLUSTER | OPTION_WEIGHTS | OPTION_WEIGHT_TYPE},
    {.name = "negbin", .outcome = OUTCOME_COUNT, .fit = fit_negbin, .regression = true,
     .options = OPTION_EXPOSURE | OPTION_ROBUST | OPTION_CLUSTER | OPTION_WEIGHTS | OPTION_WEIGHT_TYPE},
    {.name = "proportion", .outcome = OUTCOME_EVENT, .fit = fit_proportion,
     .options = OPTION_CONF | OPTION_RD | OPTION_MARGIN | OPTION_WEIGHTS},
    {.name = "meta", .outcome = OUTCOME_STUDIES, .fit = fit_meta, .options = OPTION_META},
};
enum { N_MODELS = sizeof models / sizeof models[0] };

/* Their rows and options are described in the manual already. */
static const char *const planned_models[] = {
    "balance", "match",
};

const struct model *model_find(const char *name, bool *planned)
{
    *planned = false;
    for (size_t i = 0; i < N_MODELS; i++)
        if (strcmp(models[i].name, name) == 0)
            return &models[i];
    for (size_t i = 0; i < sizeof planned_models / sizeof planned_models[0]; i++)
        *planned |= strcmp(planned_models[i], name) == 0;
    return NULL;
}

const char *model_list(void)
{
    return "km, logrank, cox, cuminc, finegray, mcf, multistate, turnbull, aft, rmst, logistic, poisson, negbin, "
           "proportion, meta";
}

const char *model_near(const char *name)
{
    const char *names[N_MODELS];
    for (size_t i = 0; i < N_MODELS; i++)
        names[i] = models[i].name;
    return nearest_name(name, names, N_MODELS);
}
