# SPDX-License-Identifier: GPL-3.0-or-later
# overlap.gp - people by propensity score, one arm upwards, the other downwards.
eval set_overlay
eval boxes_of(size)
eval lines_of(size)
eval text_of(size)
