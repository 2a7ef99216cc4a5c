#!/bin/sh
# Makes a virtual environment with Python 3.11 or newer: venv.sh FOLDER [PYTHON]
# On a Debian that has Python without its venv package, installs that package when it may.
set -eu

folder=$1
wanted=${2:-}

is_new_enough() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

python=
for candidate in ${wanted:-python3 python3.11 python3.12 python3.13 python3.14}; do
    if is_new_enough "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed, and ${wanted:-python3} is not that. Install it, or name it: make setup PYTHON=/path/to/python3" >&2
    exit 1
fi

make_venv() {
    rm -rf "$folder"
    "$python" -m venv "$folder"
}

if output=$(make_venv 2>&1); then
    exit 0
fi
rm -rf "$folder"

package=$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')
root=
if [ "$(id -u)" -ne 0 ]; then
    root="sudo -n"
fi
case $output in
*ensurepip* | *"No module named venv"*)
    if command -v apt-get >/dev/null 2>&1 && $root true 2>/dev/null; then
        echo "$python has no venv module: installing $package"
        $root apt-get update -q || echo "apt-get update failed; trying with the lists that are here" >&2
        if $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$package" && make_venv; then
            exit 0
        fi
        rm -rf "$folder"
    fi
    echo "$python cannot make a virtual environment. Install the package that brings it, then run make again: apt-get install $package" >&2
    ;;
*)
    echo "$python cannot make the virtual environment $folder: $output" >&2
    ;;
esac
exit 1
