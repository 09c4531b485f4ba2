#!/bin/bash
# data/fetch.sh with mirrors that are folders, and a table of small files. Usage: test_fetch.sh SOURCE
set -u
source=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset INITLAB_DATA INITLAB_MIRROR XDG_CACHE_HOME
export HOME=$dir/home
cases=0
failures=0

fail() {
    failures=$((failures + 1))
    printf 'FAILED %s: %s\n' "$1" "$2"
}

# fetch EXPECTED-CODE NAME…
fetch() {
    cases=$((cases + 1))
    timeout 60 data/fetch.sh "${@:2}" >out 2>err </dev/null
    code=$?
    [ "$code" -eq "$1" ] || fail "fetch ${*:2}" "exit code $code: $(cat err)"
}

says() {
    grep -qF -- "$1" err || fail "$1" "not said: $(cat err)"
}

# is FILE TEXT: the gzip FILE holds TEXT.
is() {
    [ "$(gzip -dc "$1" 2>/dev/null)" = "$2" ] || fail "$1" "is not '$2'"
}

sum() { printf %s "$1" | sha256sum | cut -d ' ' -f 1; }

mkdir data good bad
cp "$source/data/fetch.sh" data
for name in one two; do
    printf %s "content of $name" | gzip -9 >"good/$name.gz"
    printf %s "other than $name" | gzip -9 >"bad/$name.gz"
done
gzip -dc good/one.gz | gzip -1 >good/one.again && mv good/one.again good/one.gz
mkdir zip && (cd zip && cp ../good/*.gz . && zip -q ../good/all.zip one.gz two.gz)
cat >data/sources.txt <<S
small from file://$dir/absent
small from file://$dir/bad
small from file://$dir/good
small file one content sha256 $(sum "content of one")
small file two packed sha256 $(sha256sum <good/two.gz | cut -d ' ' -f 1)

packed from file://$dir/good
packed archive all.zip md5 $(md5sum <good/all.zip | cut -d ' ' -f 1)
S

# --- the next mirror when one fails or lies; to the cache, or where it is asked for

fetch 0 small
says "absent/one.gz"
says "one.gz from file://$dir/bad/one.gz has another sha256 sum"
says "small: 2 files in $dir/home/.cache/initlab/small, verified"
is home/.cache/initlab/small/one.gz "content of one"
is home/.cache/initlab/small/two.gz "content of two"
[ "$(ls -A home/.cache/initlab)" = small ] || fail leftovers "$(ls -A home/.cache/initlab)"
fetch 0 small
says "already, and verified"
XDG_CACHE_HOME=$dir/cache fetch 0 small
is cache/initlab/small/one.gz "content of one"
INITLAB_DATA=$dir/mine fetch 0 small packed
is mine/small/two.gz "content of two"
is mine/packed/one.gz "content of one"
[ "$(ls mine/packed)" = "$(printf 'one.gz\ntwo.gz')" ] || fail archive "left $(ls mine/packed)"
says "packed: 2 files in $dir/mine/packed; the archive was verified"
INITLAB_DATA=$dir/mine fetch 0 packed
says "already; remove it"

# --- a file that was spoiled is fetched again, and the others stay

printf x >>mine/small/one.gz
INITLAB_DATA=$dir/mine fetch 0 small
is mine/small/one.gz "content of one"

# --- an own mirror, with a folder for each dataset or without

mkdir -p own/small && cp good/*.gz own/small
INITLAB_DATA=$dir/a INITLAB_MIRROR=file://$dir/own/ fetch 0 small
is a/small/one.gz "content of one"
INITLAB_DATA=$dir/b INITLAB_MIRROR=file://$dir/good fetch 0 small
is b/small/two.gz "content of two"

# --- what was begun goes on; what was begun of another file does not stay

mkdir -p c/.small.part d/.small.part
head -c 20 good/one.gz >c/.small.part/one.gz
INITLAB_DATA=$dir/c INITLAB_MIRROR=file://$dir/good fetch 0 small
is c/small/one.gz "content of one"
head -c 20 bad/two.gz >d/.small.part/two.gz
INITLAB_DATA=$dir/d INITLAB_MIRROR=file://$dir/good fetch 0 small
is d/small/two.gz "content of two"
# What is complete already is not asked for again.
mkdir -p i/.small.part && cp good/one.gz i/.small.part
INITLAB_DATA=$dir/i INITLAB_MIRROR=file://$dir/good fetch 0 small
grep -q 'one.gz' err && fail "complete part" "was fetched again"
# A mirror that breaks off leaves what it gave for the next time.
mkdir half && head -c 25 good/one.gz >half/one.gz
INITLAB_DATA=$dir/e INITLAB_MIRROR=file://$dir/half fetch 1 small
[ "$(wc -c <e/.small.part/one.gz)" -eq 25 ] || fail resume "nothing left to resume"
INITLAB_DATA=$dir/e INITLAB_MIRROR=file://$dir/good fetch 0 small
is e/small/one.gz "content of one"

# --- nothing is installed when a file cannot be had

INITLAB_DATA=$dir/f INITLAB_MIRROR=file://$dir/bad fetch 1 small
says "one.gz could not be had from any mirror. Without a network"
says "INITLAB_MIRROR=file:///that/folder"
[ -e f/small ] && fail "bad mirror" "something was installed"
mkdir partly && cp good/one.gz partly
INITLAB_DATA=$dir/f INITLAB_MIRROR=file://$dir/partly fetch 1 small
[ -e f/small ] && fail "half a mirror" "something was installed"
says "two.gz could not be had"
INITLAB_DATA=$dir/f INITLAB_MIRROR=file://$dir/half fetch 1 packed
[ -e f/packed ] && fail "no archive" "something was installed"
fetch 1 smal
says "there is no 'smal': small packed"
fetch 1
says "name what to fetch: small packed"
HOME='' fetch 1 small
says "HOME is not set"
touch file
INITLAB_DATA=$dir/file fetch 1 small
says "cannot write to $dir/file: set INITLAB_DATA"

# --- the true table

cp "$source/data/sources.txt" data
for name in mnist fashion_mnist kmnist emnist; do
    [ "$(grep -c "^$name from " data/sources.txt)" -ge 1 ] || fail "$name" "has no mirror"
    INITLAB_DATA=$dir/g INITLAB_MIRROR=file://$dir/good fetch 1 "$name"
    says "could not be had from any mirror"
done

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
