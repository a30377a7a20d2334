# SPDX-License-Identifier: GPL-3.0-or-later
# The cells that tests of odd cases look at, a line a row of estimates.
NR == 1 { n = split_csv($0, cell); for (i = 1; i <= n; i++) place[cell[i]] = i; next }
{
    split_csv($0, cell)
    line = cell[place["measure"]]
    n = split("arm time estimate conf_low conf_high p_value n n_event status note", names, " ")
    for (i = 1; i <= n; i++) line = line "|" cell[place[names[i]]]
    print line
}
