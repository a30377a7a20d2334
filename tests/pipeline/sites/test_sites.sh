#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown site` and `stepdown merge`: the numbers of sites that share no records are those of the pooled records.
#   sh tests/pipeline/sites/test_sites.sh          from the root of the repository
. tests/whole/support.sh

# ---- one study, its rows dealt to sites -----------------------------------------------------------------------

# Makes a folder with the study of uis, whose threshold is 0.
prepare() { # FOLDER
    mkdir -p "$1"
    cp datasets/uis/codebook.yaml "$1/"
    sed '/^disclosure:/d; /^published:/d
s/^    measures: \[risk_difference, risk_ratio, odds_ratio, chi_square_test\]/&\
    adjust: [{method: mantel_haenszel, by: [race, hercoc]}, {method: direct, by: [race]}]/' datasets/uis/study.yaml > "$1/study.yaml"
    echo 'disclosure: {threshold: 0, because: "made for a test"}' >> "$1/study.yaml"
}

# Deals the rows to N sites, by a rule that SEED chooses, and counts each; a site may stay empty-handed.
deal() { # N SEED
    rm -rf "$box"/site-*
    k=1
    while [ $k -le "$1" ]; do
        prepare "$box/site-$k"
        head -n 1 datasets/uis/uis.csv > "$box/site-$k/uis.csv"
        k=$((k + 1))
    done
    awk -v n="$1" -v seed="$2" -v box="$box" 'BEGIN { srand(seed) }
        NR > 1 { print >> (box "/site-" (1 + int(n * rand() * rand())) "/uis.csv") }' datasets/uis/uis.csv
}

count() { # FOLDER OPTION...
    folder=$1
    shift
    (cd "$folder" && "$stepdown" site study.yaml -o site.h5 -q "$@")
}

prepare "$box/pooled"
cp datasets/uis/uis.csv "$box/pooled/"
(cd "$box/pooled" && "$stepdown" run study.yaml --until compare -q)
results=$box/pooled/out/work/results.h5
tables='arms balance baseline curves estimates risk_tables verdicts study'

for partition in '1 1' '2 1' '3 2' '4 3' '6 4'; do
    # shellcheck disable=SC2086
    deal $partition
    for folder in "$box"/site-*; do
        count "$folder"
    done
    "$stepdown" merge "$box"/site-*/site.h5 -o "$box/merged.h5" -q 2> /dev/null
    differing=
    for table in $tables; do
        # Adjustments by strata come last where counts are merged.
        "$stepdown" show "$results" $table --format csv | sort > "$box/a"
        "$stepdown" show "$box/merged.h5" $table --format csv | sort > "$box/b"
        cmp -s "$box/a" "$box/b" || differing="$differing $table"
        [ "$(wc -l < "$box/a")" -gt 1 ] || differing="$differing $table(empty)"
    done
    [ -z "$differing" ]
    report $? "people dealt to ${partition%% *} sites give the numbers of the pooled people, digit by digit" "$differing"
done

"$stepdown" show "$box/merged.h5" estimates --format csv > "$box/a"
[ "$(grep -c 'mantel_haenszel.*Mantel-Haenszel' "$box/a")" -ge 4 ] && grep -q ',direct,' "$box/a"
report $? 'adjustments by strata of covariates are among them'

"$stepdown" merge "$box"/site-6/site.h5 "$box"/site-2/site.h5 "$box"/site-1/site.h5 "$box"/site-5/site.h5 \
    "$box"/site-4/site.h5 "$box"/site-3/site.h5 -o "$box/turned.h5" -q -j 1 2> /dev/null
"$stepdown" show "$box/merged.h5" estimates --format csv > "$box/a"
"$stepdown" show "$box/turned.h5" estimates --format csv > "$box/b"
cmp -s "$box/a" "$box/b"
report $? 'neither the order of the sites nor the threads matter'

# ---- thresholds ------------------------------------------------------------------------------------------------------

smallest() { # FILE: the smallest count of any cell of any table of counts
    for table in $("$stepdown" show "$1" | awk '$1 ~ /^(cells|by|covariate)\// { print $1 }'); do
        "$stepdown" show "$1" "$table" --format csv | awk -F, 'NR > 1 { print $NF }'
    done | sort -n | head -n 1
}

# Everybody of a group is in every table, whatever was put together.
deal 2 7
for folder in "$box"/site-*; do
    count "$folder" --threshold 11
done
small=$(smallest "$box/site-1/site.h5")
[ "$small" -ge 11 ]
report $? 'no cell of a site has fewer people than its threshold' "$small"
for table in cells/relapse cells/retention covariate/age covariate/race; do
    "$stepdown" show "$box/site-1/site.h5" $table --format csv | awk -F, 'NR > 1 { n[$1] += $NF } END { for (a in n) print a, n[a] }' | sort
done | sort -u > "$box/sums"
[ "$(wc -l < "$box/sums")" = 2 ]
report $? 'no difference of two tables tells of fewer' "$(tr '\n' ' ' < "$box/sums")"
try "$stepdown" merge "$box"/site-*/site.h5 -o "$box/coarse.h5"
told 0 "table 'sites' says what that cost" 'merge says that sites have hidden something'
"$stepdown" show "$box/coarse.h5" estimates --format csv | grep -q 'on the first or the last of their days; sites have put up to [0-9]* days together'
report $? 'numbers say what hangs on when within their steps events happened'
"$stepdown" show "$box/coarse.h5" sites --format csv | grep -q '^site.h5,11,'
report $? 'the sites are listed with their thresholds'

risk() { "$stepdown" show "$1" estimates --format csv | awk -F, '$7 == "risk" && $2 == "relapse" && $10 == "short" && $12 == 365 { print $13 }' | head -n 1; }
exact=$(risk "$results")
coarse=$(risk "$box/coarse.h5")
echo "$exact $coarse" | awk '{ exit !($1 > 0 && $2 > $1 - 0.04 && $2 < $1 + 0.04) }'
report $? 'events that are spread over their steps give the risk' "$exact $coarse"

# An arm with a few people at a site is left out there, and only there.
deal 1 1
prepare "$box/site-2"
{
    head -n 1 datasets/uis/uis.csv
    awk -F, 'NR > 1' datasets/uis/uis.csv | grep ',short,\|,0,' | head -n 5
} > "$box/site-2/uis.csv"
sed 's/threshold: 0, because: "made for a test"/threshold: 11/' "$box/site-1/study.yaml" > "$box/study"
cp "$box/study" "$box/site-1/study.yaml"
cp "$box/study" "$box/site-2/study.yaml"
count "$box/site-1"
count "$box/site-2"
[ "$("$stepdown" show "$box/site-2/site.h5" cells/relapse --format csv | wc -l)" = 1 ]
report $? 'a site with fewer people than the threshold in an arm leaves it out'
"$stepdown" merge "$box"/site-*/site.h5 -o "$box/merged.h5" -q
"$stepdown" merge "$box"/site-1/site.h5 -o "$box/alone.h5" -q
"$stepdown" show "$box/merged.h5" curves --format csv > "$box/a"
"$stepdown" show "$box/alone.h5" curves --format csv > "$box/b"
cmp -s "$box/a" "$box/b"
report $? 'and then adds nothing to the others'
(cd "$box/site-1" && "$stepdown" site study.yaml -o other.h5 --threshold 5) > "$box/told" 2>&1
status=$?
told 1 'the study asks for 11 or more' 'a site may hide more than the study asks for, not less'

# ---- how often people were looked at -----------------------------------------------------------------------------------

# Linked stays with visits, people dealt by the last digit of their key.
"$stepdown" simulate -q --persons 900 --truth-persons 0 "$box/made"
mkdir "$box/linked-0" "$box/linked-1"
for k in 0 1; do
    cp "$box"/made/*.yaml "$box/linked-$k/"
    for file in "$box"/made/*.csv; do
        column=$(head -n 1 "$file" | tr ',' '\n' | grep -n '^client_id$' | cut -d : -f 1)
        [ -n "$column" ] || { cp "$file" "$box/linked-$k/"; continue; }
        awk -F, -v k=$k -v c="$column" 'NR == 1 || substr($c, length($c)) % 2 == k' "$file" > "$box/linked-$k/${file##*/}"
    done
done
(cd "$box/made" && "$stepdown" run study.yaml --until compare -q) > "$box/told" 2>&1
count "$box/linked-0" > "$box/told" 2>&1
count "$box/linked-1" > "$box/told" 2>&1
"$stepdown" merge "$box"/linked-*/site.h5 -o "$box/merged.h5" -q > "$box/told" 2>&1
looks() { "$stepdown" show "$1" estimates --format csv | grep 'looked at, per 100 days'; }
looks "$box/made/out/work/results.h5" > "$box/a"
looks "$box/merged.h5" > "$box/b"
[ -s "$box/a" ] && cmp -s "$box/a" "$box/b"
report $? 'how often people were looked at is told as for the pooled people' "$(diff "$box/a" "$box/b" | head -n 2) $(head -c 200 "$box/told")"

# ---- what is refused ---------------------------------------------------------------------------------------------------

sed 's/^title:.*/title: Another study/' "$box/study" > "$box/site-2/study.yaml"
count "$box/site-2"
try "$stepdown" merge "$box/site-1/site.h5" "$box/site-2/site.h5" -o "$box/merged.h5"
told 1 'was made from another study file' 'sites with different studies are refused, with the line that differs'
cp "$box/study" "$box/site-2/study.yaml"
sed 's/^codebook: .*/&\n# changed/' datasets/uis/codebook.yaml > "$box/site-2/codebook.yaml"
count "$box/site-2"
try "$stepdown" merge "$box/site-1/site.h5" "$box/site-2/site.h5" -o "$box/merged.h5"
told 1 'was made from another codebook' 'sites with different codebooks are refused'
try "$stepdown" merge "$box/site-1/site.h5" "$box/site-1/site.h5" -o "$box/merged.h5"
told 1 'is named twice' 'a site that is named twice is refused'
try "$stepdown" merge "$results" -o "$box/merged.h5"
told 1 'is no file that `stepdown site` has made' 'a file that is no site is refused'
try "$stepdown" merge "$box/site-1/site.h5"
told 2 'where to?' 'merge needs a name for its file'
try "$stepdown" site "$box/site-1/study.yaml" -o "$box/x.h5" --threshold many
told 2 'a number of people' 'a threshold is a number'
exit "$failed"
