/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * manifest_check.h - the manifest of a release against the files beside it, and against what the results say.
 *
 * Looked for beside the file, and, of OUT/work/results.h5, in OUT/release and OUT/release-unaudited.  Found and named: a
 * manifest that is missing beside the pages, figures or tables of a release; a file that is missing, has another SHA-256 or another size; a file that nobody listed; a name that leads out of the
 * folder; a study, study text, version or threshold other than that of the file.
 */
#ifndef VERIFY_MANIFEST_CHECK_H
#define VERIFY_MANIFEST_CHECK_H

#include "verify/stored.h"

int manifest_check(const struct stored *stored, struct table *findings); /* -1 after telling */

#endif
