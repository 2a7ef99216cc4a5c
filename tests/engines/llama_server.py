"""llama.cpp's own server in a process of its own: prints its address, serves until its input ends.

python llama_server.py MODEL.gguf
"""

from __future__ import annotations

import os
import sys

import xllamacpp  # type: ignore[import-untyped] # it ships no types


def main() -> None:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = sys.argv[1]
    parameters.n_ctx = 2048
    parameters.cpuparams.n_threads = 1
    parameters.port = 0
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)  # noqa: T201 -- that is how it is found
    sys.stdin.read()
    os._exit(0)  # the engine's own way out prints for a while, and nobody waits for it


if __name__ == "__main__":
    main()
