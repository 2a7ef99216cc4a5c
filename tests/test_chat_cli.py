"""`ivr chat`: lines in, a conversation out, and a test of it on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from ivr.chat_cli import Chat, asking, converse, parse, really
from ivr.core.commands import HttpRequest
from ivr.core.flow.problems import Spot
from ivr.rehearsal.script import Move
from ivr.rehearse_cli import Options, run_tests
from ivr.rehearsing import open_flow, reader
from tests.test_rehearse_cli import FLOW


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "pizza.yaml"
    path.write_text(FLOW)
    return path


def talk(path: Path, *lines: str, echo: bool = True) -> str:
    out = Console(width=200, record=True)
    flow = open_flow(path)
    with reader(flow, exact=True) as read:
        chat = Chat(out, path, flow, read, echo=echo, today="2026-11-24")
        converse(chat, lines)
        chat.end()
    return out.export_text()


def test_a_conversation(flow: Path) -> None:
    text = talk(flow, "nonsense\n", "one pizza please\n")
    assert text.splitlines() == [
        "Pizza line: What can I do for you?",
        "> nonsense",
        "  understood: nothing (none, 0.00)",
        "Pizza line: Sorry, I didn't get that.",
        "Pizza line: What can I do for you?",
        "> one pizza please",
        "  understood: intent order (classifier, 1.00)",
        "Pizza line: One pizza.",
        "Pizza line: Goodbye.",
        "The call is over: completed.",
    ]


def test_silence_and_the_end_of_lines(flow: Path) -> None:
    text = talk(flow, "\n")
    assert "Sorry, I didn't hear you." in text
    assert text.endswith("The call is over: hung up by caller.\n")


def test_state(flow: Path) -> None:
    text = talk(flow, "/state", "x", "/state", "/quit", "never read")
    assert f"step      main/1 ({flow}:9)" in text
    assert "no match 1" in text
    assert "never read" not in text


def test_what_cannot_be_done_is_told(flow: Path) -> None:
    text = talk(flow, "/stat", "#12a", "!", "/save", "one pizza please", "hello?", echo=False)
    assert "There is no command /stat." in text
    assert text.count("Keys are 0-9, * and #, as in #123.") == 2
    assert f"Say where: /save {flow.parent}/tests/pizza.yaml" in text
    assert "Nobody is there any more." in text


def test_conversations_saved_are_tests_that_pass(flow: Path) -> None:
    file = flow.parent / "tests" / "pizza.yaml"
    other = flow.parent / "tests" / "other.yaml"
    text = talk(flow, "what?", "", "!one pizza please", f"/save {file}", f"/save {other}")
    assert "Saved as 'Chat 1'." in text
    talk(flow, "#9", f"/save {file}")
    assert other.read_text().startswith("flow: pizza.yaml\n")
    out = Console(width=200, record=True)
    assert run_tests(out, [flow], Options(exact=True, verbose=True)), out.export_text()
    text = out.export_text()
    assert "passed  Chat 2" in text
    assert "3 of 3 tests passed" in text


def test_a_file_in_the_way_is_left_as_it_is(flow: Path) -> None:
    before = flow.read_text()
    assert "Not saved:" in talk(flow, f"/save {flow}", f"/save {flow}/x.yaml", f"/save {flow.parent}")
    assert flow.read_text() == before


@pytest.mark.parametrize(
    ("typed", "move"),
    [
        ("", Move("silence", Spot())),
        ("two words", Move("caller", Spot(), "two words")),
        ("#12 3", Move("keys", Spot(), keys="123")),
        ("#", Move("keys", Spot(), keys="#")),
        ("#1#", Move("keys", Spot(), keys="1#")),
        ("!stop", Move("interrupts", Spot(), "stop", ms=1000)),
        ("!#0", Move("interrupts", Spot(), keys="0", ms=1000)),
        ("!", None),
        ("#x", None),
    ],
)
def test_lines(typed: str, move: Move | None) -> None:
    assert parse(typed) == move


ACTION = """ivr: 1
slots: {status: text}
flows:
  main:
    - action: {url: "https://example.org/x", save: {status: a.b}, on_error: {hangup: No.}}
    - hangup: It is {status}.
"""


@pytest.mark.parametrize(
    ("typed", "said"),
    [('{"a": {"b": "fine"}}', "It is fine."), ("404", "No."), ("timeout", "No."), ("", "No.")],
)
def test_who_types_says_what_a_web_service_replies(tmp_path: Path, typed: str, said: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(ACTION)
    out = Console(width=200, record=True)
    flow = open_flow(path)
    lines = iter(["nonsense", *([typed] if typed else [])])
    with reader(flow, exact=True) as read:
        chat = Chat(out, path, flow, read, echo=True, today="2026-11-24", services=asking(out, lines))
        chat.line(f"/save {tmp_path / 'tests' / 'shop.yaml'}")
    text = out.export_text()
    assert "the line asks: GET https://example.org/x" in text
    assert f": {said}" in text
    assert run_tests(out, [path], Options(exact=True))


def test_a_web_service_can_really_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it is refused: what is not allowed by name is not asked from a chat either."""
    monkeypatch.chdir(tmp_path)
    reply = really("main/1", HttpRequest("GET", "http://127.0.0.1:1/"))
    assert reply.fails == "refused"
    assert "to allow it, name it in IVR_ACTION_ALLOW" in reply.reason


def test_a_line_may_be_hardly_heard() -> None:
    move = parse("~0.4 four two seven one")
    assert move is not None
    assert (move.does, move.words, move.confidence) == ("caller", "four two seven one", 0.4)
    plain = parse("~7 words")
    assert plain is not None
    assert (plain.words, plain.confidence) == ("~7 words", 1.0)
