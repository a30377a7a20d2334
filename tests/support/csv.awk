# SPDX-License-Identifier: GPL-3.0-or-later
# The cells of a line of csv; gives their number.  For `awk -f tests/support/csv.awk -f ...`.
function split_csv(line, cells,    n, i, c, quoted, cell) {
    n = 0; cell = ""; quoted = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quoted && c == "\"" && substr(line, i + 1, 1) == "\"") { cell = cell c; i++ }
        else if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) { cells[++n] = cell; cell = "" }
        else cell = cell c
    }
    cells[++n] = cell
    return n
}
