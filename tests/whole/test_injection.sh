#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Texts that would be commands to gnuplot, spreadsheets, browsers, terminals and printf stay texts, in whatever slot of a study
# they stand.
#   sh tests/whole/test_injection.sh          from the root of the repository
. tests/whole/support.sh

cat > "$box/payloads" << 'TEXT'
`touch PWNED`
$(touch PWNED)
"; system("touch PWNED"); "
'; !touch PWNED
|touch PWNED
<touch PWNED
@touch
=cmd|'/C calc'!A0
+1+1
-2+3
@SUM(1+1)
<script>alert(1)</script>
<img src=x onerror=alert(1)>
"><svg onload=alert(1)>
</style><script>alert(1)</script>
]]><script>alert(1)</script>
&lt;script&gt;
javascript:alert(1)
%s%s%s%s%n
%99999999d
{/Symbol a}_{b}^{c}
\n\r\t\\
%%EOF
{{7*7}}
' or 1==1 --
../../etc/passwd
${HOME}
set output "PWNED"
a, b; c: d
*&^#!~[]
TEXT
[ "$(wc -l < "$box/payloads")" = 30 ]
report $? 'there are thirty payloads'

quoted() { # a text as a YAML scalar in single quotes
    printf '%s' "$1" | sed "s/'/''/g; s/^/'/; s/\$/'/"
}

# Slots: title, label of the study's outcome, label of a codebook's code, label of a column, caveat, reason of a margin.
write_study() { # FOLDER PAYLOAD
    mkdir -p "$1"
    text=$(quoted "$2")
    awk 'BEGIN { srand(7); print "grp,sex,days,relapse"
        for (i = 0; i < 200; i++) printf "%d,%d,%d,%d\n", i % 2, rand() < 0.4, 1 + int(200 * rand()), rand() < 0.6 }' > "$1/people.csv"
    cat > "$1/codebook.yaml" << YAML
codebook: people
columns:
  grp: {type: category, codes: {0: day, 1: night}}
  sex: {type: category, label: $text, codes: {0: other, 1: $text}}
  days: {type: integer, known: after}
  relapse: {type: integer, known: after}
YAML
    cat > "$1/study.yaml" << YAML
study: injection
title: $text
privacy: {basis: public}
tables: {clients: {file: people.csv, codebook: codebook.yaml}}
cohort: {arms: {day: "grp == 'day'", night: "grp == 'night'"}, reference: night, covariates: [sex]}
outcomes: {relapse: {label: $text, time: days, event: "relapse == 1", event_is: bad}}
primary: {outcome: relapse, measure: risk_difference, at: 90}
compare:
  - outcomes: [relapse]
    measures: [risk_difference]
    at: [90]
    non_inferiority: [{outcome: relapse, measure: risk_difference, at: 90, margin: 0.1, because: $text, role: primary}]
caveats: [$text]
disclosure: {threshold: 0, because: $text}
YAML
}

round=0
refused=0
strange=
while IFS= read -r payload; do
    round=$((round + 1))
    folder=$box/study$round
    write_study "$folder" "$payload"
    for stage in ingest episodes cohort outcomes compare release; do
        (cd "$folder" && "$stepdown" $stage -q -o out study.yaml) > "$box/told" 2>&1 || { refused=$((refused + 1)); break; }
    done
    # Pages and tables of all, figures of every fifteenth: they cost most.
    if [ -e "$folder/out/release/released.h5" ]; then
        if [ $((round % 15)) = 1 ]; then path=$PATH; else path=/nonexistent; fi
        (cd "$folder" && PATH=$path "$stepdown" report --again -q -o out study.yaml) > "$box/told" 2>&1
        page=$folder/out/release/report.html
        [ -s "$page" ] || strange="$strange $round:no-page"
        grep -qE '<script>alert|<img src=x|<svg onload|href="javascript' "$page" && strange="$strange $round:page"
        cut -d, -f1-40 "$folder"/out/release/tables/*.csv | grep -qE '(^|,)"?[=@]' && strange="$strange $round:cell"
    fi
    LC_ALL=C grep -q "$(printf '\033')" "$box/told" && strange="$strange $round:escape"
done < "$box/payloads"
[ -z "$strange" ]
report $? 'pages, tables and messages hold them as texts' "$strange"
[ -z "$(find "$box" "$root" -maxdepth 4 -name 'PWNED*' 2> /dev/null)" ]
report $? 'no payload is run'
[ $refused -le 3 ]
report $? 'studies with such labels run, but for what no file may hold' "$refused refused"

# Paths: refused by name, before anything is opened.
bad=
write_study "$box/paths" plain
for path in '/etc/passwd' '../people.csv' '|touch PWNED' '<touch PWNED' 'a/../../people.csv' 'sub/|x.csv'; do
    sed "s/file: people.csv/file: $(quoted "$path" | sed 's/[&/\|]/\\&/g')/" "$box/paths/study.yaml" > "$box/paths/bad.yaml"
    (cd "$box/paths" && "$stepdown" check bad.yaml) > "$box/told" 2>&1 && bad="$bad $path"
    grep -q 'path' "$box/told" || bad="$bad $path:untold"
done
[ -z "$bad" ] && [ ! -e "$box/paths/PWNED" ]
report $? 'paths that lead away, or are commands to somebody, are refused' "$bad"
# A file whose name is a command to a terminal is told without it.
name=$(printf 'people\033[2Jx.csv')
cp "$box/paths/people.csv" "$box/paths/$name"
try "$stepdown" fit km 'Surv(days, nothing) ~ grp' "$box/paths/$name"
[ "$status" != 0 ] && ! LC_ALL=C grep -q "$(printf '\033')" "$box/told"
report $? 'a file name cannot steer the terminal'

exit $failed
