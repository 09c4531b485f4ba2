#!/bin/bash
# `initlab bench` from outside: names, table, JSON, mistakes; how fast anything is is no test's affair.
# Usage: test_bench_command.sh INITLAB
set -u
initlab=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/command.sh"

good bench xor/2-2-1/R=16 xor/2-2-1/R=256 -n 1
[ "$(wc -l <out)" -eq 3 ] || fail table "not a heading and 2 rows: $(cat out)"
shows 'ns/replica-epoch'
grep -qP '\e' out && fail table "colors without a terminal"
good bench xor/2-2-1/R=16 -n 1 --color always
grep -qP '^\e\[1mbenchmark' out || fail color "no colors"

# Floors that are fused by hand end with the bits of ours, or there is an error.
good bench xor/2-8-1/R=16 spirals/2-32-32-1/R=16 layers/xor/batchnorm -n 1

# The ratio is of the two medians that are shown.
good bench xor/2-2-1/R=128 --repetitions 2 --format json
for word in '"schema": 1' '"repetitions": 2' '"name": "xor/2-2-1/R=128"' '"unit": "ns/replica-epoch"' \
    '"most_value": 12.0' '"most_ratio": null'; do
    shows "$word"
done
awk -F'[:,]' '/"value"/ { x = $2 } /"floor"/ { y = $2 } /"ratio"/ { r = $2 }
     END { exit !(x > 0 && y > 0 && r * y > 0.999 * x && r * y < 1.001 * x) }' out || fail json "not a ratio: $(cat out)"

bad "unknown benchmark 'xr': there are " bench xr
bad "unknown benchmark 'xo'" bench xo
bad "did you mean 'xor/2-2-1/R=16'?" bench xor/2-2-1/R=15
bad '--repetitions takes a whole number from 1 to 101' bench --repetitions 0
bad "--format takes table|json" bench --format csv

echo "$cases calls, $failures failures"
[ "$failures" -eq 0 ]
