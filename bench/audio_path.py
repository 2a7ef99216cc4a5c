"""What a call costs the process that carries its audio, against a bare echo server.

    python -m bench audio_path [--speech ../shared/speech]
    python bench/audio_path.py [--speech FOLDER] [--calls 4,20,60] [--rounds 2] [--seconds 10]

Both servers run on uvloop in a process of their own and are rung by the same load from another process:
callers who speak about a third of the time over faint line noise. Ours runs sessions, turns, a flow, the
journal, metrics and logs, with stub engines; the echo server hears loudness and sends as much audio back.
CPU seconds are those of the server process alone (all its threads), per minute of one call. The servers
take turns; medians over the rounds count.
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
from child import Child
from figures import Figure, table
from rich.console import Console
from rich.table import Table
from speech_set import DEFAULT_SPEECH, recordings

from ivr.wire import pcm

GOALS = {"energy": 1.5, "silero": 2.5}
GOAL_MB = 1.0
GOAL_GAP_MS = 60
SETTLE_S = 1.5
CYCLE_S = 10
SPEECH_S = 3.5
NOISE_DBFS = -66.0
FRAMES_A_MINUTE = 3000
FRAMES_A_CHUNK = 10
MEMORY_CALLS, MEMORY_PACE, MEMORY_AUDIO_S = 30, 6, 54


@dataclass(frozen=True, slots=True)
class Load:
    """What one server did in one run."""

    cpu_s: float  # per call-minute
    chunks: float  # sent, per call-minute
    share: float  # of the inbound audio that went out
    turns: float  # per call-minute
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


def server(name: str, share: float) -> Child:
    """A server process: `echo`, or ours with the detector of that name."""
    if name == "echo":
        return Child("echo_server.py", "--share", f"{share:.4f}")
    return Child("agent_server.py", "--detector", name)


def client(running: Child, calls: int, sound: Path, pace: int = 1) -> Child:
    """The load on a server."""
    arguments = ["--calls", str(calls), "--sound", str(sound), "--pace", str(pace)]
    webhook = ["--webhook"] if running.hello["webhook"] else []
    return Child("load_client.py", running.hello["url"], *arguments, *webhook)


def measure(name: str, calls: int, sound: Path, seconds: float, share: float) -> Load:
    """One run: calls open, settle, and are measured for `seconds`."""
    with server(name, share) as running, client(running, calls, sound) as load:
        time.sleep(SETTLE_S)
        load.ask("report")
        before = running.ask("usage")
        time.sleep(seconds)
        counts = load.ask("report")
        after = running.ask("usage")
    if counts["lost"]:
        raise SystemExit(f"{counts['lost']} of {calls} calls to the {name} server broke; see above why.")
    minutes = counts["frames"] / FRAMES_A_MINUTE
    return Load(
        cpu_s=(after["cpu_s"] - before["cpu_s"]) / minutes,
        chunks=counts["chunks"] / minutes,
        share=counts["sound"] / (counts["frames"] * 160),
        turns=counts["clears"] / minutes,
        gap_ms=counts["worst_gap_s"] * 1000,
        late_ms=counts["late_s"] * 1000,
        lag_ms=after.get("lag_s", 0.0) * 1000,
    )


def memory(name: str, sound: Path) -> float:
    """MB a call takes when its buffers are full: the growth from idle to many calls, by call."""
    with server(name, 0.0) as running:
        idle = running.ask("usage")["rss"]
        with client(running, MEMORY_CALLS, sound, MEMORY_PACE):
            time.sleep(MEMORY_AUDIO_S / MEMORY_PACE)
            full = running.ask("usage")["rss"]
    return float(full - idle) / MEMORY_CALLS / 1e6


def run(
    speech: Path = DEFAULT_SPEECH,
    *,
    calls: tuple[int, ...] = (4, 20, 60),
    rounds: int = 2,
    seconds: float = CYCLE_S,
    noise_dbfs: float = NOISE_DBFS,
) -> list[Figure]:
    """Every figure; prints a table of details."""
    runs: dict[tuple[int, str], list[Load]] = defaultdict(list)
    names = ("energy", "echo", "silero")  # ours first: the echo server sends as much as it did
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "caller.ulaw"
        sound.write_bytes(callers_sound(speech, noise_dbfs))
        for number in range(rounds):
            for count in calls:
                for name in names if number % 2 == 0 or not runs[count, "energy"] else reversed(names):
                    share = runs[count, "energy"][-1].share if runs[count, "energy"] else 0.0
                    runs[count, name].append(measure(name, count, sound, seconds, share))
        grown = {name: memory(name, sound) for name in GOALS}
    Console().print(details(runs))
    return list(figures(runs, grown))


def details(runs: dict[tuple[int, str], list[Load]]) -> Table:
    """Medians of each server at each load."""
    made = Table(
        "calls", "server", "CPU s per call-minute", "chunks", "worst gap", "load late", "loop lag",
        title="Audio path", title_justify="left",
    )  # fmt: skip
    for (count, name), loads in sorted(runs.items()):
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


def figures(runs: dict[tuple[int, str], list[Load]], grown: dict[str, float]) -> list[Figure]:
    """The figures with their goals."""
    made: list[Figure] = []
    titles = {"energy": "energy detector", "silero": "Silero"}
    for name, goal in GOALS.items():
        for count in sorted({count for count, _ in runs}):
            pairs = zip(runs[count, name], runs[count, "echo"], strict=True)
            ratio = median(ours.cpu_s / echo.cpu_s for ours, echo in pairs)
            made.append(Figure(f"CPU against a bare echo, {titles[name]}, {count} calls", ratio, "x", goal))
    for name, megabytes in grown.items():
        made.append(Figure(f"memory per call, {titles[name]}", megabytes, "MB", GOAL_MB))
    worst = max(load.gap_ms for (_, name), loads in runs.items() for load in loads if name != "echo")
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
    parser.add_argument("--rounds", type=int, default=2, help="how often; medians count")
    parser.add_argument("--seconds", type=float, default=CYCLE_S, help="length of one measurement")
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
