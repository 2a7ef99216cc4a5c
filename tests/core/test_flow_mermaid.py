"""The chart of a flow has every step and every way, and nothing that Mermaid would choke on."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ivr.core.flow.load import load_flow
from ivr.core.flow.mermaid import _quoted, mermaid
from tests.core.talk import AGENT, flow_of

HOME = Path(__file__).parents[2]
NODE = re.compile(r"(n\d+_(?:\d+|begin))[(\[{]")
EDGE = re.compile(
    r'^    (ring|n\d+_\w+) (?:(?:--|-\.|==) ("[^"]*") )?(?:-->|\.->|==>) (n\d+_\w+)$', re.MULTILINE
)

CHART = mermaid(
    flow_of(
        """
- say: Hello.
- id: menu
  listen:
    ask: What?
    intents: {book: {collect: part}, cancel: }
    keys: {"1": book, "9": {transfer: desk}}
    on_no_match: [Say "book" or 'cancel'.]
- confirm: {ask: "Sure; [really]?", no: {link: main}}
- if: part == "morning"
  then: {say: Early.}
- hangup:
""",
        AGENT,
    )
)


def edges(chart: str) -> list[tuple[str, str, str]]:
    return [(a, label.strip('"'), b) for a, label, b in EDGE.findall(chart)]


def node(text: str, chart: str = CHART) -> str:
    (found,) = re.findall(rf"(n\d+_\w+)\W+{text}", chart)
    assert isinstance(found, str)
    return found


def test_ways_lead_where_the_flow_leads() -> None:
    ways = edges(CHART)
    menu, collect, rung = node("What"), node("part#58;"), node("Say")
    sure, condition, early = node("Sure"), node("if part"), node("Early")
    assert (node("Hello"), "", menu) in ways
    assert (menu, "book or key 1", collect) in ways
    assert (menu, "cancel", sure) in ways
    assert (menu, "no match 1", rung) in ways
    assert (rung, "", menu) in ways
    assert (sure, "yes", condition) in ways
    assert (condition, "then", early) in ways
    assert (condition, "else", node("hang up")) in ways
    assert any(a == menu and label == "key 9" for a, label, _ in ways)


def test_flows_are_boxes_and_universals_can_be_had_at_any_time() -> None:
    assert re.findall(r'subgraph s\d+\["(.*)"\]', CHART) == ["main", "at any time#58; agent"]
    assert ("ring", "at any time#58; agent", "n1_begin") in edges(CHART)
    assert ("ring", "", "n0_begin") in edges(CHART)
    assert CHART.count("subgraph") == CHART.count("\n    end\n")


def test_every_node_that_is_named_is_drawn() -> None:
    charts = [CHART, mermaid(load_flow((HOME / "flows/clinic.yaml").read_text("utf-8"), "clinic.yaml"))]
    for chart in charts:
        drawn = NODE.findall(chart)
        assert len(drawn) == len(set(drawn))
        ways = edges(chart)
        assert len(ways) == len(re.findall(r"(-->|\.->|==>)", chart))
        assert {name for a, _, b in ways for name in (a, b)} - {"ring"} == set(drawn)


def test_calls_and_links_lead_to_flows() -> None:
    chart = mermaid(load_flow((HOME / "flows/clinic.yaml").read_text("utf-8"), "clinic.yaml"))
    ways = edges(chart)
    assert any(label == "call" and b == "n2_begin" for _, label, b in ways)
    assert any(label == "link" and b == "n1_begin" for _, label, b in ways)


@given(st.text())
def test_any_text_can_be_a_label(text: str) -> None:
    label = _quoted(text)
    assert label[0] == label[-1] == '"'
    inside = label[1:-1].replace("<br/>", "")
    assert re.fullmatch(r"(?:[\w .,!?'=…-]|#\d+;|[^\x00-\x7f])*", inside)
