#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Persons in a file of their own beside their stays: the same results as with their columns pasted to every stay, for plain
# and keyed persons, in any order of rows; who has no row, or two, is told and has missing values.
#   sh tests/whole/test_members.sh          from the root of the repository
. tests/whole/support.sh

# Made-up stays of 600 persons; of every fifty one is not among the members, and one is there twice.
awk -v box="$box" 'function draw(n) { seed = (seed * 69069 + 1) % 4294967296; return int(seed / 65536) % n }
    BEGIN {
        seed = 20261129
        split("detox residential iop outpatient inpatient", care, " ")
        split("done moved left", reason, " ")
        split("f m x", sex, " ")
        stays = box "/stays.csv"; pasted = box "/pasted.csv"; members = box "/members.csv"
        print "client,admitted,discharged,care,reason" > stays
        print "client,admitted,discharged,care,reason,sex,born" > pasted
        print "member,sex,born" > members
        for (p = 0; p < 600; p++) {
            s[p] = sex[1 + draw(3)]
            b[p] = 1940 + draw(60)
            if (p % 50 != 7)
                print "person-" p "," s[p] "," b[p] > members
            if (p % 50 == 9)
                print "person-" p ",m,1999" > members
            if (p % 50 == 7 || p % 50 == 9)
                s[p] = b[p] = ""
        }
        for (i = 0; i < 1500; i++) {
            p = draw(600)
            start = draw(700)
            line = sprintf("person-%d,%d,%d,%s,%s", p, start, start + draw(70), care[1 + draw(5)], reason[1 + draw(3)])
            print line > stays
            print line "," s[p] "," b[p] > pasted
        }
    }'
of_stays='  client: {type: text}
  admitted: {type: integer, range: [0, 2000]}
  discharged: {type: integer, range: [0, 2000]}
  care: {type: category, codes: {detox: detox, residential: residential, iop: iop, outpatient: outpatient, inpatient: inpatient}}
  reason: {type: category, codes: {done: done, moved: moved, left: left}}'
of_persons='  sex: {type: category, label: Sex, codes: {f: female, m: male, x: other}}
  born: {type: integer, label: Year of birth, range: [1900, 2020]}'
printf 'codebook: stays\ncolumns:\n%s\n' "$of_stays" > "$box/stays.yaml"
printf 'codebook: members\nmissing: [""]\ncolumns:\n  member: {type: text}\n%s\n' "$of_persons" > "$box/members.yaml"
printf 'codebook: pasted\nmissing: [""]\ncolumns:\n%s\n%s\n' "$of_stays" "$of_persons" > "$box/pasted.yaml"

study() { # SOURCE CLIENTS PRIVACY
    cat <<STUDY
study: members
privacy: $3
tables:
  episodes: {file: $1.csv, codebook: $1.yaml, person: client, admission: admitted, discharge: discharged,
             reason: reason, transfer: "reason == 'moved'"}
$2
levels: {care: {detox: detox, residential: residential, iop: iop, outpatient: outpatient, inpatient: inpatient}}
link: {gap_days: 14, transfer_days: 21}
cohort:
  index: {first_stay_in: [iop, residential, inpatient], washout_days: 30, washout_ignores: [detox]}
  eligible: ["born <= 1990"]
  arms: {iop: "level == 'iop'", inpatient: "level in ('inpatient', 'residential')"}
  populations: {women: "sex == 'female'", all: "true"}
  reference: inpatient
  covariates: [born, sex, prior_episodes]
  follow_up: {until: 760, days: 365}
outcomes:
  stay: {days_until: {column: stay_days}, completed: left, event_is: bad}
compare: [{outcomes: [stay], measures: [risk_difference, rmst_difference], at: [30], tau: 60, adjust: [iptw]}]
disclosure: {threshold: 0, because: made-up data}
STUDY
}
members='  clients: {file: members.csv, codebook: members.yaml, person: member}'
study pasted '' '{basis: public}' > "$box/pasted-study.yaml"
study stays "$members" '{basis: public}' > "$box/study.yaml"

tables() { # OUT
    for table in attrition baseline balance estimates risk_tables flow; do
        "$stepdown" show "$1/work/results.h5" $table --format csv
    done
}
compute "$box/pasted-study.yaml" "$box/pasted" -j 1 2> /dev/null
compute "$box/study.yaml" "$box/out" -j 1 2> "$box/warnings"
report $? "stays with a table of persons beside them run"
tables "$box/pasted" > "$box/expected"
tables "$box/out" | cmp -s - "$box/expected" && [ "$(wc -l < "$box/expected")" -gt 200 ]
report $? "the results are those of columns pasted to every stay"
[ "$("$stepdown" show "$box/out/work/results.h5" estimates --format csv | grep -c iptw)" -ge 4 ]
report $? "what persons are like adjusts the comparison"
grep -q "study.yaml:6:12: the persons of [0-9]* index stays have no row in 'clients'" "$box/warnings" &&
    grep -q "study.yaml:6:12: the persons of [0-9]* index stays have several rows in 'clients'" "$box/warnings"
report $? "who has no row or several is told at the line of the table"

mkdir "$box/shuffled"
cp "$box/stays.csv" "$box/stays.yaml" "$box/members.yaml" "$box/study.yaml" "$box/shuffled/"
{ head -n 1 "$box/members.csv"; tail -n +2 "$box/members.csv" | sort -r; } > "$box/shuffled/members.csv"
compute "$box/shuffled/study.yaml" "$box/shuffled/out" -j 2 2> /dev/null
[ "$(content "$box/shuffled/out/work/cohort.h5")" = "$(content "$box/out/work/cohort.h5")" ]
report $? "members in any order give the same cohort"

"$stepdown" key new "$box/site.key" > /dev/null 2>&1
study stays "$members" '{basis: limited_data_set, key_file: site.key}' > "$box/keyed.yaml"
compute "$box/keyed.yaml" "$box/keyed" -j 2 2> /dev/null
tables "$box/keyed" | cmp -s - "$box/expected"
report $? "keyed persons are joined by their keys"

mistaken() { # STUDY TEXT SENTENCE: what `check` says of a study with a mistake
    try "$stepdown" check "$box/$1.yaml"
    told 1 "$2" "$3"
}
sed 's/, person: member//' "$box/study.yaml" > "$box/nobody.yaml"
mistaken nobody "nobody.yaml:6:12: clients: beside 'episodes' its rows are joined by person" "a table of persons without a key is told"
sed 's/person: member/person: member, weight: born/' "$box/study.yaml" > "$box/weighted.yaml"
mistaken weighted "a row of 'clients' is one person" "counted rows beside stays are told"
sed 's/^  born:/  reason:/' "$box/members.yaml" > "$box/twice.yaml"
sed 's/codebook: members.yaml/codebook: twice.yaml/; s/"born <= 1990"/"true"/; s/\[born, sex/[sex/' "$box/study.yaml" > "$box/names.yaml"
mistaken names "its column 'reason' has the name of one of 'episodes'" "one name in both tables is told"
sed 's/^  born:/  prior_stays:/' "$box/members.yaml" > "$box/twice.yaml"
mistaken names "its column 'prior_stays' has the name of a column that linking computes" "a name that linking uses is told"
sed 's/born: {type: integer,/born: {type: integer, known: after,/' "$box/members.yaml" > "$box/twice.yaml"
sed 's/codebook: members.yaml/codebook: twice.yaml/' "$box/study.yaml" > "$box/later.yaml"
mistaken later "column 'born' is dated after time zero (its codebook says 'known: after')" "what is known later forms no groups"
sed 's/covariates: \[born/covariates: [borne/' "$box/study.yaml" > "$box/misspelt.yaml"
mistaken misspelt "there is no column 'borne' in codebook 'stays' or 'members'; did you mean 'born'?" "a misspelt column of persons is recognised"

exit $failed
