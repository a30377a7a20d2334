#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual speaks of everything there is: measures, keys, columns; its links lead somewhere, its checksums are right,
# and its manual pages can be made.
#   sh tests/whole/test_manual.sh            from the root of the repository
set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

report() { # STATUS NAME [WHY]
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2${3:+: $3}"
        failed=1
    fi
}

# Prints the words of a file of words, one a line, that do not stand in a document as `code`, or within it.
not_in() { # WORDS DOCUMENT
    while read -r word; do
        grep -qE "\`([^\`]*[^a-z_\`])?$word[^a-z_0-9]" "$2" || printf '%s ' "$word"
    done < "$1"
}

# ---- measures, keys, columns ------------------------------------------------------------------------------

sed -n 's/^MEASURE(\([a-z_0-9]*\))$/\1/p' pipeline/study/measures.def > "$scratch/measures"
sed -n '/^## Measures/,$p' docs/results.md | sed -n 's/^| `\([a-z_0-9]*\)` |.*/\1/p' > "$scratch/rows"
[ -s "$scratch/measures" ] && cmp -s "$scratch/measures" "$scratch/rows"
report $? "docs/results.md has a row a measure, in the order of the list" \
    "$(diff "$scratch/measures" "$scratch/rows" | tr '\n' ' ')"

keys() { # SCHEMA: the keys of its tables of keys
    sed -n 's/^.*{"\([a-z_]*\)", *\(&[A-Za-z_]*,\|LATER\).*/\1/p' "$1" | sort -u
}
{ keys pipeline/study/study_schema.c; keys pipeline/study/study_schema_dashboard.c; keys pipeline/study/study_strategies.c; keys pipeline/study/words_schema.c; } > "$scratch/keys"
missing=$(not_in "$scratch/keys" docs/study-file.md)
[ "$(wc -l < "$scratch/keys")" -gt 50 ] && [ -z "$missing" ]
report $? "docs/study-file.md names every key of the study file" "$missing"

keys pipeline/study/codebook_schema.c > "$scratch/keys"
missing=$(not_in "$scratch/keys" docs/codebook.md)
[ "$(wc -l < "$scratch/keys")" -gt 10 ] && [ -z "$missing" ]
report $? "docs/codebook.md names every key of a codebook" "$missing"

sed -n 's/^ *{"\([a-z_0-9]*\)", "[^"]*", COLUMN_.*/\1/p; s/.*}, *{"\([a-z_0-9]*\)", "[^"]*", COLUMN_.*/\1/p' \
    pipeline/compare/estimates.c pipeline/compare/results.c pipeline/compare/programme_rows.c pipeline/outcomes/summary.c | sort -u > "$scratch/columns"
missing=$(not_in "$scratch/columns" docs/results.md)
[ "$(wc -l < "$scratch/columns")" -gt 40 ] && [ -z "$missing" ]
report $? "docs/results.md names every column of estimates, verdicts, curves and their neighbours" "$missing"

# ---- reasons ------------------------------------------------------------------------------------------------

# The first argument is a C file with lines [NAME] = "text".
reasons() { sed -n 's/^ *\[[A-Z_]*\] = "\([^"]\{1,\}\)",$/\1/p' "$1" | grep -v '^counts$'; }
unfold() { tr '\n' ' ' < "$1" | tr -s ' '; }

missing=$(reasons pipeline/ingest/reason.c | while read -r reason; do
    unfold docs/codebook.md | grep -qF "$reason" || printf '%s; ' "$reason"
done)
[ -n "$(reasons pipeline/ingest/reason.c)" ] && [ -z "$missing" ]
report $? "docs/codebook.md names every reason for which a row is set aside" "$missing"

missing=$(reasons pipeline/outcomes/outcome.c | while read -r reason; do
    unfold docs/study-file.md | grep -qF "$reason" || printf '%s; ' "$reason"
done)
[ -n "$(reasons pipeline/outcomes/outcome.c)" ] && [ -z "$missing" ]
report $? "docs/study-file.md names every reason for which a person does not count" "$missing"

# ---- what runs where --------------------------------------------------------------------------------------------

sed -n '/^## What runs where/,/^## What this/p' README.md > "$scratch/runs"
{ grep -oE '^check-[a-z-]+:' Makefile | tr -d :; echo bench-scale; } | grep -v FORCE > "$scratch/targets"
missing=$(while read -r target; do grep -qE "\`(make )?$target[ \`]" "$scratch/runs" || printf '%s ' "$target"; done < "$scratch/targets")
[ "$(wc -l < "$scratch/targets")" -gt 10 ] && [ -z "$missing" ]
report $? "README.md says of every check of the Makefile where it runs" "$missing"
missing=$(for target in check-mpi bench-scale check-web check-coverage; do grep -qF "make $target" CONTRIBUTING.md || printf '%s ' $target; done)
[ -z "$missing" ]
report $? "CONTRIBUTING.md names the checks that not everybody can run" "$missing"

# ---- links and checksums --------------------------------------------------------------------------------------

anchors() { # the anchors of a document's headings
    sed -n 's/^##* //p' "$1" | tr 'A-Z' 'a-z' | sed 's/[^a-z0-9_ -]//g; s/ /-/g'
}
broken=$(for document in README.md CONTRIBUTING.md CHANGELOG.md docs/*.md datasets/*/README.md; do
    folder=$(dirname "$document")
    grep -o '](\([^()]*\))' "$document" | sed 's/^](//; s/)$//' | grep -v '^http' | while read -r link; do
        path=${link%%#*}
        anchor=${link#"$path"}
        anchor=${anchor#\#}
        target=$document
        [ -z "$path" ] || target=$folder/$path
        if [ ! -e "$target" ]; then
            printf '%s in %s; ' "$link" "$document"
        elif [ -n "$anchor" ]; then
            anchors "$target" | grep -qxF "$anchor" || printf '%s in %s; ' "$link" "$document"
        fi
    done
done)
[ -z "$broken" ]
report $? "every link of the manual leads somewhere" "$broken"

wrong=$(for readme in datasets/*/README.md; do
    sed -n 's/^| `\([^`]*\)` .*`\([0-9a-f]\{64\}\)` |$/\1 \2/p' "$readme" > "$scratch/sums"
    data=$(find "$(dirname "$readme")" -name '*.csv*' ! -name 'published*.csv')
    [ -z "$data" ] || [ -s "$scratch/sums" ] || printf '%s states none; ' "$readme"
    while read -r file sum; do
        [ "$(sha256sum < "$(dirname "$readme")/$file")" = "$sum  -" ] || printf '%s/%s; ' "$(dirname "$readme")" "$file"
    done < "$scratch/sums"
done)
[ -z "$wrong" ]
report $? "the checksums of the shipped data are right" "$wrong"

# ---- manual pages ---------------------------------------------------------------------------------------------------

for page in docs/man/*.md; do
    name=$(basename "$page" .md)
    scripts/man-page "$page" 1.2.3 > "$scratch/$name" 2> "$scratch/errors" &&
        scripts/man-page "$page" 1.2.3 | cmp -s - "$scratch/$name" &&
        grep -q '^\.TH STEPDOWN.* 1 "" "stepdown 1.2.3"' "$scratch/$name" &&
        [ "$(grep -cxE '\.SH (NAME|SYNOPSIS|DESCRIPTION|EXIT STATUS|EXAMPLE)' "$scratch/$name")" = 5 ]
    report $? "$name is made, has its sections and an example" "$(cat "$scratch/errors")"
    if command -v groff > /dev/null; then
        warnings=$(groff -man -ww -Tutf8 "$scratch/$name" 2>&1 > /dev/null)
        [ -z "$warnings" ]
        report $? "groff has no word to say about $name" "$warnings"
    fi
done

refused() { # NAME, the page on stdin
    cat > "$scratch/page.md"
    scripts/man-page "$scratch/page.md" 1 > /dev/null 2> "$scratch/errors"
    [ $? = 1 ] && grep -q '^[^ ]*page\.md:[0-9]*: ' "$scratch/errors"
    report $? "$1" "$(cat "$scratch/errors")"
}
printf '# page - without a section\n' | refused "a page without NAME(1) in its first line is refused"
printf '# page(1) - x\n\n## A\n\nan `open mark\n' | refused "an open mark is refused with its line"
printf '# page(1) - x\n\n| a | b |\n' | refused "a table is refused"
printf '# page(1) - x\n\n```\n.code\n' | refused "code without an end is refused"
printf '' | refused "an empty page is refused"

printf '# page(1) - x\n\n## A\n\n.x \\\\ `a-b`\n\n```\n.y -- \\n\n```\n' > "$scratch/page.md"
scripts/man-page "$scratch/page.md" 1 > "$scratch/page"
grep -qxF '\&.x \e \fBa\-b\fR' "$scratch/page" && grep -qxF '\&.y \-\- \en' "$scratch/page"
report $? "dots, backslashes and hyphens reach the reader as they are" "$(cat "$scratch/page")"

exit $failed
