#!/bin/bash
# initlab check from outside: verdicts, exit codes, formats, and text that tries to break them.
# Usage: test_check.sh INITLAB SOURCE_ROOT [CLAIMS.yaml…]: of what ships only these, where all would take too long.
set -u
initlab=$(realpath "$1")
root=$(realpath "$2")
shift 2
. "$(dirname "$(realpath "$0")")/command.sh"

# claims FILE EXPECT [SENTENCE]: a file of three claims, the first of which is supported.
claims() {
    cat >"$1" <<YAML
title: Learning
claims:
  - id: learns
    sentence: ${3:-"'He learns XOR.'"}
    setup: {data: xor, network: 2-8-1, hidden: tanh, optimizer: adam(lr=0.05), seeds: 64}
    a: {init: he_normal}
    b: {init: zeros}
    test: difference of success > 0.5
    expect: $2
  - id: identical
    sentence: Units stay identical.
    setup: {data: xor, network: 2-3-1, seeds: 4}
    a: {init: ones}
    property: unit_difference(epochs=20) == 0
  - id: soon
    sentence: It takes some tens of epochs.
    setup: {data: xor, network: 2-8-1, hidden: tanh, optimizer: adam(lr=0.05), seeds: 64}
    a: {init: he_normal}
    test: rmst < 500
YAML
}

# --- the command line and the files

bad "check needs a file of claims" check
bad "nope.yaml: cannot read the file of claims: No such file" check nope.yaml
mkdir empty && bad "empty: there is no *.yaml file in this folder" check empty
claims c.yaml supported
bad "--format takes table|json|markdown, not 'csv'" check c.yaml --format csv
bad "--tap and --format exclude each other" check c.yaml --tap --format json
bad "--seed-base takes a whole number from 1 to" check c.yaml --seed-base -1
bad "--junit needs an argument" check c.yaml --junit
claims d.yaml suported
bad "d.yaml:9:13: expect: unknown verdict 'suported' (did you mean 'supported'?)" check c.yaml d.yaml

# --- verdicts and exit codes

good check c.yaml
shows "ok  learns     supported"
shows "ok  identical  supported"
shows "3 claims in"
shows "3 supported, 0 refuted, 0 inconclusive; all as expected."
shows "below 0.1 %"
good check c.yaml -v
shows "He learns XOR."
shows "from 64 seeds at a level of 0.9995, against difference of success > 0.5"
claims d.yaml refuted
call check d.yaml c.yaml
[ "$code" -eq 1 ] || fail "an unexpected verdict" "exit code $code, not 1"
shows "NOT learns     supported, expected refuted"
shows "1 not as expected."
[ -s err ] && fail "an unexpected verdict" "something on stderr: $(cat err)"

# A folder is its *.yaml files by name; nothing but the verdicts depends on how it runs.
mkdir folder && claims folder/b.yaml supported && claims folder/a.yaml supported && echo x >folder/notes.txt
good check folder --format json
[ "$(jq -r '[.claims[].file] | join(" ")' out)" = "folder/a.yaml folder/a.yaml folder/a.yaml folder/b.yaml folder/b.yaml folder/b.yaml" ] ||
    fail "a folder" "$(jq -c '[.claims[].file]' out)"
results() { jq -c '[.claims[] | [.id, .verdict, .effect, .ci, .n]]' out; }
good check c.yaml --format json --jobs 1 && one=$(results)
good check c.yaml --format json --jobs 2 --out runs.db && two=$(results)
good check c.yaml --format json --out runs.db && three=$(results)
[ "$one" = "$two" ] && [ "$one" = "$three" ] || fail "jobs and store" "$one, $two, $three"
good check c.yaml --format json --seed-base 1000 && fresh=$(results)
[ "$one" != "$fresh" ] || fail "fresh seeds" "the same results"
good check c.yaml --format json --seed-base 1000 --out runs.db
[ "$(results)" = "$fresh" ] || fail "fresh seeds in a store" "$(results), not $fresh"

# --- formats

good check c.yaml --format json
jq -e '.schema == 1 and .as_expected == 3 and (.claims[0] | .id == "learns" and .verdict == "supported" and
    .expected == "supported" and .as_expected and (.ci | length) == 2 and .ci[0] <= .effect and
    .effect <= .ci[1] and .n == 64 and .tier == "statistical") and (.claims[1] | .expected == null and
    .ci == null and .tier == "property" and .effect == 0)' out >/dev/null || fail json "$(cat out)"
good check c.yaml --format markdown
shows '### Learning'
shows '| learns | He learns XOR. | `xor, 2-8-1, tanh, adam(lr=0.05), he_normal against zeros` | `difference of success > 0.5` | supported |'
call check d.yaml --tap
shows 'TAP version 14'
shows '1..3'
shows 'not ok 1 - learns: He learns XOR.'
shows 'ok 2 - identical: Units stay identical.'
shows '  verdict: "supported, expected refuted"'

# --- full variants, data that is not here, and sequential tests

cat >v.yaml <<'YAML'
claims:
  - id: small
    sentence: He learns XOR.
    setup: {data: xor, network: 2-8-1, hidden: tanh, optimizer: adam(lr=0.05), seeds: 64}
    a: {init: he_normal}
    test: rmst < 500
    full: {setup: {seeds: 96}, tune: [0.02, 0.05]}
  - id: pictures
    sentence: He learns fashion.
    setup: {data: digits, network: 64-8-10, batch: 64, seeds: 4, budget: 1, converged: never}
    a: {init: he_normal}
    test: accuracy > 0.05
    full: {setup: {data: fashion_mnist, network: 784-8-10}}
    expect: supported
  - id: close
    sentence: At most three in ten 2-2-1 networks learn XOR.
    setup: {data: xor, network: 2-2-1, optimizer: adam(lr=0.05), seeds: 48, budget: 400}
    a: {init: he_normal}
    test: success <= 0.3
    expect: supported
YAML
unset INITLAB_DATA
call check v.yaml
[ "$code" -eq 1 ] || fail "an inconclusive claim" "exit code $code"
shows "NOT close"
shows "seeds would decide"
good check v.yaml --until-decided -v
shows "Wald's"
shows "alpha/2^look"
shows "3 supported, 0 refuted, 0 inconclusive; all as expected."
n=$(sed -n 's/^ok  close .* n \([0-9]*\) .*/\1/p' out)
[ "$n" -gt 48 ] || fail "until decided" "n is $n"
good check v.yaml --until-decided --out v.db && one=$(grep -c "n $n " out)
good check v.yaml --until-decided --out v.db
[ "$one" = 1 ] && grep -q "n $n " out || fail "until decided" "another n from the store: $(cat out)"
good check v.yaml --full --until-decided --junit v.xml
shows "n 96"
shows "--  pictures  skipped"
shows "fashion_mnist lies in none of the folders of data: data/fetch.sh fashion_mnist brings it"
shows "1 skipped, whose data is not here; all as expected."
[ "$(xmllint --xpath 'string(//testsuite/@skipped)' v.xml)$(xmllint --xpath 'count(//skipped)' v.xml)" = 11 ] ||
    fail "JUnit" "not one that is skipped: $(cat v.xml)"
good check v.yaml --full --until-decided --tap
shows "ok 2 - pictures: He learns fashion. # SKIP fashion_mnist is not here"
good check v.yaml --full --until-decided --format json
jq -e '.claims[1] | .verdict == "skipped" and .effect == null and .as_expected' out >/dev/null || fail json "$(cat out)"
jq -e '.risk > 0 and .risk < 0.002 and .claims[0].n == 96' out >/dev/null || fail json "$(cat out)"
good check v.yaml --full --until-decided --format markdown
shows '| pictures | He learns fashion. | `fashion_mnist` | `accuracy > 0.05` | skipped |  | 0 |'

# --- hostile text: what a sentence and the name of a file hold stays text

hostile='"]]> <b attr=\"x\" & '"'"'y'"'"'># \\ | `code` \uFFFE \uFFFF \u00e9 \U0001F600 &amp; --> %s%n"'
name=$'h<&"\x01\xff].yaml'
claims "$name" refuted "$hostile"
call check "$name" --junit j.xml --tap
[ "$code" -eq 1 ] || fail "hostile text" "exit code $code: $(cat err)"
xmllint --noout j.xml || fail "hostile text" "JUnit is not well-formed"
[ "$(xmllint --xpath 'string(/testsuites/@tests)' j.xml)$(xmllint --xpath 'string(//testsuite/@failures)' j.xml)" = 31 ] ||
    fail "JUnit" "wrong sums: $(head -c 300 j.xml)"
[ "$(xmllint --xpath 'count(//testcase)' j.xml)" = 3 ] || fail "JUnit" "not three cases"
xmllint --xpath 'string(//failure)' j.xml | grep -qF "]]> <b attr=\"x\" & 'y'># \\ | \`code\` ? ? é 😀 &amp; --> %s%n: " ||
    fail "hostile text" "another text: $(xmllint --xpath 'string(//failure)' j.xml)"
[ "$(xmllint --xpath 'string(//failure/@message)' j.xml)" = "supported, expected refuted" ] || fail "JUnit" "message"
grep -q '^not ok 1 - learns: .*\\# \\\\ |' out || fail "TAP" "# and \\ are not escaped: $(sed -n 3p out)"
[ "$(grep -c '^\(not \)\?ok ' out)" -eq 3 ] || fail "TAP" "$(cat out)"
call check "$name" --format json && jq -e . out >/dev/null || { [ "$code" -eq 1 ] && jq -e . out >/dev/null; } ||
    fail "hostile text" "JSON: exit code $code, $(cat err)"
call check "$name" --format markdown
[ "$(grep -c '^| learns ' out)" -eq 1 ] && grep -q '\\<b attr' out || fail "hostile text" "Markdown: $(cat out)"
call check c.yaml --junit missing/j.xml
[ "$code" -eq 4 ] && grep -q 'missing/j.xml: cannot write the JUnit report' err || fail "JUnit" "$code: $(cat err)"
[ -s out ] && fail "JUnit" "results although a report failed"

# --- weights lie beside the file of claims, wherever the command runs; tables show their path as the file has it

mkdir -p beside/weights
cat >beside/c.yaml <<YAML
title: Transfer
claims:
  - id: same
    sentence: The weights are those of the file.
    setup: {data: xor, network: 2-8-1, seeds: 4}
    a: {init: pretrained(weights/w.safetensors)}
    property: layer(weight_rms, layer=1) > 0
YAML
bad "beside/weights/w.safetensors: cannot read the tensor file" check beside/c.yaml
good train --data xor --network 2-8-1 --init he_normal --epochs 1 --save beside/weights/w.safetensors
good check beside/c.yaml --format markdown
shows '`xor, 2-8-1, relu, pretrained(path=weights/w.safetensors)`'
(cd beside && "$initlab" check c.yaml --quiet >/dev/null 2>&1) || fail "weights beside a file" "not in its own folder"
good check "$PWD/beside/c.yaml"
INITLAB=$initlab "$root/experiments/claims/weights/make.sh" made.safetensors >/dev/null 2>&1
cmp made.safetensors "$root/experiments/claims/weights/teacher.safetensors" ||
    fail "weights/make.sh" "makes another file than teacher.safetensors"

# --- what ships: every verdict as expected, and its table as the README has it; the full variants can be read, since files
# are read in order and the first that cannot be is named

claims d.yaml suported
bad "d.yaml:9:13: expect: unknown verdict" check "$root/experiments/claims" d.yaml --full

if [ $# -gt 0 ]; then
    good check "${@/#/$root/experiments/claims/}" --quiet
else
    timeout 580 "$initlab" check "$root/experiments/claims" --format markdown --quiet >table 2>err ||
        fail experiments "exit code $?: $(cat err) $(grep -F '**' table)"
    sed -n '/^### /,$p' "$root/experiments/claims/README.md" | diff - table >differences ||
        fail experiments "another table than the README's: $(head -5 differences)"
fi

echo "$cases cases, $failures failures"
[ "$failures" -eq 0 ]
