#!/bin/sh
# Pins every package with its hashes, for Linux and Python 3.11; records no address (docs/adr/0002).
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/uv ] || { echo "uv is missing: run make test once, it installs the tools." >&2; exit 1; }

pin() {
    .venv/bin/python -m uv pip compile pyproject.toml "$@" \
        --quiet --no-config --python-version 3.11 --python-platform linux \
        --generate-hashes --only-binary :all: \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
}

pin --output-file requirements/base.txt "$@"
pin --output-file requirements/s3.txt --extra s3 --constraint requirements/base.txt "$@"
pin --output-file requirements/dev.txt --extra dev --constraint requirements/base.txt "$@"
