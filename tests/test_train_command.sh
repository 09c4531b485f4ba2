#!/bin/bash
# initlab train from outside: its formats, the runs that `run` gives, weights, checkpoints, interruptions, refusals.
# Usage: test_train_command.sh INITLAB. Prints each failing case; exits 1 when there is one.
set -u
initlab=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/command.sh"
export TERM=dumb

moons=(--data 'moons(n=80, noise=0.2)' --split 'random(test=0.25)' --network 2-12-12-1 --hidden tanh --init he_normal)

# last FILE FIELDS: fields of a CSV's last line.
last() {
    tail -n 1 "$1" | cut -d, -f "$2"
}

# same_weights A B WHAT
same_weights() {
    cases=$((cases + 1))
    cmp -s "$1" "$2" || fail "$3" "$1 and $2 differ"
}

# --- formats

good train --help
for option in --data --network --init --optimizer --epochs --until --save --checkpoint --resume --seed; do
    shows "$option"
done

good train "${moons[@]}" --epochs 12 --batch 16 --dropout 0.1
head -1 out | grep -qxF 'moons(n=80, noise=0.2): 60 train, 20 test' || fail table "$(head -1 out)"
shows 'network 2-12-12-1, 205 parameters, hidden tanh, loss bce'
shows 'init he_normal, split random(test=0.25), dropout(0.1), batch(16), optimizer adam, bias zeros, seed 1, engine lockstep'
shows 'epoch  train loss  train acc.  test loss  test acc.      time'
grep -qE '^    0 {25} +[0-9]\.[0-9]{4}   +[0-9]+\.[0-9]{2} % +[0-9.]+ s$' out || fail table "$(sed -n 6p out)"
grep -qE '^   12 +[0-9]\.[0-9]{4}   +[0-9]+\.[0-9]{2} % +[0-9]\.[0-9]{4}   +[0-9]+\.[0-9]{2} % +[0-9.]+ s$' out ||
    fail table "$(tail -3 out)"
tail -1 out | grep -qE '^12 epochs; test accuracy [0-9.]+ %, best [0-9.]+ % at epoch [0-9]+; [0-9]+ samples/s$' ||
    fail table "$(tail -1 out)"

# Layers that are measured change nothing: the same weights, in both engines, also from a checkpoint on.
for engine in lockstep blas; do
    measured=("${moons[@]}" --engine $engine --epochs 8 --batch 16 --norm batchnorm --dropout 0.1)
    good train "${measured[@]}" --save plain.safetensors
    good train "${measured[@]}" --save measured.safetensors --record 'layers(every=3)'
    same_weights plain.safetensors measured.safetensors "record $engine"
    shows 'layers at epoch 8 (update: rms of the last step over the weights'
    [ "$(grep -c '^ *[123]  *[0-9.e+-]* ' out)" -ge 3 ] || fail record "no line for each layer"
done
good train --data xor --network '2-[4]x8-1' --hidden linear --init 'identity(gain=0.05)' --epochs 2 --record layers
shows 'alarm: vanished at epoch 0 in layer 4'
good train --data xor --network '2-[4]x8-1' --hidden linear --init 'identity(gain=0.05)' --epochs 2 --record layers --format json
for word in '"alarm": "vanished"' '"layer": 4' '"direction": "forward"' '"update_ratio": null' '"a_rms": 0.'; do
    shows "$word"
done
good train --data xor --network 2-4-1 --init he_normal --epochs 2 --format json
grep -qF '"alarms"' out && fail record 'alarms without a record'
bad "--record curves: every epoch is shown anyway: give layers" train --data xor --network 2-4-1 --init zeros --record curves
bad "unknown record 'layer' (did you mean 'layers'?)" train --data xor --network 2-4-1 --init zeros --record layer

# Columns keep their places whatever the numbers are: here 100.00 %, losses below 1e-7, above 1e20, and not finite.
columns() {
    awk '/^epoch/ { n = length($0) } n && /^ +[0-9]/ && length($0) != n { print; exit 1 }' out ||
        fail "$1" "a line has another length than the heading: $(grep -m 1 epoch out)"
}
good train --data xor --network 2-16-1 --init he_normal --epochs 700 --optimizer 'adam(lr=1)'
columns small
shows '100.00 %'
shows 'e-'
good train --data sine --network 1-8-8-1 --init he_normal --epochs 50 --optimizer 'sgd(lr=1000)'
columns large
shows 'e+'
shows 'diverged at epoch '
good train --data sine --network 1-8-8-1 --init he_normal --epochs 50 --optimizer 'sgd(lr=1000)' --format json
shows '"outcome": "diverged"'
shows '"train_loss": null'

good train "${moons[@]}" --epochs 3 --format json --seed 7
for word in '"schema": 1' '"seed": 7' '"parameters": 205' '"resumed": false' '"outcome": "finished"' \
    '"evaluate": "test"' '"core_type"' '"epochs": [' '"epoch": 3' '"train_loss": 0.' '"train_accuracy": 0.' \
    '"test_loss": 0.' '"test_accuracy": 0.' '"wall_s": ' '"init": "he_normal"' '"optimizer": "adam"' \
    '"engine": "lockstep"'; do
    shows "$word"
done

good train "${moons[@]}" --epochs 3 --format csv
[ "$(head -1 out)" = epoch,train_loss,train_accuracy,test_loss,test_accuracy,wall_s ] || fail csv "$(head -1 out)"
[ "$(wc -l <out)" -eq 5 ] || fail csv "$(wc -l <out) lines, not 5"
grep -qE '^0,,,[0-9.]+,[0-9.]+,[0-9.]+$' out || fail csv "$(sed -n 2p out)"
good train --data sine --network 1-8-1 --init he_normal --epochs 2 --format csv
grep -qE '^2,[0-9.]+,,,,[0-9.]+$' out || fail csv "numbers to predict: $(cat out)"

# --- the very run that a study has with the same seed

# study OPTIONS…: runs a study of the same options, and leaves outcome, epoch, loss and accuracy of seeds 1 to 3.
study() {
    local sets=()
    while [ $# -gt 0 ]; do
        sets+=(--set "${1#--}=$2")
        shift 2
    done
    printf 'data: xor\nnetwork: 2-2-1\ninit: zeros\nconverged: never\n' >s.yaml
    good run s.yaml "${sets[@]}" --seeds 3 --format csv --quiet
    head -1 out | grep -qE ',seed,outcome,epoch,T,loss,accuracy,layer$' || fail study "$(head -1 out)"
    tail -n +2 out | grep -oE ',[0-9]+,(converged|censored|diverged|stalled),[^"]*$' | cut -d, -f 2,4,6,7 >runs
}

while IFS= read -r options; do
    for engine in lockstep blas; do
        eval "set -- $options"
        study "${moons[@]}" "$@" --engine $engine
        for seed in 1 2 3; do
            good train "${moons[@]}" "$@" --engine $engine --seed $seed --format csv
            echo "$seed,$(last out 1,4,5)"
        done >mine
        cmp -s mine runs || fail "$options, $engine" "train: $(tr '\n' ' ' <mine), run: $(tr '\n' ' ' <runs)"
    done
done <<'LIST'
--epochs 40 --until 'accuracy >= 0.8'
--epochs 6 --batch 7 --order shared --last drop
--epochs 6 --batch 16 --dropout 0.2 --norm batchnorm
--epochs 9 --batch 32 --schedule 'cosine(warmup=2)' --clip 'norm(limit=1)' --penalty 'l2(0.01)'
--epochs 60 --schedule 'plateau(patience=2)' --optimizer 'sgd(lr=2)' --patience 5
LIST

# A study builds its data once, and again for each further scaling.
good run s.yaml --set 'data=moons(n=80)' --set network=2-6-1 --set init=he_normal --set 'scale=[none, standardize]' \
    --set epochs=5 --seeds 1 --format csv --quiet
tail -n +2 out | grep -oE ',censored,.*' | cut -d, -f 3,5,6 >runs
for scale in none standardize; do
    good train --data 'moons(n=80)' --network 2-6-1 --init he_normal --scale $scale --epochs 5 --format csv
    last out 1-3
done >mine
cmp -s mine runs || fail scale "train: $(tr '\n' ' ' <mine), run: $(tr '\n' ' ' <runs)"
[ "$(sort -u mine | wc -l)" -eq 2 ] || fail scale "none and standardize are the same"

# --- weights

good train "${moons[@]}" --epochs 8 --save w.safetensors --format csv
cp out trained.csv
for form in safetensors npz; do
    good train "${moons[@]}" --epochs 8 --save w.$form --format csv
    good train "${moons[@]}" --init "pretrained(w.$form)" --epochs 1 --format csv
    [ "$(sed -n 2p out | cut -d, -f 4,5)" = "$(last trained.csv 4,5)" ] ||
        fail "pretrained(w.$form)" "begins with $(sed -n 2p out), saved at $(last trained.csv 4,5)"
done

# layer K FILE OUT: OUT becomes the network of zeros with layer K of FILE.
layer() {
    good train "${moons[@]}" --init "pretrained($2, layers=$1, freeze=1-3, base=zeros)" --epochs 1 --save "$3"
}
good train "${moons[@]}" --init 'pretrained(w.safetensors, freeze=1-2)' --seed 5 --epochs 4 --save frozen.safetensors
for k in 1 2 3; do
    layer $k w.safetensors old.safetensors
    layer $k frozen.safetensors new.safetensors
    if [ $k -lt 3 ]; then
        same_weights old.safetensors new.safetensors "freeze=1-2, layer $k"
    elif cmp -s old.safetensors new.safetensors; then
        fail "freeze=1-2" "layer 3 was not trained"
    fi
done

# Another last layer.
good train --data 'blobs(n=60, classes=3)' --network 2-12-12-3 --hidden tanh --epochs 4 \
    --init 'pretrained(w.safetensors, layers=1-2, freeze=1)' --save moved.safetensors
bad 'layer 3' train --data 'blobs(n=60, classes=3)' --network 2-12-12-3 --epochs 4 --init 'pretrained(w.safetensors)'

# --- checkpoints: k epochs and k more are 2k

for engine in lockstep blas; do
    while IFS= read -r options; do
        eval "set -- $options"
        rm -f c.safetensors*
        good train "${moons[@]}" --engine $engine "$@" --epochs 8 --save whole.safetensors --format csv
        case $options in
        *cosine* | *one_cycle* | *warmup*) some=(--epochs 8 --until 'accuracy >= 0') ;; # which ends after the first epoch
        *) some=(--epochs 4) ;;
        esac
        good train "${moons[@]}" --engine $engine "$@" "${some[@]}" --checkpoint c.safetensors
        good train "${moons[@]}" --engine $engine "$@" --epochs 8 --checkpoint c.safetensors --resume \
            --save parts.safetensors
        same_weights whole.safetensors parts.safetensors "$options, $engine"
    done <<'LIST'
--batch 16
--batch 16 --schedule 'step(every=3)'
--batch 16 --schedule 'exponential(gamma=0.8)'
--batch 16 --schedule 'warmup(epochs=6)'
--batch 16 --schedule 'cosine(warmup=2)'
--batch 16 --schedule one_cycle
--optimizer 'sgd(lr=5)' --schedule 'plateau(patience=1, factor=0.5)'
--batch 16 --dropout 0.3 --norm batchnorm --hidden prelu --optimizer amsgrad
LIST
done

# A finished run stays what it is, and may become longer.
good train "${moons[@]}" --epochs 4 --checkpoint f.safetensors --save first.safetensors
good train "${moons[@]}" --epochs 4 --checkpoint f.safetensors --resume --save again.safetensors
same_weights first.safetensors again.safetensors 'resuming a finished run'
tail -1 out | grep -qE '^4 epochs; test accuracy [0-9.]+ %' || fail finished "$(tail -1 out)"
good train "${moons[@]}" --epochs 4 --checkpoint f.safetensors --resume --format json
shows '"resumed": true'
good train "${moons[@]}" --epochs 6 --checkpoint f.safetensors --resume --format csv
[ "$(wc -l <out)" -eq 4 ] || fail resume "$(wc -l <out) lines, not 4"

# Patience counts on.
tired=("${moons[@]}" --optimizer 'sgd(lr=30)' --patience 6 --format csv)
good train "${tired[@]}" --epochs 200
cp out whole.csv
stalled=$(last whole.csv 1)
[ "$stalled" -lt 200 ] && [ "$stalled" -gt 4 ] || fail patience "stalled at $stalled"
good train "${tired[@]}" --epochs $((stalled - 3)) --checkpoint p.safetensors
good train "${tired[@]}" --epochs 200 --checkpoint p.safetensors --resume
[ "$(last out 1-5)" = "$(last whole.csv 1-5)" ] || fail patience "$(last out 1-5), not $(last whole.csv 1-5)"

# The generation before, where the last is damaged.
good train "${moons[@]}" --epochs 8 --save whole.safetensors
good train "${moons[@]}" --epochs 4 --checkpoint d.safetensors
truncate -s 100 d.safetensors
call train "${moons[@]}" --epochs 8 --checkpoint d.safetensors --resume --save parts.safetensors
[ "$code" -eq 0 ] && grep -qxF 'initlab: d.safetensors cannot be read: going on from d.safetensors.1' err ||
    fail damaged "exit code $code: $(cat err)"
same_weights whole.safetensors parts.safetensors damaged

# Killed at any moment, and gone on with until it ends.
for engine in lockstep blas; do
    long=(train "${moons[@]}" --engine $engine --batch 4 --epochs 120 --quiet)
    good "${long[@]}" --save whole.safetensors
    rm -f k.safetensors* killed.safetensors
    kills=0 again=
    until [ -e killed.safetensors ]; do
        # shellcheck disable=SC2086
        "$initlab" "${long[@]}" --checkpoint k.safetensors $again --save killed.safetensors >out 2>err &
        pid=$!
        sleep "$(printf '0.%03d' $((10 + kills * 7 % 90 + 2 * kills)))" # ever longer, for machines that are busy
        kill -9 $pid 2>/dev/null && kills=$((kills + 1))
        wait $pid 2>/dev/null
        [ -e k.safetensors ] && again=--resume
        [ $kills -lt 300 ] || break
    done
    [ $kills -gt 0 ] || fail "kill -9, $engine" "it was never killed"
    same_weights whole.safetensors killed.safetensors "kill -9, $engine, $kills times"
done

# --- interruptions

endless=(train "${moons[@]}" --epochs 100000000 --batch 4 --quiet --format csv)
for signal in INT TERM; do
    for engine in lockstep blas; do
        rm -f i.safetensors*
        for expected in 130 3; do
            cases=$((cases + 1))
            kept=()
            [ $expected -eq 3 ] && kept=(--checkpoint i.safetensors)
            timeout --preserve-status -k 10 -s $signal 0.5 "$initlab" "${endless[@]}" --engine $engine "${kept[@]}" \
                >out 2>err
            code=$?
            [ $code -eq $expected ] || fail "SIG$signal, $engine" "exit code $code, not $expected"
            [ -s out ] && fail "SIG$signal, $engine" "something on stdout"
            [ "$(wc -l <err)" -eq 1 ] && grep -qF 'initlab: interrupted: ' err || fail "SIG$signal, $engine" "$(cat err)"
        done
        grep -qF 'finished epochs are in i.safetensors: --resume goes on' err || fail "SIG$signal" "$(cat err)"
        good "${endless[@]}" --engine $engine --checkpoint i.safetensors --resume --until 'accuracy >= 0'
        [ "$(last out 1)" -gt 1 ] || fail "SIG$signal, $engine" "went on at epoch $(last out 1)"
    done
done

# --- refusals, before anything is computed

xor=(train --data xor --network 2-8-1 --init he_normal --epochs 100000000)
bad '--data must be given' train --network 2-1 --init zeros
bad '--network must be given' train --data xor --init zeros
bad '--init must be given' train --data xor --network 2-1
bad 'a list makes several arms, and train has one: use initlab run' "${xor[@]}" --hidden '[relu, tanh]'
bad "--init:1:1: unknown init 'he_norml' (did you mean 'he_normal'?)" "${xor[@]}" --init he_norml
bad "--optimizer:1:6: adam: unknown parameter 'rate'" "${xor[@]}" --optimizer 'adam(rate=1)'
bad '--epochs:1:1: budget: 0 is outside [1, 100000000]' "${xor[@]}" --epochs 0
bad '--until:1:10: accuracy: 2 is outside [0, 1]' "${xor[@]}" --until 'accuracy>2'
bad 'begin it with 2' "${xor[@]}" --network 3-1
bad 'there are no test samples: add split: random(test=0.2)' "${xor[@]}" --evaluate test
bad '--seed takes a whole number' "${xor[@]}" --seed 0
bad "unknown option '--epoch-count'" "${xor[@]}" --epoch-count 3
bad 'one operand too many' "${xor[@]}" more
bad '--resume needs the file: --checkpoint FILE' "${xor[@]}" --resume
bad 'its end names no format of tensors' "${xor[@]}" --save weights
bad '.npy holds one tensor (write a .safetensors)' "${xor[@]}" --save weights.npy
bad '.npz holds no notes (write a .safetensors)' "${xor[@]}" --checkpoint c.npz
bad 'is the --checkpoint too: name another file' "${xor[@]}" --checkpoint n.safetensors --save ./n.safetensors
ln -s f.safetensors link.safetensors
bad 'is the --checkpoint too: name another file' "${xor[@]}" --checkpoint f.safetensors --resume --save link.safetensors
bad 'f.safetensors is there already: go on from it with --resume, or name another file' "${xor[@]}" \
    --checkpoint f.safetensors
mkdir folder.npz
bad 'is no checkpoint: weights are read with pretrained(path=' "${xor[@]}" --checkpoint w.safetensors --resume

# lost EXPECTED ARGS…: exit code 4, nothing on stdout, one line on stderr that contains EXPECTED.
lost() {
    local expected=$1
    shift
    call "$@"
    [ "$code" -eq 4 ] || fail "$*" "exit code $code, not 4"
    [ -s out ] && fail "$*" "something on stdout"
    [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$expected" err || fail "$*" "expected '$expected', got: $(cat err)"
}
lost 'no.safetensors: cannot read the tensor file' "${xor[@]}" --checkpoint no.safetensors --resume
lost 'no.npz: cannot read the tensor file' "${xor[@]}" --init 'pretrained(no.npz)'
lost 'make the folder first' "${xor[@]}" --save nowhere/w.npz
lost 'make the folder first' "${xor[@]}" --checkpoint nowhere/c.safetensors
lost 'name a file' "${xor[@]}" --save folder.npz

# Another training than the checkpoint's.
good train "${moons[@]}" --epochs 6 --schedule one_cycle --until 'accuracy >= 0' --checkpoint o.safetensors
other() {
    local expected=$1
    shift
    bad "$expected" train "${moons[@]}" --schedule one_cycle --epochs 6 --checkpoint o.safetensors --resume "$@"
}
other 'was made with epochs 6, but this training has 7' --epochs 7
other 'was made with seed 1, but this training has 2' --seed 2
other 'was made with data moons(n=80, noise=0.2), but this training has moons(n=80)' --data 'moons(n=80)'
other 'was made with optimizer adam, but this training has sgd' --optimizer 'sgd(lr=1)'
other 'was made with evaluate test, but this training has train' --evaluate train
other 'was made with engine lockstep, but this training has blas' --engine blas
other 'was made with init he_normal, but this training has zeros' --init zeros
other 'was made with network 2-12-12-1, but this training has 2-6-1' --network 2-6-1

# --- disks that are full

if [ -w /dev/full ]; then
    for format in table json csv; do
        rm -f full.safetensors
        "$initlab" train "${moons[@]}" --epochs 2 --save full.safetensors --format $format >/dev/full 2>err
        code=$?
        cases=$((cases + 1))
        [ $code -eq 4 ] && grep -qF 'cannot write to standard output' err || fail "/dev/full, $format" "$code: $(cat err)"
        [ -e full.safetensors ] || fail "/dev/full, $format" "the weights were not saved"
    done
fi
wide=(train --data xor --network 2-64-64-1 --init he_normal --epochs 3)
# limited ARGS…: as `call`, with no file above 8 KiB.
limited() {
    cases=$((cases + 1))
    (trap '' XFSZ; ulimit -f 8; exec "$initlab" "$@" >out 2>err)
    code=$?
}
limited "${wide[@]}" --save big.safetensors
[ $code -eq 4 ] && grep -qF 'big.safetensors: cannot write the tensors: File too large (free some space)' err ||
    fail 'full disk' "$code: $(cat err)"
shows '3 epochs; train accuracy'
limited "${wide[@]}" --checkpoint big.safetensors
[ $code -eq 4 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] || fail 'full disk' "$code: $(cat err)"
[ -z "$(ls | grep big)" ] || fail 'full disk' "left $(ls | grep big)"

# --- progress on a terminal never reaches the edge, where it could not be cleared

if script -qec true /dev/null </dev/null >/dev/null 2>&1; then # there are machines without terminals
    cases=$((cases + 1))
    quoted=$(printf '%q ' "$initlab" train "${moons[@]}" --network 2-64-64-1 --epochs 400 --batch 4)
    TERM=xterm timeout 60 script -qec "stty cols 60; $quoted 2>&1 >/dev/null" /dev/null </dev/null >terminal 2>/dev/null
    tr '\r' '\n' <terminal | sed 's/\x1b\[K//' >lines
    grep -qE '^█*░* ?epoch [0-9]+ of 400, loss [0-9.]+, ' lines || fail progress "$(head -3 lines)"
    awk '{ gsub(/█|░/, "#"); if (length($0) > 59) { print; exit 1 } }' lines || fail progress "a line is too long"
fi

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
