#!/bin/sh
# The output that the README shows for the first command is what the command prints, but for the time it took; and the
# claim that it puts under test comes out as it expects.
# usage: test_readme.sh INITLAB SOURCE
set -eu
initlab=$(realpath "$1")
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
timeless() { sed 's/ runs in [0-9.]* s/ runs/'; }

awk '/^\$ build\/initlab run experiments\/xor\/xor.yaml$/{on = 1; next} /^```$/{if (on) exit} on' README.md |
    timeless >"$work/shown"
"$initlab" run experiments/xor/xor.yaml --color never | timeless >"$work/printed"
[ -s "$work/shown" ] || { echo "the README shows no output"; exit 1; }
diff "$work/shown" "$work/printed" || { echo "the README (<) is not what the command prints (>)"; exit 1; }

awk '/^Put your own under test/{on = 1} on && /^```$/{exit} on && yaml; /^```yaml$/{yaml = on}' README.md >"$work/mine.yaml"
[ "$(wc -l <"$work/mine.yaml")" -eq 10 ] || { echo "the README's claim has not ten lines"; exit 1; }
"$initlab" check "$work/mine.yaml" --quiet || { echo "the README's claim is not as expected"; exit 1; }
