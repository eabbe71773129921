#!/usr/bin/env bash
# Brings this machine to the point where the site or its tests run. Repeatable: what is there stays.
#   scripts/setup.sh site     system packages, Python packages, .env, database, static files, sample data
#   scripts/setup.sh tests    system and Python packages, with those that only checks and tests need
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?site or tests}

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
    local name
    for name in python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

install_system_packages() {
    local missing=() python line
    need() { # need PACKAGE COMMAND...: the package is missing where the command fails
        local package=$1
        shift
        "$@" >/dev/null 2>&1 || missing+=("$package")
    }
    is_installed() { dpkg-query --show --showformat='${db:Status-Status}' "$1" | grep -qx installed; }

    if ! command -v apt-get >/dev/null; then
        say "Not a Debian system: Pango and a font with Ukrainian letters must be there already"
        return
    fi
    # WeasyPrint prints through these; the second cuts embedded fonts to the letters used.
    need libpangoft2-1.0-0 is_installed libpangoft2-1.0-0
    need libharfbuzz-subset0 is_installed libharfbuzz-subset0
    need fonts-liberation2 is_installed fonts-liberation2
    python=$(find_python)
    if [ -z "$python" ]; then
        missing+=(python3 python3-venv)
    else
        # Debian keeps what makes a virtual environment in a package named after the version.
        need "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" \
            "$python" -c 'import ensurepip, venv'
    fi
    if [ "$purpose" = tests ]; then
        need chromium command -v chromium
        need poppler-utils command -v pdftotext
        need openssl command -v openssl # judges signatures independently of the site
        need libreoffice-calc-nogui command -v soffice
        need libatomic1 is_installed libatomic1 # for the program that drives Chromium
    fi

    [ ${#missing[@]} -gt 0 ] || return 0
    line="apt-get update && DEBIAN_FRONTEND=noninteractive"
    line+=" apt-get install --yes --no-install-recommends ${missing[*]}"
    [ "$(id -u)" = 0 ] || fail "System packages are missing. Run this once, then repeat the command:
sudo sh -c '$line'"
    say "Installing system packages: ${missing[*]}"
    sh -c "$line" >var/apt.log 2>&1 || { cat var/apt.log >&2; fail "The system packages were not installed."; }
}

# The environment is made anew when a lock file, the Python or the folder differs from last time,
# so a package that left the lock files leaves the environment too.
install_python_packages() {
    local lock=$1 python state
    python=$(find_python)
    [ -n "$python" ] || fail "Python 3.11 or newer is needed; install it and repeat the command."
    state=$(sha256sum requirements/*.txt && "$python" --version && pwd)
    if ! { .venv/bin/python -m pip --version && [ "$(cat .venv/state)" = "$state" ]; } >/dev/null 2>&1; then
        say "Making the Python environment"
        "$python" -m venv --clear .venv
        printf '%s\n' "$state" >.venv/state
    fi
    if [ ! -e ".venv/has-$lock" ]; then
        say "Installing Python packages (about half a minute)"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check \
            --only-binary :all: --require-hashes --requirement "requirements/$lock.txt"
        touch .venv/has-base ".venv/has-$lock"
    fi
}

# A site configured through its environment gets no sample settings.
write_sample_settings() {
    local key
    if [ ! -e .env ] && [ -z "${EPROGRAM_SECRET_KEY:-}" ]; then
        say "Writing .env with a new secret key and the sample set-up"
        key=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')
        (umask 077 && printf 'EPROGRAM_SECRET_KEY=%s\nEPROGRAM_SAMPLE=yes\n' "$key" >.env)
    fi
}

# Compressing takes seconds, so it is done only when a file or a package changed since the last time.
collect_static_files() {
    local done=var/static/staticfiles.json
    if [ ! -e "$done" ] || [ -n "$(find static .venv/has-base -newer "$done" -print -quit)" ]; then
        say "Collecting static files"
        .venv/bin/python manage.py collectstatic --clear --noinput --verbosity 0
    fi
}

mkdir -p var
install_system_packages
if [ "$purpose" = tests ]; then
    install_python_packages dev
else
    install_python_packages base
    write_sample_settings
    say "Preparing the database and sample data"
    .venv/bin/python manage.py migrate --verbosity 0
    .venv/bin/python manage.py load_sample --if-empty
    collect_static_files
fi
