#!/bin/sh
# Fetches datasets into the folder where initlab looks for them: $INITLAB_DATA, or $XDG_CACHE_HOME/initlab
# (~/.cache/initlab). Downloads resume; a mirror that fails makes way for the next; nothing is installed before its
# checksum is right. What there is, and from where, is in sources.txt beside this script.
#
# usage: data/fetch.sh NAME…
#   INITLAB_MIRROR=URL  in place of the public mirrors: has NAME/FILE or FILE; file:///folder works without a network
set -u
table=$(dirname "$0")/sources.txt
home=${INITLAB_DATA:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/initlab}

say() { echo "fetch.sh: $*" >&2; }

stop() {
    say "$@"
    exit 1
}

# lines NAME KIND: what the table says, without these two words.
lines() { sed -n "s/^$1 $2 //p" "$table"; }

names() { sed -n 's/^\([a-z_0-9]*\) from .*/\1/p' "$table" | uniq | tr '\n' ' '; }

# sum ALGORITHM: the checksum of standard input.
sum() {
    if command -v "${1}sum" >/dev/null; then
        "${1}sum" | cut -d ' ' -f 1
    elif [ "$1" = md5 ]; then
        md5 -q
    else
        shasum -a "${1#sha}" | cut -d ' ' -f 1
    fi
}

# right PATH WHAT ALGORITHM SUM: the file is there, and what it should be.
right() {
    [ -f "$1" ] || return 1
    if [ "$2" = content ]; then
        gzip -tq "$1" 2>/dev/null && [ "$(gzip -dc "$1" | sum "$3")" = "$4" ]
    else
        [ "$(sum "$3" <"$1")" = "$4" ]
    fi
}

# urls NAME FILE: where it may be.
urls() {
    if [ -n "${INITLAB_MIRROR:-}" ]; then
        printf '%s\n' "${INITLAB_MIRROR%/}/$1/$2" "${INITLAB_MIRROR%/}/$2"
    else
        lines "$1" from | sed "s|\$|/$2|"
    fi
}

# download URL PATH: goes on where an earlier download ended.
download() {
    if [ -t 2 ]; then progress=-#; else progress=-sS; fi
    curl -fL $progress --connect-timeout 20 --retry 2 --speed-limit 1000 --speed-time 60 -C - -o "$2" "$1" >&2
}

# obtain NAME FILE WHAT ALGORITHM SUM: the file, verified, in $stage.
obtain() {
    part=$stage/$2
    right "$part" "$3" "$4" "$5" && return 0
    for url in $(urls "$1" "$2"); do
        say "$url"
        begun=$(wc -c 2>/dev/null <"$part" || echo 0)
        download "$url" "$part"
        right "$part" "$3" "$4" "$5" && return 0
        # What an earlier attempt left may be of another file.
        if [ "$begun" -gt 0 ]; then
            rm -f "$part"
            download "$url" "$part"
            right "$part" "$3" "$4" "$5" && return 0
        fi
        # A download that broke off can resume; one that is complete and wrong cannot.
        if [ -f "$part" ] && ! broken "$part"; then
            say "$2 from $url has another $4 sum than $5: not used"
            rm -f "$part"
        fi
    done
    say "$2 could not be had from any mirror. Without a network, bring it from another machine: put it into a folder"
    stop "and set INITLAB_MIRROR=file:///that/folder, or copy it to $home/$1/ yourself."
}

# broken PATH: gzip or zip data that breaks off.
broken() {
    case $1 in
    *.zip) ! unzip -tqq "$1" >/dev/null 2>&1 ;;
    *) gzip -t "$1" 2>&1 | grep -q 'unexpected end' ;;
    esac
}

# install_files: all of $stage to $folder: at once when there is none yet, else file by file.
install_files() {
    if [ -e "$folder" ]; then
        for path in "$stage"/*; do
            mv -f "$path" "$folder/" || stop "cannot write to $folder"
        done
        rmdir "$stage"
    else
        mv "$stage" "$folder" || stop "cannot write to $home"
    fi
}

# complete NAME: every file is installed and verified.
complete() {
    lines "$1" file | while read -r file what algorithm sum; do
        right "$folder/$file.gz" "$what" "$algorithm" "$sum" || exit 1
    done
}

fetch_files() {
    complete "$1" && say "$1 is in $folder already, and verified" && return
    mkdir -p "$stage" || stop "cannot write to $home: set INITLAB_DATA to a folder that can be written"
    lines "$1" file | while read -r file what algorithm sum; do
        obtain "$1" "$file.gz" "$what" "$algorithm" "$sum" </dev/null || exit 1
    done || exit 1
    install_files
    say "$1: $(lines "$1" file | wc -l | tr -d ' ') files in $folder, verified"
}

# Of what is inside an archive no checksums are published: zip's own, and those of gzip, are all there is.
fetch_archive() {
    set -- "$1" $(lines "$1" archive)
    [ -e "$folder" ] && say "$1 is in $folder already; remove it to fetch it again" && return
    command -v unzip >/dev/null || stop "$1 comes as a zip: apt-get install unzip"
    mkdir -p "$stage" || stop "cannot write to $home: set INITLAB_DATA to a folder that can be written"
    obtain "$1" "$2" packed "$3" "$4" || exit 1
    unzip -qoj "$stage/$2" '*.gz' -d "$stage" || stop "$2 cannot be unpacked into $stage"
    gzip -t "$stage"/*.gz || stop "a file in $2 is corrupt"
    rm "$stage/$2"
    install_files
    say "$1: $(find "$folder" -name '*.gz' | wc -l | tr -d ' ') files in $folder; the archive was verified"
}

command -v curl >/dev/null || stop "needs curl: apt-get install curl"
[ $# -gt 0 ] || stop "name what to fetch: $(names)"
[ "$home" != /.cache/initlab ] || stop "HOME is not set: set INITLAB_DATA to a folder"
for name in "$@"; do
    folder=$home/$name stage=$home/.$name.part
    if [ -n "$(lines "$name" archive)" ]; then
        fetch_archive "$name"
    elif [ -n "$(lines "$name" file)" ]; then
        fetch_files "$name"
    else
        stop "there is no '$name': $(names)"
    fi
done
