#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown merge --rounds` and `stepdown site --round`: regressions of sites that share no records are those of the pooled
# records, whatever people are at which site.
#   sh tests/pipeline/sites/test_rounds.sh          from the root of the repository
. tests/whole/support.sh

# ---- one study with models, its rows dealt to sites ----------------------------------------------------------------

prepare() { # FOLDER THRESHOLD; $cluster: a line of the cohort, or nothing
    mkdir -p "$1"
    cp datasets/uis/codebook.yaml "$1/"
    sed '/^outcomes:/,$d' datasets/uis/study.yaml > "$1/study.yaml"
    [ -z "$cluster" ] || sed -i "s/^cohort:\$/cohort:\\n  $cluster/" "$1/study.yaml"
    cat >> "$1/study.yaml" << end
outcomes:
  relapse: {time: time, event: "censor == 'yes'", event_is: bad}
  late:
    time: time
    event: "censor == 'yes' and los >= 45"
    competing: {early: "censor == 'yes' and los < 45"}
    event_is: bad
  over_90_days: {event: "los > 90", event_is: good}
compare:
  - outcomes: [relapse]
    measures: [logrank_test]
    models:
      - {cox: "arm + age + race + hercoc"}
      - {cox: "arm + age + race + hercoc + strata(site)"}
      - {cox: "arm + beck", ties: breslow}
      - {cox: "arm + age + race", firth: yes}
  - {analysis: competing, outcomes: [late], measures: [gray_test], models: [{finegray: "arm + age + race"}]}
  - {analysis: yes_or_no, outcomes: [over_90_days], measures: [risk_difference], models: [{logistic: "arm + age + hercoc"}]}
disclosure: {threshold: $2, because: "made for a test"}
end
}

# Deals the rows to N sites: RULE is an awk expression of the number of a site from 0.
deal() { # N THRESHOLD RULE
    rm -rf "$box"/site-*
    k=0
    while [ $k -lt "$1" ]; do
        prepare "$box/site-$k" "$2"
        head -n 1 datasets/uis/uis.csv > "$box/site-$k/uis.csv"
        k=$((k + 1))
    done
    awk -F, -v box="$box" "NR > 1 { print >> (box \"/site-\" ($3) \"/uis.csv\") }" datasets/uis/uis.csv
}

at_each() { # OUTPUT OPTION...: stepdown site at every site
    output=$1
    shift
    for folder in "$box"/site-*; do
        (cd "$folder" && "$stepdown" site study.yaml -o "$output" -q "$@") || return 1
    done
}

# All rounds, until nothing is asked for; the last one is $box/round.h5, their number $rounds.
in_rounds() { # OPTION...
    at_each site.h5 > "$box/told" 2>&1 || return 1
    "$stepdown" merge --rounds "$box"/site-*/site.h5 -o "$box/round.h5" "$@" > "$box/told" 2>&1 || return 1
    rounds=0
    while ! grep -q 'nothing more is asked' "$box/told"; do
        rounds=$((rounds + 1))
        [ $rounds -lt 40 ] || return 1
        at_each answer.h5 --round "$box/round.h5" > "$box/told" 2>&1 || return 1
        "$stepdown" merge --rounds "$box"/site-*/answer.h5 -o "$box/next.h5" > "$box/told" 2>&1 || return 1
        mv "$box/next.h5" "$box/round.h5"
    done
}

# analysis|model|measure|term|estimate|std_error|statistic|n|n_event of the models of a file; MODEL: a pattern
cat > "$box/numbers.awk" <<'AWK'
NR == 1 { n = split_csv($0, cell); for (i = 1; i <= n; i++) place[cell[i]] = i; next }
{
    split_csv($0, cell)
    if (cell[place["measure"]] !~ /^(log_|loglik|lr_test|wald_test|score_test)/ || cell[place["adjustment"]] !~ model) next
    line = cell[place["analysis"]]
    n = split("adjustment measure term estimate std_error statistic n n_event", names, " ")
    for (i = 1; i <= n; i++) line = line "|" cell[place[names[i]]]
    print line
}
AWK
numbers() { # FILE MODEL
    "$stepdown" show "$1" estimates --format csv > "$box/csv"
    awk -v model="$2" -f tests/support/csv.awk -f "$box/numbers.awk" "$box/csv" | sort
}

# Do two such lists agree?  $box/differing has what does not.
agree() { # FILE FILE TOLERANCE
    [ -s "$1" ] && [ "$(wc -l < "$1")" = "$(wc -l < "$2")" ] && paste -d '|' "$1" "$2" | awk -F'|' -v most="$3" '
        function far(a, b) { if (a == b) return 0; return (a - b > 0 ? a - b : b - a) > most * (1 + (b > 0 ? b : -b)) }
        $1 != $10 || $3 != $12 || $4 != $13 || $8 != $17 || $9 != $18 || far($5, $14) || far($6, $15) || far($7, $16) {
            print; bad = 1 }
        END { exit bad }' > "$box/differing"
}

cluster=
prepare "$box/pooled" 0
cp datasets/uis/uis.csv "$box/pooled/"
(cd "$box/pooled" && "$stepdown" run study.yaml --until compare -q)
results=$box/pooled/out/work/results.h5

# ---- one baseline: any partition ---------------------------------------------------------------------------------------

numbers "$results" '^arm' > "$box/expected"
for partition in '1 0' '3 int(3*(NR*NR%101)/101)' '5 NR<40?4:NR%4'; do
    deal "${partition%% *}" 0 "${partition#* }"
    in_rounds --one-baseline
    went=$?
    numbers "$box/round.h5" '^arm' > "$box/found"
    [ $went = 0 ] && agree "$box/found" "$box/expected" 1e-8
    report $? "people dealt to ${partition%% *} sites give the regressions of the pooled people, to 1e-8" \
        "$(head -n 3 "$box/differing" 2> /dev/null) $(head -c 300 "$box/told")"
    [ -e "$box/one" ] || cp "$box/found" "$box/one"
    cmp -s "$box/found" "$box/one"
    report $? 'and the same digits as any other partition'
done
[ "$(grep -c . "$box/expected")" -gt 40 ]
report $? 'all kinds of models are among them'
[ $rounds -le 12 ]
report $? 'in a few rounds' "$rounds"
grep -q "firth|log_hazard_ratio" "$box/expected"
report $? "and Firth's penalty"

# ---- a baseline a site ---------------------------------------------------------------------------------------------------

# The centre of uis is the site: its strata are what the sites are.
deal 2 0 '$9'
in_rounds
numbers "$box/round.h5" 'hercoc' | grep -v strata | grep '^main' > "$box/found"
numbers "$results" 'strata' > "$box/expected"
agree "$box/found" "$box/expected" 1e-8
report $? "with a baseline a site Cox's model is the pooled one stratified by site" \
    "$(head -n 2 "$box/differing" 2> /dev/null) $(head -c 300 "$box/told")"
numbers "$box/round.h5" '^arm' | grep yes_or_no > "$box/found"
numbers "$results" '^arm' | grep yes_or_no > "$box/expected"
agree "$box/found" "$box/expected" 1e-8
report $? 'a logistic model is the pooled one'
! "$stepdown" show "$box/site-0/answer.h5" days --format csv | sed 1d | grep -q .
report $? 'and no site hands out sums by day'
size() { wc -c < "$1"; }
a=$(size "$box/site-0/answer.h5")

# Ten times as many people: the answers are not larger.
for folder in "$box"/site-*; do
    for k in 1 2 3 4 5 6 7 8 9; do sed 1d "$folder/uis.csv" | awk -F, -v OFS=, -v k=$k '{ $1 += 10000 * k; print }'; done > "$box/more"
    cat "$box/more" >> "$folder/uis.csv"
done
at_each site.h5 > "$box/told" 2>&1
"$stepdown" merge --rounds "$box"/site-*/site.h5 -o "$box/round.h5" -q
at_each answer.h5 --round "$box/round.h5" > "$box/told" 2>&1
b=$(size "$box/site-0/answer.h5")
[ "$b" -lt $((a + 2000)) ]
report $? 'an answer is as large for ten times as many people' "$a bytes, then $b"

# ---- errors by cluster: programmes are a site's own -------------------------------------------------------------------------

# Those of one age stand for the people of one programme.
cluster='cluster: age'
prepare "$box/clustered" 0
cp datasets/uis/uis.csv "$box/clustered/"
(cd "$box/clustered" && "$stepdown" run study.yaml --until compare -q)
clustered=$box/clustered/out/work/results.h5
numbers "$clustered" '^arm' > "$box/expected"
for partition in '3 $2%3' '4 $2<30?0:$2<31?1:2+$2%2'; do
    deal "${partition%% *}" 0 "${partition#* }"
    in_rounds --one-baseline
    went=$?
    numbers "$box/round.h5" '^arm' > "$box/found"
    [ $went = 0 ] && agree "$box/found" "$box/expected" 1e-8
    report $? "programmes dealt to ${partition%% *} sites give the errors of the pooled programmes" \
        "$(head -n 3 "$box/differing" 2> /dev/null) $(head -c 300 "$box/told")"
done
numbers "$results" '^arm' > "$box/others"
! cmp -s "$box/expected" "$box/others"
report $? 'which are others than those of people'
clusters=$(sed 1d datasets/uis/uis.csv | cut -d, -f2 | grep . | sort -u | wc -l)
"$stepdown" show "$box/round.h5" estimates --format csv > "$box/csv"
grep -q "logistic; robust, $clusters clusters" "$box/csv" && grep -q "Cox, Efron ties; robust, $clusters clusters" "$box/csv"
report $? 'and say how many there are' "$clusters"
in_rounds
numbers "$box/round.h5" '^arm' | grep yes_or_no > "$box/found"
numbers "$clustered" '^arm' | grep yes_or_no > "$box/expected"
agree "$box/found" "$box/expected" 1e-8
report $? 'with a baseline a site, too' "$(head -n 2 "$box/differing" 2> /dev/null) $(head -c 300 "$box/told")"
# The centre of uis is the site again, and a programme is of one.
deal 2 0 '$9'
for folder in "$box"/site-* "$box/clustered"; do
    awk -F, -v OFS=, 'NR > 1 && $2 != "" { $2 = 2 * int($2 / 2) + $9 } { print }' "$folder/uis.csv" > "$box/more" && mv "$box/more" "$folder/uis.csv"
done
(cd "$box/clustered" && "$stepdown" run study.yaml --until compare -q)
in_rounds
numbers "$box/round.h5" 'hercoc' | grep -v strata | grep '^main' > "$box/found"
numbers "$clustered" 'strata' > "$box/expected"
agree "$box/found" "$box/expected" 1e-8
report $? "and Cox's model is the pooled one stratified by site" "$(head -n 2 "$box/differing" 2> /dev/null) $(head -c 300 "$box/told")"
deal 2 11 'NR%2'
in_rounds
"$stepdown" show "$box/round.h5" estimates --format csv > "$box/csv"
joined=$(sed -n 's/.*logistic; robust, \([0-9]*\) clusters.*/\1/p' "$box/csv" | head -n 1)
given=$(awk -F, 'NR > 1 && $2 != "" { print $2, NR % 2 }' datasets/uis/uis.csv | sort -u | wc -l)
[ "${joined:-0}" -gt 10 ] && [ "$joined" -lt "$given" ]
report $? 'with a threshold small programmes of a site are taken together' "$joined of $given"
grep -q "no site answers: Firth's penalty needs sums over people with three labels" "$box/csv"
report $? "and Firth's penalty is refused, by name"
cluster=

# ---- thresholds --------------------------------------------------------------------------------------------------------------

deal 2 11 'NR%2'
in_rounds
report $? 'rounds end with a threshold, too' "$(head -c 300 "$box/told")"
numbers "$box/round.h5" '^arm' | grep -v strata | grep 'log_' > "$box/found"
[ "$(grep -c . "$box/found")" -ge 8 ]
report $? 'and give numbers' "$(wc -l < "$box/found")"
"$stepdown" show "$box/round.h5" estimates --format csv > "$box/csv"
grep -q 'cells of fewer than 11 people of a site were joined' "$box/csv"
report $? 'that say what was hidden'
near() { # MEASURE TERM: how far apart, in standard errors
    grep "|arm + age + hercoc|$1|$2|" "$box/found" | cut -d '|' -f 5
}
numbers "$results" '^arm' > "$box/expected"
found=$(near log_odds_ratio arm=short)
expected=$(grep '|arm + age + hercoc|log_odds_ratio|arm=short|' "$box/expected" | cut -d '|' -f 5)
echo "$found $expected" | awk '{ d = $1 - $2; exit !($1 != "" && $2 != "" && d < 0.1 && d > -0.1) }'
report $? 'close to those of the pooled people' "$found $expected"
in_rounds --one-baseline
"$stepdown" show "$box/round.h5" estimates --format csv > "$box/csv"
grep -c 'no site answers: one baseline needs sums by day' "$box/csv" > "$box/count"
[ "$(cat "$box/count")" -ge 4 ]
report $? 'one baseline is refused, by name' "$(cat "$box/count")"
! "$stepdown" show "$box/site-0/answer.h5" days --format csv | sed 1d | grep -q .
report $? 'and nothing by day is told'

# ---- a level that runs away, sites with other labels -----------------------------------------------------------------------------

deal 2 0 'NR%2'
for folder in "$box"/site-*; do
    awk -F, -v OFS=, 'NR > 1 && $4 == 4 { $10 = 20 } { print }' "$folder/uis.csv" > "$box/more" && mv "$box/more" "$folder/uis.csv"
done
awk -F, 'NR == 1 || $4 != 2' "$box/site-1/uis.csv" > "$box/more" && mv "$box/more" "$box/site-1/uis.csv"
in_rounds
"$stepdown" show "$box/round.h5" estimates --format csv > "$box/csv"
grep 'yes_or_no' "$box/csv" | grep 'hercoc=neither' | grep -q 'estimate does not exist'
report $? 'a coefficient that runs away is seen' "$(head -c 300 "$box/told")"
grep 'main' "$box/csv" | grep -q 'hercoc=heroin only.*shown'
report $? 'a label that one site does not have is no obstacle'

# ---- what is refused ---------------------------------------------------------------------------------------------------------------

deal 2 0 'NR%2'
at_each site.h5
"$stepdown" merge --rounds "$box"/site-*/site.h5 -o "$box/round-1.h5" -q
at_each answer.h5 --round "$box/round-1.h5"
"$stepdown" merge --rounds "$box"/site-*/answer.h5 -o "$box/round-2.h5" -q
(cd "$box/site-1" && "$stepdown" site study.yaml --round "$box/round-2.h5" -o second.h5 -q)
try "$stepdown" merge --rounds "$box/site-0/answer.h5" "$box/site-1/second.h5" -o "$box/x.h5"
told 1 "'$box/site-1/second.h5' answers another round than" 'answers to different rounds are refused'
try "$stepdown" merge --rounds "$box/site-0/answer.h5" "$box/site-1/site.h5" -o "$box/x.h5"
told 1 'one kind at a time' 'so are counts among answers'
try "$stepdown" merge --rounds "$box/site-0/answer.h5" "$box/site-0/answer.h5" -o "$box/x.h5"
told 1 'hold the same; their people would count twice' 'so is the same answer twice'
try "$stepdown" merge --rounds "$box/site-0/answer.h5" -o "$box/x.h5"
told 1 'was asked of 2 sites, and there are answers of 1' 'so is a round with a site missing'
try "$stepdown" merge --rounds "$results" -o "$box/x.h5"
told 1 "neither a site's counts nor its answer" 'so is any other file'
try "$stepdown" merge --rounds "$box"/site-*/answer.h5 -o "$box/x.h5" --one-baseline
told 1 'is said with the first round' 'the baseline does not change on the way'
sed 's/^title:.*/title: Another study/' "$box/site-1/study.yaml" > "$box/more" && mv "$box/more" "$box/site-1/study.yaml"
try sh -c 'cd "$1/site-1" && "$2" site study.yaml --round "$1/round-2.h5" -o x.h5' - "$box" "$stepdown"
told 1 "was made from another study file than 'study.yaml'" 'a site does not answer a round of another study'
try sh -c 'cd "$1/site-0" && "$2" site study.yaml --round site.h5 -o x.h5' - "$box" "$stepdown"
told 1 'is no round that' 'nor a file that is no round'
deal 2 0 'NR%2'
in_rounds
try sh -c 'cd "$1/site-0" && "$2" site study.yaml --round "$1/round.h5" -o x.h5' - "$box" "$stepdown"
told 1 'asks for nothing more' 'nor one that is finished'
at_each site.h5
"$stepdown" merge --rounds "$box"/site-*/site.h5 -o "$box/round.h5" -q
at_each answer.h5 --round "$box/round.h5"
"$stepdown" merge --rounds "$box"/site-*/answer.h5 -o "$box/round.h5" -q
sed '5d' "$box/site-1/uis.csv" > "$box/more" && mv "$box/more" "$box/site-1/uis.csv"
at_each answer.h5 --round "$box/round.h5"
try "$stepdown" merge --rounds "$box"/site-*/answer.h5 -o "$box/next.h5"
told 0 'its records have changed' 'records that change between rounds are seen'
exit "$failed"
