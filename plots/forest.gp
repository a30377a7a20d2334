# SPDX-License-Identifier: GPL-3.0-or-later
# forest.gp - differences or ratios with their intervals, one a row; margins of verdicts, diamonds of pooled ones.
#
# NUMBER-SIZE-rows.tsv: estimate, height, lower and upper limit, series.

eval set_overlay
eval lines_of(size)
eval set_panel
plot table(size, "rows") using 3:2:($4-$3):(0) with vectors nohead lc rgb 0x000000 lw 1, \
     table(size, "rows") using 1:2 with points pt 5 ps 0.45 lc rgb 0x000000
eval set_overlay
eval areas_of(size)
eval text_of(size)
