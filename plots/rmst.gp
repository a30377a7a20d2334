# SPDX-License-Identifier: GPL-3.0-or-later
# rmst.gp - a difference over the day to which it is restricted, with its interval band.
eval set_overlay
eval lines_of(size)
eval bands_of(size)
eval paths_of(size)
eval text_of(size)
