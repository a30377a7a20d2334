/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulate/published.h"

const char *const service_words[N_SERVICES] = {
    "detox", "hospital residential", "short-term residential", "long-term residential", "intensive outpatient", "outpatient",
};

const char *const published_reason_words[N_PUBLISHED_REASONS] = {
    "completed", "transferred", "dropped out", "terminated", "other",
};

enum service service_of_level(enum level level)
{
    static const enum service services[N_LEVELS] = {
        [LEVEL_DETOX] = SERVICE_DETOX, [LEVEL_HOSPITAL] = SERVICE_HOSPITAL, [LEVEL_SHORT] = SERVICE_SHORT,
        [LEVEL_LONG] = SERVICE_LONG,   [LEVEL_PHP] = SERVICE_IOP,           [LEVEL_IOP] = SERVICE_IOP,
        [LEVEL_OUTPATIENT] = SERVICE_OUTPATIENT,
    };
    return services[level];
}

int published_reason(enum reason reason)
{
    return reason < REASON_INCARCERATED ? (int)reason : N_PUBLISHED_REASONS - 1;
}

/* TEDS-D 2017-2020, SERVICES: 1, 2 and 8 are detox. */
const int64_t published_services[N_SERVICES] = {158846 + 961470 + 50272, 16140, 666899, 486575, 868780, 3232487};

/* TEDS 2004, Table 2.5. */
const int64_t published_reasons[N_SERVICES][N_PUBLISHED_REASONS] = {
    [SERVICE_DETOX] = {131476, 28706, 34570, 4512, 11897},
    [SERVICE_HOSPITAL] = {5597, 1200, 884, 214, 185},
    [SERVICE_SHORT] = {48222, 11189, 11025, 4906, 3081},
    [SERVICE_LONG] = {40771, 11851, 26727, 7326, 8412},
    [SERVICE_IOP] = {43119, 20441, 26561, 16025, 8294},
    [SERVICE_OUTPATIENT] = {145426, 46611, 108605, 41913, 56482},
};

/* TEDS 2004, Tables 3.4 (known race), 4.11 and 5.11 (aged 18 and over, known education), 6.2 (known sex). */
const int published_median_days[N_SERVICES][N_PUBLISHED_REASONS] = {
    [SERVICE_SHORT] = {24, 19, 7, 13, 9},
    [SERVICE_LONG] = {79, 35, 21, 36, 41},
    [SERVICE_IOP] = {50, 42, 26, 36, 36},
    [SERVICE_OUTPATIENT] = {104, 29, 45, 53, 70},
};

const int64_t published_incarcerated = 99882, published_died = 15188, published_other = 271553;
