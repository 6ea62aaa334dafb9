#!/bin/sh
# The tests drive Chromium and start a PostgreSQL server, both from the system's packages. Install what is missing
# where that is allowed; elsewhere say exactly what to install.
set -eu
missing=""

found() {  # a program on the PATH, or at one of the paths given
    for place in "$@"; do
        if command -v "$place" >/dev/null || [ -x "$place" ]; then return 0; fi
    done
    return 1
}

found chromium chromium-browser google-chrome || missing="chromium"
# Unquoted: Debian and Homebrew keep PostgreSQL's programs off the PATH, in a folder for each version.
found initdb /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb || missing="$missing postgresql"
if [ -z "$missing" ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
    echo "The tests need packages of your system: install$(printf ' %s' $missing) with its package manager." >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    sudo=""
elif sudo -n true 2>/dev/null; then
    sudo="sudo -n"
else
    echo "The tests need packages of your system: run 'sudo apt-get install$(printf ' %s' $missing)'," \
         "then the same command again." >&2
    exit 1
fi
echo "Installing$(printf ' %s' $missing) from the system's packages ..."
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq $missing >/dev/null
