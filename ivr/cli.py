"""The commands."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ivr import __version__, author_cli, calls_cli, console_cli, logs, models_cli, money_cli
from ivr.config import Config, Loaded, load
from ivr.core.errors import IvrError

app = typer.Typer(
    help="An open phone agent that people own.", no_args_is_help=True, pretty_exceptions_show_locals=False
)
app.add_typer(models_cli.app, name="models")
app.add_typer(calls_cli.app, name="calls")
app.add_typer(console_cli.app, name="console")
app.add_typer(author_cli.app)
app.add_typer(money_cli.app)

T = TypeVar("T")
out = Console()
FlowArgument = Annotated[
    Path | None, typer.Argument(help="The flow file; default: IVR_FLOW, else the clinic.")
]


def main() -> None:
    """Run a command; what goes wrong on purpose is one message and exit status 1."""
    with _told():
        app()


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        out.print(__version__, highlight=False)
        raise typer.Exit


@app.command()
def serve(
    flow: FlowArgument = None,
    port: Annotated[int | None, typer.Option(help="Port; default: PORT, else 8080.")] = None,
) -> None:
    """Answer calls until stopped. SIGTERM lets running calls end first."""
    loaded = load(os.environ | ({"PORT": str(port)} if port is not None else {}))
    _configure_logs(loaded.config)
    _run(_serve(loaded.config, flow))


async def _serve(config: Config, flow: Path | None) -> None:
    from ivr.app import start  # noqa: PLC0415 -- loads the engines' libraries
    from ivr.flow_files import find_flow  # noqa: PLC0415

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    path = find_flow(str(flow or ""), config)
    server = await start(config, path, progress=lambda line: out.print(f"[dim]{line}…[/]"))
    settle_memory()
    try:
        if sys.stdout.isatty():
            _print_address(config, server.url, server.loaded.flow.name)
        await stopped.wait()
        if server.sessions:
            out.print(
                f"Waiting for {len(server.sessions)} call(s) to end; press Ctrl-C again to cut them off."
            )
        stopped.clear()
        draining = asyncio.create_task(server.drain())
        again = asyncio.create_task(stopped.wait())
        await asyncio.wait((draining, again), return_when=asyncio.FIRST_COMPLETED)
        for task in (draining, again):
            task.cancel()
    finally:
        await server.close()


def settle_memory() -> None:
    """Take what was loaded at the start out of the garbage collector's sight.

    A full collection walks through all of it, and no call's audio moves meanwhile: 250 ms were measured.
    """
    gc.collect()
    gc.freeze()


def _print_address(config: Config, url: str, flow: str) -> None:
    out.print(f"[bold green]{escape(flow)}[/] answers at [bold]{url}[/]", highlight=False)
    out.print(f"Ring it from your browser:  [bold]{url}/phone[/]", highlight=False)
    out.print(f"Or from another terminal:  {sys.argv[0]} call {url}", highlight=False, soft_wrap=True)
    if config.twilio_auth_token.get_secret_value() and not config.public_url:
        out.print("[yellow]TWILIO_AUTH_TOKEN is set but PUBLIC_URL is not: only this machine is served.[/]")
    elif config.public_url:
        out.print(f"Twilio webhook:  POST {config.public_url.rstrip('/')}/twilio/voice", highlight=False)
    else:
        out.print("For Twilio, set PUBLIC_URL and TWILIO_AUTH_TOKEN (see README).", highlight=False)


@app.command()
def worker() -> None:
    """Do the work after calls: summaries, scores, the webhook. On SQLite `ivr serve` does it too."""
    config = load().config
    _configure_logs(config)
    _run(_worker(config))


async def _worker(config: Config) -> None:
    from ivr.after_calls import work_until_stopped  # noqa: PLC0415 -- loads the database's libraries

    await work_until_stopped(config, os.environ)


@app.command()
def demo(
    flow: FlowArgument = None,
    recording: Annotated[Path, typer.Option("--out", help="Where the recording goes.")] = Path(
        "demo-call.wav"
    ),
) -> None:
    """A whole call with a simulated caller: prints the conversation, writes the recording."""
    from ivr.caller import refuse_unwritable  # noqa: PLC0415 -- loads numpy

    config = load().config
    refuse_unwritable(recording)
    logs.configure(level="ERROR", secrets=_secrets())
    if not _run(_demo(config, flow, recording)):
        raise typer.Exit(1)


async def _demo(config: Config, flow: Path | None, recording: Path) -> bool:
    from ivr import demo as script  # noqa: PLC0415 -- loads the engines' libraries
    from ivr.app import start  # noqa: PLC0415
    from ivr.flow_files import find_flow  # noqa: PLC0415

    watcher = script.Watcher(out)
    with tempfile.TemporaryDirectory() as folder:
        own = config.model_copy(update={"port": 0, "host": "127.0.0.1", "data_dir": folder, "public_url": ""})
        with _status("Starting") as tell:
            server = await start(own, find_flow(str(flow or ""), config), observer=watcher, progress=tell)
        try:
            moves = script.script_for(server.loaded.flow)
            if moves is None:
                out.print(
                    "There is a script for the clinic only; ring this flow by hand: ivr serve, ivr call."
                )
                return False
            return await script.run(server, watcher, moves, recording)
        finally:
            await server.close()


@app.command("call")
def call_command(  # noqa: PLR0913, PLR0917 -- options of a command
    url: Annotated[str, typer.Argument(help="Where the server is.")] = "http://127.0.0.1:8080",
    say: Annotated[list[str] | None, typer.Option(help="Words to say; may be given again.")] = None,
    wav: Annotated[list[Path] | None, typer.Option(help="A WAV file to play; may be given again.")] = None,
    keys: Annotated[str, typer.Option(help="Keys to press, at the end.")] = "",
    caller: Annotated[str, typer.Option(help="The number that calls.")] = "+15550100001",
    recording: Annotated[Path | None, typer.Option("--out", help="Write a stereo WAV.")] = None,
    transfer: Annotated[
        str,
        typer.Option(help="What becomes of a transfer: completed, busy, no-answer, failed, refused."),
    ] = "completed",
) -> None:
    """Ring a server from the terminal, with typed words, WAV files or keys."""
    from ivr.caller import refuse_unwritable  # noqa: PLC0415 -- loads numpy
    from ivr.dial import Act, pressed  # noqa: PLC0415

    config = load().config
    if recording:
        refuse_unwritable(recording)
    logs.configure(level="ERROR", secrets=_secrets())
    acts = [Act("say", words) for words in say or ()]
    acts += [Act("wav", str(path)) for path in wav or ()]
    acts += [Act("keys", pressed(keys))] if keys else []
    _run(_call(config, url, {"caller": caller, "dial_outcome": transfer}, acts, recording))


async def _call(
    config: Config, url: str, rung: dict[str, str], acts: list[Any], recording: Path | None
) -> None:
    from ivr.dial import dial  # noqa: PLC0415
    from ivr.edges.carrier import CarrierSettings, SimulatedCarrier  # noqa: PLC0415
    from ivr.engine_room import make_engines  # noqa: PLC0415
    from ivr.metrics import Metrics  # noqa: PLC0415

    engines = make_engines(config, os.environ, Metrics(lambda: 0))
    url = url if "://" in url else f"http://{url}"
    settings = CarrierSettings(
        url.rstrip("/"), config.public_url, config.twilio_auth_token.get_secret_value()
    )
    carrier = SimulatedCarrier(replace(settings, **rung, ring_s=1.5))  # type: ignore[arg-type] # both are texts
    try:
        with _status("Loading the caller's voice"):
            await engines.start()
        await dial(out, carrier, engines, acts, recording)
    finally:
        await carrier.close()
        await engines.close()


@app.command()
def messages() -> None:
    """List the messages that callers left, and who wants to be called back, newest first."""
    from ivr.messages_cli import print_messages  # noqa: PLC0415

    print_messages(out, load().config.folder("data", os.environ))


@app.command()
def check(
    flows: Annotated[list[Path], typer.Argument(help="Flow files.")],
    *,
    exact: Annotated[
        bool, typer.Option("--exact", help="Without the embedder: examples are not compared by meaning.")
    ] = False,
) -> None:
    """Look flow files over: file:line:column of each mistake and what to do. Exit status 1 on any error."""
    from ivr.check_cli import check  # noqa: PLC0415 -- loads numpy

    if not check(out, flows, exact=exact):
        raise typer.Exit(1)


@app.command()
def config() -> None:
    """Print the settings in force and where each came from. Secrets are masked."""
    loaded: Loaded = load()
    table = Table("setting", "value", "from", "what it is")
    in_force = _defaults(loaded.config)
    for setting in loaded.settings:
        if not setting.value and setting.name in in_force:
            setting = replace(setting, value=in_force[setting.name])  # noqa: PLW2901 -- the row as shown
        table.add_row(setting.name, escape(setting.value), setting.source, escape(setting.description))
    out.print(table)


def _defaults(config: Config) -> dict[str, str]:
    """What is in force where a setting is left empty."""
    from ivr.engines.models import models_dir  # noqa: PLC0415
    from ivr.flow_files import find_flow  # noqa: PLC0415

    flow = ""
    with suppress(IvrError):
        flow = str(find_flow("", config))
    return {
        "IVR_HOST": config.listen_host,
        "IVR_FLOW": flow,
        "IVR_MODELS_DIR": str(models_dir("", os.environ)),
        "IVR_DATA_DIR": str(config.folder("data", os.environ)),
        "IVR_CACHE_DIR": str(config.folder("cache", os.environ)),
    }


def _run(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _secrets() -> list[str]:
    from ivr.language_models import secrets_in_force  # noqa: PLC0415 -- loads numpy

    return secrets_in_force(os.environ)


def _configure_logs(config: Config) -> None:
    readable = {"auto": None, "json": False, "console": True}[config.log_format]
    logs.configure(level=config.log_level, readable=readable, secrets=_secrets())


@contextmanager
def _status(title: str) -> Iterator[Any]:
    """A line that says what is going on, on a terminal."""
    if not sys.stdout.isatty():
        yield lambda _line: None
        return
    with out.status(title) as status:
        yield lambda line: status.update(f"{title}: {line}")


_OUTPUT_ERRORS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def _complain(message: str) -> None:
    Console(stderr=True).print(escape(message), style="red", highlight=False, soft_wrap=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # a full disk is told here, not by a traceback at the very end
    except OSError as error:
        if error.errno not in _OUTPUT_ERRORS:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _complain(f"The output cannot be written: {error.strerror}.")
        sys.exit(1)
    except IvrError as error:
        told = logs.Masker(_secrets()).plain(str(error))
        _complain(told)
        sys.exit(1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        with suppress(BrokenPipeError):
            sys.exit(130)
