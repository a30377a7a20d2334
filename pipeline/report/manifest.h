/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * manifest.h - manifest.json: what belongs to the release, written last.
 *
 *     {"files": {"figures/risks.svg": {"sha256": "...", "size": 123}, ...}, "failed_figures": [], "audited": "...",
 *      "rounded_to": 0, "study": "uis", "study_sha256": "...", "threshold": 0, "version": "0.1.0"}
 *
 * Keys are sorted; there is no path of the machine and no time.  A folder without a manifest that fits its files is
 * one whose writing was interrupted.
 */
#ifndef REPORT_MANIFEST_H
#define REPORT_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "report/bundle.h"
#include "report/figures.h"

/**
 * Removes the files that the manifest of an earlier release lists and this one does not have, then writes the
 * manifest.  -1 after telling.
 */
int manifest_write(struct bundle *bundle, const struct figures *figures, const char *release_folder);

/** Removes all files that the manifest of a folder lists, the manifest, and the folders when they are empty then. */
void manifest_remove_release(const char *release_folder);

/** Was the release of this folder, if there is one, made with this threshold and rounding? */
bool manifest_has_policy(const char *release_folder, int64_t threshold, int64_t round_to);

/** Is there a manifest, without failed figures, whose files are all there with their hashes? Tells nothing. */
bool manifest_is_whole(const char *release_folder);

#endif
