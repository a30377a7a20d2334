# SPDX-License-Identifier: GPL-3.0-or-later
# attrition.gp - how many were lost at which step, as boxes joined by arrows.
#
# NUMBER-SIZE-boxes.tsv: middle, half width and half height of each box in millimetres (x, y, dx, dy).

eval set_overlay
plot table(size, "boxes") using 1:2:3:4 with boxxyerror fs empty border rgb 0x595959 lc rgb 0x595959 lw 0.6
eval lines_of(size)
eval text_of(size)
