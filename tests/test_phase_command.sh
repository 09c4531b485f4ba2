#!/bin/bash
# `initlab phase` from outside: table, JSON, SVG, mistakes. Usage: test_phase_command.sh INITLAB
set -u
initlab=$(realpath "$1")
. "$(dirname "$(realpath "$0")")/command.sh"

small="--width 48 --seeds 16 --batch 4 --depth 5:40:5"

good phase $small --grid sigma_w2=1:3:5
shows 'tanh, σ_b² = 0.05: 16 networks of width 48 for each σ_w²'
[ "$(grep -c '^ *[0-9]*  [ ░▒▓█●?]*$' out)" -eq 8 ] || fail table "not 8 rows: $(cat out)"
[ "$(grep '^ *[0-9]* .*●' out | head -1 | tr -s ' ' | cut -d' ' -f2)" != "" ] || fail table "no line"
LC_ALL=C.UTF-8 grep -qE '^.{101,}' out && fail table "a line is longer than 100 columns"

good phase $small --grid sigma_w2=1.3:2.5:2 -f json
cp out first
for word in '"schema": 1' '"hidden": "tanh"' '"sigma_b2": 0.05' '"depth": 40' '"trainable_depth": '; do
    shows "$word"
done
[ "$(grep -c '"distance"' out)" -eq 16 ] || fail json "$(grep -c '"distance"' out) cells, not 16"
# In the ordered phase little of a correlation is left after 40 layers and gradients vanish; in the chaotic one
# gradients explode.
awk -F'[:,]' '/"sigma_w2"/ { w = $2 } /"depth"/ { d = $2 } /"distance"/ { if (w < 2 && d == 40 && $2 > 0.05) exit 1 }
     /"gradient_factor"/ { if (d == 40 && (w < 2 ? $2 > 0.5 : $2 < 2)) exit 2 }' out || fail json "not as theory has it"
good phase $small --grid sigma_w2=1.3:2.5:2 -f json --seed-base 1 --hidden tanh --sigma-b2 0.05
cmp -s out first || fail defaults "are not those that --help states"

good phase $small --grid sigma_w2=1:3:5 --format svg --dropout 0.1
shows '<title id="phase-title">How deep a signal lives: tanh, σ_b² = 0.05</title>'
shows 'prefers-color-scheme:dark'
shows '<desc id="phase-description">'
shows '<path class="over"'
[ "$(grep -c '<rect' out)" -eq $((5 * 8 + 40)) ] || fail svg "$(grep -c '<rect' out) rectangles"
[ "$(grep -o '<[a-z]*[ >]' out | grep -c text)" -eq "$(grep -o '</text>' out | wc -l)" ] || fail svg "text is not closed"

# Trained: at sigma_w2 = 0.01 two kinds of iris stay alike, at 1.5 all are told apart.
trained="--train --data iris --width 16 --seeds 1 --depth 2:8:6 --grid sigma_w2=0.01:1.51:2 --epochs 10 --optimizer adam(lr=0.01) -q"
good phase $trained
shows 'tanh, σ_b² = 0.05: 1 network of width 16 for each cell, trained on iris, adam(lr=0.01), 10 epochs'
[ "$(grep -c '^ *[28]  ' out)" -eq 2 ] || fail --train "not 2 rows: $(cat out)"
good phase $trained -f json --jobs 1
jq -e '.training.epochs == 10 and .columns[0].cells[1].depth == 8 and .columns[0].cells[1].accuracy < 0.8 and
    .columns[1].cells[0].accuracy > 0.9 and .columns[1].cells[1].accuracy > 0.9' out >/dev/null || fail --train "$(cat out)"
good phase $trained -f svg
shows 'How deep a network trains: tanh, σ_b² = 0.05; iris, adam(lr=0.01), 10 epochs</title>'
xmllint --noout out || fail --train "the SVG is not well-formed"
bad '--epochs belongs to training: add --train' phase --epochs 3
bad '--jobs belongs to training: add --train' phase --jobs 2
bad "--optimizer: unknown optimizer" phase --train --optimizer sdg
bad 'sine has numbers to predict' phase --train --data sine

bad '--grid takes sigma_w2=first:last:count' phase --grid 1:4:31
bad '--grid takes sigma_w2=first:last:count' phase --grid sigma_w2=1:4
bad '--grid takes sigma_w2=first:last:count' phase --grid sigma_w2=1:4:2.5
bad '--grid takes sigma_w2=first:last:count' phase --grid sigma_w2=1:4:1e9
bad 'sigma_w2 from 4 to 1: give rising values above 0' phase --grid sigma_w2=4:1:3
bad 'sigma_w2 from 0 to 1: give rising values above 0' phase --grid sigma_w2=0:1:3
bad '--depth takes first:last:step of at most 511' phase --depth 10:600:30
bad '--depth takes first:last:step' phase --depth 10:5:1
bad '--depth takes first:last:step' phase --depth 0:5:1
bad '--sigma-b2 takes a number, 0 or more' phase --sigma-b2 -1
bad "--hidden: unknown activation" phase --hidden thn
bad 'a batch of at least 2 samples' phase --batch 1
bad 'one operand too many' phase x

echo "$cases calls, $failures failures"
[ "$failures" -eq 0 ]
