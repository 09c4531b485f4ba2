#!/bin/bash
# `initlab init` from outside: the catalogue, one scheme, a drawn layer. Usage: test_init_command.sh INITLAB
set -u
initlab=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/command.sh"

# number KEY: its value in the JSON that was printed last.
number() {
    sed -n "s/^  \"$1\": \([^,]*\),\{0,1\}\$/\1/p" out
}

# within WHAT VALUE LOW HIGH
within() {
    awk -v x="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(x != "" && x + 0 >= low + 0 && x + 0 <= high + 0) }' ||
        fail "$1" "$2 is not in [$3, $4]"
}

# near WHAT VALUE EXPECTED TOLERANCE, relative
near() {
    within "$1" "$2" "$(awk -v e="$3" -v t="$4" 'BEGIN { printf "%.17g", e - t * e }')" \
        "$(awk -v e="$3" -v t="$4" 'BEGIN { printf "%.17g", e + t * e }')"
}

# --- the catalogue

good init
for heading in constant random 'variance scaling'; do
    [ "$(grep -cx "$heading" out)" -eq 1 ] || fail heading "'$heading' stands $(grep -cx "$heading" out) times"
done
grep -n . out | sed -n 's/^\([0-9]*\):\(constant\|random\|variance scaling\)$/\1/p' | sort -nc || fail headings "not in order"
# Each scheme stands under its own family, however late it was registered.
awk '/^[a-z]/ { family = $0 } /^  normal\(/ { exit family != "random" }' out || fail normal "not under random"
awk '/^[a-z]/ { family = $0 } /^  variance_scaling\(/ { exit family != "variance scaling" }' out ||
    fail variance_scaling "not under its family"
shows 'xavier_normal(gain=1)'
shows 'normal(mean=0, std)'
shows 'critical(sigma_b2=0, sigma_w2=auto)'
shows 'lsuv(base=orthogonal'
awk '/^  [^ ]/ { sub(/\(.*/, "", $1); print $1 }' out >names
[ "$(sort -u names | wc -l)" -eq "$(wc -l <names)" ] && [ "$(wc -l <names)" -ge 14 ] || fail names "$(wc -l <names) of them"

good init he_normal
cp out plain
shows 'formula     W ~ N(0, gain^2*2/((1 + slope^2)*fan))'
shows 'aliases     kaiming_normal'
shows 'family      variance scaling'
shows 'source      He et al. 2015'
shows 'note        In Keras and JAX he_normal is truncated'
shows 'one of fan_in, fan_out; default fan_in'
shows 'at most 1e+06, or auto; default 1'
for same in kaiming_normal 'he_normal()' 'he_normal(mode=fan_out)'; do
    good init "$same"
    cmp -s out plain || fail "$same" "is described otherwise than he_normal"
done
good init normal
shows 'must be given'
good init lsuv
shows 'another init; default orthogonal'
while read -r name; do
    good init "$name"
done <names

# --- a drawn layer

good init he_normal --shape 784x256 --format json
cp out first.json
for word in '"schema": 1' '"name": "he_normal"' '"init": "he_normal"' '"hidden": "relu"' '"seed": 1'; do
    shows "$word"
done
tr -d ' \n' <out | grep -qF '"shape":[784,256]' || fail json "no shape: $(cat out)"
shows '"formula": "W ~ N(0, gain^2*2/((1 + slope^2)*fan))"'
shows '"source": "He et al. 2015, eqs. 10 and 15"'
tr -d ' \n' <out | grep -qF '"theory":{"mean":0.0,"std":0.050507627227610' || fail json "no theory: $(cat out)"
# 25 counts of all weights, and 25 expected shares of what lies between the smallest and the largest: all but 1e-5.
tr -d ' \n' <out | sed 's/.*"counts":\[\([^]]*\)\],"theory":\[\([^]]*\)\].*/\1 \2/' |
    awk '{ n = split($1, c, ","); m = split($2, t, ",")
           for (i = 1; i <= n; i++) { weights += c[i]; share += t[i]; d = c[i] / 200704 - t[i]; if (d > 0.005 || d < -0.005) wrong++ } }
         END { exit !(n == 25 && m == 25 && weights == 200704 && share > 0.9999 && share < 1.00001 && !wrong) }' ||
    fail json "histogram: $(cat out)"
# 200704 normals of variance 2/784: the standard error of the std is 0.158 %, of the mean 1.13e-4, of the kurtosis
# 0.011. Five of each: one run in a million fails.
near std "$(number std)" 0.0505076 0.0079
within mean "$(number mean)" -5.7e-4 5.7e-4
within kurtosis "$(number kurtosis)" -0.055 0.055
within min "$(number min)" -0.34 -0.18
within max "$(number max)" 0.18 0.34
# Marchenko and Pastur: 0.0505 (28 +- 16); edges fluctuate by about a percent.
near singular_max "$(number singular_max)" 2.2223 0.03
near singular_min "$(number singular_min)" 0.6061 0.08
good init he_normal --shape 784x256 --format json --seed 1 --hidden relu
cmp -s out first.json || fail "--seed 1 --hidden relu" "are not the defaults"
good init he_normal --shape 784x256 --format json --seed 2
[ "$(number mean)" != "$(sed -n 's/^  "mean": \(.*\),$/\1/p' first.json)" ] || fail "--seed 2" "draws what seed 1 does"
cp out second.json
good init he_normal --shape 784x256 -f json -s 2
cmp -s out second.json || fail "-f json -s 2" "differs from --format json --seed 2"

good init 'kaiming_normal(mode=fan_out)' --shape 784x256 --format json
shows '"init": "he_normal(mode=fan_out)"'
near "fan_out std" "$(number std)" 0.0883883 0.0079
good init 'xavier_normal(gain=auto)' --shape 300x500 --hidden tanh --format json
shows '"init": "xavier_normal(gain=auto)"'
shows '"hidden": "tanh"'
near "auto gain for tanh" "$(number std)" "$(awk 'BEGIN { print 1.592537 * sqrt(2 / 800) }')" 0.0095
good init 'xavier_normal(gain=auto)' --shape 300x500 --hidden tanh
shows 'which is xavier_normal(gain=auto) for tanh'
grep -q '^drawn *xavier_normal(gain=1.5925' out || fail "gain=auto" "the gain is not shown: $(grep drawn out)"
grep -Eq '^std +0\.0[0-9]+ +0\.079627$' out || fail theory "no std beside theory's: $(grep ^std out)"

good init 'uniform(low=-1, high=3)' --shape 200x300
grep -Eq '^mean +[0-9.]+ +1$' out || fail uniform "mean $(grep ^mean out)"
# Every bin holds 4 % in theory; 25 bins of 60000 draws: 5 standard errors are 0.4 %.
[ "$(grep -c '4.00 %$' out)" -eq 25 ] || fail uniform "$(grep -c '4.00 %$' out) bins of 4.00 % in theory, not 25"
awk '/ %$/ { n++; s = $(NF - 3); wrong += s < 3.6 || s > 4.4; sum += s }
     END { exit !(n == 25 && !wrong && sum > 99.7 && sum < 100.3) }' out ||
    fail uniform "shares are not 4 % each"
shows '┃'
good init orthogonal --shape 60x40
grep -q 'theory' out && fail orthogonal "has no law, but a theory"
shows 'singular values  1 (smallest) to 1 (largest)'
good init zeros --shape 3x2
shows 'Every weight is 0.'
good init ones --shape 6x6 --format json
for word in '"singular_max": 6.0' '"std": 0.0' '"kurtosis": null' '"mean": 1.0' '"theory": null' '"histogram": null' \
    '"source": null'; do
    shows "$word"
done
good init 'constant(0.1)' --shape 1x1
good init identity --shape 20x30 --format json
near identity "$(number singular_min)" 1 1e-12
# A share p = 1/30 of ones: exact moments.
near "identity mean" "$(number mean)" 0.0333333333333333 1e-12
near "identity std" "$(number std)" 0.179505493571150 1e-12
near "identity kurtosis" "$(number kurtosis)" 25.0344827586207 1e-12

good init lsuv --shape 64x32 --hidden tanh
shows 'after a look at 256 samples of N(0, 1) inputs and targets'
shows '64-32-1'

good init lecun_normal --shape 600x700 --format json
near "large singular_max" "$(number singular_max)" "$(awk 'BEGIN { print 1 + sqrt(700 / 600) }')" 0.02
good init he_uniform --shape 5000x4200
shows 'singular values  not computed above 4096 on the shorter side'
good init he_uniform --shape 5000x4200 --format json
shows '"singular_min": null'
shows '"singular_max": null'
good init zeros --shape 16384x1
good init zeros --shape 1x16384

# Every scheme, with what it needs. 64 units are few enough for all, 32 inputs enough for sparse's 15.
while read -r name; do
    case $name in
    constant) scheme='constant(0.5)' ;;
    normal | truncated_normal) scheme="$name(std=0.1)" ;;
    uniform) scheme='uniform(low=-1, high=1)' ;;
    sparse_columns) scheme='sparse_columns(sparsity=0.3)' ;;
    pretrained) continue ;;
    *) scheme=$name ;;
    esac
    good init "$scheme" --shape 32x64
    grep -q '^singular values  [0-9.]' out || fail "$scheme" "no singular values"
    good init "$scheme" --shape 32x64 --format json
    for key in mean std min max kurtosis singular_min singular_max; do
        [ -n "$(number $key)" ] || fail "$scheme" "no $key"
    done
done <names

# --- what is refused

bad "unknown init 'he_norml' (did you mean 'he_normal'?)" init he_norml --shape 3x3
bad "unknown init 'he_norml' (did you mean 'he_normal'?)" init 'he_norml(mode=fan_in)'
bad "he_normal: unknown parameter 'moode'" init 'he_normal(moode=fan_in)' --shape 3x3
bad "normal: std= must be given" init normal --shape 3x3
bad "he_normal: gain=nan is not a finite decimal number" init 'he_normal(gain=nan)'
bad "normal: std=-1 is outside" init 'normal(std=-1)' --shape 3x3
bad "layer 1: uniform needs low < high" init 'uniform(low=1, high=1)' --shape 3x3
bad "layer 1: " init 'sparse(k=15)' --shape 14x3
bad "--shape needs the name of an initialization" init --shape 3x3
for shape in 3 3x 3xx3 x x3 3x3x3 -3x3 3.5x3 '3 x3' 3x3n 3X3 abc ''; do
    bad "--shape takes fan_in x fan_out as in 784x256, not '$shape'" init zeros --shape "$shape"
done
for shape in 0x3 3x0 16385x1 1x16385 99999999999999999999999x1 1x18446744073709551617; do
    bad "--shape $shape: each side must be 1 to 16384" init zeros --shape "$shape"
done
bad "--hidden: unknown activation 'tahn' (did you mean 'tanh'?)" init zeros --shape 3x3 --hidden tahn
bad "--hidden: " init zeros --shape 3x3 --hidden 'leaky_relu(slope=x)'
for option in '--hidden relu' '--seed 2' '--format json' '--format table'; do
    # shellcheck disable=SC2086 # words
    bad "add its shape" init he_normal $option
done
for seed in 0 -1 1.5 x ''; do
    bad "--seed takes a whole number from 1 to" init zeros --shape 3x3 --seed "$seed"
done
bad "--format takes table|json, not 'csv'" init zeros --shape 3x3 --format csv
bad "too large to fit here: at most 16777216" init lsuv --shape 16384x16384
for option in shape hidden seed; do
    bad "--$option needs an argument" init zeros "--$option"
    [ $option = seed ] || bad "--$option does not belong to 'initlab run'" run x.yaml "--$option" 3
done
bad "-j (--jobs) does not belong to 'initlab init'" init zeros -j 2
bad "'ones' is one operand too many" init zeros ones

if [ -w /dev/full ]; then
    for format in table json; do
        cases=$((cases + 1))
        "$initlab" init he_normal --shape 50x50 --format $format >/dev/full 2>err
        code=$?
        [ $code -eq 4 ] && grep -qF 'cannot write to standard output' err || fail "$format > /dev/full" "$code $(cat err)"
    done
fi

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
