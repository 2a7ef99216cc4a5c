"""What is erased is gone: from the tables, from the folder, from the bytes on disk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.core.errors import ConfigError
from ivr.engines.records.aside import FILE as ASIDE
from ivr.engines.records.spill import FILE
from ivr.engines.records.store import RecordStore
from ivr.engines.records.tables import AUDIT, OF_A_CALL
from ivr.review.records import AuditRow, Score
from tests.engines.records.past import BEGAN_MS, call, leaves, orders

OTHER = "+15550100077"


@pytest.fixture
def store(database_setting: str, tmp_path: Path) -> Iterator[RecordStore]:
    made = RecordStore(database_setting, tmp_path)
    yield made
    made.close()


def sound(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"RIFF")


def sounds(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.rglob("*.wav"))


async def rows_of(store: RecordStore, call_id: str) -> dict[str, int]:
    async def count(connection: AsyncConnection) -> dict[str, int]:
        found = {}
        for table in OF_A_CALL:
            query = sa.select(sa.func.count()).select_from(table).where(table.c.call_id == call_id)
            if number := await connection.scalar(query):
                found[table.name] = number
        return found

    return await store.database.read(count)


async def test_a_caller_is_erased_everywhere_and_others_are_not(store: RecordStore, tmp_path: Path) -> None:
    for name, caller in (("CA1", OTHER), ("CA2", OTHER), ("CA22", "+15550100001")):
        call(name, orders, caller).write(store.journal)
    await store.settled()
    sound(
        tmp_path, "recordings/CA1.wav", "voicemail/CA2-1.wav", "voicemail/CA2-1.json", "recordings/CA22.wav"
    )
    await store.records.score("CA1", [Score("model:x", "understood", "model", 0.5)])
    await store.records.note(AuditRow(1, "ann", "listened", "CA1"))
    before = await rows_of(store, "CA22")
    erased = await store.eraser.by_caller(OTHER)
    assert (erased.calls, erased.files, erased.running) == (2, 3, ())
    assert await rows_of(store, "CA1") == await rows_of(store, "CA2") == {}
    assert await rows_of(store, "CA22") == before != {}
    assert [row.call_id for row in await store.records.calls()] == ["CA22"]
    assert sounds(tmp_path) == ["CA22"]

    async def audit(connection: AsyncConnection) -> int | None:
        return await connection.scalar(sa.select(sa.func.count()).select_from(AUDIT))

    assert await store.database.read(audit) == 1


async def test_nothing_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    store = RecordStore("", tmp_path)
    call("CA1", lambda talk: talk.say("sesame opens nothing"), OTHER).write(store.journal)
    call("CA2", orders).write(store.journal)
    await store.settled()

    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.glob("calls.db*"))

    assert b"sesame" in on_disk()
    await store.eraser.by_name(["CA1"])
    assert b"sesame" not in on_disk()
    assert OTHER.encode() not in on_disk()
    store.close()


async def test_what_is_too_old_goes_with_sound_that_belongs_to_nobody(
    store: RecordStore, tmp_path: Path
) -> None:
    now = BEGAN_MS + 100 * 86_400_000
    call("OLD", leaves).write(store.journal, now - 31 * 86_400_000)
    call("NEW", leaves).write(store.journal, now - 29 * 86_400_000)
    await store.settled()
    sound(
        tmp_path, "recordings/OLD.wav", "recordings/NEW.wav", "recordings/STRAY.wav", "recordings/YOUNG.wav"
    )
    os.utime(tmp_path / "recordings/STRAY.wav", (now / 1000 - 40 * 86_400,) * 2)
    os.utime(tmp_path / "recordings/YOUNG.wav", (now / 1000 - 86_400,) * 2)
    erased = await store.eraser.older_than(30, now)
    assert (erased.calls, erased.files) == (1, 2)
    assert sounds(tmp_path) == ["NEW", "YOUNG"]


async def test_a_name_that_is_not_there_erases_nothing(store: RecordStore) -> None:
    call("CA1", leaves).write(store.journal)
    await store.settled()
    with pytest.raises(ConfigError, match=r"no call CA9.*nothing was erased"):
        await store.eraser.by_name(["CA1", "CA9"])
    assert await store.records.count() == 1


async def test_a_call_that_is_going_on_is_left(database_setting: str, tmp_path: Path) -> None:
    store = RecordStore(database_setting, tmp_path, server="alive")
    call("CA1", leaves).write(store.journal, end=False)
    await store.settled()
    deadline = time.monotonic() + 20
    erased = await store.eraser.by_name(["CA1"])
    while not erased.running and time.monotonic() < deadline:  # the server's first beat is on its way
        erased = await store.eraser.by_name(["CA1"])
    assert (erased.calls, erased.running) == (0, ("CA1",))
    store.close()


async def test_what_was_set_aside_of_a_call_goes_with_it(store: RecordStore, tmp_path: Path) -> None:
    for name in ("CA1", "CA2"):
        call(name, leaves).write(store.journal)
        store.journal.append(name, 90, 5, {"type": "Heard", "text": "sesame \ud800"})
    await store.settled()
    assert (tmp_path / ASIDE).read_text().count("sesame") == 2
    await store.eraser.by_name(["CA1"])
    assert [line[:16] for line in (tmp_path / ASIDE).read_text().splitlines()] == ['{"call_id": "CA2']
    await store.eraser.by_name(["CA2"])
    assert not (tmp_path / ASIDE).exists()


async def test_rows_that_wait_on_disk_are_not_forgotten_about(store: RecordStore, tmp_path: Path) -> None:
    call("CA1", leaves).write(store.journal)
    await store.settled()
    (tmp_path / FILE).write_text("")
    with pytest.raises(ConfigError, match="waiting"):
        await store.eraser.by_name(["CA1"])
    (tmp_path / FILE).unlink()
