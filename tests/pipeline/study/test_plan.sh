#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A plan is locked before outcomes are computed; results and report say whether it was, and whether it has changed.
set -u
step=${BUILD:-build}/bin/stepdown
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
check() { # NAME, then a command that must succeed
    name=$1
    shift
    if "$@"; then echo "ok - $name"; else echo "not ok - $name"; sed 's/^/# /' "$work/err"; failed=1; fi
}
run() { "$@" > "$work/out.txt" 2> "$work/err"; }
exits() { # STATUS, command
    wanted=$1
    shift
    run "$@"
    [ $? = "$wanted" ]
}
told() { grep -q -- "$1" "$work/err"; }
says() { # what compare wrote
    "$step" show "$work/out" provenance --format csv 2> /dev/null | grep -q "^plan_lock,$1"
}

run "$step" new "$work/study"
study=$work/study/study.yaml
lock=$study.lock
check "a plan is locked" exits 0 "$step" lock "$study" -o "$work/out"
check "the lock holds a SHA-256" grep -Eq '^plan: [0-9a-f]{64}$' "$lock"
check "locking again changes nothing" exits 0 "$step" lock "$study" -o "$work/out"
cp "$lock" "$work/first"
check "a run says that the plan came first" exits 0 "$step" run "$study" -o "$work/out"
check "results hold it" says 'locked before any outcome was computed; unchanged since'
check "the report holds it" grep -q 'Plan: locked before any outcome was computed; unchanged since' "$work/out/release/report.html"

sed -i 's/^title: .*/title: Another title/; s/^study:/# a comment\nstudy:/' "$study"
run "$step" run "$study" -o "$work/out"
check "a title and a comment are no change of the plan" says 'locked before any outcome was computed; unchanged since'

cp "$study" "$work/good.yaml"
sed -i 's/margin: 0.10/margin: 0.20/' "$study"
check "the study has a margin to change" exits 1 cmp -s "$study" "$work/good.yaml"
run "$step" run "$study" -o "$work/out"
check "a change is told" told 'the plan has changed since it was locked'
check "a change stands in the results" says 'changed since it was locked'
check "a changed plan is not locked in silence" exits 3 "$step" lock "$study" -o "$work/out"
check "it is said how" told '--again locks it as it is now'
check "nor after outcomes were computed" exits 3 "$step" lock "$study" --again -o "$work/out"
check "it is said why" told 'outcomes were computed in .* already'
check "the refused lock is as it was" cmp -s "$lock" "$work/first"
check "a late lock says so" exits 0 "$step" lock "$study" --again --late -o "$work/out"
run "$step" run "$study" -o "$work/out"
check "and so do the results" says 'locked after outcomes had been computed; unchanged since'

codebook=$work/study/codebook.yaml
printf '# another codebook\n' >> "$codebook"
run "$step" run "$study" -o "$work/out"
check "the codebook belongs to the plan" says 'changed since it was locked'
sed -i '$d' "$codebook"

echo 'plan: none' > "$lock"
check "a damaged lock stops the run" exits 1 "$step" run "$study" -o "$work/out"
check "a damaged lock is told" told 'is no lock of stepdown, or is damaged'
rm "$lock"
run "$step" run "$study" -o "$work/out"
check "without a lock the results say so" says 'not locked'
exit $failed
