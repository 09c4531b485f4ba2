#!/bin/bash
# The real MNIST, when INITLAB_DATA has it: fetched from there by data/fetch.sh, and shown. Usage:
# test_mnist_command.sh INITLAB SOURCE
set -u
[ -n "${INITLAB_DATA:-}" ] || { echo "INITLAB_DATA is not set: MNIST is not fetched" && exit 77; }
mirror=$(realpath "$INITLAB_DATA")
initlab=$(realpath "$1")
root=$(realpath "$2")
fetch=$root/data/fetch.sh
. "$(dirname "$(realpath "$0")")/command.sh"
export INITLAB_DATA=$dir/data INITLAB_MIRROR=file://$mirror

"$fetch" mnist 2>err || fail fetch "$(cat err)"
grep -qF "mnist: 4 files in $dir/data/mnist, verified" err || fail fetch "$(cat err)"
"$fetch" mnist 2>err || fail "fetch again" "$(cat err)"
grep -qF 'already, and verified' err || fail "fetch again" "$(cat err)"

good data
grep -q "^  mnist  *$dir/data/mnist\$" out || fail mnist "not found: $(grep '^  mnist' out)"
good data show mnist
shows 'samples     70000: 60000 train, 10000 test'
shows 'with scale01: mean 0.1307, std 0.3081'
grep -Eq '^  7  +6265  +1028$' out || fail mnist "sevens: $(grep '^  7' out)"

# The studies that ship, with few samples and epochs.
for study in "$root"/experiments/mnist/*.yaml; do
    good run "$study" --seeds 1 --set budget=1 --set 'data=mnist(n=60)' --quiet
done
sed 's/^quick) .*/quick) sizes="20 40" seeds=2 samples=", n=100" epochs=1 ;;/; s/^budget: .*/budget: 2/' \
    "$root/experiments/mnist/transfer.sh" >transfer.sh
cases=$((cases + 1))
INITLAB=$initlab sh transfer.sh >out 2>err || fail transfer.sh "$(cat err)"
grep -qE '^ {6}40(  [0-9.]+ % \([0-9.]+-[0-9.]+\) *){3}$' out || fail transfer.sh "$(cat out)"

# Fashion-MNIST and KMNIST are called as these files are, and are not these.
export INITLAB_MIRROR=file://$mirror/mnist
for name in fashion_mnist kmnist; do
    "$fetch" $name 2>err && fail $name "was fetched from MNIST"
    grep -qF 'has another sha256 sum' err || fail $name "$(cat err)"
    [ -e "data/$name" ] && fail $name "was installed"
done

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
