#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown verify FILE.h5` recomputes everything that follows from stored counts: of parts, pooled trials, competing events,
# late entries, means, profiles; and names what does not follow.
#   sh tests/pipeline/verify/test_verify_parts.sh          from the root of the repository
. tests/whole/support.sh

follows() { # STUDY SENTENCE
    compute "$1" "$box/out" && "$stepdown" verify "$box/out/work/results.h5" > "$box/told" 2>&1
    status=$?
    rows=$("$stepdown" show "$box/out/work/results.h5" estimates --format csv | wc -l)
    [ $status = 0 ] && grep -qE "^estimates +$((rows - 1)) hold, 0 differ\$" "$box/told"
    report $? "$2" "exit status $status, $(head -c 400 "$box/told")"
}

all_unadjusted() { # STUDY SENTENCE: every number follows but those that rest on weights or covariates of persons
    compute "$1" "$box/out" && "$stepdown" verify "$box/out/work/results.h5" --format csv > "$box/told" 2>&1
    status=$?
    grep -q '^estimates,.*,holds,' "$box/told" && ! grep '^estimates,.*,does_not_follow,' "$box/told" | grep -qvE 'it is adjusted:|it counts dated rows'
    [ $? = 0 ] && [ $status = 0 ]
    report $? "$2" "exit status $status, $(grep does_not_follow "$box/told" | grep -v 'it is adjusted' | head -n 3)"
}

follows datasets/iop-trials/study.yaml 'trials pooled by five methods, their limits and verdicts follow from the counts of the trials'
grep -qE '^verdicts +5 hold, 0 differ$' "$box/told"
report $? 'so do the pooled verdicts'
all_unadjusted datasets/teds2004/education.yaml 'what is not adjusted within a class of education follows from the counts'
[ "$(grep -cE '^estimates,.*, (mantel_haenszel|direct), (risk_difference|risk_ratio|odds_ratio), .*,holds,' "$box/told")" = 6 ]
report $? 'Mantel-Haenszel and standardisation over classes of education follow from their counts'
all_unadjusted datasets/ctn0094/xbot.yaml '34 definitions with tests, hazard ratios and ranges follow from risk tables'
all_unadjusted datasets/synthetic-linked/study.yaml 'Aalen-Johansen risks follow from risk tables with competing events'
compute datasets/ctn0094/definitions.yaml "$box/out" && "$stepdown" verify "$box/out/work/results.h5" > "$box/told"
status=$?
told 0 'it is a mean of values of persons:' 'means of values are named as not following'
grep -qE '^estimates +38 hold, 0 differ, 4 do not follow$' "$box/told"
report $? 'their differences follow from the means'

borrow uis
sed -i 's/quantile_time, logrank_test\]/quantile_time, logrank_test, hazard_ratio, ph_test, e_value]/; s/^    tau: 365$/&\n    subgroups: [site, hercoc]/' \
    "$box/uis/study.yaml"
follows "$box/uis/study.yaml" 'subgroups, tests of interaction, hazard ratios and E-values follow from the risk tables of the parts'

# Adjusted effects rest on persons; whether they differ between groups follows from them.
sed -i 's/^    subgroups: \[site, hercoc\]$/&\n    adjust: [{method: overlap, score_strata: 3}]/' "$box/uis/study.yaml"
compute "$box/uis/study.yaml" "$box/grouped"
"$stepdown" verify "$box/grouped/work/results.h5" --format csv > "$box/told" 2>&1
status=$?
tests=$("$stepdown" show "$box/grouped/work/results.h5" estimates --format csv | grep -c ',overlap,.*,interaction_test,')
[ $status = 0 ] && [ "$tests" -gt 3 ] && [ "$(grep 'interaction_test' "$box/told" | grep ',holds,' | grep -c overlap)" -ge "$((tests - 6))" ] &&
    ! grep -q ',differs,' "$box/told"
report $? 'tests of interaction between adjusted effects follow from these' "exit status $status, $(grep -c 'interaction_test.*holds' "$box/told") of $tests"
sed -i '/score_strata: 3/d' "$box/uis/study.yaml"

# What rests on persons is named, with the reason.
sed -i 's/^    tau: 365$/&\n    bootstrap: {n: 100}\n    models: [{cox: "arm + age"}]/' "$box/uis/study.yaml"
compute "$box/uis/study.yaml" "$box/out"
try "$stepdown" verify "$box/out/work/results.h5"
told 0 'its limits come from resampling:' 'limits from resampling are named as not following'
told 0 'it is adjusted: weights or covariates of persons are not stored:' 'coefficients of covariates are named as not following'

# Under a threshold the risk tables stay inside: nothing can be recomputed from the release, and nothing is found wrong.
sed -i 's/^disclosure: .*/disclosure: {threshold: 11}/; /bootstrap/d; /models/d' "$box/uis/study.yaml"
"$stepdown" run -q "$box/uis/study.yaml" -o "$box/out" > /dev/null 2>&1
released=$(ls "$box"/out/release*/released.h5 | head -n 1)
try "$stepdown" verify "$released"
told 0 'the file holds no risk tables:' 'of a release without risk tables everything that needs them is named'

sed -i 's/^disclosure: .*/disclosure: {threshold: 11, round_to: 5}/' "$box/uis/study.yaml"
"$stepdown" run -q "$box/uis/study.yaml" -o "$box/rounded" > /dev/null 2>&1
released=$(ls "$box"/rounded/release*/released.h5 | head -n 1)
try "$stepdown" verify "$released"
told 0 'counts are rounded in this release:' 'of a release with rounded counts nothing is recomputed from them, and nothing is found wrong'

exit $failed
