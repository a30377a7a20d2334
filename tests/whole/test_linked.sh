#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Linked stays from their source to results: the same bytes on any number of threads, the same numbers for shuffled
# rows, for a source in pieces and for keyed persons; profiles share what they leave as it is.
#   sh tests/whole/test_linked.sh          from the root of the repository
. tests/whole/support.sh

# Made-up stays of 400 persons, the same every time; some twice, some that cannot be.
awk 'function draw(n) { seed = (seed * 69069 + 1) % 4294967296; return int(seed / 65536) % n }
    BEGIN {
        seed = 20261121
        split("detox residential iop outpatient inpatient", care, " ")
        split("done moved left", reason, " ")
        print "client,admitted,discharged,care,reason,age"
        for (i = 0; i < 1200; i++) {
            start = draw(700)
            line = sprintf("person-%03d,%d,%s,%s,%s,%d", draw(400), start, draw(20) ? start + draw(70) - 1 : "", care[1 + draw(5)],
                           reason[1 + draw(3)], 15 + draw(60))
            print line
            if (draw(25) == 0)
                print line
        }
    }' > "$box/stays.csv"
cat > "$box/codebook.yaml" <<'CODEBOOK'
codebook: stays
columns:
  client: {type: text}
  admitted: {type: integer, range: [0, 2000]}
  discharged: {type: integer, range: [-1, 2000]}
  care: {type: category, codes: {detox: detox, residential: residential, iop: iop, outpatient: outpatient, inpatient: inpatient}}
  reason: {type: category, codes: {done: done, moved: moved, left: left}}
  age: {type: integer, range: [0, 120]}
CODEBOOK
study() { # FILES PRIVACY
    cat <<STUDY
study: linked
privacy: $2
tables:
  episodes: {file: $1, codebook: codebook.yaml, person: client, admission: admitted, discharge: discharged,
             reason: reason, transfer: "reason == 'moved'"}
levels: {care: {detox: detox, residential: residential, iop: iop, outpatient: outpatient, inpatient: inpatient}}
link: {gap_days: 14, transfer_days: 21}
cohort:
  index: {first_stay_in: [iop, residential, inpatient], washout_days: 30, washout_ignores: [detox]}
  eligible: ["age >= 18"]
  arms: {iop: "level == 'iop'", inpatient: "level in ('inpatient', 'residential')"}
  reference: inpatient
  covariates: [age, entered_from, prior_episodes]
  follow_up: {until: 720, days: 365}
outcomes:
  stay: {days_until: {column: stay_days}, completed: left, event_is: bad}
  again: {time: observed_days, event: "stay_open == 0 and not missing(new_episode_days)", event_is: bad}
compare: [{outcomes: [stay], measures: [risk_difference, rmst_difference], at: [30], tau: 60}]
profiles:
  gap60: {link: {gap_days: 60}}
  adults: {cohort: {eligible: ["age >= 30"]}}
  later: {compare: [{outcomes: [stay], measures: [risk_difference], at: [45]}]}
disclosure: {threshold: 0, because: made-up data}
STUDY
}
study stays.csv '{basis: public}' > "$box/study.yaml"

work() { # STUDY OUT [OPTION...]: all stages, under every profile too
    file=$1
    folder=$2
    shift 2
    for stage in $stages; do
        "$stepdown" "$stage" -q "$@" -o "$folder" "$file" 2> "$box/warnings" || return
        case $stage in
        episodes | cohort | outcomes)
            for profile in gap60 adults later; do
                "$stepdown" "$stage" -q "$@" -o "$folder" --profile $profile "$file" 2> /dev/null || return
            done
            ;;
        esac
    done
}

work "$box/study.yaml" "$box/one" -j 1
report $? "linked stays run on one thread"
work "$box/study.yaml" "$box/four" -j 4
differ=$(cd "$box" && for file in one/work/*; do cmp -s "$file" "four/work/${file##*/}" || printf '%s ' "${file##*/}"; done)
[ -z "$differ" ]
report $? "linked stays give the same bytes on four threads" "$differ"

made=$(cd "$box/one/work" && echo cohort.* episodes.* outcomes.*)
[ "$made" = "cohort.adults.h5 cohort.gap60.h5 cohort.h5 episodes.gap60.h5 episodes.h5 outcomes.adults.h5 outcomes.gap60.h5 outcomes.h5" ]
report $? "a profile has files of its own only from where it changes something" "$made"

"$stepdown" run -q "$box/study.yaml" -o "$box/run" > /dev/null 2>&1
report $? "a run works on the study and its profiles"
differ=$(cd "$box" && for file in one/work/*; do cmp -s "$file" "run/work/${file##*/}" || printf '%s ' "${file##*/}"; done)
[ -z "$differ" ]
report $? "a run makes the same files as its stages, one by one" "$differ"

names=$("$stepdown" show "$box/one/work/results.h5" estimates --format csv | tail -n +2 | cut -d, -f1 | uniq | tr '\n' ' ')
[ "$names" = "main main@gap60 main@adults main@later " ]
report $? "the rows of a profile carry its name" "$names"

expected=$(content "$box/one/work/results.h5")
for seed in 1 2; do
    mkdir -p "$box/shuffled"
    cp "$box/codebook.yaml" "$box/study.yaml" "$box/shuffled/"
    { head -n 1 "$box/stays.csv"; tail -n +2 "$box/stays.csv" | awk -v seed=$seed \
        'BEGIN { srand(seed) } { printf "%.12f\t%s\n", rand(), $0 }' | sort | cut -f 2-; } > "$box/shuffled/stays.csv"
    work "$box/shuffled/study.yaml" "$box/shuffled/out" -j 2
    [ "$(content "$box/shuffled/out/work/results.h5")" = "$expected" ] && [ ${#expected} = 64 ]
    report $? "shuffled rows give the same results ($seed)"
done

tables() { # OUT: what does not name the files of the source
    for table in attrition flow baseline estimates; do
        "$stepdown" show "$1/work/results.h5" $table --format csv
    done
}
head -n 500 "$box/stays.csv" > "$box/a.csv"
{ head -n 1 "$box/stays.csv"; tail -n +501 "$box/stays.csv"; } > "$box/b.csv"
study '[a.csv, b.csv]' '{basis: public}' > "$box/pieces.yaml"
work "$box/pieces.yaml" "$box/pieces" -j 2
tables "$box/one" > "$box/expected"
tables "$box/pieces" | cmp -s - "$box/expected" && [ "$(wc -l < "$box/expected")" -gt 60 ]
report $? "a source in two files gives the same numbers"

"$stepdown" key new "$box/site.key" > /dev/null 2>&1
study stays.csv '{basis: limited_data_set, key_file: site.key}' > "$box/keyed.yaml"
work "$box/keyed.yaml" "$box/keyed" -j 2
tables "$box/keyed" | cmp -s - "$box/expected"
report $? "keyed persons give the same numbers"
grep -qa 'person-[0-9]' "$box/stays.csv" && # a word too long for bytes under a random key to spell by chance
    ! grep -qa 'person-[0-9]' "$box/keyed/work/episodes.h5" "$box/keyed/work/cohort.h5"
report $? "no person key stands in the files of linked stays"

lines=$(($(wc -l < "$box/stays.csv") - 1))
first=$(cell "$box/one/work/results.h5" attrition '$place["step"] == 1' left)
[ "$first" = "$lines" ]
report $? "the attrition begins with the lines of the source" "$first of $lines"

"$stepdown" show "$box/one/work/episodes.h5" fates --format csv | awk -F, 'NR > 1 { n += $2 } END { exit n != '"$lines"' }'
report $? "the records are the sum of their fates"

grep -q "study.yaml:5:.*records have their discharge before their admission and are left out" "$box/warnings" ||
    "$stepdown" episodes --again -q -o "$box/one" "$box/study.yaml" 2>&1 |
        grep -q "study.yaml:[0-9]*:[0-9]*: [0-9]* records have their discharge before their admission and are left out"
report $? "what cannot be true is counted and placed"

for command in run ingest compare report; do
    try "$stepdown" $command --profile gap60 -o "$box/one" "$box/study.yaml"
    told 2 "works on the study and all its profiles at once" "$command takes no profile"
done
try "$stepdown" cohort --profile gap61 -o "$box/one" "$box/study.yaml"
told 1 "there is no profile 'gap61'" "a profile that is not there is told"

sed 's/person: client, //' "$box/study.yaml" > "$box/nobody.yaml"
try "$stepdown" check "$box/nobody.yaml"
told 1 "needs the stays of a person together" "a source without a person key is told what it can give"

exit $failed
