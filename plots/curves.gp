# SPDX-License-Identifier: GPL-3.0-or-later
# curves.gp - survival curves or cumulative incidence by arm, with interval bands and the numbers at risk below.
#
# NUMBER-SIZE-curves.tsv: one block an arm; day, estimate, lower and upper limit at the corners of the steps.

eval set_overlay
eval lines_of(size)
eval set_panel
plot for [k=0:N-1] table(size, "curves") index k using 1:3:4 with filledcurves fs transparent solid 0.13 noborder lc rgb colour[k % 8 + 1], \
     for [k=0:N-1] table(size, "curves") index k using 1:2 with lines ls k+1
eval set_overlay
eval text_of(size)
