#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shipped made-up people are what their README says made them; adjusted numbers find the known truth, unadjusted ones do not,
# and all that is told beside an adjusted answer is there.
#   sh tests/whole/test_synthetic_people.sh          from the root of the repository
. tests/whole/support.sh
shipped=datasets/synthetic-people

command=$(sed -n 's/^ *stepdown simulate made-up \(.*\)$/\1/p' $shipped/README.md)
# shellcheck disable=SC2086
"$stepdown" simulate -q "$box/made" $command --truth-persons 0
gzip -dc $shipped/people.csv.gz | cmp -s - "$box/made/people.csv"
report $? "people.csv.gz is what the command makes"
[ "$(diff "$box/made/people_codebook.yaml" $shipped/codebook.yaml | grep -c '^[<>]')" = 1 ]
report $? "the codebook has one line more than the one that is made"
silent=$(grep -L SYNTHETIC $shipped/*.yaml $shipped/README.md)
[ -z "$silent" ]
report $? "every file with words says SYNTHETIC" "$silent"

# The profile asks the same again.
cp -R $shipped "$box/study"
chmod -R u+w "$box/study"
sed -i '/^profiles:/d; /^  over_25:/d' "$box/study/study.yaml"
for stage in $stages; do
    "$stepdown" "$stage" -q "$box/study/study.yaml" -o "$box/out" 2>> "$box/told" || report 1 "stage $stage" "$(tail -n 1 "$box/told")"
done
show() {
    "$stepdown" show "$box/out/work/results.h5" "$1" --format csv
}
show estimates > "$box/estimates"
show verdicts > "$box/verdicts"

# Cells of rows by column: say 'outcome=relapse measure=...' and the columns wanted.
cells() { # TABLE WHERE COLUMNS
    awk -F, -v where="$2" -v wanted="$3" -f tests/support/csv.awk -f /dev/stdin "$1" << 'AWK'
NR == 1 { n = split_csv($0, c); for (i = 1; i <= n; i++) place[c[i]] = i; k = split(where, w, " "); m = split(wanted, o, " "); next }
{
    split_csv($0, c)
    for (i = 1; i <= k; i++) { at = index(w[i], "="); if (c[place[substr(w[i], 1, at - 1)]] != substr(w[i], at + 1)) next }
    line = ""
    for (i = 1; i <= m; i++) line = line (i > 1 ? " " : "") c[place[o[i]]]
    print line
}
AWK
}

# ---- the truth -------------------------------------------------------------------------------------------------------

show published > "$box/published"
truth=$(cells "$box/published" "outcome=relapse adjustment=overlap measure=risk_difference" printed)
far=$(for adjustment in overlap iptw att match doubly_robust; do
    cells "$box/estimates" "analysis=adjusted outcome=relapse adjustment=$adjustment measure=risk_difference stratum= term=" "estimate std_error" |
        awk -v name=$adjustment -v truth="$truth" '{ d = ($1 - truth) / $2; if (d * d > 9 || !($2 > 0)) print name, $1, truth }
            END { if (NR != 1) print name, NR " rows" }'
done)
[ -n "$truth" ] && [ -z "$far" ]
report $? "every design finds the truth within its error" "$far"
bias=$(cells "$box/estimates" "analysis=adjusted outcome=homeless adjustment=unadjusted measure=risk_difference stratum=" "conf_high")
awk -v high="$bias" 'BEGIN { exit !(high < -0.1) }'
report $? "unadjusted, what cannot differ does" "$bias"
cells "$box/estimates" "analysis=adjusted outcome=homeless adjustment=iptw measure=risk_difference stratum=" "conf_low conf_high" |
    awk '{ exit !($1 < 0 && $2 > 0) }'
report $? "weighted it does not"
[ -z "$(cells "$box/estimates" "outcome=homeless adjustment=overlap measure=rmst_difference" estimate)" ]
report $? "an outcome without a time has no adjusted restricted mean"

# ---- what is told beside the answer ------------------------------------------------------------------------------------

[ "$(grep -c "negative control" "$box/told")" = 1 ] && grep -q "unadjusted: negative control 'homeless' differs between arms" "$box/told"
report $? "the negative control warns of the unadjusted numbers alone" "$(grep -m 1 negative "$box/told")"
[ "$(cells "$box/verdicts" "analysis=adjusted outcome=relapse adjustment=overlap measure=risk_difference" verdict)" = non-inferior ] &&
    [ "$(cells "$box/verdicts" "analysis=adjusted outcome=retention adjustment=overlap measure=risk_difference" verdict)" = inferior ] &&
    [ "$(cells "$box/verdicts" "analysis=adjusted outcome=retention adjustment=overlap measure=hazard_ratio" verdict)" = "inconclusive (gate)" ]
report $? "verdicts are non-inferior, inferior, and gated where hazards are not proportional"
[ "$(cells "$box/estimates" "analysis=strata adjustment=direct_fine measure=risk_difference" status)" = withheld ] &&
    [ "$(cells "$box/estimates" "analysis=strata adjustment=direct measure=risk_difference" status)" = shown ]
report $? "strata that lack an arm withhold, others do not"
[ "$(cells "$box/estimates" "analysis=adjusted outcome=relapse adjustment=overlap measure=e_value term=risk_ratio" status)" = shown ] &&
    [ "$(show tipping | wc -l)" = 3 ]
report $? "E-values and tipping points are there"
[ "$(cells "$box/estimates" "analysis=groups adjustment=overlap measure=interaction_test stratum=sex" status)" = shown ] &&
    [ "$(cells "$box/estimates" "analysis=groups adjustment=overlap measure=risk_difference" stratum | grep -c '^score of overlap=')" = 5 ]
report $? "subgroups and strata of the score are there"
[ "$(cells "$box/estimates" "analysis=with_marital adjustment=overlap_imputed measure=risk_difference" n)" = 1858 ] &&
    [ "$(cells "$box/estimates" "analysis=with_marital adjustment=overlap measure=risk_difference" n | sort -u)" = 1447 ]
report $? "imputed numbers are of everybody, complete cases are fewer"
[ "$(cells "$box/estimates" "analysis=with_marital adjustment=overlap measure=risk_difference" term | grep -c bootstrap)" = 2 ]
report $? "limits by resampling stand beside"

exit $failed
