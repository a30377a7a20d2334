#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `stepdown cite`, the metadata of a release, and what provenance holds.
#   sh tests/pipeline/verify/test_cite.sh          from the root of the repository
. tests/whole/support.sh

try "$stepdown" cite datasets/uis/study.yaml
told 0 'Origin: The UMARU IMPACT Study' 'the origin of the data is what the README beside the study says'
told 0 "uis.csv: sha256 $(sha256sum < datasets/uis/uis.csv | cut -c1-64)" 'each file is named with its SHA-256'
told 0 'doi:10.2307/2281868' 'curves bring Kaplan and Meier'
told 0 'doi:10.1186/1471-2288-13-152' 'restricted means bring Royston and Parmar'
told 0 "Version $(cat VERSION) (" 'the program is named with its version'
grep -q 'Fine JP' "$box/told"
[ $? = 1 ]
report $? 'no method is cited that the study does not use'
try "$stepdown" cite datasets/iop-trials/study.yaml --format csv
told 0 'methods,pooled counts,' 'pooled trials bring Mantel and Haenszel, as CSV'
borrow uis
rm "$box/uis/README.md"
try "$stepdown" cite "$box/uis/study.yaml"
told 0 'no README.md beside the study says where its data come from' 'data without a README are warned of'
try "$stepdown" cite "$box/none.yaml"
told 1 'none.yaml' 'a study that is not there is a failure'
for study in datasets/*/study.yaml datasets/ctn0094/xbot.yaml; do
    [ "$study" != datasets/teds-d/study.yaml ] || continue
    "$stepdown" cite "$study" > "$box/told" 2>&1 && grep -q '^  Citation: ' "$box/told" && grep -q '^  Licence: ' "$box/told"
    report $? "$study says how to cite its data and under which licence" "$(head -c 200 "$box/told")"
done

# ---- provenance ----------------------------------------------------------------------------------------------------

cp datasets/uis/README.md "$box/uis/"
"$stepdown" run -q "$box/uis/study.yaml" -o "$box/out" > /dev/null
"$stepdown" show "$box/out" provenance --format csv > "$box/provenance"
for key in version commit compiler seed study library:hdf5 library:gsl library:glibc library:libcsv library:openssl \
    library:libdeflate codebook:clients input:clients/uis.csv input:compare/published.csv parent:results.h5 ancestor:records.h5 \
    ancestor:episodes.h5 ancestor:cohort.h5 ancestor:outcomes.h5 option:threshold; do
    grep -q "^$key,.\{1,\}$" "$box/provenance"
    report $? "provenance holds $key"
done

# ---- RO-Crate ----------------------------------------------------------------------------------------------------------

crate=$box/out/release/ro-crate-metadata.json
grep -q '"https://w3id.org/ro/crate/1.1/context"' "$crate"
report $? 'the release folder describes itself as an RO-Crate'
grep -q '"ro-crate-metadata.json": {' "$box/out/release/manifest.json"
report $? 'the manifest lists the metadata'
missing=$(cd "$box/out/release" && find . -type f ! -name manifest.json ! -name ro-crate-metadata.json | sed 's|^\./||' |
    while read -r file; do
        grep -q "\"@id\": \"$file\"" ro-crate-metadata.json && grep -q "$(sha256sum < "$file" | cut -c1-64)" ro-crate-metadata.json ||
            printf '%s ' "$file"
    done)
[ -z "$missing" ]
report $? 'every file of the release stands in it with its SHA-256' "$missing"
cp "$crate" "$box/first"
"$stepdown" run -q --again "$box/uis/study.yaml" -o "$box/out" > /dev/null
cmp -s "$crate" "$box/first"
report $? 'the same study gives the same metadata'
grep -q datePublished "$crate"
[ $? = 1 ]
report $? 'no clock is read: there is no date of publication'
SOURCE_DATE_EPOCH=1795910400 "$stepdown" run -q --again "$box/uis/study.yaml" -o "$box/out" > /dev/null
grep -q '"datePublished": "2026-11-29"' "$crate"
report $? 'SOURCE_DATE_EPOCH says a date of publication'

exit $failed
