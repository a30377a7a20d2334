/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/level.h"

const char *const level_names[N_LEVELS] = {"detox", "inpatient", "residential", "php", "iop", "outpatient", "aftercare"};
