# SPDX-License-Identifier: GPL-3.0-or-later
# love.gp - how far arms differ in each covariate, before and after adjustment: a point an adjustment, a row a covariate.
eval set_overlay
eval lines_of(size)
eval points_of(size)
eval text_of(size)
