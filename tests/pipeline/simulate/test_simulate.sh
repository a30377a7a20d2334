#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown simulate` as a user meets it, and the known truth found again by the stages.
#   sh tests/pipeline/simulate/test_simulate.sh          from the root of the repository
. tests/whole/support.sh

make_up() { # FOLDER [OPTION...]
    folder=$1
    shift
    "$stepdown" simulate -q "$folder" "$@"
}

# ---- the same bytes -------------------------------------------------------------------------------------------------

make_up "$box/one" --persons 9000 --truth-persons 9000 -j 1
make_up "$box/five" --persons 9000 --truth-persons 9000 -j 5
differ=$(diff -r "$box/one" "$box/five" 2>&1 | head -n 1)
[ -z "$differ" ] && [ "$(wc -l < "$box/one/people.csv")" = 9001 ]
report $? "the files are the same for any number of threads" "$differ"

make_up "$box/more" --persons 20000 --truth-persons 0
for file in episodes clients tests visits people; do
    head -n "$(wc -l < "$box/one/$file.csv")" "$box/more/$file.csv" | cmp -s - "$box/one/$file.csv"
    report $? "more persons come after those that were there ($file.csv)"
done
[ ! -e "$box/more/truth.csv" ]
report $? "no truth where none was asked for"

make_up "$box/seed" --persons 9000 --truth-persons 0 --seed 2
! cmp -s "$box/one/people.csv" "$box/seed/people.csv"
report $? "another seed makes other persons"

# ---- says what it is ----------------------------------------------------------------------------------------------------

silent=$(grep -L SYNTHETIC "$box/one"/*.yaml "$box/one/README.md")
[ -z "$silent" ]
report $? "every file with words says SYNTHETIC" "$silent"
[ "$(head -n 2 "$box/one/people.csv" | tail -n 1 | cut -c 1)" = S ]
report $? "made-up persons are marked in their keys"

# ---- what a source must hold ---------------------------------------------------------------------------------------------

wrong=$(awk -F, 'NR > 1 && ($3 != "" && $3 < $2 || ($3 == "") != ($5 == ""))' "$box/one/episodes.csv" | head -n 1)
[ -z "$wrong" ]
report $? "no discharge before its admission, and a reason with each" "$wrong"
tail -n +2 "$box/one/episodes.csv" | sort -t, -k1,1 -k2,2 -s -c
report $? "stays stand by person, then by day"
unknown=$(for file in episodes tests visits people; do tail -n +2 "$box/one/$file.csv" | cut -d, -f1; done | sort -u |
    comm -23 - "$(tail -n +2 "$box/one/clients.csv" | cut -d, -f1 | sort > "$box/keys"; echo "$box/keys")" | head -n 1)
[ -z "$unknown" ]
report $? "every person of a row is a client" "$unknown"

# ---- wrong usage ------------------------------------------------------------------------------------------------------------

try "$stepdown" simulate
told 2 'which folder' 'without a folder is wrong usage'
try "$stepdown" simulate "$box/x" --persons 0
told 2 'a whole number from 1' 'nobody cannot be made up'
try "$stepdown" simulate "$box/x" --persons 1e9
told 2 'a whole number from 1' 'a number of persons is whole'
try "$stepdown" simulate "$box/x" --relapse-ratio -1
told 2 'a ratio from 0.05 to 20' 'a ratio is positive'
try "$stepdown" simulate "$box/x" --confounding nan
told 2 'a number from 0 to 5' 'no number is no confounding'
try "$stepdown" simulate "$box/x" --disenrolled 1
told 2 'a share from 0 to 0.95' 'somebody stays in the plan'
[ ! -e "$box/x" ]
report $? 'nothing is written after wrong usage'
try "$stepdown" simulate "$box/one"
told 1 'is there already' 'what is there is not written over'
make_up "$box/one" --again --persons 10 --truth-persons 10 && [ "$(wc -l < "$box/one/people.csv")" = 11 ]
report $? 'unless it is said'

# ---- the truth, found again ---------------------------------------------------------------------------------------------------

# How far unadjusted estimates are from the truth: z is (estimate - truth) / sqrt(its variance + the Monte-Carlo variance
# of the truth).  Prints n, the mean square of z, the largest |z|, and the z of one key.
distance() { # FOLDER KEY
    "$stepdown" show "$1/out/work/results.h5" estimates --format csv > "$box/estimates"
    awk -F, -v wanted="$2" '
        FNR == 1 { split("", place); for (i = 1; i <= NF; i++) place[$i] = i; next }
        { key = $place["outcome"] " " $place["measure"] " " $place["arm"] " " $place["time"] }
        FILENAME ~ /truth/ {
            if ($place["estimand"] == "all") { truth[key] = $place["estimate"]; error[key] = $place["std_error"] }
            next
        }
        key in truth && $place["std_error"] > 0 {
            z = ($place["estimate"] - truth[key]) / sqrt($place["std_error"] ^ 2 + error[key] ^ 2)
            n++
            squares += z * z
            if (z > most) most = z
            if (-z > most) most = -z
            if (key == wanted) found = z
        }
        END { print n, squares / n, most, found }' "$1/truth.csv" "$box/estimates"
}

# Limits are 4.5 errors for each of some 57 numbers, and three times the mean square that errors alone would give.
make_up "$box/trial" --confounding 0 --persons 60000 --truth-persons 400000 --relapse-ratio 1.3
compute "$box/trial/people.yaml" "$box/trial/out"
distance "$box/trial" "relapse risk_difference iop 180" > "$box/distance"
read -r n square most _ < "$box/distance"
[ "$n" -ge 50 ] && awk "BEGIN { exit !($square < 3 && $square > 0.1 && $most < 4.5) }"
report $? "without confounding the known truth is found again ($n numbers)" "$(cat "$box/distance")"

# Linked from its stays, the same source gives the same numbers: cohort, time zero, episodes, outcomes and their ends.  How
# often people were looked at is known from dated rows alone.
compute "$box/trial/study.yaml" "$box/trial/linked"
"$stepdown" show "$box/trial/linked/work/results.h5" estimates --format csv |
    grep -v ',"looked at, per 100 days",' > "$box/linked.estimates"
"$stepdown" show "$box/trial/out/work/results.h5" estimates --format csv > "$box/people.estimates"
[ "$(wc -l < "$box/linked.estimates")" -gt 50 ] && cmp -s "$box/linked.estimates" "$box/people.estimates"
report $? "linked stays give the numbers of the simulator's own outcomes, to the last digit" \
    "$(diff "$box/linked.estimates" "$box/people.estimates" | head -n 2)"

# And with it, what is unadjusted misses it: the inpatient arm's people have more risk to begin with.
make_up "$box/claims" --persons 60000 --truth-persons 400000 --relapse-ratio 1.3
compute "$box/claims/people.yaml" "$box/claims/out"
distance "$box/claims" "relapse risk_difference iop 180" > "$box/distance"
read -r n square most found < "$box/distance"
awk "BEGIN { exit !($found < -3) }"
report $? "with confounding unadjusted estimates miss it" "$(cat "$box/distance")"

exit $failed
