#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No command writes over what it reads, under whatever name.
#   sh tests/whole/test_own_inputs.sh          from the root of the repository
. tests/whole/support.sh

mkdir "$box/north" "$box/south"
for site in north south; do
    cp datasets/uis/codebook.yaml datasets/uis/study.yaml datasets/uis/published.csv "$box/$site/"
done
awk 'NR == 1 || NR % 2' datasets/uis/uis.csv > "$box/north/uis.csv"
awk 'NR == 1 || NR % 2 == 0' datasets/uis/uis.csv > "$box/south/uis.csv"
cd "$box/north" || exit 1

# Runs a command that would write OUTPUT over INPUT: both are named, nothing has changed, and no work was begun.
refuses() { # SENTENCE OUTPUT INPUT COMMAND...
    sentence=$1 output=$2 input=$3
    shift 3
    cp "$input" "$box/before"
    try "$@"
    cmp -s "$box/before" "$input" || status="$status, and it is another file"
    told 1 "'$output' would be written over '$input', which is read" "$sentence"
}

# ---- what a site reads ------------------------------------------------------------------------------------------------------

for input in uis.csv study.yaml codebook.yaml published.csv; do
    refuses "a site does not write over $input" $input $input "$stepdown" site study.yaml -o $input
done
[ ! -e out ]
report $? 'and this is told before any work'
ln -s north "$box/elsewhere"
refuses 'nor by a way round' "$box/elsewhere/uis.csv" uis.csv "$stepdown" site study.yaml -o "$box/elsewhere/uis.csv"
ln -s uis.csv link.h5
refuses 'nor through a symbolic link' link.h5 uis.csv "$stepdown" site study.yaml -o link.h5
ln uis.csv hard.h5
refuses 'nor through a hard link' hard.h5 uis.csv "$stepdown" site study.yaml -o hard.h5
try "$stepdown" site study.yaml -o out/work/outcomes.h5
told 1 "'out/work/outcomes.h5' would be written over" 'nor over what its run has made, were it only just'
refuses 'nor over that later' out/work/records.h5 out/work/records.h5 "$stepdown" site study.yaml -o out/work/records.h5

"$stepdown" site study.yaml -o north.h5 -q && (cd ../south && "$stepdown" site study.yaml -o south.h5 -q)
report $? 'files of other names are written'
"$stepdown" site study.yaml -o north.h5 -q
report $? 'and written anew'

# ---- what is merged --------------------------------------------------------------------------------------------------------

south=../south/south.h5
refuses 'merge does not write over a site' north.h5 north.h5 "$stepdown" merge north.h5 $south -o north.h5
refuses 'nor over the last one' $south $south "$stepdown" merge north.h5 $south -o $south
refuses 'nor in rounds' $south $south "$stepdown" merge --rounds north.h5 $south -o $south
cp north.h5 round.h5
refuses 'a round is not written over by its answer' round.h5 round.h5 "$stepdown" site study.yaml --round round.h5 -o round.h5

# ---- others --------------------------------------------------------------------------------------------------------------------

cat > words.csv << end
id,word
1,--++--------
2,++++++++++++
end
refuses 'words are not written over by their outcomes' words.csv words.csv "$stepdown" outcomes --words words.csv -o words.csv
"$stepdown" outcomes -q --words words.csv -o made.h5 2> /dev/null
refuses 'nor in HDF5' made.h5 made.h5 "$stepdown" outcomes --words made.h5:/outcomes -o made.h5
mkdir -p out/release
cp out/work/records.h5 out/release/released.h5
refuses 'a page over studies does not write over a release' out/release/released.h5 out/release/released.h5 \
    "$stepdown" report --index -o out/release/released.h5 out
echo '<p>page</p>' > out/release/report.html
refuses 'nor over its page' out/release/report.html out/release/report.html "$stepdown" report --index -o out/release/report.html out
sed 's/uis\.csv/out\/work\/rejects.csv/' study.yaml > again.yaml
try "$stepdown" ingest study.yaml -q
[ "$status" = 0 ] && [ -f out/work/records.h5 ] && [ ! -e '(null)' ]
report $? 'a stage alone works in the folder out' "$status"
cp uis.csv out/work/rejects.csv
refuses 'rows that were rejected are not read and written at once' out/work/rejects.csv out/work/rejects.csv \
    "$stepdown" ingest again.yaml
exit "$failed"
