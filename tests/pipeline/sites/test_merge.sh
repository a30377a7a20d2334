#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown merge`: nobody counts twice, and what cannot be told from counts is left out by its name.
#   sh tests/pipeline/sites/test_merge.sh          from the root of the repository
. tests/whole/support.sh

# ---- sites whose people are those of another file -----------------------------------------------------------------------------

prepare() { # FOLDER ROWS [OPTION...]: rows by an awk condition
    mkdir "$box/$1"
    cp datasets/uis/codebook.yaml "$box/$1/"
    sed '/^published:/d' datasets/uis/study.yaml > "$box/$1/study.yaml"
    awk "NR == 1 || $2" datasets/uis/uis.csv > "$box/$1/uis.csv"
    name=$1
    shift 2
    (cd "$box/$name" && "$stepdown" site study.yaml -o "../$name.h5" -q "$@")
}

merge() { # SITE...: to all.h5
    (cd "$box" && "$stepdown" merge "$@" -o all.h5) > "$box/told" 2>&1
    status=$?
}

prepare north 'NR % 2'
prepare south 'NR % 2 == 0'
prepare few 'NR == 4 || NR == 5' --threshold 11
prepare fewer 'NR == 5 || NR == 6' --threshold 11
cp "$box/north.h5" "$box/copy.h5"
merge north.h5 copy.h5
told 1 "'north.h5' and 'copy.h5' hold the same; their people would count twice" 'a copy of a file is seen'
ln -s north.h5 "$box/link.h5"
merge north.h5 south.h5 link.h5
told 1 "'north.h5' and 'link.h5' hold the same" 'so is a link'
(cd "$box/north" && "$stepdown" site study.yaml -o ../again.h5 --threshold 1 -q)
cmp -s "$box/north.h5" "$box/again.h5"
[ $? = 1 ]
report $? 'a file of the same people that says something else of their site'
merge north.h5 again.h5
told 1 "'north.h5' and 'again.h5' hold the same" 'is seen by its counts'
merge --rounds north.h5 south.h5 again.h5
told 1 "'north.h5' and 'again.h5' hold the same" 'in rounds as well'
merge north.h5 south.h5
told 0 'merge: 2 sites' 'sites of other people are merged'
[ "$("$stepdown" show "$box/few.h5" cells/relapse --format csv | wc -l)" = 1 ]
report $? 'of two people nothing is told'
merge few.h5 north.h5 fewer.h5 south.h5
told 0 'merge: 4 sites' 'sites that tell of nobody may be several'

# ---- what cannot be told from counts ------------------------------------------------------------------------------------------

mkdir "$box/linked"
"$stepdown" simulate -q --persons 700 --truth-persons 0 "$box/made"
cp "$box"/made/*.csv "$box"/made/*.yaml "$box/linked/"
sed '/^outcomes:/i\  strata: [sex]
s/^    measures: .*/    measures: [state_occupation, risk_difference, mean_cumulative_count, expected_days]\
    subgroups: [sex, race]\
    adjust: [{method: direct, by: [race]}, {method: overlap, propensity: covariates},\
             {method: mantel_haenszel, by: [education], name: mh}, {method: regression, terms: covariates, name: lines}]\
    models: [{cox: "arm + age"}]/' "$box/made/study.yaml" > "$box/linked/study.yaml"
(cd "$box/linked" && "$stepdown" site study.yaml -o ../linked.h5 -q) > "$box/told" 2>&1
report $? 'a linked study is counted' "$(head -c 300 "$box/told")"
merge linked.h5
told 0 'merge: 1 sites' 'measures of paths do not keep others from being computed'
for left in 'paths through levels of care cannot be told from counts; left out: state_occupation, mean_cumulative_count, expected_days' \
    'needs the rows of persons; left out: overlap, lines' 'no strata of the cohort are not counted; left out: race' \
    'know no subgroups; left out: direct by sex, direct by race, mh by sex, mh by race' \
    'models come in rounds (`stepdown merge --rounds`); left out: arm + age'; do
    grep -qF "$left" "$box/told"
    report $? "merge says: $left" "$(head -c 900 "$box/told")"
done
"$stepdown" show "$box/all.h5" estimates --format csv > "$box/csv"
grep -q ',risk_difference,' "$box/csv" && ! grep -qE ',(state_occupation|mean_cumulative_count|expected_days),' "$box/csv"
report $? 'and computes the other measures'
grep -q ',sex=female,risk,' "$box/csv" && ! grep -q ',race=' "$box/csv"
report $? 'subgroups by strata are computed beside those that are left out'
grep -q ',direct,' "$box/csv" && grep -q ',mh,' "$box/csv" && ! grep -qE ',(direct|mh),[^,]*,(sex|race)=' "$box/csv"
report $? 'adjustments by strata are computed, as they are said to be'

# ---- what is said of it --------------------------------------------------------------------------------------------------------

try "$stepdown" merge --help
told 0 'Mantel-Haenszel' 'the help names adjustments by strata'
! grep -q 'Adjusting and clusters need rows' docs/man/stepdown-merge.1.md && grep -q 'Mantel-Haenszel, direct, indirect' docs/man/stepdown-merge.1.md &&
    grep -q 'robust by cluster' docs/man/stepdown-merge.1.md
report $? 'and the manual page does not call left out what is computed'
exit "$failed"
