#!/bin/sh
# The weights that claims of transfer begin with, to the bit on every machine: a network that has learned which of six
# outputs of a teacher is the largest. The claims' own task, three other outputs of the same teacher, shares its hidden
# units, and none of its labels.
# usage: experiments/claims/weights/make.sh FILE.safetensors
set -eu
initlab=${INITLAB:-$(dirname "$0")/../../../build/initlab}
"$initlab" train --data 'teacher(widths=20-4-6, targets=classes, n=2000, seed=7)' --network 20-16-6 --hidden tanh \
    --init xavier_normal --optimizer 'adam(lr=0.01)' --batch 32 --epochs 20 --seed 1 --save "$1"
