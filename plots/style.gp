# SPDX-License-Identifier: GPL-3.0-or-later
# style.gp - what all figures share: terminals, font, colours, line styles, and the overlay of text and lines.
#
# Read by draw.gp once; C lays out, so a template is a handful of plot commands.
#
# Tables are read from the working folder (pipeline/report/drawing.h says which); text comes from their cells alone,
# and `noenhanced` everywhere keeps its signs what they are.

set encoding utf8
set datafile separator "\t"
set datafile commentschars ""
set datafile missing "nan"
set minussign

sizes   = "wide narrow"
dots    = 200
family  = "DejaVu Sans"

# Sizes come in millimetres.  PDF and SVG are for print and page; PNG, for slides and letters, has 200 dots an inch:
# packing it is what most of the time goes to.
terminal(format, w, h) = format eq "svg" ? \
        sprintf("set terminal svg size %.0f,%.0f noenhanced font '%s,8' fontscale 1.3333 linewidth 1.3333 butt", w * 96 / 25.4, h * 96 / 25.4, family) : \
    format eq "pdf" ? \
        sprintf("set terminal pdfcairo size %.3fcm,%.3fcm noenhanced font '%s,8' fontscale 0.75 linewidth 2 pointscale 0.75 butt", w / 10, h / 10, family) : \
        sprintf("set terminal pngcairo size %.0f,%.0f noenhanced font '%s,8' fontscale %.4f linewidth %.4f pointscale %.4f butt background '#ffffff'", w * dots / 25.4, h * dots / 25.4, family, dots / 96.0, dots / 96.0, dots / 96.0)

table(size, name) = sprintf("%s-%s-%s.tsv", figure, size, name)

# Okabe & Ito's colours (yellow left out: too pale on white), each with its own dashes: twelve series that differ
# without colour too.
array colour[8] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0x7F7F7F]
set style line  1 lc rgb colour[1] lw 1.1 dt solid       pt 7  ps 0.5
set style line  2 lc rgb colour[2] lw 1.1 dt (14,4)      pt 5  ps 0.45
set style line  3 lc rgb colour[3] lw 1.1 dt (3,3)       pt 9  ps 0.6
set style line  4 lc rgb colour[4] lw 1.1 dt (12,3,2,3)  pt 13 ps 0.6
set style line  5 lc rgb colour[5] lw 1.1 dt (7,3)       pt 11 ps 0.6
set style line  6 lc rgb colour[6] lw 1.1 dt (18,3,2,3,2,3) pt 15 ps 0.5
set style line  7 lc rgb colour[7] lw 1.1 dt (2.5,3)     pt 6  ps 0.5
set style line  8 lc rgb colour[8] lw 1.3 dt solid       pt 4  ps 0.45
set style line  9 lc rgb colour[1] lw 1.1 dt (6,4,1,4)   pt 8  ps 0.6
set style line 10 lc rgb colour[2] lw 1.1 dt (2,4)       pt 12 ps 0.6
set style line 11 lc rgb colour[3] lw 1.1 dt (20,5)      pt 10 ps 0.6
set style line 12 lc rgb colour[4] lw 1.1 dt (4,2)       pt 14 ps 0.5

# Lines that are no series.
set style line 13 lc rgb 0x595959 lw 0.8 dt (6,4)        # 95 % limits
set style line 14 lc rgb 0x595959 lw 0.8 dt solid        # 99.8 % limits
set style line 15 lc rgb 0x000000 lw 0.8 dt solid        # centre
set style line 16 lc rgb 0x595959 lw 0.6 dt solid        # thin
set style line 17 lc rgb 0xBBBBBB lw 0.5 dt solid        # faint
set style line 18 lc rgb 0x000000 lw 0.8 dt (9,4)        # centre that is held

# Lines of the overlay, by number.
set style arrow 1 nohead lc rgb 0x000000 lw 0.5 dt solid     # axis
set style arrow 2 nohead lc rgb 0xD0D0D0 lw 0.4 dt solid     # grid
set style arrow 3 nohead lc rgb 0xA0A0A0 lw 0.4 dt solid     # rule
set style arrow 4 nohead lc rgb 0x595959 lw 0.6 dt solid     # no difference
set style arrow 5 nohead lc rgb 0xD55E00 lw 1.1 dt (8,5)     # margin
set style arrow 6 head filled size screen 0.008,20,60 lc rgb 0x595959 lw 0.6 dt solid   # flow
set style arrow 7 nohead lc rgb 0xA0A0A0 lw 0.3 dt solid     # leader
set style arrow 8 nohead lc rgb 0x595959 lw 0.5 dt (5,6)     # median
do for [k=1:12] { set style arrow 10+k nohead ls k }
do for [k=1:12] { set style arrow 50+k nohead lc rgb colour[(k-1) % 8 + 1] lw 0.6 dt solid } # tick
do for [k=1:12] { set style arrow 30+k nohead lc rgb colour[(k-1) % 8 + 1] lw 1.2 dt solid } # whisker

unset key
unset border
unset tics
set margins 0, 0, 0, 0

# The numbers of SIZE-sheet.tsv's first block as variables.
read_layout(size) = sprintf("stats '%s' index 0 using (W=$1, H=$2, L=$3, R=$4, B=$5, T=$6, X0=$7, X1=$8, Y0=$9, Y1=$10, N=$11, LOGX=$12, texts=$13, bands=$14, areas=$15, paths=$16, n_boxes=$17, n_points=$18, n_lines=$19, 0) nooutput", table(size, "sheet"))

# The panel: the part of the figure with data coordinates.
set_panel = "set lmargin at screen L/W; set rmargin at screen R/W; set bmargin at screen B/H; set tmargin at screen T/H; set xrange [X0:X1]; set yrange [Y0:Y1]; if (LOGX) { set logscale x } else { unset logscale x }"

# The overlay: the whole figure in millimetres.
set_overlay = "set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1; unset logscale x; set xrange [0:W]; set yrange [0:H]"
only(value, wanted, x) = value == wanted ? x : NaN
face(k) = sprintf("%s%s,%d", family, k == 2 ? ":Bold" : "", k == 0 ? 7 : 8)

# Numbers k whose 2^k is in a sum, in order: styles(9) = "0 3 ".
styles(sum) = sum == 0 ? "" : styles_from(int(sum), 0)
styles_from(sum, k) = sum == 0 ? "" : (sum & 1 ? sprintf("%d ", k) : "").styles_from(sum >> 1, k + 1)

# Texts: a block of the sheet for each number 3 * align + face that occurs, from block 1; then the lines.
array align[3] = ["left", "right", "center"]
text_block(size, i, k) = sprintf("%s'%s' index %d using 1:2:3:4 with labels %s font face(%d) tc rgb variable noenhanced", i == 1 ? "plot " : ", ", table(size, "sheet"), i, align[k/3+1], k % 3)
text_blocks(size, sum, k, i) = sum == 0 ? "" : (sum & 1 ? text_block(size, i, k) : "").text_blocks(size, sum >> 1, k + 1, i + (sum & 1))
text_of(size)  = text_blocks(size, int(texts), 0, 1)
lines_of(size) = n_lines == 0 ? "" : sprintf("plot '%s' index %d using 1:2:3:4:5 with vectors arrowstyle variable", table(size, "sheet"), 1 + words(styles(texts)))

# Layers of shapes in millimetres, each drawn when the figure has any: a block for each shade or stroke k that occurs.
# Bands and areas: the colours of eight series, a grey, a pale grey.
array shade[10] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0x7F7F7F, 0x8C8C8C, 0xD8D8D8]
layer(n, size, name, drawn) = n == 0 ? "" : sprintf("file = '%s'; K = '%s'; ", table(size, name), styles(n)).drawn
bands_of(size)  = layer(bands, size, "bands", "plot for [i=1:words(K)] file index i-1 using 1:2:3 with filledcurves fs transparent solid 0.16 noborder lc rgb shade[int(word(K,i))+1]")
areas_of(size)  = layer(areas, size, "areas", "plot for [i=1:words(K)] file index i-1 using 1:2:3 with filledcurves fs solid noborder lc rgb shade[int(word(K,i))+1]")
paths_of(size)  = layer(paths, size, "paths", "plot for [i=1:words(K)] file index i-1 using 1:2 with lines ls int(word(K,i))+1")
boxes_of(size)  = layer(n_boxes, size, "boxes", "plot file using 1:2:3:4:5 with boxxyerror fs solid noborder lc rgb variable")
points_of(size) = layer(n_points, size, "points", "plot file using 1:2:3:4:5 with points ps variable pt variable lc rgb variable")
