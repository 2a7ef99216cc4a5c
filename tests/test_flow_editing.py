"""Examples added to a flow's text: everything else stays as it was."""

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.core.errors import FlowError
from ivr.core.flow.load import load_flow
from ivr.flow_editing import with_examples, with_include, with_review

FLOW = """# A line.
ivr: 1
intents:
  book:   # most callers
    - book a visit
    - >-
      I would like to make
      an appointment
    # polite ones

    - could I come in
  cancel: [cancel it, "call it off"]
answers:
  hours:
    examples:
    - when do you open   # odd indentation is the author's
    say: At nine.
flows:
  main:
    - listen: {ask: Hello?, intents: {book: {say: Yes.}, cancel: {say: No.}}}
"""


def added(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [x[2:] for x in lines if x[0] == "+"], [x[2:] for x in lines if x[0] == "-"]


def test_a_list_in_lines_gets_lines_and_nothing_else_changes() -> None:
    assert added(FLOW, with_examples(FLOW, "book", ["squeeze me in", "- odd: one"])) == (
        ["    - squeeze me in", "    - '- odd: one'"],
        [],
    )
    assert added(FLOW, with_examples(FLOW, "hours", ["open yet"])) == (["    - open yet"], [])


def test_a_list_in_brackets_is_written_anew_with_its_comments_kept() -> None:
    after = with_examples(FLOW, "cancel", ["drop it"])
    assert load_flow(after, "x").intents["cancel"].examples == ("cancel it", "call it off", "drop it")
    for comment in ("# A line.", "# most callers", "# polite ones", "# odd indentation is the author's"):
        assert comment in after


def test_what_is_there_already_changes_nothing() -> None:
    assert with_examples(FLOW, "book", ["book a visit"]) == FLOW


def test_no_such_meaning_and_no_yaml() -> None:
    with pytest.raises(FlowError, match="Did you mean 'book'"):
        with_examples(FLOW, "bok", ["x"])
    with pytest.raises(FlowError, match="YAML"):
        with_examples("a: [", "book", ["x"])
    with pytest.raises(FlowError, match="no mapping"):
        with_examples("- a", "book", ["x"])


@given(st.lists(st.text(min_size=1, max_size=40).filter(lambda t: t.strip() and t.isprintable()), max_size=4))
def test_any_words_come_back_as_they_were(examples: list[str]) -> None:
    flow = load_flow(with_examples(FLOW, "book", examples), "x")
    wanted = dict.fromkeys(example.strip() for example in examples)
    assert set(wanted) <= set(flow.intents["book"].examples)


def test_reviews_are_kept_one_below_the_other() -> None:
    first = with_review("", "hours", ["open yet"], "Anna", "2026-11-23")
    both = with_review(first, "hours", ["still open"], "Ben", "2026-11-24")
    flow = load_flow(with_include(FLOW, "line.answers.yaml"), "x", lambda _: both)
    assert flow.answers["hours"].examples == ("when do you open", "open yet", "still open")
    assert "by: Anna" in both


def test_a_single_review_becomes_a_list() -> None:
    one = "# ours\nreviewed:\n  hours: {examples: [open yet], by: Anna, on: 2026-11-23}\n"
    both = with_review(one, "hours", ["still open"], "Ben", "2026-11-24")
    flow = load_flow(with_include(FLOW, "a.yaml"), "x", lambda _: both)
    assert flow.answers["hours"].examples[-2:] == ("open yet", "still open")
    assert both.startswith("# ours")


def test_an_include_is_added_once() -> None:
    once = with_include(FLOW, "a.yaml")
    assert added(FLOW, once) == (["include: a.yaml"], [])
    assert with_include(once, "a.yaml") == once
    twice = load_flow(with_include(once, "b.yaml"), "x", lambda _: "phrases: {}\n")
    assert twice.name
