#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Readmission as a trigger, on timelines drawn by hand; = inpatient, - outpatient, time zero is the first day.
#   sh tests/pipeline/outcomes/test_new_episode.sh     from the root of the repository
. tests/whole/support.sh

#   day   0        10        50    60           100
#   1     =========                =====                 inpatient again after 50 days
#   2     =========-----                                 a step down is no new episode
#   3     =========          -----              ====     outpatient does not count; then 30 days before inpatient
#   4     =========                                      never again; the study ends on day 365
#   5     =========   = (day 15)                         a gap of 5 days lies within the episode
cat > "$box/stays.csv" <<'EOF'
id,care,from,to
1,in,0,10
1,in,60,70
2,in,0,10
2,out,10,30
3,in,0,10
3,out,50,70
3,in,100,110
4,in,0,10
5,in,0,10
5,in,15,20
6,out,0,10
7,out,0,10
7,in,45,50
EOF
cat > "$box/codebook.yaml" <<'EOF'
codebook: stays
columns:
  id:   {type: integer, range: [1, 99]}
  care: {type: category, codes: {in: inpatient, out: outpatient}}
  from: {type: integer, range: [0, 999]}
  to:   {type: integer, range: [0, 999], known: after}
EOF
cat > "$box/study.yaml" <<'EOF'
study: readmission
privacy: {basis: public}
tables:
  episodes: {file: stays.csv, codebook: codebook.yaml, person: id, admission: from, discharge: to}
levels: {care: {inpatient: inpatient, outpatient: outpatient}}
link: {gap_days: 14}
cohort:
  index: {first_stay_in: [inpatient, outpatient]}
  arms: {inpatient: "care == 'inpatient'", outpatient: "care == 'outpatient'"}
  reference: inpatient
  follow_up: {days: 90, until: 365}
outcomes:
  relapse: {first_of: {new_episode: [inpatient]}, missing: censor, event_is: bad}
  relapse_35: {first_of: {new_episode: [inpatient], gap_days: 36}, missing: censor, event_is: bad}
compare:
  - {outcomes: [relapse, relapse_35], measures: [risk_difference], at: [80]}
disclosure: {threshold: 0, because: "made up"}
EOF
for stage in ingest episodes cohort outcomes; do try "$stepdown" $stage -q -o "$box/out" "$box/study.yaml"; done
[ "$status" = 0 ]
report $? "a study of readmission runs" "$(cat "$box/told")"

# cause and time of the seven people, sorted
seen() { "$stepdown" show "$box/out/work/outcomes.h5" "outcome/$1" --format csv | tail -n +2 | cut -d, -f1,2 | sort | tr '\n' ' '; }
is=$(seen relapse)
[ "$is" = "0,90 0,90 0,90 0,90 0,90 1,45 1,60 " ]
report $? "a new episode at a level that counts is the event, a step down, a transfer and another level are not" "$is"
is=$(seen relapse_35)
[ "$is" = "0,90 0,90 0,90 0,90 0,90 0,90 1,60 " ]
report $? "less than the least gap is none" "$is"

sed -i 's/days: 90, until: 365/days: 90, until: 70/' "$box/study.yaml"
for stage in ingest episodes cohort outcomes; do "$stepdown" $stage -q -o "$box/out" "$box/study.yaml"; done
is=$(seen relapse)
[ "$is" = "0,70 0,70 0,70 0,70 0,70 1,45 1,60 " ]
report $? "nobody is followed beyond the last day of the study" "$is"

exit $failed
