/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * reader_dashboard.h - the equations that a reader makes of the programmes of a dashboard, and of the arms beside them.
 */
#ifndef TESTS_ATTACK_READER_DASHBOARD_H
#define TESTS_ATTACK_READER_DASHBOARD_H

#include "tests/attack/view.h"

/** Adds the dashboard of a bundle that reader_see has been through under this prefix; nothing without one. */
void reader_see_dashboard(struct view *view, const char *prefix, const char *released, const char *results);

/** What releases of one dashboard, two by two, tell of changes. */
struct changes_found {
    size_t n_cells, n_changed; /* counts of both dashboards; those whose truth differs by 1 to T - 1 */
    size_t n_few, n_bounded;   /* of those: proved to be of 1 to T - 1 either way; only proved to be less than T, be it nobody */
    size_t n_failed;
};

/**
 * Asks by how much people, events and people without the event of each cell can differ between each two of the bundles seen under these
 * prefixes.  Prints what is found.
 */
struct changes_found reader_find_changes(const struct view *view, const char *const *prefixes, size_t n, const char *where);

#endif
