#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Dashboards that are counted and modelled by parts of the people say the same, byte by byte, as one process.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_dashboard.sh          from the root of the repository
. tests/mpi/support.sh
. tests/support/programme_people.sh

study() { # BY: lines; MORE: of the analysis
    cat > "$box/study/study.yaml" << END
study: charts
$(people_of_programmes)
compare: [{outcomes: [left], measures: [risk_difference], at: 30${2:-}}]
dashboard:
$1  date: begun
  period: month
  charts:
    freeze: 2019-10-17
    rebase: [{from: 2020-02-11, freeze: 2020-09-30, because: a new intake, outcome: left}]
    rules: [beyond, run, trend, near]
  measures:
    - {outcome: left, at: 45}
    - {outcome: left, at: 30, chart: laney_p}
    - {outcome: left, at: 90, chart: u}
    - {outcome: left, at: 90, share: no_event, chart: run}
disclosure: {threshold: 0, because: made up}
END
}

study_file=$box/study/study.yaml
people=tests/reference/programme_people.csv
cp "$people" "$box/study/people.csv"
study ''
same 'programmes by name' 2 3 8
study "  by: k
"
same 'programmes by number' 2 5
sed -i 's/site: {type: category}/site: {type: text}/' "$box/study/codebook.yaml"
study ''
same 'programmes by a text' 3
sed -i 's/site: {type: text}/site: {type: category}/' "$box/study/codebook.yaml"
head -40 "$people" > "$box/study/people.csv"
study ''
same 'few people' 3
awk -F, -v OFS=, 'NR == 1 || NR < 300 { if (NR > 1 && NR % 7 == 0) $2 = ""; if (NR > 1 && NR % 11 == 0) $4 = ""; if (NR > 1 && NR % 13 == 0) $3 = ""; print }' \
    "$people" > "$box/study/people.csv"
study ''
same 'people without a programme, a date, an age' 2 8
study '' ', models: [{cox: "arm + age", ties: exact}]'
same 'a dashboard beside what needs all people' 2
closing 'dashboards by parts of the people'
exit "$failed"
