# What the tests of the command share; to be sourced with $initlab set. They work in an empty folder of their own.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset NO_COLOR
cases=0
failures=0

fail() {
    failures=$((failures + 1))
    printf 'FAILED %s: %s\n' "$1" "$2"
}

# call ARGS…: runs initlab, leaving its exit code in $code and its output in the files out and err.
call() {
    cases=$((cases + 1))
    timeout 300 "$initlab" "$@" >out 2>err </dev/null
    code=$?
}

# bad EXPECTED ARGS…: exit code 2, nothing on stdout, one line on stderr that contains EXPECTED.
bad() {
    local expected=$1
    shift
    call "$@"
    [ "$code" -eq 2 ] || fail "$*" "exit code $code, not 2"
    [ -s out ] && fail "$*" "something on stdout"
    [ "$(wc -l <err)" -eq 1 ] && [ "$(grep -c '' err)" -eq 1 ] || fail "$*" "not one line on stderr: $(cat err)"
    grep -qF -- "$expected" err || fail "$*" "expected '$expected', got: $(cat err)"
}

# good ARGS…: exit code 0, something on stdout, nothing on stderr.
good() {
    call "$@"
    [ "$code" -eq 0 ] || fail "$*" "exit code $code: $(cat err)"
    [ -s out ] || fail "$*" "nothing on stdout"
    [ -s err ] && fail "$*" "something on stderr: $(cat err)"
    return 0
}

# shows TEXT: the last call printed TEXT.
shows() {
    grep -qF -- "$1" out || fail "$1" "not in the output: $(head -5 out)"
}
