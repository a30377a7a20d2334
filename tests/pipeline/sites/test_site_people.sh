#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sites with a threshold: no table of a site's file, and no difference of two, tells of fewer people; what sites cannot tell is left
# out by name; merged numbers are near those of the pooled people, and say what they hang on.
#   sh tests/pipeline/sites/test_site_people.sh          from the root of the repository
. tests/whole/support.sh

"$stepdown" simulate -q --persons 3000 --seed 3 --truth-persons 0 "$box/made" > "$box/told" 2>&1
study() { # THRESHOLD, ANALYSIS lines
    cat << end
study: hidden
title: Sites with a threshold
seed: 3
privacy: {basis: public}
tables:
  clients: {file: people.csv, codebook: people_codebook.yaml}
cohort:
  eligible: ["first_care in ('iop', 'inpatient', 'outpatient')"]
  arms: {iop: "first_care == 'iop'", inpatient: "first_care == 'inpatient'", outpatient: "first_care == 'outpatient'"}
  reference: inpatient
  covariates: [age, sex, race, psychiatric]
  strata: [sex]
  populations: {all: "true", women: "sex == 'female'", grown: "age >= 25"}
  follow_up: {days: 365}
outcomes:
  relapse: {time: relapse_days, event: "relapse == 'relapse'", competing: {death: "relapse == 'died'"}, event_is: bad}
  ever:    {event: "relapse == 'relapse'", event_is: bad}
compare:
  - outcomes: [relapse, ever]
    populations: [all]
    measures: [risk_difference, rmst_difference]
    at: [180]
    tau: 365
    subgroups: [sex]
    non_inferiority: [{outcome: relapse, measure: risk_difference, at: 180, margin: 0.05, role: primary, because: "made up"}]
    adjust: [{method: direct, by: [race]}, {name: both, method: mantel_haenszel, by: [sex, psychiatric]}]
    models: [{cox: "arm + age + sex"}, {finegray: "arm + race"}, {logistic: "arm + age"}]
disclosure: {threshold: $1, because: "made up"}
end
}
deal() { # N THRESHOLD
    rm -rf "$box"/s-*
    for k in $(seq "$1"); do
        mkdir "$box/s-$k"
        cp "$box/made/people_codebook.yaml" "$box/s-$k/"
        study "$2" > "$box/s-$k/study.yaml"
        head -n 1 "$box/made/people.csv" > "$box/s-$k/people.csv"
    done
    awk -v n="$1" -v box="$box" 'BEGIN { srand(4) } NR > 1 { print >> (box "/s-" (1 + int(n * rand())) "/people.csv") }' "$box/made/people.csv"
    for folder in "$box"/s-*; do
        (cd "$folder" && "$stepdown" site study.yaml -o site.h5 -q -j 1) >> "$box/site.told" 2>&1 || echo "$folder failed" >> "$box/failures"
    done
}

# ---- what a file tells ---------------------------------------------------------------------------------------------------

# Sums of a table by arm, populations and some other columns: "WHAT|ARM|POPULATIONS|VALUES<tab>n", for cause and for each label.
cat > "$box/margins.awk" << 'end'
NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
{
    group = ""
    for (i = 1; i <= NF; i++)
        if (name[i] == "arm" || name[i] ~ /^population:/)
            group = group "|" $i
    for (i = 1; i <= NF; i++) {
        if (name[i] == "n") n = $i
        if (name[i] == "cause") cause = $i
    }
    sum["cause" outcome group "|" cause] += n
    for (i = 1; i <= NF; i++)
        if (name[i] ~ /^stratum:/) {
            sum[substr(name[i], 9) group "|" $i] += n
            sum[substr(name[i], 9) outcome group "|" $i "|" cause] += n
        }
    if (covariate != "")
        for (i = 1; i <= NF; i++)
            if (name[i] == "value") sum[covariate group "|" $i] += n
}
END { for (key in sum) print key "\t" sum[key] }
end
# Of each pair of tables: sums that both have, unlike by fewer than the threshold.
compare_tables() { # FILE THRESHOLD
    rm -f "$box"/margin.*
    for table in $("$stepdown" show "$1" | awk '$1 ~ /^(cells|by|covariate)\// { print $1 }'); do
        covariate=
        outcome=$(echo "$table" | cut -d / -f 2)
        case $table in
        covariate/age) continue ;; # numbers are put together there, not where they are strata
        covariate/*) covariate=$outcome outcome=none ;;
        esac
        "$stepdown" show "$1" "$table" --format csv | tr -d '"' | awk -F, -v outcome=" of $outcome" -v covariate="$covariate" -f "$box/margins.awk" |
            sort > "$box/margin.$(echo "$table" | tr / _)"
    done
    for a in "$box"/margin.*; do
        for b in "$box"/margin.*; do
            [ "$a" != "$b" ] || continue
            join -t "$(printf '\t')" "$a" "$b" | awk -F'\t' -v t="$2" -v pair="${a##*.} ${b##*.}" '
                { compared++; d = $2 - $3; if (d < 0) d = -d; if (d > 0 && d < t) print "small", pair, $1, $2, $3 }
                END { print "compared", compared + 0 }'
        done
    done
}
: > "$box/failures"
deal 6 11
[ ! -s "$box/failures" ]
report $? 'six sites count their people under a threshold' "$(tail -n 3 "$box/site.told")"
for k in 1 2 3 4 5 6; do compare_tables "$box/s-$k/site.h5" 11; done > "$box/pairs"
n=$(awk '$1 == "compared" { n += $2 } END { print n }' "$box/pairs")
! grep -q '^small' "$box/pairs" && [ "$n" -gt 1000 ]
report $? "no difference of two tables tells of fewer: $n sums of six sites" "$(grep '^small' "$box/pairs" | head -n 3)"
small=$(for k in 1 2 3 4 5 6; do
    for table in $("$stepdown" show "$box/s-$k/site.h5" | awk '$1 ~ /^(cells|by|covariate)\// { print $1 }'); do
        "$stepdown" show "$box/s-$k/site.h5" "$table" --format csv | awk -F, 'NR > 1 { print $NF }'
    done
done | sort -n | head -n 1)
[ "$small" -ge 11 ]
report $? 'no cell of theirs has fewer people' "$small"
# Events of regressions beside those of the outcome: for each number of each site nobody or enough between them.
for k in 1 2 3 4 5 6; do
    events=$("$stepdown" show "$box/s-$k/site.h5" cells/relapse --format csv | tr -d '"' |
        awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["cause"] == 1 { n += $at["n"] } END { print n + 0 }')
    "$stepdown" show "$box/s-$k/site.h5" people --format csv | tr -d '"' | awk -F, -v events="$events" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["refused"] == "" { d = events - $at["n_event"]; print (d == 0 || d >= 11 ? "good" : "small"), events, $at["n_event"] }'
done > "$box/fits"
! grep -q small "$box/fits" && grep -q good "$box/fits"
report $? 'events of regressions are those of the outcome, or enough others' "$(grep small "$box/fits" | head -n 2)"

# ---- what is merged --------------------------------------------------------------------------------------------------------

mkdir "$box/pooled"
cp "$box/made/people.csv" "$box/made/people_codebook.yaml" "$box/pooled/"
study 0 > "$box/pooled/study.yaml"
(cd "$box/pooled" && "$stepdown" run study.yaml --until compare -q) > "$box/told" 2>&1
try "$stepdown" merge "$box"/s-*/site.h5 -o "$box/merged.h5" -q
[ "$status" = 0 ]
report $? 'the sites are merged' "$(tail -n 2 "$box/told")"
of() { # FILE MEASURE STRATUM ARM COLUMN
    "$stepdown" show "$1" estimates --format csv | tr -d '"' | awk -F, -v m="$2" -v s="$3" -v a="$4" -v c="$5" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["outcome"] == "relapse" && $at["population"] == "all" && $at["adjustment"] == "unadjusted" && $at["measure"] == m &&
            $at["stratum"] == s && $at["arm"] == a && ($at["time"] == 180 || m ~ /rmst/) { print $at[c]; exit }'
}
# With events on the first of their days there are more of them than there were, on the last fewer.
for arm in iop inpatient; do
    exact=$(of "$box/pooled/out/work/results.h5" risk '' $arm estimate)
    bounds=$(of "$box/merged.h5" risk '' $arm note | sed -n 's/.*\(0\.[0-9]*\) to \(0\.[0-9]*\) with the events of sites.*/\1 \2/p')
    echo "$exact $(of "$box/merged.h5" risk '' $arm estimate) $bounds" |
        awk '{ exit !(NF == 4 && $1 < $3 + 0.01 && $1 > $4 - 0.01 && $2 < $3 && $2 > $4 && $2 - $1 < 0.1 && $1 - $2 < 0.1) }'
    report $? "the risk of arm $arm lies within what is told of it" "$exact $bounds"
done
[ -n "$(of "$box/merged.h5" risk sex=female inpatient estimate)" ]
report $? 'there are subgroups' "$("$stepdown" show "$box/merged.h5" estimates --format csv | cut -d, -f 6 | sort | uniq -c | head -n 5)"
deal 14 11
try "$stepdown" merge "$box"/s-*/site.h5 -o "$box/many.h5" -q
[ "$status" = 0 ] && "$stepdown" show "$box/many.h5" verdicts --format csv | grep -q 'inconclusive (gate)'
report $? 'fourteen small sites give no verdict' "$(tail -n 2 "$box/told") $("$stepdown" show "$box/many.h5" verdicts --format csv | tail -n 1)"
"$stepdown" show "$box/many.h5" estimates --format csv | grep -q 'arms of sites, with .* of the people, tell nothing of this outcome'
report $? 'and numbers say how many of them tell nothing'

# ---- arms that a site does not have -------------------------------------------------------------------------------------------

deal 1 0
rm -rf "$box/s-1/out"
for arm in iop inpatient outpatient; do
    mkdir "$box/arm-$arm"
    cp "$box/s-1/study.yaml" "$box/s-1/people_codebook.yaml" "$box/arm-$arm/"
    awk -F, -v arm=$arm 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "first_care") at = i; print; next } $at == arm' "$box/made/people.csv" > "$box/arm-$arm/people.csv"
    (cd "$box/arm-$arm" && "$stepdown" site study.yaml -o site.h5 -q -j 1) > "$box/told" 2>&1
    report $? "a site that has only people of arm $arm counts them" "$(tail -n 1 "$box/told")"
done
try "$stepdown" merge "$box"/arm-*/site.h5 -o "$box/arms.h5" -q
differing="$([ "$status" = 0 ] || tail -n 1 "$box/told")"
for table in estimates curves baseline verdicts; do
    "$stepdown" show "$box/arms.h5" $table --format csv | grep -v ',both,\|,direct,' > "$box/a"
    "$stepdown" show "$box/pooled/out/work/results.h5" $table --format csv | grep -v ',both,\|,direct,\|,arm + ' > "$box/b"
    [ "$(wc -l < "$box/a")" -gt 1 ] && cmp -s "$box/a" "$box/b" || differing="$differing $table"
done
[ -z "$differing" ]
report $? 'sites of one arm each give the numbers of the pooled people' "$differing $(diff "$box/a" "$box/b" | head -n 2)"
try "$stepdown" run -q --until compare "$box/arm-iop/study.yaml" -o "$box/alone"
told 1 'has no people' 'such a site alone cannot be compared'
exit "$failed"
