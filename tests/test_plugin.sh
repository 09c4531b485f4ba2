#!/bin/bash
# Plug-ins: the worked example is built, listed, drawn and run; and each way to make a bad one is refused with one
# line. Usage: test_plugin.sh INITLAB SOURCE_ROOT COMPILER…
set -u
initlab=$(realpath "$1")
root=$(realpath "$2")
shift 2
compiler=("$@")
. "$(dirname "$(realpath "$0")")/command.sh"

# build NAME: NAME.c becomes NAME.so.
build() {
    "${compiler[@]}" -std=c17 -Wall -Wextra -Wconversion -Werror -O2 -fPIC -shared -I"$root/include" "$1.c" -lm \
        -o "$1.so" >log 2>&1 || { fail "$1.c" "does not compile: $(cat log)"; exit 1; }
}

# plugin NAME HEAD LINE…: NAME.so with one scheme, `my`, and the lines in place of what defines il_plugin.
plugin() {
    local name=$1
    shift
    {
        printf '%s\n' '#include <initlab.h>' \
            'static il_status fill(il_init_job *job, il_real *W) {' \
            '    for (size_t i = 0; i < job->n; i++)' \
            '        W[i] = VALUE;' \
            '    return IL_OK;' \
            '}' \
            'static const il_init_type types[] = {{.desc = {.name = NAME, .formula = "W = c"},' \
            '                                      .family = "test", .weights = fill}};' \
            "$@"
    } | sed "s/VALUE/${VALUE:-1}/; s/NAME/\"${NAME:-my}\"/" >"$name.c"
    build "$name"
}
table='const il_init_plugin il_plugin = {IL_INIT_ABI, sizeof(il_init_type), types, 1};'

# --- the example

cp "$root/experiments/plugin/my_init.c" "$root/experiments/plugin/my_init.yaml" .
build my_init
good init
grep -q he_laplace out && fail init "knows the plug-in without --plugin"
good init --plugin ./my_init.so
shows 'shapes of He'
shows 'he_laplace(gain=1)'
good init he_sign --plugin my_init.so
shows 'W = +-gain*sqrt(2/fan_in)'
shows 'note        Few kinds'
good init 'he_sign(gain=2)' --plugin ./my_init.so --shape 32x50 --format json
for word in '"name": "he_sign"' '"init": "he_sign(gain=2)"' '"max": 0.5,' '"min": -0.5,'; do
    shows "$word"
done
# 2e5 Laplace draws: the standard error of the std is 1.1 sqrt(1/n) of it, 0.25 %. 5 of them fail once in 2 million.
good init he_laplace --plugin ./my_init.so --shape 400x500 --format json
awk '/"std"/ { std = $2 + 0 } /"kurtosis"/ { k = $2 + 0 }
     END { exit !(std > 0.0707107 * 0.9875 && std < 0.0707107 * 1.0125 && k > 2 && k < 4) }' out ||
    fail he_laplace "$(cat out)"
good init he_laplace --plugin ./my_init.so --shape 400x500
shows theory
bad "unknown init 'he_laplase' (did you mean 'he_laplace'?)" init he_laplase --plugin ./my_init.so
bad "he_laplace: gain=0 is outside (0, 1e+06]" init 'he_laplace(gain=0)' --plugin ./my_init.so

good run my_init.yaml --plugin ./my_init.so --seeds 40 --set budget=100 --format csv --jobs 1
grep -q ',he_sign,lockstep,40,' out || fail run "no runs of he_sign: $(head -2 out)"
cp out one.csv
good run my_init.yaml --plugin ./my_init.so --seeds 40 --set budget=100 --format csv --jobs 2
cmp -s out one.csv || fail "--jobs 2" "results differ from --jobs 1"
good run my_init.yaml --plugin ./my_init.so --seeds 3 --set budget=9 --set 'init=[he_normal, "he_laplace(gain=0.5)"]' \
    --set baseline=he_normal
shows 'he_laplace(gain=0.5)'
bad "my_init.yaml:8:31: unknown init 'he_laplace'" run my_init.yaml
bad "unknown init 'he_laplace'" run "$root/experiments/xor/xor.yaml" --set init=he_laplace --set baseline=he_laplace

plugin second "$table"
good init --plugin ./my_init.so --plugin ./second.so
shows 'he_sign(gain=1)'
grep -q '^  my  *W = c$' out || fail "two plug-ins" "the second is not listed"
good init my --plugin ./second.so --shape 3x3 --format json
shows '"singular_max": 3.0'

plugin files 'static const il_init_type files[] = {{.desc = {.name = "from_file", .formula = "W = c", .n_params = 3,' \
    '.params = {{.name = "path", .doc = "d", .kind = IL_TEXT}, {.name = "layers", .doc = "d", .kind = IL_TEXT,' \
    '.word = "all"}, {.name = "prefix", .doc = "d", .kind = IL_TEXT, .word = ""}}},' \
    '.family = "test", .weights = fill}}; const void *const used = types;' \
    'const il_init_plugin il_plugin = {IL_INIT_ABI, sizeof(il_init_type), files, 1};'
good init from_file --plugin ./files.so
shows 'from_file(path, layers=all, prefix="")'
shows 'text; must be given'
shows 'text; default all'
shows 'text; default ""'
good init 'from_file("my file", layers="1,3")' --plugin ./files.so --shape 3x3 --format json
shows '"init": "from_file(path=\"my file\", layers=\"1,3\")"'
bad 'from_file: path= must be given (d)' init from_file --plugin ./files.so --shape 3x3

# --- bad ones

bad "--plugin needs an argument" init --plugin
bad "--plugin does not belong to 'initlab doctor'" doctor --plugin ./my_init.so
for command in "init" "init he_normal" "run my_init.yaml"; do
    # shellcheck disable=SC2086 # words
    bad "cannot read the plug-in ./nope.so: No such file or directory" $command --plugin ./nope.so
done
bad "cannot read the plug-in nope.so: No such file" init --plugin nope.so
bad "cannot load the plug-in $dir: " init --plugin "$dir"
if [ "$(id -u)" -ne 0 ]; then
    cp second.so secret.so && chmod 000 secret.so
    bad "cannot read the plug-in secret.so: Permission denied" init --plugin secret.so
fi
: >empty.so && bad "cannot load the plug-in empty.so: file too short" init --plugin empty.so
echo 'no library at all, only text' >text.so
bad "cannot load the plug-in text.so: " init --plugin text.so
for size in 10 64 400 4000 "$(($(stat -c %s second.so) / 2))"; do
    head -c "$size" second.so >cut.so
    bad "cannot load the plug-in cut.so: " init --plugin cut.so
done

plugin none 'const il_init_type *const used = types;'
bad "none.so is no plug-in: it does not define il_plugin" init --plugin none.so
plugin newer 'const il_init_plugin il_plugin = {IL_INIT_ABI + 1, sizeof(il_init_type), types, 1};'
bad "plug-in newer.so: made for plug-in interface" init --plugin newer.so
plugin older 'const il_init_plugin il_plugin = {IL_INIT_ABI - 1, sizeof(il_init_type), types, 1};'
bad "compile it again with the headers of initlab" run my_init.yaml --plugin older.so
plugin other 'const il_init_plugin il_plugin = {IL_INIT_ABI, sizeof(il_init_type) - 8, types, 1};'
bad "plug-in other.so: its il_init_type has" init --plugin other.so
plugin nothing 'const il_init_plugin il_plugin = {IL_INIT_ABI, sizeof(il_init_type), types, 0};'
bad "plug-in nothing.so: it holds no scheme" init --plugin nothing.so
plugin unlinked 'il_status il_no_such_function(void);' \
    'const void *const use = (const void *)il_no_such_function;' "$table"
bad "undefined symbol: il_no_such_function" init --plugin unlinked.so
NAME=he_normal plugin taken "$table"
bad "plug-in taken.so: the name 'he_normal' is taken by the scheme he_normal" init --plugin taken.so
NAME=kaiming_normal plugin alias "$table"
bad "the name 'kaiming_normal' is taken by the scheme he_normal" init --plugin alias.so
NAME=My-Init plugin malformed "$table"
bad "'My-Init' is no name for a scheme" init --plugin malformed.so
bad "plug-in second.so: the name 'my' is taken by the scheme my" init --plugin second.so --plugin second.so
VALUE='(il_real)__builtin_nan("")' plugin nan "$table"
bad "my filled 4x4 weights, not all of them finite" init my --plugin nan.so --shape 4x4

printf '%d cases, %d failures\n' "$cases" "$failures"
[ "$failures" -eq 0 ]
