# SPDX-License-Identifier: GPL-3.0-or-later
# What tests of outcomes found in dated rows share; they source it after tests/whole/support.sh.

# A codebook of rows "id, day, COLUMN" with these labels.
rows_codebook() { # COLUMN LABEL...
    column=$1
    shift
    echo 'codebook: rows'
    echo 'columns:'
    echo '  id: {type: integer, range: [1, 999]}'
    echo '  day: {type: integer, range: [0, 999]}'
    echo "  $column: {type: category, codes: {$(for label; do printf '%s: %s, ' "$label" "$label"; done | sed 's/, $//')}}"
}
cat > "$box/people.yaml" <<'CODEBOOK'
codebook: people
columns:
  id: {type: integer, range: [1, 999]}
  arm: {type: category, codes: {iop: iop, inpatient: inpatient}}
  age: {type: integer, range: [18, 99]}
CODEBOOK

# VALUE within WITHIN of EXPECTED
near() { # VALUE EXPECTED WITHIN SENTENCE
    awk -v a="$1" -v b="$2" -v within="$3" 'BEGIN { d = a - b; exit !(a != "" && d < within && d > -within) }'
    report $? "$4" "$1, not $2"
}
estimates() { # OUT
    "$stepdown" show "$1/work/results.h5" estimates --format csv | tr -d '"'
}
# The column of the only row of $box/out with a measure, adjustment, term, arm and day that says HOW.
cell_of() { # COLUMN MEASURE ADJUSTMENT TERM HOW ARM TIME
    estimates "$box/out" | awk -F, -v want="$1" -v m="$2" -v a="$3" -v t="$4" -v how="$5" -v r="$6" -v d="$7" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["measure"] == m && $at["adjustment"] == a && $at["term"] == t && index($0, how) && $at["arm"] == r && $at["time"] == d { print $at[want] }'
}
