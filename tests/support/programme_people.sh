# SPDX-License-Identifier: GPL-3.0-or-later
# programme_people.sh - the made-up people of tests/reference/programme_people.csv as the table of a study in $box/study, for tests
# in the shell; sourced after tests/whole/support.sh.

mkdir "$box/study"
cp tests/reference/programme_people.csv "$box/study/people.csv"
cat > "$box/study/codebook.yaml" << 'END'
codebook: people
columns:
  id: {type: integer}
  site: {type: category}
  begun: {type: date}
  age: {type: integer}
  sex: {type: category, codes: {f: female, m: male}}
  arm: {type: category, codes: {iop: iop, bed: bed}}
  k: {type: integer}
  days: {type: integer, known: after}
  what: {type: category, codes: {left: left, died: died, seen: seen}, known: after}
END

# The parts of a study file that say who the people are and what becomes of them: outcome left, with a competing death.
people_of_programmes() {
    cat << 'END'
privacy: {basis: public}
tables: {clients: {file: people.csv, codebook: codebook.yaml, weight: k, programme: site}}
cohort: {arms: {iop: "arm == 'iop'", bed: "arm == 'bed'"}, reference: bed, covariates: [age, sex]}
outcomes:
  left: {time: days, event: "what == 'left'", competing: {died: "what == 'died'"}, event_is: bad}
END
}
