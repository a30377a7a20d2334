/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * negative_controls.h - outcomes that the arm cannot change, and what it means when they differ all the same.
 *
 * Where the interval of a control's contrast leaves out "no difference", people of the two arms differ in something that was
 * not adjusted for.  Then a warning is told, the contrasts of the other outcomes with the same population, adjustment and pair
 * get a note, and their verdicts a gate.  Nothing is withheld: the estimate stays, read together with the warning.
 *
 * Lipsitch, Tchetgen Tchetgen & Cohen 2010, doi:10.1097/EDE.0b013e3181d61eeb.
 */
#ifndef COMPARE_NEGATIVE_CONTROLS_H
#define COMPARE_NEGATIVE_CONTROLS_H

#include "base/table.h"
#include "study/study.h"

int negative_controls_mark(const struct study *study, struct table *estimates, struct table *verdicts); /* -1 after telling */

#endif
