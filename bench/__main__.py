"""Every bench, or those that are named, with a table of figures and goals for each.

    python -m bench [core] [audio_path] [latency] [turns] [recognition] [invented_words] [understanding]
                    [confidence] [records] [answer_cache] [retrieval] [console] [models] [money]
                    [--speech ../shared/speech] [--nlu ../shared/nlu] [--markdown]

Exit status 0, whatever the figures are; a bench that cannot run says why and ends with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported

from rich.console import Console

from bench.figures import Figure, markdown, table
from bench.speech_set import DEFAULT_SPEECH

NLU = Path(os.environ.get("IVR_BENCH_NLU", "../shared/nlu"))


def audio_path(chosen: argparse.Namespace) -> list[Figure]:
    """The cost of a call's audio."""
    from bench import audio_path as bench  # noqa: PLC0415 -- each bench loads libraries of its own

    return bench.run(chosen.speech)


def latency(chosen: argparse.Namespace) -> list[Figure]:
    """How long callers wait."""
    from bench import latency as bench  # noqa: PLC0415 -- as above

    return bench.run(chosen.speech)


def turns(chosen: argparse.Namespace) -> list[Figure]:
    """How a call feels, and the same callers at another server."""
    from bench import turns as bench  # noqa: PLC0415 -- as above

    return bench.run(chosen.speech)


def recognition(chosen: argparse.Namespace) -> list[Figure]:
    """Our decoder against the stock library."""
    from bench import recognition as bench  # noqa: PLC0415 -- as above

    facts = bench.run(_model("tiny.en"), chosen.speech)
    short = f"{facts['utterances of 2-4 s']:.0f} utterances of 2-4 s"
    return [
        Figure(f"CPU against the stock library, {short}", facts["cpu ratio"], "x", bench.GOAL_RATIO),
        Figure("CPU per utterance of 2-4 s", facts["ours cpu_s"], "s", digits=3),
        Figure("word error above the stock library's", facts["points"], "points", bench.GOAL_POINTS),
        Figure(f"word error, {facts['utterances']:.0f} utterances", facts["ours word_error"], "%", digits=1),
    ]


def invented_words(chosen: argparse.Namespace) -> list[Figure]:
    """Words heard where nobody spoke."""
    from bench import invented_words as bench  # noqa: PLC0415 -- as above

    facts = bench.run(_model("tiny.en"), chosen.speech)
    clips, real = f"of {facts['clips']:.0f} clips", f"of {facts['recordings']:.0f} recordings"
    return [
        Figure(f"words invented without speech, {clips}", facts["invented, ours"], digits=0),
        Figure(f"the same without the rejection rule, {clips}", facts["invented, no rule"], digits=0),
        Figure(f"real words thrown away, {real}", facts["lost, ours"], digits=0),
    ]


def understanding(chosen: argparse.Namespace) -> list[Figure]:
    """Who is understood, and who is refused."""
    from bench import understanding as bench  # noqa: PLC0415 -- as above

    facts = bench.run(chosen.nlu)
    made = []
    for name, goal in bench.GOALS.items():
        right = facts[f"{name} right"]
        made.append(Figure(f"intents right, {name}", 100 * right, "%", 100 * goal, at_least=True, digits=1))
        mangled = facts[f"{name} mangled"]
        made.append(Figure(f"the same with 15 % of words wrong, {name}", 100 * mangled, "%", digits=1))
        caught = 100 * facts[f"{name} caught at 5%"]
        what = f"out-of-scope caught at 5 % false rejects, {name}"
        made.append(Figure(what, caught, "%", bench.GOAL_CAUGHT, at_least=True, digits=1))
    made.append(Figure("embedding of an utterance", facts["ms embedding"], "ms"))
    made.append(Figure("all else of understanding", facts["ms rest"], "ms"))
    return made


def confidence(chosen: argparse.Namespace) -> list[Figure]:
    """Whether confidence is true."""
    from bench import confidence as bench  # noqa: PLC0415 -- as above

    return bench.run(chosen.nlu)


def core(_chosen: argparse.Namespace) -> list[Figure]:
    """Turns a second, and loading a flow."""
    from bench import core_speed as bench  # noqa: PLC0415 -- as above

    return bench.run()


def answer_cache(chosen: argparse.Namespace) -> list[Figure]:
    """How many turns the cache answers, and how many of them wrongly."""
    from bench import answer_cache as bench  # noqa: PLC0415 -- as above

    return bench.run(chosen.nlu)


def retrieval(_chosen: argparse.Namespace) -> list[Figure]:
    """Whether the right passage is found, and nothing where nothing stands."""
    from bench import retrieval as bench  # noqa: PLC0415 -- as above

    return bench.run()


def records(_chosen: argparse.Namespace) -> list[Figure]:
    """What keeping records costs those who carry audio."""
    from bench import records as bench  # noqa: PLC0415 -- as above

    return bench.run()


def models(_chosen: argparse.Namespace) -> list[Figure]:
    """A model that stalls, one that is interrupted, and what asking costs."""
    from bench import model_failover as bench  # noqa: PLC0415 -- as above

    return bench.run()


def money(_chosen: argparse.Namespace) -> list[Figure]:
    """What a day of calls costs in language models."""
    from bench import model_money as bench  # noqa: PLC0415 -- as above

    return bench.run()


def console(_chosen: argparse.Namespace) -> list[Figure]:
    """The console's weight."""
    from bench import console as bench  # noqa: PLC0415 -- as above

    return bench.run()


BENCHES: Mapping[str, tuple[str, Callable[[argparse.Namespace], list[Figure]]]] = {
    "core": ("Core, one core", core),
    "audio_path": ("Audio path, stub engines", audio_path),
    "latency": ("Latency, real engines, one call", latency),
    "turns": ("Turn-taking, composed callers", turns),
    "recognition": ("Recognition", recognition),
    "invented_words": ("Invented words", invented_words),
    "understanding": ("Understanding", understanding),
    "confidence": ("Confidence", confidence),
    "records": ("Records, 200 calls at 5 events a second", records),
    "retrieval": ("Retrieval", retrieval),
    "console": ("Console", console),
    "answer_cache": ("Answer cache", answer_cache),
    "models": ("Language models: failover", models),
    "money": ("Language models: a day of 1,000 simulated calls", money),
}


def _model(name: str) -> Path:
    from ivr.engines.models import models_dir, open_model  # noqa: PLC0415 -- as above

    return open_model(name, models_dir(os.environ.get("IVR_MODELS_DIR"), os.environ), "recogniser").folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="bench", help=", ".join(BENCHES))
    parser.add_argument(
        "--speech", type=Path, default=DEFAULT_SPEECH, help="recordings (or IVR_BENCH_SPEECH)"
    )
    parser.add_argument("--nlu", type=Path, default=NLU, help="sets of intents (or IVR_BENCH_NLU)")
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables, for the README")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in BENCHES]
    if unknown:
        parser.error(f"there is no bench {unknown[0]!r}; there are {', '.join(BENCHES)}")
    return chosen


def _load() -> str:
    return ", ".join(f"{average:.2f}" for average in os.getloadavg())


def main() -> None:
    """Run from the command line."""
    chosen = _arguments()
    out = Console()
    errors = Console(stderr=True)
    tables: list[str] = []
    for name in chosen.names or BENCHES:
        title, bench = BENCHES[name]
        errors.print(f"[bold]{name}[/] (load average {_load()})", highlight=False)
        began = time.monotonic()
        with contextlib.redirect_stdout(sys.stderr):  # details, so that standard output holds figures only
            found = bench(chosen)
        errors.print(f"{name} took {time.monotonic() - began:.0f} s\n", highlight=False)
        tables.append(markdown(title, found))
        if not chosen.markdown:
            out.print(table(title, found))
    if chosen.markdown:
        print("\n\n".join(tables))


if __name__ == "__main__":
    main()
