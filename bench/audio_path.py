"""What a call costs the process that carries its audio, against a bare echo server.

    python -m bench audio_path [--speech ../shared/speech]
    python -m bench.audio_path [--speech FOLDER] [--calls 4,20,60] [--rounds 3] [--seconds 8]

All servers run on uvloop, each in a process of its own and rung by a load of its own from another process:
callers who speak about a third of the time over faint line noise. Ours runs sessions, turns, a flow, the
journal, metrics and logs, with stub engines; the echo server hears loudness and sends as much audio back.
The loads take turns, a few seconds each, so that a busy moment of the machine hits all. CPU seconds are
those of the server process alone (all its threads) during its turns, per minute of one call. The ratio is
the median over the rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.child import Child
from bench.figures import Figure, table
from bench.speech_set import DEFAULT_SPEECH, recordings
from ivr.wire import pcm

GOALS = {"energy": 1.5, "silero": 2.5}
NAMES = ("energy", "echo", "silero")  # ours first: the echo server sends as much as it did
GOAL_MB = 1.0
GOAL_GAP_MS = 60
SETTLE_S = 1.0
CYCLE_S = 10
SPEECH_S = 3.5
NOISE_DBFS = -66.0
FRAMES_A_MINUTE = 3000
MEMORY_CALLS, MEMORY_PACE, MEMORY_AUDIO_S = 30, 6, 54


@dataclass(frozen=True, slots=True)
class Load:
    """What one server did in one run."""

    cpu_s: float  # per call-minute
    chunks: float  # sent, per call-minute
    share: float  # of the inbound audio that went out
    gap_ms: float
    late_ms: float  # of the load itself
    lag_ms: float  # of the server's event loop


def callers_sound(speech: Path, noise_dbfs: float = NOISE_DBFS) -> bytes:
    """What each caller sends again and again: 3.5 s of real speech, then a pause, over line noise."""
    said = b""
    for recording in recordings(speech):
        if len(said) + len(recording.audio) <= SPEECH_S * 8000:
            said += recording.audio
    samples = np.zeros(CYCLE_S * 8000, np.float32)
    samples[: len(said)] = pcm.mulaw_to_float(said)
    noise = np.random.default_rng(1).standard_normal(len(samples)) * 10 ** (noise_dbfs / 20)
    return pcm.float_to_mulaw(samples + noise.astype(np.float32))


def server(name: str) -> Child:
    """A server process: `echo`, or ours with the detector of that name."""
    return Child("echo_server.py") if name == "echo" else Child("agent_server.py", "--detector", name)


def client(running: Child, calls: int, sound: Path, pace: int = 1) -> Child:
    """The load on a server; it waits for `go`."""
    arguments = ["--calls", str(calls), "--sound", str(sound), "--pace", str(pace)]
    webhook = ["--webhook"] if running.hello["webhook"] else []
    return Child("load_client.py", running.hello["url"], *arguments, *webhook)


def rounds_of(calls: int, sound: Path, rounds: int, seconds: float) -> dict[str, list[Load]]:
    """What each server did in each round."""
    measured: dict[str, list[Load]] = defaultdict(list)
    with contextlib.ExitStack() as open_until_done:
        servers = {name: open_until_done.enter_context(server(name)) for name in NAMES}
        loads = {name: open_until_done.enter_context(client(s, calls, sound)) for name, s in servers.items()}
        for _ in range(rounds):
            for name in NAMES:
                if name == "echo":
                    servers[name].ask(f"{median(load.share for load in measured['energy']):.4f}")
                measured[name].append(measure(name, servers[name], loads[name], seconds))
    return measured


def measure(name: str, running: Child, load: Child, seconds: float) -> Load:
    """One turn of one server: its calls go on, settle, are measured for `seconds`, and pause."""
    load.ask("go")
    time.sleep(SETTLE_S)
    load.ask("count")
    before = running.ask("usage")
    time.sleep(seconds)
    counts = load.ask("count")
    after = running.ask("usage")
    load.ask("pause")
    if counts["lost"] or not counts["frames"]:
        raise SystemExit(f"{counts['lost']} calls to the {name} server broke; see above why.")
    minutes = counts["frames"] / FRAMES_A_MINUTE
    return Load(
        cpu_s=(after["cpu_s"] - before["cpu_s"]) / minutes,
        chunks=counts["chunks"] / minutes,
        share=counts["sound"] / (counts["frames"] * 160),
        gap_ms=counts["worst_gap_s"] * 1000,
        late_ms=counts["late_s"] * 1000,
        lag_ms=after.get("lag_s", 0.0) * 1000,
    )


def memory(name: str, sound: Path) -> float:
    """MB a call takes when its buffers are full: the growth from idle to many calls, by call."""
    with server(name) as running:
        idle = running.ask("usage")["rss"]
        with client(running, MEMORY_CALLS, sound, MEMORY_PACE) as load:
            load.ask("go")
            time.sleep(MEMORY_AUDIO_S / MEMORY_PACE)
            full = running.ask("usage")["rss"]
    return float(full - idle) / MEMORY_CALLS / 1e6


def run(
    speech: Path = DEFAULT_SPEECH,
    *,
    calls: tuple[int, ...] = (4, 20, 60),
    rounds: int = 3,
    seconds: float = 8.0,
    noise_dbfs: float = NOISE_DBFS,
) -> list[Figure]:
    """Every figure; prints a table of details."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "caller.ulaw"
        sound.write_bytes(callers_sound(speech, noise_dbfs))
        runs = {count: rounds_of(count, sound, rounds, seconds) for count in calls}
        grown = {name: memory(name, sound) for name in GOALS}
    Console().print(details(runs))
    return list(figures(runs, grown))


def details(runs: dict[int, dict[str, list[Load]]]) -> Table:
    """Medians of each server at each load."""
    made = Table(
        "calls", "server", "CPU s per call-minute", "chunks", "worst gap", "load late", "loop lag",
        title="Audio path", title_justify="left",
    )  # fmt: skip
    for count, name, loads in [(c, n, run[n]) for c, run in runs.items() for n in NAMES]:
        cpu = sorted(load.cpu_s for load in loads)
        made.add_row(
            str(count),
            name,
            f"{median(cpu):.4f} ({cpu[0]:.4f}-{cpu[-1]:.4f})",
            f"{median(load.chunks for load in loads):.0f}",
            f"{max(load.gap_ms for load in loads):.0f} ms" if name != "echo" else "",
            f"{max(load.late_ms for load in loads):.0f} ms",
            f"{max(load.lag_ms for load in loads):.0f} ms" if name != "echo" else "",
        )
    return made


def figures(runs: dict[int, dict[str, list[Load]]], grown: dict[str, float]) -> list[Figure]:
    """The figures with their goals."""
    made: list[Figure] = []
    titles = {"energy": "energy detector", "silero": "Silero"}
    for name, goal in GOALS.items():
        for count, measured in runs.items():
            pairs = zip(measured[name], measured["echo"], strict=True)
            ratio = median(ours.cpu_s / echo.cpu_s for ours, echo in pairs)
            made.append(Figure(f"CPU against a bare echo, {titles[name]}, {count} calls", ratio, "x", goal))
    for name, megabytes in grown.items():
        made.append(Figure(f"memory per call, {titles[name]}", megabytes, "MB", GOAL_MB))
    worst = max(load.gap_ms for run in runs.values() for name in GOALS for load in run[name])
    made.append(Figure("longest gap in a prompt", worst, "ms", GOAL_GAP_MS, digits=0))
    return made


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--speech", type=Path, default=DEFAULT_SPEECH, help="folder of transcript.tsv, ulaw8k/"
    )
    parser.add_argument("--calls", default="4,20,60", help="loads, with commas")
    parser.add_argument("--rounds", type=int, default=3, help="how often; medians count")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of one turn")
    parser.add_argument("--noise", type=float, default=NOISE_DBFS, help="level of the line's noise (dBFS)")
    chosen = parser.parse_args()
    counts = tuple(int(count) for count in chosen.calls.split(","))
    with contextlib.suppress(KeyboardInterrupt):
        found = run(
            chosen.speech,
            calls=counts,
            rounds=chosen.rounds,
            seconds=chosen.seconds,
            noise_dbfs=chosen.noise,
        )
        Console().print(table("Audio path", found))


if __name__ == "__main__":
    main()
