# Sets $python to a Python 3.11 or newer; sourced by bin/run and bin/test.
# Each name is tried by running it: version managers leave stubs on PATH that only print an error.
python=
for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Purpose Jobs needs Python 3.11 or newer on PATH; name another one with PYTHON=/path/to/python3." >&2
    exit 1
fi
