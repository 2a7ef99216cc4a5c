"""Calls that a server leaves change hands once, and those of a server that lives stay with it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ivr.core.away import LONGEST_TRANSFER_MS
from ivr.engines.records.left import LeftCall
from ivr.engines.records.store import RecordStore
from tests.engines.records.past import call, orders

HOST = socket.gethostname()


def now_ms() -> int:
    return int(time.time() * 1000)


def open_store(setting: str, folder: Path, server: str) -> RecordStore:
    return RecordStore(setting, folder, server=server, takes_up=True, retry_s=0.05)


def left_by(setting: str, folder: Path, server: str, *, leave: bool, began_ms: int = 0) -> None:
    """A server writes the beginning of a call, says whether it leaves it, and stops."""
    store = open_store(setting, folder, server)
    asyncio.run(store.left())
    call("CA1", orders).write(store.journal, began_ms or now_ms(), end=False)
    if leave:
        store.journal.leave("CA1")
    asyncio.run(store.settled())
    store.close()


def taken(setting: str, folder: Path, server: str) -> list[LeftCall]:
    store = open_store(setting, folder, server)
    found = asyncio.run(store.left())
    store.close()
    return found


def test_a_call_that_was_left_goes_to_the_next_server_with_all_its_events(
    database_setting: str, tmp_path: Path
) -> None:
    began = now_ms()
    left_by(database_setting, tmp_path, "a", leave=True, began_ms=began)
    (found,) = taken(database_setting, tmp_path, "b")
    past = call("CA1", orders)
    assert (found.call_id, found.flow_name, found.began_ms) == ("CA1", "Pizza line", began)
    assert (found.caller, found.flow_digest) == ("+15550100001", past.flow.digest)
    assert found.source.startswith("ivr: 1")
    assert list(found.events) == past.rows


def test_two_that_start_together_do_not_get_the_same_call(database_setting: str, tmp_path: Path) -> None:
    left_by(database_setting, tmp_path, "a", leave=True)
    two = [open_store(database_setting, tmp_path, name) for name in ("b", "c")]

    async def both() -> list[list[LeftCall]]:
        return await asyncio.gather(*(store.left() for store in two))

    found = asyncio.run(both())
    for store in two:
        store.close()
    assert sorted(len(calls) for calls in found) == [0, 1]


@pytest.mark.parametrize("leave", [True, False])
def test_an_old_call_is_no_longer_taken_up(database_setting: str, tmp_path: Path, leave: bool) -> None:
    old = now_ms() - LONGEST_TRANSFER_MS - 1000
    left_by(database_setting, tmp_path, "a", leave=leave, began_ms=old)
    assert not taken(database_setting, tmp_path, "b")


def test_a_call_of_a_server_that_lives_stays_with_it(database_setting: str, tmp_path: Path) -> None:
    alive = f"{HOST}:{os.getppid()}:1"
    left_by(database_setting, tmp_path, alive, leave=False)
    assert not taken(database_setting, tmp_path, "elsewhere:7:2")
    assert not taken(database_setting, tmp_path, f"{HOST}:{os.getpid()}:2")


def test_a_server_that_was_killed_on_this_machine_is_known_to_be_gone(
    database_setting: str, tmp_path: Path
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left_by(database_setting, tmp_path, f"{HOST}:{gone.pid}:1", leave=False)
    assert [found.call_id for found in taken(database_setting, tmp_path, f"{HOST}:{os.getpid()}:2")] == [
        "CA1"
    ]


def test_an_earlier_server_under_our_own_process_number_is_gone(
    database_setting: str, tmp_path: Path
) -> None:
    left_by(database_setting, tmp_path, f"{HOST}:{os.getpid()}:1", leave=False)
    assert len(taken(database_setting, tmp_path, f"{HOST}:{os.getpid()}:2")) == 1


def test_a_store_that_takes_nothing_up_leaves_them_to_be_recorded_as_lost(
    database_setting: str, tmp_path: Path
) -> None:
    left_by(database_setting, tmp_path, "a", leave=True)
    store = RecordStore(database_setting, tmp_path, server="b")

    async def outcome() -> str:
        await store.settled()
        return (await store.records.calls())[0].outcome

    assert asyncio.run(store.left()) == []
    store.database.wait(store.deriver.recover())
    assert asyncio.run(outcome()) == "lost"
    store.close()
