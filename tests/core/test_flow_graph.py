"""The graph of a flow: every step once, every way, nothing that leads to nowhere."""

from pathlib import Path

from ivr.core.flow.graph import Edge, graph
from ivr.core.flow.load import load_flow
from tests.core.talk import AGENT, flow_of

STEPS = """
- say: Hello.
- id: menu
  listen:
    ask: What?
    intents: {book: {collect: part}, cancel: }
    keys: {"1": book}
    on_no_match: [Say book or cancel.]
- confirm: {ask: Sure?, no: {link: main}}
"""


def flow_with_two():
    return load_flow(
        "ivr: 1\nname: Two\nflows:\n  main:\n    - call: other\n    - link: other\n"
        "  other:\n    - say: Hi.\n",
        "t.yaml",
    )


def test_a_call_returns_and_a_link_does_not():
    drawn = graph(flow_with_two())
    kinds = {(e.source, e.target, e.kind) for e in drawn.edges}
    assert ("main/1", "other>begin", "call") in kinds
    assert ("main/1", "main/2", "") in kinds
    assert ("main/2", "other>begin", "link") in kinds
    assert not [e for e in drawn.edges if e.source == "main/2" and e.kind != "link"]


def test_branches_of_a_listen_say_when_they_are_taken():
    drawn = graph(flow_of(STEPS, AGENT))
    labels = {e.label for e in drawn.edges if e.source == "menu"}
    assert {"book or key 1", "cancel", "no match 1"} <= labels


def test_every_way_leads_to_a_node_and_every_node_is_a_line_of_the_file():
    text = (Path(__file__).parents[2] / "flows" / "clinic.yaml").read_text()
    drawn = graph(load_flow(text, "clinic.yaml"))
    ids = {node.id for node in drawn.nodes}
    assert len(ids) == len(drawn.nodes)
    assert {end for e in drawn.edges for end in (e.source, e.target)} <= ids
    assert Edge("main>begin", "main/1") in drawn.edges
    lines = text.splitlines()
    for node in drawn.nodes:
        assert node.kind in ("begin", "end") or 1 <= node.line <= len(lines)
