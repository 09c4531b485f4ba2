#!/bin/bash
# `initlab data` from outside: the list, where files are found, one dataset. Usage: test_data_command.sh INITLAB
set -u
initlab=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/command.sh"
unset INITLAB_DATA XDG_CACHE_HOME
export HOME=$dir/home

# idx: four small files of 2x2 pixels in the current folder, as MNIST's are called.
idx() {
    printf '\0\0\10\3\0\0\0\3\0\0\0\2\0\0\0\2\0\377\377\0\377\0\0\377\0\0\377\377' >train-images-idx3-ubyte
    printf '\0\0\10\1\0\0\0\3\7\2\2' >train-labels-idx1-ubyte
    printf '\0\0\10\3\0\0\0\1\0\0\0\2\0\0\0\2\0\0\0\377' >t10k-images-idx3-ubyte
    printf '\0\0\10\1\0\0\0\1\7' >t10k-labels-idx1-ubyte
}

# in_folder FOLDER COMMAND…: runs the command there.
in_folder() {
    mkdir -p "$1"
    (cd "$1" && "${@:2}")
}

# --- the list

good data
cp out list
good data list
cmp -s out list || fail "data list" "is not what data prints"
for heading in computed 'built in' fetched 'your own files'; do
    [ "$(grep -cx "$heading" out)" -eq 1 ] || fail heading "'$heading' stands $(grep -cx "$heading" out) times"
done
for name in xor spirals digits iris mnist fashion_mnist kmnist emnist idx csv npy npz; do
    grep -Eq "^  $name(\(| )" out || fail "$name" "is not listed"
done
shows "looked in data, $dir/home/.cache/initlab"
grep -q '^  mnist  *not found: data/fetch.sh mnist$' out || fail mnist "found: $(grep '^  mnist' out)"
good data --format json
for name in xor digits mnist csv; do
    shows "\"name\": \"$name\""
done
shows '"origin": "your own files"'
grep -q '"path"' out && fail json "a path of what is not there"

# --- files are found in three places, in this order

in_folder home/.cache/initlab/mnist idx
good data
grep -q "^  mnist  *$dir/home/.cache/initlab/mnist\$" out || fail cache "not found: $(grep '^  mnist' out)"
in_folder cache/initlab/mnist idx
XDG_CACHE_HOME=$dir/cache good data
grep -q "^  mnist  *$dir/cache/initlab/mnist\$" out || fail XDG_CACHE_HOME "not found: $(grep '^  mnist' out)"
shows "looked in data, $dir/cache/initlab"
XDG_CACHE_HOME=cache good data
shows "looked in data, $dir/home/.cache/initlab"
in_folder data/mnist idx
good data
grep -q "^  mnist  *data/mnist\$" out || fail data "not found: $(grep '^  mnist' out)"
in_folder mine idx
INITLAB_DATA=mine good data --format json
shows '"path": "mine"'
INITLAB_DATA='' good data
shows "looked in data, $dir/home/.cache/initlab"
HOME=relative good data
grep -qx 'looked in data' out || fail HOME "$(grep 'looked in' out)"

# --- one dataset

good data show digits
shows 'samples     1797: 1797 train'
shows 'features    64, pictures of 8x8 pixels from 0 to 16'
shows 'with scale01: mean 0.3053, std 0.3760'
shows 'source      Alpaydin & Kaynak 1998, UCI'
grep -Eq '^  8  +174$' out || fail digits "174 eights: $(grep '^  8' out)"
grep -q '█' out || fail digits "no pictures"
grep -q "$(printf '\033')" out && fail digits "color in a file"
NO_COLOR=1 good data show digits --color always
grep -q "$(printf '\033\\[38;5;231;48;5;')" out || fail "--color always" "no color"
[ "$(awk '{ n = gsub(/\033\[0m/, ""); m = n > m ? n : m } END { print m }' out)" -eq 10 ] || fail "--color always" "not ten pictures a line"
good data show digits --color never
grep -q "$(printf '\033')" out && fail "--color never" "color"

good data show iris
for line in 'samples     150: 150 train' 'features    4' 'classes     3' 'first of each class'; do
    shows "$line"
done
grep -Eq '^  feature 1  +4.3  +7.9  +5.8433  +0.8253$' out || fail iris "feature 1: $(grep 'feature 1' out)"
grep -Eq '^  +5.1  +3.5  +1.4  +0.2  -> class 0$' out || fail iris "no first sample: $(grep -e '->' out)"
good data show iris -f json
for word in '"schema": 1' '"name": "iris"' '"data": "iris"' '"samples": 150' '"inputs": 4' '"classes": 3' '"picture": null' '"targets": null'; do
    shows "$word"
done
tr -d ' \n' <out | grep -qF '"class_counts":{"train":[50,50,50],"validation":[0,0,0],"test":[0,0,0]}' || fail json "counts: $(cat out)"

good data show mnist
shows 'samples     4: 3 train, 1 test'
shows 'features    4, pictures of 2x2 pixels from 0 to 255'
grep -Eq '^  2  +2  +0$' out || fail mnist "$(grep '^  2' out)"
[ "$(tail -2 out)" = "$(printf '2   7 \n▀▄  ▄▀')" ] || fail mnist "pictures: $(tail -2 out)"
good data show 'mnist(n=2, classes="2,7")' --format json
for word in '"data": "mnist(n=2, classes=\"2,7\")"' '"samples": 3' '"classes": 2'; do
    shows "$word"
done
tr -d ' \n' <out | grep -qF '"picture":[2,2]' || fail json "no shape: $(cat out)"

printf 'x,y,z\n1,2,3\n4,5,6\n' >t.csv
good data show 'csv(t.csv, target=z)'
shows 'targets     1 number'
grep -Eq '^  target 1  +3  +6  +4.5  +1.5$' out || fail csv "target: $(grep target out)"
shows 'first samples'
good data show 'csv(t.csv, target=z)' -f json
tr -d ' \n' <out | grep -qF '"class_counts":null,"targets":[{"min":3.0,"max":6.0,"mean":4.5,"std":1.5}]' || fail json "$(cat out)"
good data show csv
shows 'must be given'

# A study finds them too.
cat >m.yaml <<'S'
data: mnist
network: 4-3-10
init: he_normal
loss: softmax_ce
seeds: 2
budget: 3
S
good run m.yaml -q

# --- what is refused

rm -r data/mnist home mine
bad "mnist: no train-images-idx3-ubyte, with .gz or without, in mnist/ below these folders, or in themselves: data, $dir/home/.cache/initlab (data/fetch.sh mnist brings it)" data show mnist
call run m.yaml -q
[ "$code" -eq 2 ] && grep -qF 'm.yaml:1:7: mnist: no train-images-idx3-ubyte' err || fail "run m.yaml" "$code $(cat err)"
bad "unknown dataset 'mnits' (did you mean 'mnist'?)" data show mnits
bad "csv: path= must be given" data show 'csv()'
bad "csv: path= must be given" data show csv --format json
bad "none.csv: cannot read the CSV table" data show 'csv(none.csv)'
bad "data show needs a dataset: initlab data show mnist" data show
bad "data takes list or show, not 'mnist': initlab data show mnist" data mnist
bad "'mnist' is one operand too many: initlab data show mnist" data list mnist
bad "'x' is one operand too many" data show xor x
bad "--format takes table|json, not 'csv'" data --format csv
bad "--seeds does not belong to 'initlab data'" data --seeds 3
if [ -w /dev/full ]; then
    for args in 'data' 'data -f json' 'data show digits' 'data show digits -f json'; do
        cases=$((cases + 1))
        # shellcheck disable=SC2086 # words
        "$initlab" $args >/dev/full 2>err
        code=$?
        [ $code -eq 4 ] && grep -qF 'cannot write to standard output' err || fail "$args > /dev/full" "$code $(cat err)"
    done
fi

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
