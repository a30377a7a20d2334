# SPDX-License-Identifier: GPL-3.0-or-later
# stepdown.gp - moves between levels of care: ribbons from the level that was left to the level that was entered.
#
# NUMBER-SIZE-down.tsv, NUMBER-SIZE-up.tsv, NUMBER-SIZE-stubs.tsv: x, lower and upper edge in millimetres; a blank line ends a ribbon.
# NUMBER-SIZE-nodes.tsv: middle, half width and half height of each node in millimetres (x, y, dx, dy), and its colour.

eval set_overlay
plot table(size, "stubs") using 1:2:3 with filledcurves fs solid noborder lc rgb 0xD8D8D8, \
     table(size, "down") using 1:2:3 with filledcurves fs transparent solid 0.50 noborder lc rgb colour[1], \
     table(size, "up") using 1:2:3 with filledcurves fs transparent solid 0.60 noborder lc rgb colour[2], \
     table(size, "nodes") using 1:2:3:4:5 with boxxyerror fs solid noborder lc rgb variable
eval text_of(size)
