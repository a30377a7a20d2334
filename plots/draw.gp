# SPDX-License-Identifier: GPL-3.0-or-later
# draw.gp - draws a list of figures, each in one format and at both sizes, with one gnuplot.
#
#     gnuplot -c plots/draw.gp plots "0:curves:svg 0:curves:pdf 1:forest:svg"       in the folder of the tables
#
# A job is NUMBER:TEMPLATE:FORMAT; it reads NUMBER-SIZE-*.tsv and writes NUMBER-SIZE.FORMAT.  A template draws the
# plots of one picture, and nothing else: the terminal is set and the file open when it begins, and its first plot is in
# set_overlay or set_panel, which set whatever an earlier picture may have left.
plots = ARG1
jobs  = ARG2
load plots."/style.gp"

do for [job in jobs] {
    figure = job[1:strstrt(job, ":")-1]
    rest   = job[strstrt(job, ":")+1:]
    kind   = rest[1:strstrt(rest, ":")-1]
    format = rest[strstrt(rest, ":")+1:]
    do for [size in sizes] {
        eval read_layout(size)
        eval terminal(format, W, H)
        set output sprintf("%s-%s.%s", figure, size, format)
        set multiplot
        load plots."/".kind.".gp"
        unset multiplot
        unset output
    }
}
