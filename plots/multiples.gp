# SPDX-License-Identifier: GPL-3.0-or-later
# multiples.gp - small control charts of programmes on one scale.
eval set_overlay
eval lines_of(size)
eval paths_of(size)
eval points_of(size)
eval text_of(size)
