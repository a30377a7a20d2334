#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shipped programs carry the protections that compiler and linker offer.
#   sh tests/whole/test_hardening.sh          from the root of the repository
. tests/whole/support.sh

# Sanitizers bring their own checks in place of these, and another compiler its own set.
if ! grep -q '_FORTIFY_SOURCE=3' "$build/flags.mk" 2> /dev/null || ! command -v readelf > /dev/null; then
    echo 'skipped - not a build with the full set of protections'
    exit 0
fi

lacking() { # PATTERN READELF-OPTION...: programs whose output lacks the pattern
    pattern=$1
    shift
    for program in "$build"/bin/*; do
        readelf -W "$@" "$program" 2> /dev/null | grep -qE "$pattern" || printf '%s ' "$(basename "$program")"
    done
}

having() { # PATTERN READELF-OPTION...: programs whose output has it
    pattern=$1
    shift
    for program in "$build"/bin/*; do
        readelf -W "$@" "$program" 2> /dev/null | grep -qE "$pattern" && printf '%s ' "$(basename "$program")"
    done
}

[ "$(ls "$build/bin" | wc -l)" -ge 9 ]
report $? 'there are programs to look at'
programs=$(lacking 'Type: +DYN' -h)
[ -z "$programs" ]
report $? 'programs are position independent' "$programs"
programs=$(lacking 'FLAGS_1.*PIE' -d)
[ -z "$programs" ]
report $? 'programs say that they are' "$programs"
programs=$(lacking 'GNU_RELRO' -l)
[ -z "$programs" ]
report $? 'relocations become read-only' "$programs"
programs=$(lacking 'BIND_NOW|FLAGS_1.*NOW' -d)
[ -z "$programs" ]
report $? 'all symbols are bound at the start' "$programs"
programs=$(lacking 'GNU_STACK +([0-9a-fx]+ +)+RW +0x' -l)
[ -z "$programs" ]
report $? 'no stack is executable' "$programs"
programs=$(lacking '__stack_chk_fail' --dyn-syms)
[ -z "$programs" ]
report $? 'stacks are guarded' "$programs"
programs=$(lacking '__(memcpy|snprintf|vsnprintf|read|printf|fprintf)_chk' --dyn-syms)
[ -z "$programs" ]
report $? 'library calls are fortified' "$programs"
programs=$(having 'LOAD .* RWE ' -l)
[ -z "$programs" ]
report $? 'no memory is both writable and executable' "$programs"
programs=$(having 'RPATH|RUNPATH|TEXTREL' -d)
[ -z "$programs" ]
report $? 'no search path is built in' "$programs"
! grep -qE -e '-march=native|-ffast-math|-Ofast' Makefile "$build/flags.mk" &&
    grep -q -e '-ffp-contract=off' "$build/flags.mk"
report $? 'flags promise the same numbers on every machine'

exit $failed
