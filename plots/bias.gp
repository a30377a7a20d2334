# SPDX-License-Identifier: GPL-3.0-or-later
# bias.gp - which unmeasured confounders would explain a ratio away: a curve, and the E-value on it.
eval set_overlay
eval lines_of(size)
eval paths_of(size)
eval points_of(size)
eval text_of(size)
