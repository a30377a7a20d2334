#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown outcomes --words`: formats, laws, refusals, and words that begin with - or +.
#   sh tests/pipeline/outcomes/test_words.sh     from the root of the repository
. tests/whole/support.sh
words=tests/reference/ctn0094_outcome_columns.csv
outcomes() { "$stepdown" outcomes -q "$@"; }

outcomes --words "$words" -o "$box/all.csv"
report $? "all definitions of a file of words go into a table"
[ "$(wc -l < "$box/all.csv")" = 3561 ] && [ "$(head -n 1 "$box/all.csv" | tr ',' '\n' | wc -l)" = 63 ]
report $? "the table has a row a person and 62 columns beside the person"

# ---- the same table by every way ---------------------------------------------------------------------------------

outcomes --words "$words" --library all --format csv -j 1 | cmp -s - "$box/all.csv" &&
    outcomes --words "$words" --format csv -j 7 | cmp -s - "$box/all.csv"
report $? "the bytes are the same printed and written, on 1 and on 7 threads"

gzip -c "$words" > "$box/words.csv.gz"
outcomes --words "$box/words.csv.gz" --format csv | cmp -s - "$box/all.csv"
report $? "words may be packed"

sed 's/$/\r/' "$words" | cut -d, -f 1,2 | tr -d '\r' | sed '1!s/\([^,]*\),\(.*\)/"\1","\2"/; s/$/\r/' > "$box/quoted.csv"
outcomes --words "$box/quoted.csv" --format csv | cmp -s - "$box/all.csv"
report $? "CRLF and quotes change nothing"

{ head -n 1 "$words"; tail -n +2 "$words" | sort -r; } > "$box/shuffled.csv"
outcomes --words "$box/shuffled.csv" --format csv | tail -n +2 | sort > "$box/one"
tail -n +2 "$box/all.csv" | sort | cmp -s - "$box/one"
report $? "the order of the rows changes nothing but the order of the rows"

cat "$words" > "$box/doubled.csv"
tail -n 7 "$words" >> "$box/doubled.csv"
"$stepdown" outcomes --words "$box/doubled.csv" -o "$box/once.csv" 2> "$box/told"
grep -qF 'doubled.csv: 7 rows stand twice and are taken once' "$box/told" && cmp -s "$box/once.csv" "$box/all.csv"
report $? "rows that stand twice are taken once and told" "$(cat "$box/told")"

outcomes --words "$words" -o "$box/all.h5" && "$stepdown" show "$box/all.h5" outcomes --format csv | cmp -s - "$box/all.csv"
report $? "the table goes through HDF5 unchanged"

outcomes --words "$words" -o "$box/all.json" && grep -c '"Rs_krupitsky_2004"' "$box/all.json" | grep -qx 3560
report $? "the table may be JSON"

outcomes --words "$words" --library RsE_lee_2016,Rd_fiellin_2006,Rs_lee_2016 --format csv | head -n 1 > "$box/head"
[ "$(cat "$box/head")" = id,RsT_lee_2016,RsE_lee_2016,Rd_fiellin_2006 ]
report $? "a definition is found by its name or by that of a column, and stands once" "$(cat "$box/head")"

# ---- which column ------------------------------------------------------------------------------------------------

printf 'who,weeks\n7,--+\nx y,+*o\n' > "$box/two.csv"
[ "$(outcomes --words "$box/two.csv" --library Rd_zaks_1972 --format csv | tr '\n' ' ')" = 'id,Rd_zaks_1972 7,2 x y,0.5 ' ]
report $? "of two columns the second is the word"
printf 'word\n--+\n\n-\n' > "$box/one.csv"
[ "$(outcomes --words "$box/one.csv" --library Rd_zaks_1972 --format csv | tr '\n' ' ')" = 'id,Rd_zaks_1972 1,2 2,1 ' ]
report $? "without a column of persons the rows are numbered"
printf 'a,b,c\n1,--,+\n' > "$box/three.csv"
[ "$(outcomes --words "$box/three.csv" --word c --id b --library Ab_fiellin_2006 --format csv | tail -n 1)" = '--,0' ]
report $? "columns may be named"

# ---- words that begin with - or + ----------------------------------------------------------------------------------

printf 'id,word\n1,-+-\n2,+\n3,+-*o_\n4,-\n' > "$box/signs.csv"
cat > "$box/own.yaml" <<'YAML'
library: own
definitions:
  own_count: {source: own 2026, rule: negative weeks, count: negative}
YAML
[ "$(outcomes --words "$box/signs.csv" --definitions "$box/own.yaml" --library own_count --format csv | tr '\n' ' ')" = \
    'id,own_count 1,2 2,0 3,1 4,1 ' ]
report $? "words that begin with - or + are words, and definitions of one's own count them"

# ---- what cannot be judged -------------------------------------------------------------------------------------------

printf 'id,word\n1,-+-\n2,\n3,---------------\n' > "$box/short.csv"
"$stepdown" outcomes --words "$box/short.csv" --library Ab_schwartz_2006 --format csv > "$box/table" 2> "$box/told"
[ "$(tr '\n' ' ' < "$box/table")" = 'id,Ab_schwartz_2006 1, 2, 3,1 ' ] && grep -qF '1 of 1 definitions need more weeks' "$box/told"
report $? "a word that is too short, or is none, has no value, and that is told" "$(cat "$box/table" "$box/told")"

printf 'id,word\n1,-+-\n' > "$box/short.csv"
try "$stepdown" outcomes --words "$box/short.csv" --library Ab_schwartz_2006
told 1 "error: definition 'Ab_schwartz_2006' needs words of 15 weeks; no word of '$box/short.csv' is that long" \
    "a definition that the words cannot support is refused by name"
try "$stepdown" outcomes --words "$box/short.csv" --format csv
told 0 "warning: definition 'Ab_schwartz_2006' needs words of 15 weeks" "among all it is told and left missing"

refused() { # TEXT-OF-THE-FILE MESSAGE SENTENCE
    printf "$1" > "$box/bad.csv"
    try "$stepdown" outcomes --words "$box/bad.csv"
    told 1 "$2" "$3"
}
refused 'id,word\n1,-+-\n2,-+x\n' "bad.csv:3:2: a weekly word of the symbols - + * o _ was expected; value '-+x'" \
    "a cell that is no word is refused with its place"
refused 'id,word\n1,-+-\n1,-++\n' 'bad.csv:3:1: this person stands here with two different words' \
    "a person with two words is refused, without the person's key"
refused 'id,word\n,-+-\n' 'bad.csv:2:1: a person was expected; the cell is empty' "a word without a person is refused"
refused 'id,word\n1\n' 'bad.csv:2: 2 cells were expected, as in the header; found 1' "a row with a cell too few is refused"
refused 'id,a,b\n1,-,-\n' 'which column holds the words? Say --word NAME' "three columns and no word among them are refused"
refused 'id,word\n' "bad.csv' holds no words" "a file without rows is refused"
refused "id,word\n1,$(printf '%0600d' 0 | tr 0 -)\n" 'bad.csv:2:2: a word has at most 520 weeks; this one has 600' \
    "an endless word is refused"

try "$stepdown" outcomes --words "$words" --library Rs_lee_2015
told 1 "the library has no definition 'Rs_lee_2015'; did you mean 'Rs_lee_2016'?" "a name that leads nowhere is told with the nearest"
try "$stepdown" outcomes --words "$words" --word patern
told 1 "there is no column 'patern'; did you mean 'pattern'?" "a column that is not there is told with the nearest"
try "$stepdown" outcomes --words "$box/nowhere.csv"
told 1 'nowhere.csv' "a file that is not there is told"
try "$stepdown" outcomes --words "$words" -o "$box/all.xlsx"
told 2 '-o: a file that ends with .csv, .json, .txt or .h5 was expected' "another kind of file is wrong usage"
try "$stepdown" outcomes --list --words "$words"
told 2 '--list shows the definitions; it takes no words' "a list takes no words"
try "$stepdown" outcomes --library all
told 2 '--words FILE was expected' "a library without words is wrong usage"
printf 'library: own\ndefinitions:\n  x: {source: s, rule: r, cuont: negative}\n' > "$box/own.yaml"
try "$stepdown" outcomes --words "$words" --definitions "$box/own.yaml"
told 1 "own.yaml:3:27: unknown key 'cuont'; did you mean 'count'?" "a mistake in a definition is told with its place"

# ---- the list and the manual ---------------------------------------------------------------------------------------------

[ "$("$stepdown" outcomes --list --format csv | tail -n +2 | wc -l)" = 54 ]
report $? "the list shows 54 definitions"
"$stepdown" outcomes --list --format csv | tail -n +2 | cut -d, -f 1 | sort > "$box/listed"
sed -n '/made by scripts/,$s/^| `\([A-Za-z_0-9]*\)` | .*/\1/p' docs/outcome-library.md | sort | cmp -s - "$box/listed"
report $? "docs/outcome-library.md has a row a definition"
scripts/outcome-library > "$box/part"
sed '1,/^<!-- made by/d' docs/outcome-library.md | cmp -s - "$box/part"
report $? "docs/outcome-library.md repeats datasets/outcome-library to the byte (scripts/outcome-library --renew)"
missing=$(sed -n 's/^ *{"\([a-z_]*\)", *&.*/\1/p' pipeline/study/library_schema.c | sort -u | while read -r key; do
    grep -qE "\`([^\`]*[^a-z_\`])?$key[^a-z_0-9]" docs/outcome-library.md || printf '%s ' "$key"
done)
[ -z "$missing" ]
report $? "docs/outcome-library.md names every key of a definition" "$missing"

exit $failed
