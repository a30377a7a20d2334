# SPDX-License-Identifier: GPL-3.0-or-later
# programmes.gp - observed over expected: a row a programme, a panel a measure.
eval set_overlay
eval lines_of(size)
eval points_of(size)
eval text_of(size)
