"""The answers page's numbers."""

import pytest

from ivr.review.records import Traffic, Unhandled
from tests.edges.console_rig import USERS


async def test_answers_are_told_with_use_expiry_and_neighbours(open_console):
    rig = await open_console()
    rig.records.flowing = Traffic(9, {"answer:parking": 5}, {}, {})
    _, told = await rig.get("/api/answers")
    by_name = {answer["name"]: answer for answer in told["answers"]}
    assert (by_name["parking"]["hits"], by_name["parking"]["owner"], by_name["parking"]["expired"]) == (
        5,
        "Ann",
        False,
    )
    assert (by_name["garage"]["expired"], by_name["garage"]["hits"]) == (True, 0)
    assert by_name["parking"]["near"] == ["garage"]


async def test_words_that_meant_nothing_come_in_groups(open_console):
    rig = await open_console()
    rig.records.unheard = [
        Unhandled(f"CA{n}", 1, 0, "Test line", "menu", words)
        for n, words in enumerate(["can I park a caravan", "park my caravan please", "do you sell bread"])
    ]
    _, told = await rig.get("/api/answers")
    first, second = told["unhandled"]
    assert (first["times"], set(first["calls"]), first["near"]) == (2, {"CA0", "CA1"}, "parking")
    assert (second["words"], second["near"]) == ("do you sell bread", "")


async def test_an_answer_is_heard_as_callers_hear_it(open_console):
    rig = await open_console()
    async with rig.session.get(rig.base + "/api/answers/parking/audio") as answer:
        assert (answer.content_type, await answer.read()) == ("audio/wav", b"RIFFparking")
    assert (await rig.get("/api/answers/nothing/audio"))[0] == 404


async def test_words_become_an_example_and_that_is_kept_without_the_words(open_console):
    rig = await open_console(users=USERS)
    await rig.login("anna")
    body = {"name": "parking", "examples": ["park a caravan", "somewhere for my caravan"]}
    assert await rig.post("/api/examples", body) == (200, '{"new":true}')
    assert rig.added == [("parking", body["examples"])]
    note = rig.records.notes[-1]
    assert (note.who, note.did, note.detail) == ("anna", "added examples", "to parking")
    assert await rig.post("/api/examples", {"name": "parking", "examples": ["there already"]}) == (
        200,
        '{"new":false}',
    )
    assert len(rig.records.notes) == 1


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"name": "broken", "examples": ["x"]}, 409, "nothing is written"),
        ({"name": "parking", "examples": []}, 400, "Send `name`"),
        ({"name": "parking", "examples": ["x"] * 21}, 400, "at most"),
        ({"name": "parking", "examples": [3]}, 400, "sentences"),
        ({"name": 3, "examples": ["x"]}, 400, "Send `name`"),
    ],
)
async def test_what_is_no_example_is_refused(open_console, body, status, told):
    rig = await open_console()
    got, text = await rig.post("/api/examples", body)
    assert got == status
    assert told in text
    assert not rig.records.notes


async def test_a_viewer_adds_nothing(open_console):
    rig = await open_console(users=USERS)
    await rig.login("vera")
    assert (await rig.post("/api/examples", {"name": "parking", "examples": ["x"]}))[0] == 403
    assert not rig.added
