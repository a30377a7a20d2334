#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown fit cox` as a program: R's numbers (scripts/references/cox.R), laws, what has no coefficient, refusals.
# Prints "ok - name" or "not ok - name" for every test; the exit status is 1 when one failed.
set -u
fit=${BUILD:-build}/bin/stepdown-fit
data=tests/reference/cox
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

ok() { echo "ok - $1"; }
not_ok() {
    echo "not ok - $1"
    shift
    printf '# %s\n' "$@"
    failed=1
}

cat > "$work/csv.awk" <<'AWK'
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
AWK

# Every answer of a case stands in the program's csv: relative 1e-10, p-values 1e-9, test statistics of proportional
# hazards 1e-9; a coefficient next to 0 is judged by its standard error.
cat > "$work/compare.awk" <<'AWK'
FNR == NR {
    n = split_csv($0, cell)
    if (FNR == 1) { for (i = 1; i <= n; i++) place[cell[i]] = i; next }
    key = cell[place["measure"]] "|" cell[place["term"]]
    for (name in place) value[key "|" name] = cell[place[name]]
    next
}
{
    split($0, part, "|")
    if (part[1] != id) next
    wanted++
    key = part[2] "|" part[3] "|" part[4]
    if (!(key in value)) { print "no row for " key; bad++; next }
    ours = value[key]; theirs = part[5]
    tolerance = part[4] == "p_value" ? 1e-9 : part[2] == "ph_test" ? 1e-9 : 1e-10
    scale = theirs < 0 ? -theirs : theirs
    if (part[2] == "log_hazard_ratio" && part[4] == "estimate" && value[part[2] "|" part[3] "|std_error"] > scale)
        scale = value[part[2] "|" part[3] "|std_error"]
    if (part[4] == "statistic" && scale < 1) scale = 1
    difference = ours - theirs; if (difference < 0) difference = -difference
    if (ours == "" || difference > tolerance * scale) { print key ": " ours " in place of " theirs; bad++ }
}
END { if (wanted == 0) print "no answers for " id; exit bad > 0 || wanted == 0 }
AWK

awk -f "$work/csv.awk" -f /dev/stdin "$data/cases.csv" > "$work/cases" <<'AWK'
FNR > 1 { split_csv($0, cell); print cell[1] "|" cell[2] "|" cell[4] "|" cell[3] }
AWK
while IFS='|' read -r id file options formula; do
    # shellcheck disable=SC2086  # options are several words
    $fit cox "$formula" "$data/$file" $options --format csv > "$work/ours.csv" 2> "$work/told"
    status=$?
    if [ $status -eq 0 ] && awk -v id="$id" -f "$work/csv.awk" -f "$work/compare.awk" "$work/ours.csv" "$data/answers.txt" \
        > "$work/differences" 2>&1; then
        ok "as R has it: $id"
    else
        not_ok "as R has it: $id" "status $status: $(cat "$work/told")" "$(cat "$work/differences")"
    fi
done < "$work/cases"

exit $failed
