# SPDX-License-Identifier: GPL-3.0-or-later
# forest.gp - differences or ratios between arms with their intervals, one a row, and the margins of verdicts.
#
#     gnuplot -c plots/forest.gp plots            in a folder with SIZE-{layout,lines,text,rows}.tsv
#
# SIZE-rows.tsv: estimate, height, lower and upper limit, series.
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
        plot table(size, "rows") using 3:2:($4-$3):(0) with vectors nohead lc rgb 0x000000 lw 1, \
             table(size, "rows") using 1:2 with points pt 5 ps 0.45 lc rgb 0x000000
        eval set_overlay
        eval text_of(size)
        unset multiplot
        unset output
    }
}
