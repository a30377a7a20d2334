# SPDX-License-Identifier: GPL-3.0-or-later
# funnel.gp - programmes by their size, with limits of chance around the share of all.
eval set_overlay
eval lines_of(size)
eval paths_of(size)
eval points_of(size)
eval text_of(size)
