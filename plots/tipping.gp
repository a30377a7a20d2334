# SPDX-License-Identifier: GPL-3.0-or-later
# tipping.gp - how bad the people who were lost would have to have done for a verdict to turn, a row a verdict.
eval set_overlay
eval boxes_of(size)
eval lines_of(size)
eval points_of(size)
eval text_of(size)
