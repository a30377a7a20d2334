# SPDX-License-Identifier: GPL-3.0-or-later
# curves.gp - survival curves or cumulative incidence by arm, with interval bands and the numbers at risk below.
#
#     gnuplot -c plots/curves.gp plots            in a folder with SIZE-{layout,lines,text,curves}.tsv
#
# SIZE-curves.tsv: one block an arm; day, estimate, lower and upper limit at the corners of the steps.
load ARG1."/style.gp"

do for [size in sizes] {
    eval read_layout(size)
    do for [format in formats] {
        eval terminal(format, W, H)
        set output sprintf("%s.%s", size, format)
        set multiplot
        eval set_overlay
        eval lines_of(size)
        eval set_panel
        plot for [k=0:N-1] table(size, "curves") index k using 1:3:4 with filledcurves fs transparent solid 0.13 noborder lc rgb colour[k % 8 + 1], \
             for [k=0:N-1] table(size, "curves") index k using 1:2 with lines ls k+1
        eval set_overlay
        eval text_of(size)
        unset multiplot
        unset output
    }
}
