# SPDX-License-Identifier: GPL-3.0-or-later
# stepdown.gp - moves between levels of care: ribbons from the level that was left to the level that was entered.
#
#     gnuplot -c plots/stepdown.gp plots          in a folder with SIZE-{layout,lines,text,down,up,stubs,nodes}.tsv
#
# SIZE-down.tsv, SIZE-up.tsv, SIZE-stubs.tsv: x, lower and upper edge in millimetres; a blank line ends a ribbon.
# SIZE-nodes.tsv: middle, half width and half height of each node in millimetres (x, y, dx, dy), and its colour.
load ARG1."/style.gp"

do for [size in sizes] {
    eval read_layout(size)
    do for [format in formats] {
        eval terminal(format, W, H)
        set output sprintf("%s.%s", size, format)
        set multiplot
        eval set_overlay
        plot table(size, "stubs") using 1:2:3 with filledcurves fs solid noborder lc rgb 0xD8D8D8, \
             table(size, "down") using 1:2:3 with filledcurves fs transparent solid 0.50 noborder lc rgb colour[1], \
             table(size, "up") using 1:2:3 with filledcurves fs transparent solid 0.60 noborder lc rgb colour[2], \
             table(size, "nodes") using 1:2:3:4:5 with boxxyerror fs solid noborder lc rgb variable
        eval text_of(size)
        unset multiplot
        unset output
    }
}
