#!/bin/sh
# Run a script with a Python that is new enough (3.11), or say how to get one. PYTHON=… chooses another.
set -u
enough='import sys; sys.exit(sys.version_info < (3, 11))'
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$enough" >/dev/null 2>&1; then
        if [ "${1:-}" = --where ]; then
            command -v "$candidate"
            exit 0
        fi
        exec "$candidate" "$@"
    fi
done
if command -v python3 >/dev/null 2>&1; then
    echo "Zhanggui needs Python 3.11 or newer; this machine has $(python3 --version 2>&1)." >&2
else
    echo "Zhanggui needs Python 3.11 or newer; this machine has none." >&2
fi
echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python) and try again," >&2
echo "or name one: make demo PYTHON=/path/to/python3.12" >&2
exit 1
