#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same study and the same data give the same bytes, whatever surrounds them.
#   sh tests/whole/test_same_bytes.sh          from the root of the repository
. tests/whole/support.sh

files='records.h5 episodes.h5 cohort.h5 outcomes.h5 results.h5 rejects.csv'

same_work() { # OUT OTHER: prints the files that differ
    for file in $files; do
        cmp -s "$1/work/$file" "$2/work/$file" || printf '%s ' "$file"
    done
}

for study in uis pharmaco teds2004; do
    compute "datasets/$study/study.yaml" "$box/$study" -j 1
    report $? "$study runs on one thread"
    for threads in 2 4; do
        compute "datasets/$study/study.yaml" "$box/$study-$threads" -j $threads
        differ=$(same_work "$box/$study" "$box/$study-$threads")
        [ -z "$differ" ]
        report $? "$study has the same bytes on $threads threads" "$differ"
    done
done

# Another locale, time zone, umask, working folder, output folder and way to name the study, all at once.
(
    LC_ALL=tr_TR.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Kathmandu HOME=/nonexistent COLUMNS=20
    export LC_ALL LANG TZ HOME COLUMNS
    umask 000
    mkdir -p "$box/far/away"
    cd "$box/far/away" || exit 1
    compute "$root/datasets/pharmaco/../uis/study.yaml" ../some/where -j 3
)
differ=$(same_work "$box/uis" "$box/far/some/where")
[ -z "$differ" ]
report $? "locale, time zone, umask and folders change no byte" "$differ"

modes=$(find "$box/far/some/where/work" -type f ! -perm 600)
[ -z "$modes" ] && [ -z "$(find "$box/far/some/where/work" -type d ! -perm 700)" ]
report $? "files of a run are private under any umask" "$modes"

locale -a | grep -qix 'de_DE.utf-*8' && {
    LC_ALL=de_DE.UTF-8 compute datasets/uis/study.yaml "$box/german"
    [ -z "$(same_work "$box/uis" "$box/german")" ]
    report $? "a comma as decimal point of the locale changes no byte"
}

# The whole way, figures and pages too.
"$stepdown" run -q datasets/pharmaco/study.yaml -o "$box/one" -j 1 > /dev/null
report $? "pharmaco runs to its report"
(
    cd "$box" || exit 1
    export TZ=America/New_York LANG=fr_FR.UTF-8
    "$stepdown" run -q "$root/datasets/pharmaco/study.yaml" -o other -j 4 > /dev/null
)
differ=$(diff -rq "$box/one/release" "$box/other/release" 2>&1)
[ -z "$differ" ] && [ -s "$box/one/release/report.html" ]
report $? "the release is the same file by file: tables, figures, page, manifest" "$differ"

! grep -rlaF -e "$box" -e "$root" "$box/one" > "$box/named" 2>&1
report $? "no path of the machine is in an output" "$(head -n 3 "$box/named")"

exit $failed
