/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef COHORT_CONDITIONS_H
#define COHORT_CONDITIONS_H

#include "study/condition.h"

#endif
