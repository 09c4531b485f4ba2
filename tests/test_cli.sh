#!/bin/bash
# The built command from outside: exit codes, messages, formats. Usage: test_cli.sh INITLAB SOURCE_ROOT
# Prints each failing case; exits 1 when there is one.
set -u
initlab=$(realpath "$1")
root=$(realpath "$2")
. "$(dirname "$(realpath "$0")")/command.sh"

# spec LINE…: writes s.yaml, a good study in which each LINE replaces the one of the same key, or is added.
spec() {
    local line key
    printf '%s\n' 'study: small' 'data: xor' 'network: 2-4-1' 'hidden: tanh' 'loss: bce' \
        'optimizer: adam(lr=0.05)' 'init: [zeros, he_normal, xavier_normal]' 'seeds: 20' \
        'budget: 200' 'converged: loss < 0.1' 'baseline: he_normal' >s.yaml
    for line; do
        key=${line%%:*}
        if grep -q "^$key:" s.yaml; then
            KEY=$key LINE=$line awk 'index($0, ENVIRON["KEY"] ":") == 1 { print ENVIRON["LINE"]; next } 1' \
                s.yaml >s.new && mv s.new s.yaml
        else
            printf '%s\n' "$line" >>s.yaml
        fi
    done
}

# --- the command line

bad "a command is missing"
bad "unknown command 'rum' (did you mean 'run'?)" rum s.yaml
bad "unknown option '--halp' (did you mean '--help'?)" --halp
bad "run needs a study" run
spec
bad "unknown option '--sedes' (did you mean '--seeds'?)" run s.yaml --sedes 3
bad "unknown option '-z'" run s.yaml -z
bad "'--se' could be several options" run s.yaml --se 3
bad "'b.yaml' is one operand too many" run s.yaml b.yaml
bad "'x' is one operand too many" doctor x
bad "--jobs does not belong to 'initlab init'" init --jobs 2
bad "-j (--jobs) does not belong to 'initlab doctor'" doctor -j 2
bad "--quiet takes no argument" run s.yaml --quiet=yes
for option in seeds jobs set engine format color; do
    bad "--$option needs an argument" run s.yaml --$option
done
for option in seeds jobs; do
    for value in 0 -1 abc 1.5 '' ' 3' 3x 0x10 99999999999999999999999; do
        bad "--$option takes a whole number from 1 to" run s.yaml --$option "$value"
    done
done
bad "--seeds takes a whole number from 1 to 1000000, not '1000001'" run s.yaml --seeds 1000001
bad "--seeds takes a whole number from 1 to 1000000, not '2?3'" run s.yaml --seeds $'2\n3'
bad "--engine takes auto|lockstep|blas, not 'bals' (did you mean 'blas'?)" run s.yaml --engine bals
bad "--format takes table|json|csv, not 'jsno' (did you mean 'json'?)" run s.yaml --format jsno
bad "--color takes auto|always|never" run s.yaml --color maybe
bad "expected key=value, found 'seeds'" run s.yaml --set seeds
bad "unknown key 'sedes' (did you mean 'seeds'?)" run s.yaml --set sedes=3
bad "--set init" run s.yaml --set 'init=he_norml'
bad "unknown init 'he_norml' (did you mean 'he_normal'?)" init he_norml
bad "normal: std=-1 is outside" init 'normal(std=-1)'

# --- alarms of recorded layers

spec 'network: 2-[2]x8-1' 'hidden: linear' 'init: [identity(gain=0.05), he_normal, zeros]' 'seeds: 3' 'budget: 5' \
    'record: layers(seeds=2)'
good run s.yaml --quiet
shows 'Alarms, in the first 2 runs of each arm:'
shows 'identity(gain=0.05): vanished in 2 of 2, first at epoch 0 in layer 4'
shows 'zeros: vanished in 2 of 2, first at epoch 0 in layer 1'
good run s.yaml --quiet --format json
shows '"raised": ['
[ "$(tr -d ' \n' <out | grep -o '"alarms":{"runs":2,"raised":\[{"alarm":"vanished","epoch":0,"layer":4,"direction":"forward","runs":2}' |
    wc -l)" -eq 1 ] || fail alarms "$(cat out)"
good run s.yaml --quiet --set record=curves --format json
shows '"alarms": null'
good run s.yaml --quiet --set 'init=identity' --set baseline=identity --set record=layers
shows 'No alarm in the first 3 runs of each arm.'

# --- as many seeds as it takes

spec
good run s.yaml --quiet --seeds 'auto(max=90, half_width=0.01)'
shows 'small: 3 arms × 90 seeds'
shows 'seeds: auto stopped after 2 looks, at max, before all'
good run s.yaml --quiet --set 'seeds=auto(half_width=0.2)' --format json
tr -d ' \n' <out | grep -q '"seeds":50,"auto":{"looks":1,"narrow":true}' || fail auto "$(head -9 out)"
good run s.yaml --quiet --seeds auto --seeds 5 --format json
tr -d ' \n' <out | grep -q '"seeds":5,"auto":null' || fail auto "$(head -9 out)"
bad "auto: max=0 is outside" run s.yaml --seeds 'auto(max=0)'

# --- files that are no studies

bad "nope.yaml: cannot read the study: No such file" run nope.yaml
bad "$dir: cannot read the study: Is a directory" run "$dir"
if [ "$(id -u)" -ne 0 ]; then
    spec && cp s.yaml secret.yaml && chmod 000 secret.yaml
    bad "secret.yaml: cannot read the study: Permission denied" run secret.yaml
else
    echo "skipped: an unreadable file (root reads everything)"
fi
mkfifo fifo.yaml && bad "fifo.yaml: " run fifo.yaml
: >empty.yaml && bad "empty.yaml: empty" run empty.yaml
printf '# nothing\n' >comment.yaml && bad "comment.yaml: empty" run comment.yaml
head -c 4096 "$initlab" >binary.yaml && bad "binary.yaml:1:1: " run binary.yaml
printf 'data: xor\nnetwork: 2-\0002-1\n' >zero.yaml && bad "zero.yaml:2:" run zero.yaml
truncate -s 1G huge.yaml && bad "huge.yaml: 1073741824 bytes is no study" run huge.yaml

# --- studies with mistakes: file, line and column, the value, and the remedy

bad_spec() {
    local expected=$1
    shift
    spec "$@"
    bad "$expected" run s.yaml
}
bad_spec "s.yaml:7:15: unknown init 'he_norml' (did you mean 'he_normal'?)" 'init: [zeros, he_norml]'
bad_spec "s.yaml:4:9: unknown activation 'tahn' (did you mean 'tanh'?)" 'hidden: tahn'
bad_spec "s.yaml:2:7: unknown" 'data: xro'
bad_spec "s.yaml:5:7: unknown loss 'bse' (did you mean" 'loss: bse'
bad_spec "s.yaml:6:12: unknown optimizer 'adma' (did you mean 'adam'?)" 'optimizer: adma'
bad_spec "s.yaml:6:17: " 'optimizer: adam(lrr=0.1)'
bad_spec "s.yaml:12:1: unknown key 'inti' (did you mean 'init'?)" 'inti: zeros'
bad_spec "s.yaml:8:8: seeds: 'many' is not a whole number" 'seeds: many'
bad_spec "s.yaml:8:8: seeds: 0 is outside [1, 1000000]" 'seeds: 0'
bad_spec "s.yaml:8:8: seeds: '1.5' is not a whole number" 'seeds: 1.5'
bad_spec "s.yaml:9:9: budget: -5 is outside" 'budget: -5'
bad_spec "s.yaml:8:8: seeds: expected one value, found a list" 'seeds: [1, 2]'
bad_spec "s.yaml:4:9: hidden: expected a value, found key: value pairs" 'hidden: {relu: 1}'
bad_spec "s.yaml:6:17: adam: lr=-1 is outside" 'optimizer: adam(lr=-1)'
bad_spec "s.yaml:6:17: adam: lr=x" 'optimizer: adam(lr=x)'
bad_spec "s.yaml:10:12: " 'converged: los < 0.1'
bad_spec "s.yaml:11:11: baseline: ones is not among init" 'baseline: ones'
bad_spec "s.yaml:12:9: unknown engine 'bals' (did you mean 'blas'?)" 'engine: bals'
bad_spec "s.yaml:3:12: 0 is outside" 'network: 2-0-1'
bad_spec "s.yaml:3:12: " 'network: 2-99999999999999999999-1'
bad_spec "s.yaml:3:12: 1000001 is outside" 'network: 2-1000001-1'
bad_spec "s.yaml:3:10: network 2-1000000-1000000-1 has" 'network: 2-1000000-1000000-1'
bad_spec "s.yaml:3:10: network 3-4-1 takes 3 inputs" 'network: 3-4-1'
bad_spec "s.yaml:3:" 'network: abc'
bad_spec "s.yaml:3:" 'network: 2'
printf 'data: xor\ndata: and\nnetwork: 2-2-1\ninit: zeros\n' >twice.yaml
bad "twice.yaml:2:1: data: is given twice" run twice.yaml
printf 'data: xor\nnetwork: 2-2-1\n' >short.yaml
bad "short.yaml: init: must be given" run short.yaml

# --- what works

call --version
[ "$code" -eq 0 ] && grep -qE '^initlab [0-9]+\.[0-9]+\.[0-9]+$' out || fail "--version" "$(cat out err)"
good --help
for command in run init doctor; do
    good --help
    shows "  $command "
    good $command --help && cp out help
    shows "usage: initlab $command"
    good $command -h
    cmp -s out help || fail "$command -h" "differs from --help"
done
good run --help
for option in --seeds --jobs --set --engine --format --color --quiet; do
    shows "$option"
done
good doctor
for word in initlab compiler il_real OpenBLAS 'core type' threads kernels processors lockstep blas; do
    shows "$word"
done
good init
for name in zeros 'constant(value)' 'normal(mean=0, std)' 'xavier_normal(gain=1)' lecun_uniform 'also kaiming_normal'; do
    shows "$name"
done
good init kaiming_normal
shows "he_normal("
shows "slope"

spec
good run s.yaml
head -1 out | grep -qE '^small: 3 arms × 20 seeds × 200 epochs, 60 runs in [0-9.]+ s$' || fail table "$(head -1 out)"
shows "hidden tanh"
shows "baseline he_normal"
shows "zeros never converged (0 of 20"
grep -qE '^he_normal +[0-9.]+ % .*│.* baseline$' out || fail table "no baseline row: $(cat out)"
grep -q $'\033' out && fail table "colors in a file"
good run s.yaml --color always
grep -q $'\033' out || fail table "no colors with --color always"
good run s.yaml --color never

good run s.yaml --format json
for word in '"schema": 1' '"study": "small"' '"budget": 200' '"init": "zeros"' '"engine": "lockstep"' \
    '"median_epoch": null' '"a12": null' '"core_type"' '"runs": 20'; do
    shows "$word"
done

good run s.yaml --format csv --jobs 1 && cp out one.csv
good run s.yaml --format csv --jobs 2
cmp -s out one.csv || fail "--jobs 2" "results differ from --jobs 1"
[ "$(wc -l <one.csv)" -eq 61 ] || fail csv "$(wc -l <one.csv) lines, not 61"
awk -F, 'NF != 23 { exit 1 }' one.csv || fail csv "a line has not 23 fields"
good run s.yaml --format csv --seeds 5
[ "$(wc -l <out)" -eq 16 ] || fail "--seeds 5" "$(wc -l <out) lines, not 16"
grep -vxFf one.csv out >new
[ -s new ] && fail "--seeds 5" "its runs are not among those of 20 seeds"

good run --format=csv s.yaml --set 'init=[ones, "uniform(low=-1, high=1)"]' --set baseline=ones --set budget=3 -s 2 -j 1 -q
grep -q '^xor,given,auto,2-4-1,tanh,none,none,bce,full,adam(lr=0.05),constant,none,none,zeros,ones,lockstep,1,censored,3,3,' out || fail "--set" "$(cat out)"
grep -q ',"uniform(low=-1, high=1)",lockstep,2,' out || fail "--set" "no quoted call: $(cat out)"

good run s.yaml --engine blas --format csv
grep -q ',he_normal,blas,20,' out || fail "--engine blas" "$(head -3 out)"
good run s.yaml --engine blas
shows "engine blas"

# Every study that ships, cut short.
while IFS= read -r study; do
    good run "$study" --seeds 2 --set budget=2 --quiet # progress speaks after ten seconds, on a machine that is busy
done < <(find "$root/experiments" -name '*.yaml' -not -path '*/plugin/*' -not -path '*/mnist/*' -not -path '*/claims/*') # have their own tests

# --- what the system refuses

if [ -w /dev/full ]; then
    for command in "run s.yaml" "run s.yaml --format json" "run s.yaml --format csv" init doctor --help --version; do
        cases=$((cases + 1))
        # shellcheck disable=SC2086
        "$initlab" $command >/dev/full 2>err
        code=$?
        [ $code -eq 4 ] || fail "$command > /dev/full" "exit code $code, not 4"
        [ "$(wc -l <err)" -eq 1 ] && grep -qF 'cannot write to standard output' err ||
            fail "$command > /dev/full" "$(cat err)"
    done
fi

# Ends a study that would run for hours, half a second after its start; `timeout` also undoes an
# ignored SIGINT, as background jobs of scripts inherit it.
spec 'seeds: 1000000' 'budget: 100000000' 'init: [zeros, ones]' 'baseline: ones' 'converged: loss < 1e-30'
for signal in INT TERM; do
    for engine in lockstep blas; do
        cases=$((cases + 1))
        start=${EPOCHREALTIME/[.,]/}
        timeout --preserve-status -k 10 -s $signal 0.5 "$initlab" run s.yaml --engine $engine >out 2>err
        code=$?
        ms=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
        [ $code -eq 130 ] || fail "SIG$signal, $engine" "exit code $code, not 130"
        [ $ms -lt 1500 ] || fail "SIG$signal, $engine" "took $((ms - 500)) ms to end"
        [ -s out ] && fail "SIG$signal, $engine" "something on stdout"
        [ "$(wc -l <err)" -eq 1 ] && grep -qF 'interrupted' err || fail "SIG$signal, $engine" "$(cat err)"
    done
done

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
