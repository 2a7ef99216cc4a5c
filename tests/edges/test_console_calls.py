"""Past calls: the list, one call, its sound."""

import wave
from dataclasses import replace

import numpy as np
import pytest

from ivr.edges.console_calls import PAGE
from ivr.review.records import EventRow, LineRow, StepRow, TurnRow
from tests.edges.console_rig import ROW, row
from tests.edges.test_console_live import begun
from tests.review.test_story import TURN

SOURCE = "ivr: 1\nname: Test line\nflows:\n  main:\n    - say: Hello.\n    - hangup: Bye.\n"


def recording(path, seconds=2):
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    both = np.zeros((8000 * seconds, 2), "<i2")
    both[:8000, 0] = rng.integers(-20_000, 20_000, 8000)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(both.tobytes())
    return path


async def test_the_list_is_filtered_and_goes_on_page_by_page(open_console):
    rig = await open_console()
    for number in range(PAGE + 3):
        rig.records.add(row(f"CA{number}", began_ms=1_000_000 + number))
    _, first = await rig.get("/api/calls?text=parking&outcome=completed")
    assert len(first["calls"]) == PAGE
    assert (rig.records.asked[0][0].text, rig.records.asked[0][0].outcome) == ("parking", "completed")
    _, second = await rig.get(f"/api/calls?before={first['next']}")
    assert [c["call_id"] for c in second["calls"]] == ["CA2", "CA1", "CA0"]
    assert second["next"] == ""
    assert (await rig.get("/api/calls?before=nonsense"))[0] == 400


async def test_a_call_is_told_whole(open_console):
    rig = await open_console()
    rig.records.add(
        ROW, flow_source=SOURCE, turns=(TURN,), lines=(LineRow(0, "agent", "Hello.", 0, cut=False),),
        steps=(StepRow(0, "main/1", 0, 0),),
    )  # fmt: skip
    rig.records.rows = [EventRow(0, 900, {"type": "KeyPressed", "key": "5"})]
    _, told = await rig.get("/api/calls/CA1")
    assert told["turns"][0]["why"].startswith("That asks for the answer")
    assert told["turns"][0]["waited"].startswith("Of the 950 ms")
    assert (told["turns"][0]["candidates"], told["turns"][0]["cents"]) == ([], 0)
    assert told["marks"] == [{"kind": "key", "at_ms": 900, "text": "5"}]
    assert {node["id"] for node in told["graph"]["nodes"]} >= {"main/1", "main/2"}
    assert told["sound"] is False


async def test_a_turn_tells_what_else_was_near_and_what_it_took(open_console):
    rig = await open_console()
    near = ({"name": "parking", "score": 0.93}, {"name": "hours", "score": 0.2})
    rig.records.add(
        ROW, flow_source=SOURCE,
        turns=(replace(TURN, candidates=near, cache_score=1.31, cost_nano=1_240_000),),
    )  # fmt: skip
    _, told = await rig.get("/api/calls/CA1")
    (turn,) = told["turns"]
    assert (turn["candidates"], turn["cache_score"], turn["cents"]) == (list(near), 1.31, 0.124)


async def test_a_call_whose_flow_cannot_be_read_is_shown_without_its_graph(open_console):
    rig = await open_console()
    rig.records.add(ROW, flow_source="ivr: 99\n")
    _, told = await rig.get("/api/calls/CA1")
    assert told["graph"] is None
    assert "cannot be read" in told["graph_problem"]


async def test_a_running_call_is_shown_as_far_as_it_has_come(open_console):
    rig = await open_console()
    begun(rig.live, "CA7")
    _, told = await rig.get("/api/calls/CA7")
    assert (told["row"]["outcome"], [s["step"] for s in told["steps"]]) == ("", ["age"])
    rig.records.add(row("CA7", outcome=""), flow_source=SOURCE)
    _, told = await rig.get("/api/calls/CA7")
    assert [s["step"] for s in told["steps"]] == ["age"]


async def test_a_call_that_is_not_there_says_so(open_console):
    rig = await open_console()
    for path in ("", "/peaks", "/audio"):
        status, text = await rig.get("/api/calls/CA404" + path)
        assert (status, "no call CA404" in text) == (404, True)


async def test_a_recording_is_drawn_and_played_in_parts(open_console, tmp_path):
    rig = await open_console()
    recording(tmp_path / "recordings" / "CA1.wav")
    rig.records.add(row("CA1", recording="recordings/CA1.wav"))
    async with rig.session.get(rig.base + "/api/calls/CA1/peaks") as answer:
        peaks = np.frombuffer(await answer.read(), np.uint8).reshape(-1, 2)
    assert peaks.shape == (100, 2)
    assert peaks[:50, 0].min() > 100
    assert peaks[:, 1].max() == 0
    part = {"Range": "bytes=0-43"}
    async with rig.session.get(rig.base + "/api/calls/CA1/audio", headers=part) as answer:
        assert answer.status == 206
        assert (await answer.read())[:4] == b"RIFF"


@pytest.mark.parametrize("name", ["../secret.wav", "recordings/gone.wav", "/etc/passwd"])
async def test_a_recording_that_is_gone_or_outside_the_folder_is_not_given(open_console, tmp_path, name):
    rig = await open_console()
    (tmp_path.parent / "secret.wav").write_bytes(b"secret")
    rig.records.add(row("CA1", recording=name))
    _, told = await rig.get("/api/calls/CA1")
    assert told["sound"] is False
    assert (await rig.get("/api/calls/CA1/audio"))[0] == 404


async def test_a_call_is_saved_as_a_test_and_that_is_kept(open_console):
    rig = await open_console()
    rig.records.add()
    status, text = await rig.post("/api/calls/CA1/test")
    assert (status, "test.yaml" in text) == (200, True)
    assert rig.records.notes[0].did == "saved as a test"


async def test_a_database_that_is_away_is_said_in_words(open_console):
    rig = await open_console()
    rig.records.away = True
    status, text = await rig.get("/api/calls")
    assert (status, text) == (503, "The database is away. Calls go on.\n")


def test_the_story_covers_every_field_of_a_turn():
    assert isinstance(TURN, TurnRow)
