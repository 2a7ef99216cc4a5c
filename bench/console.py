"""The console's weight: the live board with 200 calls, the page of a 30-minute call, the first load.

    python -m bench console

The board: 200 calls of text callers on the clinic's flow, 5 events a second each, on one event loop with
the server's own routes; what the process takes with one board open, less what it takes with none, in the
same run. The page: a call of half an hour in a real database, its sound in a real file, in Debian's
chromium where it is there. The first load: what a browser fetches for the live board, compressed.
"""

from __future__ import annotations

import asyncio
import gzip
import shutil
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import NoReturn

import numpy as np
from aiohttp import ClientSession, ClientTimeout, web

import build_console
from bench.figures import Figure
from ivr.call.registry import Registry
from ivr.config import Config
from ivr.core.call import CallState
from ivr.core.commands import Command
from ivr.core.events import CallStarted, Event, Kept
from ivr.core.flow.model import Flow
from ivr.core.journal import encode
from ivr.core.text_caller import TextCaller
from ivr.edges.health import Readiness
from ivr.edges.live import LiveCalls
from ivr.edges.twilio_guard import TwilioPorts
from ivr.engines.recordings import RECORDINGS, wav_header
from ivr.engines.records.store import RecordStore
from ivr.flow_files import load_flow_file
from ivr.front_desk import House, make_app
from ivr.metrics import Metrics
from ivr.rehearsal.reading import TextReader, exact_model

CALLS = 200
EVENTS_A_SECOND = 5
SECONDS = 15
HALF_AN_HOUR_MS = 30 * 60 * 1000
FLOW = Path("flows/clinic.yaml")
WORDS = ("I'd like to make an appointment", "tuesday", "when are you open", "what", "where can I park", "yes")

Happened = tuple[int, Event, tuple[Command, ...], CallState]


def run() -> list[Figure]:
    """All figures. Builds the pages if they are not built."""
    build_console.build()
    with tempfile.TemporaryDirectory() as folder:
        return [*asyncio.run(_measure(Path(folder))), *_first_load()]


async def _measure(data: Path) -> list[Figure]:
    flow, source = load_flow_file(FLOW)
    live = LiveCalls()
    store = RecordStore("", data)
    config = Config.model_validate({"IVR_DATA_DIR": str(data)})
    runner = web.AppRunner(make_app(config, {}, _house(flow, source, live, store)))
    try:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        page = await _page(base, flow, source, store, data)
        return [*await _board(base, flow, live), *page]
    finally:
        await runner.cleanup()
        await asyncio.to_thread(store.close)


def _house(flow: Flow, source: str, live: LiveCalls, store: RecordStore) -> House:
    registry = Registry(CALLS)
    line = TwilioPorts(registry, Metrics(lambda: 0), _nobody, str)
    state = Readiness(engines={"voice": True}, limit=CALLS, flow_name=flow.name, flow_digest=flow.digest)
    return House(
        line=line,
        live=live,
        flow=lambda: flow,
        type=lambda _call, _text: False,
        readiness=lambda: state,
        exposition=lambda: (b"", "text/plain"),
        records=store.records,
        hang_up=lambda _call: False,
        put_through=lambda _call, _contact: False,
        drain=lambda _on: None,
        source=lambda: source,
        say=_silence,
        file=lambda: FLOW.name,
        add=lambda _name, _examples: False,
    )


def _nobody(*_given: object) -> NoReturn:
    raise AssertionError("no call comes in here")


async def _silence(_name: str) -> bytes:
    return b""


# The board


async def _board(base: str, flow: Flow, live: LiveCalls) -> list[Figure]:
    happened = _conversation(flow, 400)
    for number in range(CALLS):
        live.began(f"CA{number}", flow, int(time.time() * 1000))
    without = await _cpu_share(live, happened)
    async with ClientSession() as client:
        sizes: list[int] = []
        reader = asyncio.create_task(_read(client, base + "/api/live", sizes))
        await asyncio.sleep(1)
        with_one = await _cpu_share(live, happened)
        reader.cancel()
    assert sum(sizes) > SECONDS * CALLS * 100, "the board was told of every call, again and again"
    return [
        Figure(f"live board with {CALLS} calls, of a core", with_one - without, "%", 5.0),
        Figure("the same calls with no board open, of a core", without, "%"),
    ]


async def _cpu_share(live: LiveCalls, happened: list[Happened]) -> float:
    """What the process takes while calls go on, in % of a core."""
    loop = asyncio.get_running_loop()
    places = [cycle(happened[n % len(happened) :] + happened[: n % len(happened)]) for n in range(CALLS)]
    cpu, began = time.process_time(), loop.time()
    ticks = SECONDS * EVENTS_A_SECOND * 10
    for tick in range(ticks):  # a tenth of the calls at a time, so that they do not all come at once
        for number in range(tick % 10, CALLS, 10):
            at_ms, event, commands, state = next(places[number])
            live.event(f"CA{number}", at_ms, event, commands, state)
        await asyncio.sleep(max(0.0, began + (tick + 1) * SECONDS / ticks - loop.time()))
    return 100 * (time.process_time() - cpu) / (loop.time() - began)


async def _read(client: ClientSession, url: str, sizes: list[int]) -> None:
    async with client.get(url, timeout=ClientTimeout(total=None)) as answer:
        async for chunk in answer.content.iter_any():
            sizes += [len(chunk)]


def _conversation(flow: Flow, events: int) -> list[Happened]:
    """What happens in real conversations, with the state after each event."""
    found: list[Happened] = []
    read = TextReader(exact_model(flow), None)

    def keep(_before: CallState, event: Event, after: CallState) -> None:
        found.append((len(found), event, (), after))

    while len(found) < events:
        caller = TextCaller(flow, CallStarted("CA1"), read, keep)
        caller.hear_out()
        for words in WORDS:
            if not caller.over:
                caller.say(words)
                caller.hear_out()
    return found


# The page of a long call


async def _page(base: str, flow: Flow, source: str, store: RecordStore, data: Path) -> list[Figure]:
    await _keep_long_call(flow, source, store, data)
    async with ClientSession() as client:
        figures = []
        for path, what in (("", "the call itself"), ("/peaks", "its peaks")):
            began = time.perf_counter()
            async with client.get(f"{base}/api/calls/LONG{path}") as answer:
                body = await answer.read()
                assert answer.status == 200, body
            took = time.perf_counter() - began
            size = f"{len(body) // 1024} kB"
            figures.append(Figure(f"half an hour: {what} from the server ({size})", took, "s"))
        chromium = shutil.which("chromium")
        if chromium:
            usable = await _in_browser(chromium, f"{base}/calls/LONG")
            figures.insert(0, Figure("page of a 30-minute call usable in chromium", usable, "s", 1.0))
    return figures


async def _keep_long_call(flow: Flow, source: str, store: RecordStore, data: Path) -> None:
    """A call of half an hour, as it would lie there: events, what is computed from them, sound."""
    samples = np.random.default_rng(1).integers(-9000, 9000, (HALF_AN_HOUR_MS * 8, 2)).astype("<i2").tobytes()
    folder = data / RECORDINGS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "LONG.wav").write_bytes(wav_header(2, len(samples)) + samples)
    store.journal.begin(
        "LONG", flow=flow, flow_source=source, caller="+15550100001", called="+15550100002",
        wall_ms=int(time.time() * 1000) - HALF_AN_HOUR_MS,
    )  # fmt: skip
    caller = TextCaller(flow, CallStarted("LONG"), TextReader(exact_model(flow), None))
    caller.hear_out()
    words = cycle(("when are you open", "where can I park", "what"))
    while caller.now < HALF_AN_HOUR_MS and not caller.over:
        caller.say(next(words))
        caller.hear_out()
        caller.pass_time(3000)
    for seq, (at_ms, event) in enumerate(caller.events):
        store.journal.append("LONG", seq, at_ms, encode(event))
    kept = Kept("recording", f"{RECORDINGS}/LONG.wav")
    store.journal.append("LONG", len(caller.events), caller.now, encode(kept))
    store.journal.end("LONG", "completed", caller.state.path, int(time.time() * 1000))
    await store.settled()


async def _in_browser(chromium: str, address: str) -> float:
    """From going there until the call can be read and its sound is drawn (s); the best of three."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 -- only where there is a browser

    best = float("inf")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(3):
            page = await browser.new_page(viewport={"width": 1400, "height": 900})
            began = time.perf_counter()
            await page.goto(address)
            await page.locator("ol.turns li").nth(5).wait_for()
            await page.locator("canvas").wait_for()
            best = min(best, time.perf_counter() - began)
            await page.close()
        await browser.close()
    return best


def _first_load() -> list[Figure]:
    pages = build_console.PAGES
    first = [pages / "index.html", *pages.glob("assets/index-*")]
    graph = list(pages.glob("assets/graph-*"))
    return [
        Figure("first load without the graph, compressed", _compressed(first), "kB", 200.0, digits=1),
        Figure("the graph, compressed", _compressed(graph), "kB", digits=1),
    ]


def _compressed(paths: list[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes())) for path in paths) / 1000
