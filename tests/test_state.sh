#!/bin/sh
# The library keeps no mutable global state: no object of it has anything in .data or .bss. Tables of
# pointers, which the loader fills and then protects, are in .data.rel.ro.
# usage: test_state.sh ARCHIVE
set -eu
writable=$(objdump -h "$1" | awk '$2 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $2 !~ /^\.data\.rel\.ro/ && $3 != "00000000" {print $2, $3}')
[ -z "$writable" ] || { printf 'writable sections and their sizes:\n%s\n' "$writable" && exit 1; }
objdump -h "$1" | grep -q '\.text' || { echo "no code in $1"; exit 1; }
