#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A study whose basis is not public: ids become keys, are nowhere in the run, and every number stays the same.
#   sh tests/whole/test_person_keys.sh          from the root of the repository
. tests/whole/support.sh

"$stepdown" new -q "$box/keyed"
cd "$box/keyed" || exit 1
# Ids that can be found again, two rows of one person among them.
awk -F, -v OFS=, 'NR > 1 { $1 = sprintf("CANARY%04d", $1 == 7 ? 8 : $1) } { print }' data.csv > ids.csv && mv ids.csv data.csv
sed 's/person:   {type: integer/person:   {type: text/' codebook.yaml > text.yaml && mv text.yaml codebook.yaml
cp study.yaml public.yaml
sed 's/^privacy: {basis: public}.*/privacy: {basis: limited_data_set, key_file: site.key}/' public.yaml > study.yaml
grep -q 'key_file: site.key' study.yaml
report $? 'the study names a key'

# ---- without a good key nothing runs ----------------------------------------------------------------------------

try "$stepdown" run study.yaml -o keyless
told 1 "cannot open the key 'site.key'" 'a key that is not there is told'
[ ! -e keyless/work/records.h5 ]
report $? 'and nothing is written'
try "$stepdown" key new site.key
[ "$status" = 0 ] && [ "$(stat -c %a site.key)" = 600 ]
report $? 'a new key belongs to its owner alone'
chmod 644 site.key
try "$stepdown" check study.yaml
told 1 'others may read or change it' 'check refuses a key that others may read'
chmod 600 site.key
try "$stepdown" key new site.key
told 1 'exists already; nothing was written' 'a key is never written over'

# ---- the same numbers, and no id ---------------------------------------------------------------------------------

"$stepdown" run -q study.yaml -o keyed > keyed.answer 2> keyed.talk && "$stepdown" run -q public.yaml -o open > open.answer 2> open.talk
report $? 'both run to the end' "$(cat keyed.talk open.talk)"
for table in estimates verdicts attrition; do
    "$stepdown" show keyed $table --format csv > "keyed.$table"
    "$stepdown" show open $table --format csv > "open.$table"
    [ -s "keyed.$table" ] && cmp -s "keyed.$table" "open.$table"
    report $? "table $table is that of the study with ids"
done
grep -q 'person on several rows' open.attrition
report $? 'the person on two rows was found by the key as by the id' "$(cat open.attrition)"

found=$(find keyed -type f | while read -r file; do
    case $file in
    *.h5) h5dump "$file" ;;
    *) cat "$file" ;;
    esac | grep -a -q CANARY && echo "$file"
done)
[ -z "$found" ] && ! grep -q CANARY keyed.answer keyed.talk
report $? 'no id is in any file or message of the run' "$found"
h5dump open/work/records.h5 | grep -q CANARY0001
report $? 'though it would be found there'

key=$(cat site.key)
found=$(grep -rlaF "$key" keyed keyed.answer keyed.talk)
[ -z "$found" ]
report $? 'the key is in no file or message of the run' "$found"
fingerprint=$("$stepdown" key show site.key)
h5dump -d /provenance/value keyed/work/results.h5 | grep -q "$fingerprint"
report $? 'its fingerprint is in the results'

# ---- the same key, the same numbers --------------------------------------------------------------------------------

before=$(content keyed/work/records.h5)
"$stepdown" ingest -q study.yaml -o again 2> /dev/null
[ "$(content again/work/records.h5)" = "$before" ]
report $? 'the same key gives the same records'
rm site.key && "$stepdown" key new -q site.key && "$stepdown" ingest -q study.yaml -o other 2> /dev/null
[ "$(content other/work/records.h5)" != "$before" ]
report $? 'another key gives others'
exit $failed
