/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/settings.h"

const struct level_words level_words[N_LEVELS] = {
    [LEVEL_DETOX] = {"WM", "Withdrawal management", "detox"},
    [LEVEL_HOSPITAL] = {"4", "Hospital inpatient", "inpatient"},
    [LEVEL_SHORT] = {"3.7", "Short-term residential (30 days or fewer planned)", "residential"},
    [LEVEL_LONG] = {"3.5", "Long-term residential (more than 30 days planned)", "residential"},
    [LEVEL_PHP] = {"2.5", "Partial hospital", "php"},
    [LEVEL_IOP] = {"2.1", "Intensive outpatient", "iop"},
    [LEVEL_OUTPATIENT] = {"1", "Outpatient", "outpatient"},
};

const char *const reason_words[N_REASONS] = {
    [REASON_COMPLETED] = "completed",   [REASON_TRANSFERRED] = "transferred",   [REASON_DROPPED_OUT] = "dropped out",
    [REASON_TERMINATED] = "terminated", [REASON_INCARCERATED] = "incarcerated", [REASON_OTHER] = "other",
    [REASON_DIED] = "died",
};

const char *const arm_words[N_ARMS] = {[ARM_INPATIENT] = "inpatient", [ARM_IOP] = "iop"};

enum arm arm_of_level(enum level level)
{
    switch (level) {
    case LEVEL_HOSPITAL:
    case LEVEL_SHORT:
    case LEVEL_LONG: return ARM_INPATIENT;
    case LEVEL_IOP: return ARM_IOP;
    default: return ARM_NONE;
    }
}

const struct settings default_settings = {
    .seed = 1,
    .n_persons = 10000,
    .n_truth = 1000000,
    .confounding = 1,
    .relapse_ratio = 1.1,
    .dropout_ratio = 1,
    .death_ratio = 1,
    .disenrolled = 0.15,
    .n_threads = 1,
};
