#!/bin/sh
# Stands in for Python in tests of set-up: makes an environment whose python is this file, and "installs" pins by making their folders.
# FAKE_VERSION: the version it says it has. FAKE_CALLS: file that gets a line for each call of venv and pip. FAKE_HANG: pip waits for ever.
# FAKE_NO_TENSORFLOW: pip finds no wheel for it.
set -eu
version=${FAKE_VERSION:-3.12.4}
case "$1 ${2:-}" in
  "-c "*)
    printf 'path=%s\nversion=%s\nvenv=%s\n' "$0" "$version" "${FAKE_VENV_MODULE:-yes}" ;;
  "-m venv")
    echo "venv $3" >>"$FAKE_CALLS"
    mkdir -p "$3/bin" "$3/lib/python3.12/site-packages"
    cp "$0" "$3/bin/python"
    printf '#!%s/bin/python\n' "$3" >"$3/bin/pip"
    : >"$3/pyvenv.cfg" ;;
  "-m pip")
    site=$(dirname "$(dirname "$0")")/lib/python3.12/site-packages
    echo "pip $*" >>"$FAKE_CALLS"
    case "$*" in *tensorflow-*.txt*) [ -z "${FAKE_NO_TENSORFLOW:-}" ] || { echo "ERROR: No matching distribution found for tensorflow"; exit 1; } ;; esac
    if [ -n "${FAKE_HANG:-}" ]; then
      mkdir -p "$site/numpy-2.4.6.dist-info"
      # A child of its own, as pip's are: it has to end together with its parent.
      sleep 600
    fi
    if [ "$3" = uninstall ]; then
      shift 4
      for name in "$@"; do
        rm -r "$site/$(echo "$name" | tr 'A-Z-' 'a-z_')"-*.dist-info
        case "$name" in tensorflow*) rm -r "$site/tensorflow" ;; esac
      done
      exit 0
    fi
    install() {
      sed -nE 's/^([A-Za-z0-9_.-]+)(\[.*\])?==([^ ]+).*/\1 \3/p' "$1" | grep -E "${2:-.}" | while read -r name pinned; do
        folder="$site/$(echo "$name" | tr 'A-Z-' 'a-z_')-$pinned.dist-info"
        mkdir -p "$folder"
        : >"$folder/RECORD"
        case "$name" in tensorflow*) mkdir -p "$site/tensorflow" ;; esac
      done
    }
    constraints=
    while [ $# -gt 0 ]; do
      case "$1" in
        -c) constraints=$2 ;;
        -r)
          install "$2"
          # The extra and-cuda.
          case "$2" in *tensorflow-cuda.txt) install "$constraints" ^nvidia- ;; esac ;;
      esac
      shift
    done ;;
esac
