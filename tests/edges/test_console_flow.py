"""The flow page's numbers."""

from ivr.core.flow.graph import graph
from ivr.edges.console_flow import on_ways
from ivr.review.records import Traffic, Version
from tests.edges.console_rig import SOURCE


async def test_the_served_flow_is_told_with_graph_and_traffic(open_console):
    rig = await open_console()
    rig.records.flowing = Traffic(
        4, {"main/1": 4, "menu": 4}, {"menu": 1}, {("main/1", "menu"): 4, ("menu/book/1", "book/1"): 3}
    )
    _, told = await rig.get("/api/flow")
    assert (told["name"], told["digest"], told["source"]) == ("Test line", rig.flow.digest, SOURCE)
    assert told["traffic"]["edges"]["main/1 menu"] == 4
    assert told["traffic"]["left"] == {"menu": 1}
    assert told["refused"] == ""


async def test_the_check_stands_at_its_lines(open_console):
    rig = await open_console()
    _, told = await rig.get("/api/flow")
    assert all(1 <= p["line"] <= len(SOURCE.splitlines()) for p in told["problems"])
    assert any(p["warning"] for p in told["problems"]), "a line without a way to a person is warned of"


async def test_an_earlier_version_is_shown_and_compared(open_console):
    rig = await open_console()
    old = SOURCE.replace("Hello.", "Good day.")
    rig.records.kept_versions = [Version("d0", "Test line", 5, 7, old)]
    _, told = await rig.get("/api/flow?digest=d0")
    assert (told["digest"], told["source"]) == ("d0", old)
    _, change = await rig.get(f"/api/flow/difference?old=d0&new={rig.flow.digest}")
    assert "-    - say: Good day." in change["lines"]
    assert "+    - say: Hello." in change["lines"]
    assert (await rig.get("/api/flow?digest=unknown"))[0] == 400
    assert (await rig.get("/api/flow/difference?old=unknown&new=d0"))[0] == 400


async def test_a_version_that_cannot_be_read_any_more_is_shown_as_text(open_console):
    rig = await open_console()
    rig.records.kept_versions = [Version("d0", "Test line", 5, 7, "ivr: 99\n")]
    _, told = await rig.get("/api/flow?digest=d0")
    assert (told["graph"], told["source"]) == (None, "ivr: 99\n")
    assert any(not p["warning"] for p in told["problems"])


async def test_calls_into_another_sub_flow_are_counted_on_both_parts_of_their_way(open_console):
    rig = await open_console()
    drawn = graph(rig.flow)
    told = on_ways(drawn, Traffic(3, {}, {}, {("menu/book/1", "book/1"): 3, ("menu", "nowhere"): 1}))
    assert told["edges"]["menu/book/1 book>begin"] == 3
    assert told["edges"]["book>begin book/1"] == 3
    assert told["edges"]["main>begin main/1"] == 3, "every call comes in at the entry"
    assert sum(told["edges"].values()) == 9
