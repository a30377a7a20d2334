# SPDX-License-Identifier: GPL-3.0-or-later
# specification.gp - the answers of all ways of asking in order, and below what each way chose.
eval set_overlay
eval lines_of(size)
eval points_of(size)
eval text_of(size)
