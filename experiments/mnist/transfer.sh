#!/bin/sh
# Small samples: what digits 0 to 4 teach about 5 to 9. A network learns the first five digits; its hidden layers then
# begin, or stay, as the hidden layers of a network that learns the other five from few samples.
# usage: experiments/mnist/transfer.sh [quick|full]      in a folder that may be written to
set -eu
initlab=${INITLAB:-$(dirname "$0")/../../build/initlab}
case ${1:-quick} in
quick) sizes='20 100 500' seeds=5 samples=', n=5000' epochs=5 ;;
full) sizes='20 50 100 200 500 1000 5000' seeds=20 samples='' epochs=10 ;;
*)
    echo "usage: $0 [quick|full]" >&2
    exit 2
    ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

"$initlab" train --data "mnist(classes=0-4$samples)" --network 784-256-128-5 --init he_normal --batch 128 \
    --epochs $epochs --save "$work/0-4.safetensors"

data=
for n in $sizes; do
    data="$data${data:+, }\"mnist(classes=5-9, n=$n)\""
done
cat >"$work/transfer.yaml" <<YAML
study: transfer
data: [$data]
network: 784-256-128-5
batch: 10
optimizer: adam(lr=0.003)
init:
  - he_normal
  - pretrained($work/0-4.safetensors, layers=1-2)
  - pretrained($work/0-4.safetensors, layers=1-2, freeze=1-2)
seeds: $seeds
budget: 40
converged: never
YAML
"$initlab" run "$work/transfer.yaml" --format csv >"$work/runs.csv"

# The columns of a run are those after its quoted calls: counted from the end, accuracy is the last but one.
printf '\nAccuracy on the test digits 5 to 9 after 40 epochs, mean and range of %s seeds\n\n' $seeds
printf '%8s  %-20s  %-20s  %-20s\n' samples he_normal pretrained 'pretrained, frozen'
awk -F, -v sizes="$sizes" '
NR > 1 {
    match($0, /n=[0-9]+/); n = substr($0, RSTART + 2, RLENGTH - 2)
    how = /freeze/ ? 3 : /pretrained/ ? 2 : 1
    k = n "," how; a = 100 * $(NF - 1)
    sum[k] += a; count[k]++
    if (!(k in least) || a < least[k]) least[k] = a
    if (!(k in most) || a > most[k]) most[k] = a
}
END {
    rows = split(sizes, size, " ")
    for (i = 1; i <= rows; i++) {
        printf "%8d", size[i]
        for (how = 1; how <= 3; how++) {
            k = size[i] "," how
            printf "  %-20s", sprintf("%.1f %% (%.1f-%.1f)", sum[k] / count[k], least[k], most[k])
        }
        print ""
    }
}' "$work/runs.csv"
