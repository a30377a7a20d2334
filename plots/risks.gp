# SPDX-License-Identifier: GPL-3.0-or-later
# risks.gp - the risk or survival of each arm with its interval, one a row.
#
# NUMBER-SIZE-rows.tsv: estimate, height, lower and upper limit, series (from 0).

eval set_overlay
eval lines_of(size)
eval set_panel
plot for [k=0:11] table(size, "rows") using (only($5,k,$3)):2:($4-$3):(0) with vectors nohead lc rgb colour[k % 8 + 1] lw 1.6, \
     for [k=0:11] table(size, "rows") using (only($5,k,$1)):2 with points ls k+1
eval set_overlay
eval text_of(size)
