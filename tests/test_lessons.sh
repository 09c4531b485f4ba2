#!/bin/sh
# Every lesson's command, run as written, prints what its page shows, but for the time it took.
# usage: test_lessons.sh INITLAB SOURCE
set -eu
initlab=$(realpath "$1")
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/build"
ln -s "$initlab" "$work/build/initlab"
ln -s "$PWD/experiments" "$work/experiments"
timeless() { sed 's/ runs in [0-9.]* s/ runs/'; }

count=0
for page in "$PWD"/experiments/lessons/[1-9]*.md; do
    awk '/^```/{on = $0 == "```console"; next} on' "$page" >"$work/block"
    [ "$(grep -c '^\$ build/initlab ' "$work/block")" = 1 ] || { echo "$page: not one command"; exit 1; }
    timeless <"$work/block" | sed 1d >"$work/shown"
    (cd "$work" && sh -c "$(sed -n '1s/^\$ //p' block)") 2>/dev/null | timeless >"$work/printed"
    diff "$work/shown" "$work/printed" || { echo "$page (<) is not what its command prints (>)"; exit 1; }
    count=$((count + 1))
done
[ "$count" = 8 ] || { echo "$count lessons, not 8"; exit 1; }
