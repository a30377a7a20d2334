# SPDX-License-Identifier: GPL-3.0-or-later
# attrition.gp - how many were lost at which step, as boxes joined by arrows.
#
#     gnuplot -c plots/attrition.gp plots         in a folder with SIZE-{layout,lines,text,boxes}.tsv
#
# SIZE-boxes.tsv: middle, half width and half height of each box in millimetres (x, y, dx, dy).
load ARG1."/style.gp"

do for [size in sizes] {
    eval read_layout(size)
    do for [format in formats] {
        eval terminal(format, W, H)
        set output sprintf("%s.%s", size, format)
        set multiplot
        eval set_overlay
        plot table(size, "boxes") using 1:2:3:4 with boxxyerror fs empty border rgb 0x595959 lc rgb 0x595959 lw 0.6
        eval lines_of(size)
        eval text_of(size)
        unset multiplot
        unset output
    }
}
