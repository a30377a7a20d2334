# SPDX-License-Identifier: GPL-3.0-or-later
# stack.gp - shares over time as layers on top of each other, a panel an arm: causes of an outcome, or states.
eval set_overlay
eval areas_of(size)
eval paths_of(size)
eval boxes_of(size)
eval lines_of(size)
eval text_of(size)
