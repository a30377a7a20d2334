#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The walls of the house stand where docs/architecture.md draws them.
#   sh tests/whole/test_layering.sh          from the root of the repository
. tests/whole/support.sh

including() { # HEADER: files outside of tests that include it
    grep -rlE "^ *# *include *[<\"]$1[>\"]" pipeline stats | tr '\n' ' '
}

only_in() { # FOLDER HEADER...
    folder=$1
    shift
    for header; do
        for file in $(including "$header"); do
            case $file in "$folder"/*) : ;; *) printf '%s includes %s; ' "$file" "$header" ;; esac
        done
    done
}

# ---- libraries ----------------------------------------------------------------------------------------------

strays=$(only_in pipeline/store 'hdf5[a-z_]*\.h' 'H5[A-Za-z]*\.h')
[ -z "$strays" ] && [ -n "$(including 'hdf5\.h')" ]
report $? 'HDF5 stays inside pipeline/store' "$strays"
strays=$(only_in pipeline/store 'libdeflate\.h' | sed -E 's#pipeline/report/(png_pack|pixel_deflate)\.c includes [^;]*; ##g')
[ -z "$strays" ]
report $? 'libdeflate serves stored chunks and PNGs, and nothing else' "$strays"
strays=$(only_in pipeline/ingest 'csv\.h')
[ -z "$strays" ] && [ -n "$(including 'csv\.h')" ]
report $? 'libcsv stays inside pipeline/ingest' "$strays"

strays=$(only_in pipeline/ingest 'readstat\.h' | grep -v '^tests/pipeline/ingest/')
[ -z "$strays" ] && [ -n "$(including 'readstat\.h')" ]
report $? 'ReadStat stays inside pipeline/ingest' "$strays"
strays=$(only_in pipeline/report 'libxml/[A-Za-z]*\.h')
[ -z "$strays" ]
report $? 'libxml2 stays inside pipeline/report' "$strays"
strays=$(only_in pipeline/report 'glpk\.h')
[ -z "$strays" ] && [ -n "$(including 'glpk\.h')" ]
report $? 'GLPK stays inside pipeline/report' "$strays"
strays=$(only_in pipeline/study 'yaml\.h')
[ -z "$strays" ] && [ -n "$(including 'yaml\.h')" ]
report $? 'YAML stays inside pipeline/study' "$strays"

# Several processes: a seam in base/, one in store/ for files of all, one place where stages are started; a stage is the same code
# for one or many.
strays=$(grep -rlE '^ *# *include *<mpi\.h>|(^|[^O])MPI_COMM_WORLD|_mpio' pipeline stats | grep -vE '^pipeline/(base|store)/mpi/' | tr '\n' ' ')
[ -z "$strays" ] && [ -f pipeline/base/mpi/ranks.c ] && [ -f pipeline/store/mpi/collective.c ]
report $? 'MPI stays inside pipeline/base/mpi and pipeline/store/mpi' "$strays"
strays=$(grep -rnE '^ *# *if.*MPI' pipeline stats | head -n 3)
[ -z "$strays" ]
report $? 'no code asks whether it is built with MPI' "$strays"
strays=$(grep -rlE 'base/ranks\.h|MPI_' stats | tr '\n' ' ')
[ -z "$strays" ]
report $? 'stats/ knows of no other process' "$strays"

# ---- code without its comments --------------------------------------------------------------------------------

strip() { "${CC:-gcc}" -fpreprocessed -dD -E -P -x c "$1" 2> /dev/null; }

shells=
gnuplots=
for file in pipeline/*/*.[ch] stats/*.[ch]; do
    strip "$file" > "$box/code"
    grep -qE '(^|[^a-z_A-Z0-9])(system|popen|execlp?|wordexp|posix_spawnp) *\(|/bin/sh|"sh"|"bash"' "$box/code" &&
        shells="$shells $file"
    case $file in
    pipeline/report/*) : ;;
    *) grep -qi gnuplot "$box/code" && gnuplots="$gnuplots $file" ;;
    esac
done
[ -z "$shells" ] && [ -s "$box/code" ]
report $? 'no code starts a shell' "$shells"
[ -z "$gnuplots" ]
report $? 'only pipeline/report knows of gnuplot' "$gnuplots"

# ---- stats/ ------------------------------------------------------------------------------------------------------

c_headers='assert|errno|float|inttypes|limits|math|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|immintrin'
strays=$(grep -nE '^ *# *include' stats/*.[ch] |
    grep -vE "\"stats/[a-z_]+\\.h\"|<(gsl/gsl_[a-z_]+|omp|$c_headers)\\.h>")
[ -z "$strays" ]
report $? 'stats/ includes itself, GSL, OpenMP and the C library alone' "$strays"
strays=
for file in stats/*.[ch]; do
    strip "$file" > "$box/code"
    grep -qE '(^|[^a-z_])(printf|fprintf|puts|fopen|open|write|perror|exit|abort|getenv|rand|srand) *\(' "$box/code" &&
        strays="$strays $file"
done
[ -z "$strays" ]
report $? 'stats/ prints nothing, opens nothing, ends nothing' "$strays"
# GSL's incomplete gamma and beta functions and their inverses are wrong, or never return, for shapes of large counts.
strays=$(grep -nE 'gsl_cdf_(chisq|gamma|beta|fdist|tdist|binomial|negative_binomial|poisson)_|gsl_sf_(gamma_inc|beta_inc)' \
    stats/*.[ch] pipeline/*/*.[ch] | head -n 3)
[ -z "$strays" ]
report $? 'tails and quantiles of gamma and beta variables are those of stats/quantiles.h and stats/distribution.h' "$strays"
if command -v nm > /dev/null; then
    # The lock of a critical section is OpenMP's; sanitizers keep books of their own.
    state=$(nm "$build/lib/stats.a" 2> /dev/null | grep -E ' [bBdDC] ' | grep -v '\.gomp_critical_user_' | head -n 3)
    [ -z "$state" ] || grep -q fsanitize "$build/flags.mk"
    report $? 'stats/ keeps no state between calls' "$state"
fi

# ---- the order of the stages -------------------------------------------------------------------------------------

# What a folder may include beside itself: everything to its left.
allowed() {
    case $1 in
    base) echo base ;;
    study | store) echo "base $1" ;;
    ingest) echo base study store ingest ;;
    episodes) echo base study store ingest episodes ;;
    cohort) echo base study store ingest episodes cohort ;;
    outcomes) echo base study store ingest episodes cohort outcomes ;;
    compare) echo stats base study store ingest episodes cohort outcomes compare ;;
    report) echo base study store ingest episodes cohort outcomes compare report ;;
    fit | verify | sites | simulate) echo stats base study store ingest episodes cohort outcomes compare "$1" ;;
    stepdown) echo base study store ingest episodes cohort outcomes compare report stepdown ;;
    esac
}
strays=
for folder in pipeline/*/; do
    folder=$(basename "$folder")
    may=" $(allowed "$folder") "
    [ "$may" != '  ' ] || strays="$strays unknown folder $folder;"
    for included in $(sed -n 's,^ *# *include "\([a-z_]*\)/.*,\1,p' pipeline/"$folder"/*.[ch] | sort -u); do
        case $may in *" $included "*) : ;; *) strays="$strays $folder includes $included;" ;; esac
    done
done
[ -z "$strays" ]
report $? 'a stage includes what is to its left, never what is to its right' "$strays"

strays=$(grep -nE '^ *# *include *"' pipeline/*/*.[ch] stats/*.[ch] |
    grep -vE '"[a-z]+/[a-z0-9_]+\.(h|def)"' | head -n 3)
[ -z "$strays" ]
report $? 'headers are named with their folder' "$strays"

# ---- headers stand alone ---------------------------------------------------------------------------------------------

alone='
    flags="-std=gnu17 -D_GNU_SOURCE -Ipipeline -I. -fsyntax-only -Wall -Wextra -x c"
    case $1 in pipeline/store/*) flags="$flags $(pkg-config --cflags hdf5-serial)" ;;
               pipeline/report/*) flags="$flags $(pkg-config --cflags libxml-2.0)" ;; esac
    "${CC:-gcc}" $flags -Werror "$1" > /dev/null 2>&1 || echo "$1"
'
needy=$(find pipeline stats -name '*.h' -print0 | xargs -0 -n 1 -P "$(nproc)" sh -c "$alone" sh | sort | tr '\n' ' ')
[ -z "$needy" ]
report $? 'every header compiles by itself' "$needy"

# ---- licence, width, what does not belong --------------------------------------------------------------------------

unmarked=$(find pipeline stats tests scripts plots .ci Makefile -type f \( -name '*.[chR]' -o -name '*.sh' -o \
    -name '*.gp' -o -name Makefile -o -path 'scripts/*' -o -path '.ci/*' \) -exec sh -c '
    for f; do head -n 3 "$f" | grep -q "SPDX-License-Identifier: GPL-3.0-or-later" || printf "%s " "$f"; done' sh {} +)
[ -z "$unmarked" ]
report $? 'every source file names its licence' "$unmarked"

exit $failed
