"""The work after calls, put together from the settings, and the process that does it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import structlog

from ivr.config import Config
from ivr.core.errors import ConfigError
from ivr.engines.records.outbox import Outbox
from ivr.engines.records.procrastinating import ProcrastinateQueue
from ivr.engines.records.store import RecordStore, Work
from ivr.engines.webhook import Webhook
from ivr.language_models import keys, read_table
from ivr.review.after import Wishes
from ivr.review.economy import OneModel
from ivr.review.rubric import read_rubric

_log = structlog.get_logger("ivr")


def make_economy(config: Config, environ: Mapping[str, str]) -> OneModel | None:
    """The first model of the economy tier in `IVR_MODELS`; `None` without a table or such a model.

    Raises `ConfigError`.
    """
    table = read_table(config)
    model = next((m for m in table.models.values() if m.tier == "economy"), None) if table else None
    if table is None or model is None:
        return None
    from ivr.engines.chat import OpenAIChat  # noqa: PLC0415 -- a second to import, and only needed here

    return OneModel(model.name, OpenAIChat(model, keys(table, environ).get(model.name, "")))


def make_work(config: Config, environ: Mapping[str, str]) -> Work:
    """What is done after calls. Raises `ConfigError`, or `FlowProblems` for mistakes in the rubric."""
    url, secret = config.webhook_url, config.webhook_secret.get_secret_value()
    if url and not url.startswith(("https://", "http://")):
        raise ConfigError(f"IVR_WEBHOOK_URL is {url}; it must begin with https:// or http://.")
    if secret and not url:
        raise ConfigError("IVR_WEBHOOK_SECRET is set but IVR_WEBHOOK_URL is not: set both, or neither.")
    return Work(
        economy=make_economy(config, environ),
        wishes=Wishes(share=config.quality_share, send=bool(url)),
        receiver=Webhook(url, secret) if url else None,
        rubric=read_rubric(Path(config.rubric) if config.rubric else None),
    )


async def work_until_stopped(config: Config, environ: Mapping[str, str]) -> None:
    """Do jobs until SIGINT or SIGTERM. Raises `ConfigError`."""
    setting, folder = config.database_url.get_secret_value(), config.folder("data", environ)
    store = await asyncio.to_thread(RecordStore, setting, folder, work=make_work(config, environ))
    assert store.chores is not None
    try:
        match store.queue:
            case ProcrastinateQueue() as queue:
                _log.info("worker ready", database=store.database.shown)
                await queue.work(store.chores.do)
            case Outbox() as outbox:
                _log.info("worker ready; `ivr serve` does the same work on this machine")
                draining = store.database.submit(outbox.drain(store.chores.do))
                await _stopped()
                draining.cancel()
            case None:
                raise AssertionError("a store with work has a queue")
    finally:
        await asyncio.to_thread(store.close)


async def _stopped() -> None:
    """Wait for SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await stop.wait()
