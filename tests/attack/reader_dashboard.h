/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reader_dashboard.h - the equations that a reader makes of the programmes of a dashboard, and of the arms beside them.
 */
#ifndef TESTS_ATTACK_READER_DASHBOARD_H
#define TESTS_ATTACK_READER_DASHBOARD_H

#include "tests/attack/view.h"

/** Adds the dashboard of a bundle that reader_see has been through under this prefix; nothing without one. */
void reader_see_dashboard(struct view *view, const char *prefix, const char *released, const char *results);

#endif
