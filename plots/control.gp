# SPDX-License-Identifier: GPL-3.0-or-later
# control.gp - a share by period with its centre and limits, and the points that signal a change.
eval set_overlay
eval lines_of(size)
eval paths_of(size)
eval points_of(size)
eval text_of(size)
