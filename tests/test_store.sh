#!/bin/sh
# The store from outside: nothing is lost when the process dies, the disk is full or cannot be written to.
# Usage: test_store.sh INITLAB [KILLS]
set -eu
initlab=$(realpath "$1") kills=${2:-12}
work=$(mktemp -d)
mounted=
cleanup() {
    [ -z "$mounted" ] || umount "$mounted" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"
fail() {
    echo "$*"
    exit 1
}

cat >study.yaml <<'YAML'
study: kept
data: xor
network: [2-2-1, 2-4-1]
optimizer: adam(lr=0.01)
init: [zeros, he_normal, xavier_uniform]
seeds: 3000
baseline: he_normal
record: layers(every=300, seeds=50)
YAML
# The runs themselves, without what differs from one go to the next.
runs() {
    "$initlab" run study.yaml --out "$1" --quiet --format csv 2>/dev/null
}
"$initlab" run study.yaml --quiet --format csv >expected.csv

# Killed at any moment, and gone on with, until it is complete: the same content, run for run.
done=0 round=0 kept=0
while [ $done -eq 0 ]; do
    round=$((round + 1))
    [ $round -lt 500 ] || fail "still not complete after $round rounds"
    "$initlab" run study.yaml --out killed.db --quiet --jobs $((1 + round % 2)) --format csv >got.csv 2>err &
    pid=$!
    if [ $round -le "$kills" ]; then
        sleep "$(awk -v n=$round 'BEGIN {srand(n); printf "%.3f", 0.01 + 0.12 * rand()}')"
        kill -9 $pid 2>/dev/null || true
    fi
    code=0
    wait $pid || code=$?
    case $code in
    0) [ $round -gt "$kills" ] && done=1 ;;
    137) ;;
    *) fail "round $round ended with $code: $(cat err)" ;;
    esac
done
cmp got.csv expected.csv || fail "a study that was killed $kills times has other results"
runs one.db >/dev/null
runs killed.db | cmp - expected.csv || fail "the store that was killed has other results"
[ "$(ls killed.db*)" = killed.db ] || fail "files are left beside the store: $(ls)"

# Records are there with their runs, whole, and the same: curves and layers of the first 50 seeds of 6 arms.
for what in --curves --layers; do
    "$initlab" export one.db $what >one.csv
    "$initlab" export killed.db $what | cmp - one.csv || fail "export $what of the store that was killed"
done
[ "$("$initlab" export one.db --curves --jsonl | grep -c '"epoch":0,"train_loss":[0-9.]*,"train_accuracy":')" -eq 300 ] ||
    fail "export --curves --jsonl"
# The last line of each run is at the run's last epoch, with its loss.
"$initlab" export one.db --curves | awk -F, 'NR > 1 {k = $4 "," $15 "," $17; if (k != last && NR > 2) print line; last = k
    line = k "," $18 "," $21} END {print line}' >ends
"$initlab" export one.db | awk -F, 'NR > 1 && $17 <= 50 {print $4 "," $15 "," $17 "," $19 "," $21}' | cmp - ends ||
    fail "curves do not end where their runs do"
"$initlab" export one.db --tensorboard events 2>/dev/null || fail "export --tensorboard"
[ "$(find events -name 'events.out.tfevents.*' | wc -l)" -eq 300 ] || fail "not a file of events for each run"

# What was stored is exported as it was reported, and shown.
"$initlab" export killed.db | cmp - expected.csv || fail "export --csv differs from run --format csv"
[ "$("$initlab" export killed.db --jsonl | grep -c '^{"data":"xor",.*,"accuracy":[0-9.]*}$')" -eq 18000 ] || fail "export --jsonl"
"$initlab" report killed.db -o page.html || fail "no report"
grep -q '^<h1>kept</h1>$' page.html && tail -1 page.html | grep -q '^</html>$' || fail "an odd page"
"$initlab" report killed.db --study kept | cmp - page.html || fail "the page on standard output is another"
"$initlab" report killed.db --svg rmst-map -o map.svg && grep -q '^<title id="rmst-map-title">' map.svg || fail "no map"
"$initlab" run study.yaml --out killed.db --seeds 3010 --quiet 2>/dev/null | head -1 |
    grep -q ' 60 runs beside 18000 stored ones in ' || fail "the table does not tell stored runs"
[ "$(ls page.html*)" = page.html ] || fail "files are left beside the page"
# refused CODE TEXT ARGS…: that exit code and one line with TEXT, nothing on standard output.
refused() {
    expected=$1 text=$2
    shift 2
    code=0
    "$initlab" "$@" >out 2>err || code=$?
    [ $code -eq "$expected" ] || fail "$*: exit code $code, not $expected"
    [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$text" err || fail "$*: $(cat err)"
}
refused 2 "there is no study 'other' in it" report killed.db --study other
refused 2 'study.yaml is not a store of initlab' export study.yaml
refused 2 'study.yaml is not a store of initlab' run study.yaml --out study.yaml
refused 2 '--csv and --jsonl exclude each other' export killed.db --csv --jsonl
refused 2 '--tensorboard and --layers exclude each other' export killed.db --tensorboard x --layers
refused 4 'study.yaml/1-zeros,2-2-1: cannot be made: Not a directory' export killed.db --tensorboard study.yaml
refused 4 'no/such/folder: cannot be made: No such file or directory' export killed.db --tensorboard no/such/folder
refused 4 'none.db: cannot be opened: No such file or directory' report none.db
refused 4 'no/page.html: cannot' report killed.db -o no/page.html

# Weights from a file are known by what is in it, not by its name.
printf 'data: xor\nnetwork: 2-4-1\ninit: [he_normal, pretrained(w.safetensors)]\nseeds: 8\nbudget: 20\n' >pretrained.yaml
for seed in 1 1 2; do
    "$initlab" train --data xor --network 2-4-1 --init he_normal --seed $seed --save w.safetensors >/dev/null 2>err || fail "$(cat err)"
    "$initlab" run pretrained.yaml --out weights.db >out 2>>found || fail "$(cat found)"
done
[ "$(cat found)" = 'initlab: weights.db: 16 of 16 runs are there already
initlab: weights.db: another study than the one before, other samples, weights or arithmetic: both are kept
initlab: weights.db: 8 of 16 runs are there already' ] || fail "weights from a file: $(cat found)"

# An interruption is code 3; what has finished is kept. `timeout` also undoes a SIGINT that the caller ignores.
sed 's/seeds: 3000/seeds: 1000000/' study.yaml >long.yaml
for signal in INT TERM; do
    code=0
    timeout --preserve-status -k 10 -s $signal 1 "$initlab" run long.yaml --out long.db >out 2>err || code=$?
    [ $code -eq 3 ] || fail "SIG$signal: exit code $code, not 3"
    [ ! -s out ] || fail "SIG$signal: results were written"
    grep -q 'interrupted: finished runs are in long.db: the same command resumes' err || fail "$(cat err)"
done
"$initlab" run long.yaml --out long.db --seeds 500 --quiet --format csv >got.csv 2>err || fail "$(cat err)"
grep -Eq 'long.db: [0-9]+ of 3000 runs are there already' err || fail "nothing was kept: $(cat err)"

# A limit on the size of files, as a full disk: code 4, nothing damaged, resumable.
code=0
(trap '' XFSZ; ulimit -f 100; "$initlab" run study.yaml --out limited.db --quiet >out 2>err) || code=$?
[ $code -eq 4 ] || fail "a limited file: exit code $code, not 4: $(cat err)"
[ ! -s out ] || fail "a limited file: results were written"
runs limited.db | cmp - expected.csv || fail "a store whose file was limited has other results"

# Runs that fail, because LSUV cannot begin where all units of a layer are dead, leave the study incomplete.
cat >failing.yaml <<'YAML'
data: xor
network: 2-2-1
init: [he_normal, lsuv(base=he_normal)]
seeds: 64
budget: 50
YAML
# failing CODE MESSAGE OPTION…
failing() {
    code=0 want=$1 message=$2
    shift 2
    "$initlab" run failing.yaml --quiet "$@" >out 2>err || code=$?
    [ $code -eq "$want" ] || fail "failing.yaml $*: exit code $code, not $want: $(cat err)"
    grep -q "$message" err || fail "failing.yaml $*: $(cat err)"
}
failing 3 '4 runs failed; lsuv(base=he_normal), seed 3, layer 2: lsuv: pre-activations are all 0' --out failing.db
tr '\n' ' ' <out | grep -q '4 of 128 runs failed: their scheme could not begin, all under lsuv(base=he_normal)' || fail "$(cat out)"
failing 3 '4 runs failed when failing.db was written: see --retry-failed' --out failing.db
failing 3 'failing.db: 124 of 128 runs are there already' --out failing.db --retry-failed
failing 2 '^seed 3, layer 2: lsuv' --fail-fast
failing 2 'retry-failed needs the file that has them: --out FILE.db' --retry-failed
"$initlab" export failing.db --csv | grep -c ',failed,0,50,nan,' | grep -qx 4 || fail "4 failures are exported"

# A full disk and one that is read-only, where this process may mount one.
mkdir disk
if mount -t tmpfs -o size=200k tmpfs disk 2>/dev/null; then
    mounted=$work/disk
    code=0
    "$initlab" run study.yaml --set record=none --out disk/full.db --quiet >out 2>err || code=$?
    [ $code -eq 4 ] || fail "a full disk: exit code $code, not 4: $(cat err)"
    grep -q 'disk/full.db: the disk is full: make room and run the same command again' err || fail "$(cat err)"
    mount -o remount,size=20m disk
    "$initlab" run study.yaml --set record=none --out disk/full.db --quiet --format csv >got.csv 2>err || fail "$(cat err)"
    cmp got.csv expected.csv || fail "a store whose disk was full has other results"
    grep -Eq 'full.db: [0-9]+ of 18000 runs are there already' err || fail "a full disk kept nothing: $(cat err)"
    mount -o remount,ro disk
    before=$(cksum <disk/full.db)
    for seeds in 3000 3001; do
        code=0
        "$initlab" run study.yaml --seeds $seeds --out disk/full.db --quiet >out 2>err || code=$?
        [ $code -eq 4 ] || fail "a read-only disk: exit code $code, not 4: $(cat err)"
        grep -q 'disk/full.db: cannot be written to: Read-only file system' err || fail "$(cat err)"
    done
    code=0
    "$initlab" run study.yaml --out disk/new.db --quiet >out 2>err || code=$?
    [ $code -eq 4 ] || fail "a new file on a read-only disk: exit code $code, not 4: $(cat err)"
    [ "$(cksum <disk/full.db)" = "$before" ] || fail "a read-only disk was written to"
else
    echo "mounting is not allowed: the full and the read-only disk are not tested"
fi
