#!/bin/sh
# The output that the README shows for the first command is what the command prints, but for the time it took.
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
