# SPDX-License-Identifier: GPL-3.0-or-later
# Compares the csv that `stepdown fit` printed with stored answers:
#
#   awk -v run=NAME -v tolerance=1e-10 -f tests/support/csv.awk -f tests/support/answers.awk OUTPUT.csv ANSWERS
#
# An answer is a line run|measure|stratum|term|cause|arm|reference|time|column|value; an empty value says that there is none.
# In a file of shorter lines cause and reference are left out, and those of the output do not matter.
# Every answer of the run must stand in the output within the relative tolerance (p-values: not below 1e-9).
function time_key(t) { return t == "" ? "" : sprintf("%.11g", t) }
FNR == NR {
    n = split_csv($0, cell)
    if (FNR == 1) { for (i = 1; i <= n; i++) place[cell[i]] = i; next }
    key = cell[place["measure"]] "|" cell[place["stratum"]] "|" cell[place["term"]] "|" cell[place["cause"]] "|" \
          cell[place["arm"]] "|" cell[place["reference"]] "|" time_key(cell[place["time"]])
    short = cell[place["measure"]] "|" cell[place["stratum"]] "|" cell[place["term"]] "|" cell[place["arm"]] "|" \
            time_key(cell[place["time"]])
    for (name in place) { value[key "|" name] = cell[place[name]]; value[short "|" name] = cell[place[name]] }
    next
}
{
    n = split($0, part, "|")
    if (part[1] != run) next
    wanted++
    key = part[2]
    for (i = 3; i <= n - 1; i++) key = key "|" (i == n - 2 ? time_key(part[i]) : part[i])
    if (!(key in value)) { print "no row for " key; bad++; next }
    ours = value[key]; theirs = part[n]
    if ((ours == "") != (theirs == "")) { print key ": '" ours "', R has '" theirs "'"; bad++; next }
    if (theirs == "") next
    difference = ours - theirs; if (difference < 0) difference = -difference
    size = theirs + 0; if (size < 0) size = -size
    allowed = part[n - 1] == "p_value" && tolerance < 1e-9 ? 1e-9 : tolerance
    if (!(difference <= allowed * size + 1e-300)) { print key ": " ours ", R has " theirs; bad++ }
}
END { if (!wanted) { print "no answers for run " run; bad++ } exit bad > 0 }
