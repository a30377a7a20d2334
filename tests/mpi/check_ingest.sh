#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reading is shared out by bytes, and nobody can tell by how many: records.h5 and rejects.csv are the same bytes, and
# what is told of a broken file is the same sentence.
#   BUILD=build/mpi ALONE=build sh tests/mpi/check_ingest.sh          from the root of the repository
. tests/mpi/support.sh

cat > "$box/s/codebook.yaml" << 'end'
codebook: made
missing: [""]
unique: [id]
columns:
  id:    {type: text, role: id}
  age:   {type: integer, range: [12, 80]}
  group: {type: category}
  note:  {type: text}
  los:   {type: integer, range: [0, 9999]}
end
cat > "$box/s/study.yaml" << 'end'
study: made
title: Shares of bytes
seed: 1
privacy: {basis: public}
tables:
  clients: {file: FILES, codebook: codebook.yaml}
cohort:
  arms: {young: "age < 40", old: "age >= 40"}
  reference: old
outcomes:
  stay: {days_until: {column: los}, completed: left, event_is: bad}
compare:
  - {outcomes: [stay], measures: [risk_difference], at: [90]}
disclosure: {threshold: 0, because: "made up"}
end

# Rows of all kinds: quoted cells with delimiters, quotes and line ends of every kind inside, blank lines, ages that are none,
# ids that stand twice with the same and with other cells, lines that end in LF, CRLF or CR.
rows() { # SEED N [END]
    awk -v seed="$1" -v n="$2" -v last="${3:-x}" '
        function any(k) { return int(rand() * k) }
        function line_end() { k = any(12); return k == 0 ? "\r\n" : k == 1 ? "\r" : k == 2 ? "\n\n" : "\n" }
        BEGIN {
            srand(seed)
            printf "id,age,group,note,los\n"
            for (i = 1; i <= n; i++) {
                id = "c" (any(25) == 0 ? any(n) : i + n)
                age = any(30) == 0 ? "x" : 12 + any(75)
                note = "n" any(9)
                if (any(6) == 0) {
                    note = "\""
                    for (k = any(5); k >= 0; k--)
                        note = note substr("a, \n\r\"", 1 + any(6), 1)
                    gsub(/"/, "\"\"", note)
                    note = "\"" substr(note, 3) "\""
                }
                if (any(40) == 0)
                    note = sprintf("\"%*s\"", any(900), "")
                printf "%s,%s,g%d,%s,%d%s", id, age, any(4), note, any(400), i == n && last == "none" ? "" : line_end()
            }
        }' /dev/null
}

# One case: $box/s/*.csv as they stand, read alone and by several ranks.
compare() { # RANKS WHAT
    rm -rf "$box/one" "$box/many"
    "$alone" ingest -q --max-reject 1 "$box/s/study.yaml" -o "$box/many" -j 2 > "$box/one.told" 2>&1
    one=$?
    mkdir -p "$box/many" && mv "$box/many" "$box/one"
    together "$1" ingest -q --max-reject 1 "$box/s/study.yaml" -o "$box/many" -j 2 > "$box/many.told" 2>&1
    many=$?
    cases=$((cases + 1))
    if [ $one != $many ]; then
        wrong="$wrong [$2, $1 ranks: status $one and $many: $(head -c 400 "$box/many.told")]"
    elif [ $one = 0 ]; then
        cmp -s "$box/one/work/records.h5" "$box/many/work/records.h5" || wrong="$wrong [$2, $1 ranks: records]"
        cmp -s "$box/one/work/rejects.csv" "$box/many/work/rejects.csv" || wrong="$wrong [$2, $1 ranks: rejects]"
        cmp -s "$box/one.told" "$box/many.told" || wrong="$wrong [$2, $1 ranks: talk]"
    else
        grep '^error' "$box/one.told" > "$box/one.error"
        grep '^error' "$box/many.told" | cmp -s - "$box/one.error" ||
            wrong="$wrong [$2, $1 ranks: $(grep '^error' "$box/many.told" | head -c 300) instead of $(head -c 300 "$box/one.error")]"
        ls "$box/many/work" 2> /dev/null | grep -v '^rejects.csv$' | grep -q . && wrong="$wrong [$2: files are left behind]"
    fi
}
files() { sed "s/FILES/$1/" "$box/study" > "$box/s/study.yaml"; }
mv "$box/s/study.yaml" "$box/study"

files clients.csv
for ranks in 2 3 4 8; do
    for n in 5 60 3000; do
        seed=$((seed + 1))
        rows $seed $n "$([ $((seed % 3)) = 0 ] && echo none)" > "$box/s/clients.csv"
        compare $ranks "seed $seed, $n rows"
    done
done
closing 'records and rejects are the same bytes for 2, 3, 4 and 8 ranks'

rows 77 200000 > "$box/s/clients.csv"
for ranks in 2 3; do compare $ranks '200,000 rows'; done
closing 'and those of many chunks'

{ printf '\357\273\277'; rows 3 40; } > "$box/s/clients.csv"
compare 3 'byte order mark'
printf 'id,age,group,note,los\na,30,g,x,5\n' > "$box/s/clients.csv"
compare 8 'one row'
printf 'id,age,group,note,los\n' > "$box/s/clients.csv"
compare 4 'no row'
printf '"id",age,group,"note\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",los\na,30,g,x,5\n' > "$box/s/clients.csv"
compare 4 'a header longer than the share of a rank'
{ rows 5 30; printf 'long,30,g,"%90000s",7\n' x; rows 6 20 | sed 1d; } > "$box/s/clients.csv"
compare 8 'a quoted cell longer than a share'
{ rows 5 30; awk 'BEGIN { printf "long,30,g,\""; for (i = 0; i < 9000; i++) printf "a\n\"\"\r"; printf "\",7\n" }'; rows 6 20 | sed 1d; } > "$box/s/clients.csv"
compare 8 'a quoted cell of many lines longer than a share'
{ rows 5 9; awk 'BEGIN { printf "long,30,g,"; for (i = 0; i < 1200000; i++) printf "a"; printf ",7\n" }'; rows 6 9 | sed 1d; } > "$box/s/clients.csv"
compare 4 'a record beyond all bounds'
printf 'id,age,group,note,los\r\r\r\r\n\n\n\r\n\r\n\r\n\r\n\r\n\n\n' > "$box/s/clients.csv"
compare 4 'blank lines alone'
closing 'so are those of odd files'

for ranks in 2 4; do
    for at in 20 700 1900; do
        rows 9 2000 | sed "${at}s/,g/,g\"/" > "$box/s/clients.csv"
        compare $ranks "a stray quote in line $at"
        rows 9 2000 | sed "${at}s/\$/,\"never closed/" > "$box/s/clients.csv"
        compare $ranks "an unclosed quote in line $at"
    done
done
closing 'the first wrong quote is told, with its line, and nothing else'

rows 11 500 > "$box/s/a.csv"
rows 12 40 none > "$box/s/b.csv"
printf 'note,id,age,group,los\n' > "$box/s/c.csv"
rows 13 700 > "$box/s/d.csv"
files '[a.csv, b.csv, c.csv, d.csv]'
rm -f "$box/s/clients.csv"
for ranks in 2 3 8; do compare $ranks 'several files'; done
gzip "$box/s/b.csv"
files '[a.csv, b.csv.gz, c.csv, d.csv]'
compare 3 'one of them packed'
closing 'several files are one table'

files a.csv
rm -rf "$box/many"
together 3 ingest -q --max-reject 1 "$box/s/study.yaml" -o "$box/many" > /dev/null 2>&1
try together 3 ingest -v --max-reject 1 "$box/s/study.yaml" -o "$box/many"
told 0 'ingest: nothing has changed' 'a second run finds its work done'
try together 2 ingest -q "$box/s/study.yaml" -o "$box/few"
[ "$status" = 1 ] && [ "$(grep -c '^error' "$box/told")" = 1 ] && [ ! -e "$box/few/work/records.h5" ]
report $? 'too many rejected rows are told once' "$(head -c 300 "$box/told")"
exit "$failed"
