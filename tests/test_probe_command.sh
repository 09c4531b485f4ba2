#!/bin/bash
# `initlab probe` from outside: table, JSON, CSV, guards, mistakes. Usage: test_probe_command.sh INITLAB
set -u
initlab=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/command.sh"

# guarded WORDS EXPECTED ARGS…: --fail-on WORDS exits EXPECTED, with the report on stdout in either case.
guarded() {
    local words=$1 expected=$2
    shift 2
    call probe "$@" --fail-on "$words"
    [ "$code" -eq "$expected" ] || fail "--fail-on $words $*" "exit code $code, not $expected: $(cat err)"
    [ -s out ] || fail "--fail-on $words $*" "no report"
    [ "$(wc -l <err)" -eq "$expected" ] || fail "--fail-on $words $*" "stderr: $(cat err)"
}

# value LAYER KEY: a number of the JSON that was printed last, of the first scheme.
value() {
    awk -v layer="$1" -v key="\"$2\":" '$1 == "\"layer\":" { at = $2 + 0 } at == layer && $1 == key { sub(/,$/, "", $2); print $2; exit }' out
}

# near WHAT VALUE EXPECTED TOLERANCE, relative
near() {
    awk -v x="$2" -v e="$3" -v t="$4" 'BEGIN { d = x - e; exit !(x != "" && (d < 0 ? -d : d) <= t * e) }' ||
        fail "$1" "$2 is not within $4 of $3"
}

# --- forms

good probe --network '20-[64]x20-10' --hidden relu --init xavier_normal --init he_normal
shows '20-[64]x20-10, relu: 64 gaussian samples, 8 networks from seed 1, engine lockstep'
shows 'xavier_normal, bias zeros'
shows 'he_normal, bias zeros'
shows 'Activations shrink, ×0.7'
shows '(theory 0.707)'
shows 'Remedy: he_normal'
shows 'a depth of about 9 (6 ξ)'
[ "$(grep -c 'in theory' out)" -eq 6 ] || fail table "$(grep -c 'in theory' out) strips of theory, not 6"
awk '{ n = gsub(/[▁▂▃▄▅▆▇█]/, "") } n > 80 { exit 1 }' out || fail table "a strip is too long"
LC_ALL=C.UTF-8 grep -qE '^.{101,}' out && fail table "a line is longer than 100 columns"
grep -q "$(printf '\033')" out && fail table "color without a terminal"
good probe --network 4-8-8-1 --color always
grep -q "$(printf '\033')" out || fail '--color always' "no color"
NO_COLOR=1 good probe --network 4-8-8-1 --color auto

good probe --network 30-20-20-5 --hidden tanh --init 'xavier_normal' --seeds 200 -f json
for word in '"schema": 1' '"init": "xavier_normal"' '"layer": 3' '"theory": {' '"hidden": "tanh"' '"seeds": 200'; do
    shows "$word"
done
# 200 networks of 20 units and 64 samples: the standard error of these is below 0.6 %, and layers of 20 units differ from
# theory by a percent; 4 % fail once in a million.
near 'u_rms of layer 1' "$(value 1 u_rms)" "$(awk 'BEGIN { print sqrt(30 * 2 / 50) }')" 0.04
near 'delta_rms of layer 3' "$(value 3 delta_rms)" 1 0.04
near 'weight_rms of layer 2' "$(value 2 weight_rms)" "$(awk 'BEGIN { print sqrt(1 / 20) }')" 0.04
cp out first
good probe -n 30-20-20-5 --hidden tanh -i xavier_normal -s 200 --format json --data gaussian --batch 64 --seed-base 1 \
    --bias zeros --norm none --dropout none
cmp -s out first || fail defaults "are not those that --help states"
good probe -n 30-20-20-5 --hidden tanh -i xavier_normal -s 200 -f json --seed-base 2
cmp -s out first && fail --seed-base "changes nothing"

good probe --network 2-8-1 --data xor -f csv --init 'normal(std=0.5)' --init orthogonal
[ "$(head -1 out)" = 'init,bias,layer,fan_in,fan_out,statistic,mean,low,high,theory' ] || fail csv "$(head -1 out)"
grep -q '^"normal(std=0.5)","zeros",2,8,1,update_ratio,[0-9.]' out || fail csv "no update ratio of the second layer"
grep -q '^"orthogonal","zeros",1,2,8,a_max,[0-9.]*,,,$' out || fail csv "an extreme has an interval or a theory"
awk -F, 'NR > 1 && NF != 10 { exit 1 }' out || fail csv "not 10 fields everywhere"
good probe --network 2-8-2 --data 'spirals(n=100)' --loss mse
good probe --network 4-16-2 --norm batchnorm --dropout 0.2 --init 'lsuv(base=orthogonal)'
shows 'batchnorm, dropout(0.2)'

# A drawing: two panels, a line and dashes for each scheme and, from several seeds, a band.
good probe --network '8-[16]x6-3' --hidden tanh --init xavier_normal --init 'normal(std=1e-9)' --batchnorm -f svg
xmllint --noout out || fail svg "not well-formed"
shows '<title id="probe-title">Signals at initialization: 8-[16]x6-3, tanh</title>'
[ "$(grep -c 'd2" d=' out)" -eq 0 ] || fail svg "theory under a norm"
good probe --network '8-[16]x6-3' --hidden tanh --init xavier_normal --init zeros -f svg
[ "$(grep -c '"s0 d0" d=' out)" -eq 2 ] && [ "$(grep -c '"s0 d2" d=' out)" -eq 2 ] && [ "$(grep -c 'band' out)" -eq 3 ] ||
    fail svg "not a line, dashes and a band in each panel: $(grep -o 'class="[^"]*" d=' out | tr '\n' ' ')"
good probe --network '8-[16]x6-3' --norm batchnorm -f csv && cp out first
good probe --network '8-[16]x6-3' --batchnorm -f csv
cmp -s out first || fail --batchnorm "is not --norm batchnorm"
bad '--batchnorm and --norm exclude each other' probe --network 3-4-1 --batchnorm --norm layernorm
# The Jacobian beside theory.
good probe --network 64-64-64 --hidden linear --init orthogonal --seeds 2
shows 'Jacobian: singular values 1 to 1 (theory 1), rms 1 (theory 1)'

# --- guards

guarded vanishing 1 --network '10-[64]x30-10' --init xavier_normal
guarded exploding,dead 0 --network '10-[64]x30-10' --init xavier_normal
guarded vanishing,exploding,dead 0 --network '10-[64]x30-10' --init he_normal
guarded exploding 1 --network '10-[64]x30-10' --init he_normal --init 'normal(std=1)'
grep -qF 'normal(std=1): exploding' err || fail exploding "the scheme is not named: $(cat err)"
guarded dead 1 --network 10-64-64-10 --bias 'constant(-5)'
guarded dead 0 --network 10-64-64-10 --bias 'constant(-5)' --hidden leaky_relu

# --- mistakes

bad 'probe needs a network' probe
bad '--network: ' probe --network 3
bad "--hidden: unknown activation 'rleu' (did you mean 'relu'?)" probe --network 3-4-1 --hidden rleu
bad "--init: unknown init 'he_norml' (did you mean 'he_normal'?)" probe --network 3-4-1 --init he_norml
bad "--norm: " probe --network 3-4-1 --norm batchnrm
bad "--dropout: " probe --network 3-4-1 --dropout 1.5
bad "--bias: " probe --network 3-4-1 --bias he
bad "not 'vanishin' (did you mean 'vanishing'?)" probe --network 3-4-1 --fail-on vanishin
bad "--data: unknown" probe --network 3-4-1 --data moon
bad '--network begins with 3 inputs, and xor has 2' probe --network 3-4-1 --data xor
bad '--loss belongs to a dataset' probe --network 3-4-1 --loss mse
bad 'layer 1' probe --network 3-4-1 --init 'sparse(k=15)'
bad '--seeds takes a whole number' probe --network 3-4-1 --seeds 0
bad 'one operand too many' probe --network 3-4-1 xor
bad 'needs at least 2 outputs' probe --network 2-4-1 --data xor --loss softmax_ce
call probe --network 3-4-1 --help
shows '--fail-on'

echo "$cases calls, $failures failures"
[ "$failures" -eq 0 ]
