#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# CITATION.cff is what the Citation File Format 1.2 asks for and speaks of this version.
#   sh tests/whole/test_citation.sh          from the root of the repository
set -u
file=CITATION.cff
failed=0

report() { # STATUS NAME [WHY]
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2${3:+: $3}"
        failed=1
    fi
}

# Prints the value of a key of the first level, folded blocks on one line, without quotes.
value() {
    awk -v key="$1" '
        /^[a-z-]+:/ {
            inside = 0
            if (index($0, key ":") == 1) {
                inside = 1
                rest = substr($0, length(key) + 2)
                sub(/^ +/, "", rest)
                if (rest !~ /^[>|]-?$/) text = rest
                next
            }
        }
        inside && /^ / { line = $0; sub(/^ +/, "", line); text = text (text == "" ? "" : " ") line }
        END { gsub(/^"|"$/, "", text); print text }
    ' "$file"
}

if [ ! -f "$file" ]; then
    report 1 "there is a $file"
    exit 1
fi

for key in cff-version message title authors; do
    [ -n "$(value $key)" ]
    report $? "the required key $key has a value"
done

unknown=$(awk '/^[^ #-]/ { key = $0; sub(/:.*/, "", key); print key }' "$file" | grep -vxE \
    'abstract|authors|cff-version|commit|contact|date-released|doi|identifiers|keywords|license|license-url|message|preferred-citation|references|repository|repository-artifact|repository-code|title|type|url|version')
[ -z "$unknown" ]
report $? "every key belongs to the format" "$unknown"

doubled=$(awk '/^[^ #-]/ { sub(/:.*/, ""); print }' "$file" | sort | uniq -d)
[ -z "$doubled" ]
report $? "no key stands twice" "$doubled"

[ "$(value cff-version)" = 1.2.0 ]
report $? "the format is 1.2.0" "$(value cff-version)"

case $(value type) in software | dataset) : ;; *) false ;; esac
report $? "the type is software or dataset" "$(value type)"

[ "$(value version)" = "$(cat VERSION)" ]
report $? "the version is that of the file VERSION" "$(value version) and $(cat VERSION)"

# A day that exists, written as an ISO date.
value date-released | awk '
    !/^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/ { exit 1 }
    {
        split($0, part, "-"); year = part[1] + 0; month = part[2] + 0; day = part[3] + 0
        split("31 28 31 30 31 30 31 31 30 31 30 31", days, " ")
        if (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) days[2] = 29
        exit !(month >= 1 && month <= 12 && day >= 1 && day <= days[month])
    }'
report $? "the date of release is an ISO date" "$(value date-released)"

grep -q "^## $(cat VERSION) ($(value date-released))\$" CHANGELOG.md
report $? "CHANGELOG.md has this version with this date"

[ "$(value license)" = GPL-3.0-or-later ] && grep -q 'GNU GENERAL PUBLIC LICENSE' LICENSE && grep -q 'Version 3, 29 June 2007' LICENSE
report $? "the licence is GPL-3.0-or-later and LICENSE is its text" "$(value license)"

# An author is a person (family-names, given-names) or an entity (name); each begins with one of these.
awk '/^authors:/ { inside = 1; next } /^[^ ]/ { inside = 0 }
     inside && /^ *- / { n++; if ($0 !~ /^ *- (name|family-names|given-names|alias): *[^ ]/) bad = 1 }
     END { exit !(n > 0 && !bad) }' "$file"
report $? "every author has a name"

doubled=$(awk '/^keywords:/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside && /^ *- / { print }' "$file" | sort | uniq -d)
[ -z "$doubled" ]
report $? "no keyword stands twice" "$doubled"

awk 'length($0) > 0 && /\t/ { exit 1 }' "$file"
report $? "the file is indented with spaces"

exit $failed
