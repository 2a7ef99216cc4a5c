"""What a server's processes use, by what they are for: CPU seconds and resident memory, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_WORKER: Final = "ivr.engines.worker_main"
CARRIER_OF_AUDIO: Final = "audio, turns and understanding"


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds since they started, by stage, and resident bytes, all processes together."""

    cpu_s: Mapping[str, float]
    rss: int

    def since(self, before: Usage) -> dict[str, float]:
        """CPU seconds by stage since an earlier look."""
        return {stage: cpu - before.cpu_s.get(stage, 0.0) for stage, cpu in self.cpu_s.items()}


def usage(pid: int) -> Usage:
    """Of a process and all below it."""
    cpu: dict[str, float] = {}
    rss = 0
    for process in family(pid):
        try:
            fields = _stat(process)
            name = CARRIER_OF_AUDIO if process == pid else stage(process)
            cpu[name] = cpu.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / _TICKS
            rss += int(fields[21]) * _PAGE
        except (OSError, IndexError):
            continue  # it has just ended
    return Usage(cpu, rss)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except (OSError, IndexError):
                continue
    found, more = [pid], True
    while more:
        below = [child for child, parent in parents.items() if parent in found and child not in found]
        found += below
        more = bool(below)
    return found


def stage(pid: int) -> str:
    """What a process is for: the kind of engine that a worker runs, else its program."""
    words = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    if _WORKER in words:
        return words[words.index(_WORKER) + 1]
    return Path(words[0]).name


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: [0] is the state, [1] the parent."""
    return (_PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
