# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of the whole share; they source it from the root of the repository.
#   $stepdown      the program under test          $box      a folder of the test's own, removed at its end
set -u
LC_ALL=C
export LC_ALL
root=$(pwd)
build=${BUILD:-build}
case $build in /*) : ;; *) build=$root/$build ;; esac
stepdown=$build/bin/stepdown
box=$(mktemp -d)
failed=0
trap 'chmod -R u+w "$box"; rm -rf "$box"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
stages='ingest episodes cohort outcomes compare'

report() { # STATUS SENTENCE [WHY]
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2${3:+: $3}"
        failed=1
    fi
}

# Runs a command; what it says is in $box/told (both streams), its status in $status.
try() {
    "$@" > "$box/told" 2>&1
    status=$?
}

# The last command of try ended with a status and its talk holds a text.
told() { # STATUS TEXT SENTENCE
    if [ "$status" != "$1" ]; then
        report 1 "$3" "exit status $status, $(head -c 300 "$box/told")"
    elif ! grep -qF -- "$2" "$box/told"; then
        report 1 "$3" "said: $(head -c 300 "$box/told")"
    else
        report 0 "$3"
    fi
}

# All stages up to results.h5, which draw no figure.
compute() { # STUDY OUT [OPTION...]
    study_file=$1
    out_folder=$2
    shift 2
    for stage in $stages; do
        "$stepdown" "$stage" -q "$@" -o "$out_folder" "$study_file" || return
    done
}

content() { # FILE.h5: its content_sha256
    h5dump -a /content_sha256 "$1" | sed -n 's/.*"\([0-9a-f]\{64\}\)".*/\1/p'
}

cell() { # FILE.h5 TABLE AWK-CONDITION COLUMN: cells of rows, from a table without quoted commas before the column
    "$stepdown" show "$1" "$2" --format csv | awk -F, -v column="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) place[$i] = i; next }
        '"$3"' { print $place[column] }'
}

# Copies a dataset, so that the test may change it.
borrow() { # NAME: to $box/NAME
    cp -R "datasets/$1" "$box/$1"
    chmod -R u+w "$box/$1"
}
