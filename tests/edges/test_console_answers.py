"""The answers page's numbers."""

from ivr.review.records import Traffic, Unhandled


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
