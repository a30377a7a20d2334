#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Several index stays of a person: errors by person are those of `stepdown fit --cluster`, which R has confirmed, on the same stays;
# and clusters are those that have a row, not all persons of the source.
#   sh tests/pipeline/compare/test_several_stays.sh          from the root of the repository
. tests/whole/support.sh

cat > "$box/stays.yaml" << 'end'
codebook: stays
columns:
  who:      {type: text}
  admitted: {type: integer, range: [0, 99999]}
  left:     {type: integer, range: [0, 99999]}
  care:     {type: category, codes: {B: inpatient, C: iop, D: outpatient}}
  age:      {type: integer, range: [12, 99]}
  days:     {type: integer, range: [0, 9999]}
  status:   {type: integer, range: [0, 2]}
end
# 120 persons with one to four stays, each an index stay; every sixth has been at another level alone, and is in no model.
awk -v stays="$box/stays.csv" -v rows="$box/rows.csv" '
    function draw(n) { seed = (seed * 69069 + 1) % 4294967296; return int(seed / 65536) % n }
    BEGIN {
        seed = 20261129
        print "who,admitted,left,care,age,days,status" > stays
        print "who,iop,age,days,status,relapse,yes" > rows
        for (i = 0; i < 120; i++) {
            at = 100 + draw(60)
            bad = draw(10)
            for (k = draw(4); k >= 0; k--) {
                care = i % 6 == 0 ? "D" : draw(2) ? "C" : "B"
                age = 18 + draw(50)
                status = draw(10) < bad ? 1 : draw(3)
                days = 1 + draw(60)
                print "p" i "," at "," at + 5 + draw(30) "," care "," age "," days "," status > stays
                if (care != "D")
                    print "p" i "," (care == "C") "," age "," days "," status "," (status == 1) "," (status == 1) > rows
                at += 130 + draw(90)
            }
        }
    }'
cat > "$box/study.yaml" << 'end'
study: persons
privacy: {basis: public}
tables:
  episodes: {file: stays.csv, codebook: stays.yaml, person: who, admission: admitted, discharge: left}
levels:
  care: {B: inpatient, C: iop, D: outpatient}
link: {gap_days: 14}
cohort:
  index: {first_stay_in: [iop, inpatient], washout_days: 30, every: yes}
  arms: {iop: "level == 'iop'", inpatient: "level == 'inpatient'"}
  reference: inpatient
  covariates: [age]
  follow_up: {until: 4000, days: 120}
outcomes:
  relapse: {time: days, event: "status == 1", competing: {other: "status == 2"}, event_is: bad}
  any:     {event: "status == 1", event_is: bad}
compare:
  - outcomes: [relapse, any]
    measures: [risk_difference]
    at: [30]
    models: [{cox: "arm + age"}, {logistic: "arm + age"}, {finegray: "arm + age", cause: 1}]
disclosure: {threshold: 0, because: made-up data}
end
compute "$box/study.yaml" "$box/out" 2> "$box/told"
report $? 'a study of every index stay' "$(head -c 300 "$box/told")"
"$stepdown" show "$box/out/work/results.h5" estimates --format csv | tr -d '"' > "$box/estimates.csv"

# The same column of the row of a term, of the study and of fit.
of_study() { # MEASURE TERM COLUMN
    awk -F, -v m="$1" -v t="$2" -v want="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["measure"] == m && $at["term"] == t && $at["population"] == "all" { print $at[want] }' "$box/estimates.csv"
}
of_fit() { # MEASURE TERM COLUMN MODEL FORMULA
    "$stepdown" fit "$4" "$5" "$box/rows.csv" --cluster who --format csv 2>> "$box/told" | awk -F, -v m="$1" -v t="$2" -v want="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["measure"] == m && $at["term"] == t { print $at[want] }'
}
alike() { # MEASURE MODEL FORMULA SENTENCE
    good=yes
    for term in arm=iop:iop age:age; do
        for column in estimate std_error; do
            mine=$(of_study "$1" "${term%:*}" $column) theirs=$(of_fit "$1" "${term#*:}" $column "$2" "$3")
            awk -v a="$mine" -v b="$theirs" 'BEGIN { d = a - b; size = b < 0 ? -b : b; exit !(a != "" && b != "" && d < 1e-9 * size && -d < 1e-9 * size) }' || good="$term $column: $mine, not $theirs"
        done
    done
    [ "$good" = yes ]
    report $? "$4" "$good"
}
alike log_hazard_ratio cox 'Surv(days, relapse) ~ iop + age' "Cox models of stays have errors by person"
alike log_odds_ratio logistic 'yes ~ iop + age' "so have logistic ones, with the persons who are in the model"
alike log_subhazard_ratio finegray 'Surv(days, status) ~ iop + age' "and Fine and Gray's"
persons=$(awk -F, 'NR > 1 { print $1 }' "$box/rows.csv" | sort -u | wc -l)
[ "$persons" -lt 120 ] && grep -q "logistic; robust, $persons clusters" "$box/estimates.csv" && grep -q "Cox, Efron ties; robust, $persons clusters" "$box/estimates.csv"
report $? "$persons persons are counted" "$(grep -o 'robust[^,]*,[^,]*clusters' "$box/estimates.csv" | sort -u | head -3)"
exit "$failed"
