# SPDX-License-Identifier: GPL-3.0-or-later
# calibration.gp - observed against predicted, by groups of predicted risk, about the diagonal.
eval set_overlay
eval paths_of(size)
eval lines_of(size)
eval points_of(size)
eval text_of(size)
