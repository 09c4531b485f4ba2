#!/bin/sh
# Compiles and runs, as a user would, the example that opens each public header and the program in the README,
# against the library as `meson install` puts it: the header and the two libraries found through pkg-config.
# usage: test_examples.sh SOURCE BUILD COMPILER [FLAG…]
set -eu
source=$1 build=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

DESTDIR=$work/root meson install -C "$build" --no-rebuild >"$work/install.log" 2>&1 || { cat "$work/install.log"; exit 1; }
pc=$(find "$work/root" -name initlab.pc)
[ -n "$pc" ] || { echo "no initlab.pc was installed"; exit 1; }
prefix=$work/root$(sed -n 's/^prefix=//p' "$pc")
libdir=$(dirname "$(dirname "$pc")")
[ -x "$prefix/bin/initlab" ] || { echo "no command was installed"; exit 1; }
[ -f "$prefix/share/initlab/experiments/xor/xor.yaml" ] || { echo "no experiments were installed"; exit 1; }
[ -x "$prefix/share/initlab/data/fetch.sh" ] && [ -f "$prefix/share/initlab/data/sources.txt" ] || { echo "no fetch.sh was installed"; exit 1; }
export PKG_CONFIG_PATH="$(dirname "$pc")"
cflags="$(pkg-config --define-variable=prefix="$prefix" --cflags initlab)"
shared="$(pkg-config --define-variable=prefix="$prefix" --libs initlab) -Wl,-rpath,$libdir"
static="$libdir/libinitlab.a $(pkg-config --libs openblas yaml-0.1 jansson zlib libzip sqlite3 libxxhash) -lm -pthread"

count=0
# try NAME FILE: builds FILE with warnings as errors against both libraries and runs it.
try() {
    for link in "$shared" "$static"; do
        # shellcheck disable=SC2086 # words
        $CC -std=c17 -Wall -Wextra -Wconversion -Werror $FLAGS $cflags "$2" -o "$work/program" $link || { echo "$1: does not compile"; exit 1; }
        "$work/program" >"$work/output" || { echo "$1: fails"; cat "$work/output"; exit 1; }
    done
    count=$((count + 1))
}
CC=$1
shift
FLAGS=$*

# The library exports its public names and no others.
leaked=$(nm -D --defined-only "$libdir"/libinitlab.so | awk '$2 ~ /[TDBR]/ && $3 !~ /^il_/ {print $3}' | grep -vE '^(_init|_fini|__asan|__ubsan|__odr)|\.resolver$' || true)
[ -z "$leaked" ] || { echo "exported without the prefix: $leaked"; exit 1; }

# C++ programs may include the headers, where the compiler knows C++.
if echo | $CC -x c++ -fsyntax-only - 2>/dev/null; then
    echo '#include <initlab.h>' >"$work/headers.cpp"
    # shellcheck disable=SC2086 # words
    $CC -x c++ -std=c++17 -Wall -Wextra -pedantic -Werror -fsyntax-only $cflags "$work/headers.cpp" || { echo "initlab.h: is no C++"; exit 1; }
fi
for header in "$source"/include/initlab/*.h; do
    grep -q "\"initlab/$(basename "$header")\"" "$source/include/initlab.h" || { echo "$header: not in initlab.h"; exit 1; }
    # The opening comment's indented lines are the example.
    awk '/^ \*\//{exit} /^ \*     /{print substr($0, 8)}' "$header" >"$work/example.c"
    [ -s "$work/example.c" ] || { echo "$header: no example"; exit 1; }
    try "$(basename "$header")" "$work/example.c"
done

awk '/^```c$/{on = 1; next} /^```$/{on = 0} on' "$source/README.md" >"$work/readme.c"
[ -s "$work/readme.c" ] || { echo "README.md: no program"; exit 1; }
try README.md "$work/readme.c"
echo "$count examples"
