#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A source that is much larger than the memory goes in, row by row the same on any number of threads, and on a terminal
# one sees how fast and how long.
#   sh tests/whole/test_large_source.sh          from the root of the repository
. tests/whole/support.sh

cat > "$box/codebook.yaml" << 'END'
codebook: large
columns:
  arm:    {type: category, codes: {1: iop, 2: inpatient}}
  days:   {type: integer, range: [0, 999]}
  status: {type: category, codes: {0: stayed, 1: left}}
  filler: {role: drop}
END
cat > "$box/study.yaml" << 'END'
study: large
tables:
  clients: {file: large.csv, codebook: codebook.yaml}
cohort:
  arms: {iop: "arm == 'iop'", inpatient: "arm == 'inpatient'"}
  reference: inpatient
outcomes:
  given: {time: days, event: "status == 'left'", event_is: bad}
compare:
  - {outcomes: [given], measures: [risk_difference], at: [30]}
END

# 8,000 rows of 128 bytes are 1 MB; the file is 400 of them, one row of each is bad.
awk 'BEGIN { filler = sprintf("%0114d", 0)
             for (i = 0; i < 8000; i++)
                 printf "%d,%03d,%d,%s\n", i % 2 + 1, i == 4321 ? -1 : i % 1000, i % 3 == 0, filler }' > "$box/part"
{
    echo arm,days,status,filler
    i=0
    while [ $i -lt 25 ]; do
        cat "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" \
            "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" "$box/part" "$box/part"
        i=$((i + 1))
    done
} > "$box/large.csv"
megabytes=$(($(wc -c < "$box/large.csv") / 1000000))
[ "$megabytes" -ge 380 ]
report $? "the source has $megabytes MB"

# Of address space, so that nothing hides: programs, libraries, threads and all.  Sanitizers map far more than they use.
limit=200000
case $build in */san*) limit=unlimited ;; esac
(
    ulimit -v $limit
    "$stepdown" ingest "$box/study.yaml" -o "$box/out" -j 2
) > "$box/told" 2>&1
report $? "it goes in within $limit kB of address space" "$(head -c 300 "$box/told")"
grep -qF '3200000 rows in, 3199600 kept, 400 set aside' "$box/told"
report $? 'every row is counted' "$(head -c 300 "$box/told")"
tail -n 1 "$box/out/work/rejects.csv" | grep -q '^large.csv,3196323,[0-9]*,days,not a whole number\|^large.csv,3196323,[0-9]*,days,out of range$'
report $? 'the last bad row is listed at its line' "$(tail -n 1 "$box/out/work/rejects.csv")"

terminal=$(TERM=xterm script -qec "'$stepdown' ingest '$box/study.yaml' -o '$box/again' -j 1" /dev/null < /dev/null | tr '\r' '\n')
echo "$terminal" | grep -q 'ingest  [0-9,]* rows  [0-9.]* [kM]/s  [0-9]* s left'
report $? 'on a terminal one sees rows, rate and time left' "$(echo "$terminal" | head -c 300)"
cmp -s "$box/out/work/records.h5" "$box/again/work/records.h5" && cmp -s "$box/out/work/rejects.csv" "$box/again/work/rejects.csv"
report $? 'one thread and two make the same bytes'
exit "$failed"
