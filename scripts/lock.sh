#!/bin/sh
# Write the lock files anew from pyproject.toml and build.in: exact versions and hashes, no addresses.
# With --upgrade it takes the newest versions; without, it keeps those that still fit.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$(sh scripts/python.sh --where)" -m venv "$tools"
"$tools/bin/pip" install --quiet uv
compile() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header "$@"
}
compile "$@" pyproject.toml --output-file requirements/base.txt
compile "$@" pyproject.toml --group dev --constraint requirements/base.txt --output-file requirements/dev.txt
compile "$@" requirements/build.in --constraint requirements/dev.txt --output-file requirements/build.txt
echo "Written: requirements/base.txt, dev.txt and build.txt. Now: make setup test"
