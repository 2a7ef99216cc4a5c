"""Warnings of intents and answers that are alike. Vectors are made by hand: equal words, equal meanings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivr.core.flow.load import check_text
from ivr.understanding.classifier import Vectors
from ivr.understanding.lint_meaning import MOST, meaning_lint
from ivr.understanding.text import words

FLOW = """\
ivr: 1
contacts: {desk: "+15550100123"}
universals: {agent: {transfer: desk}}
intents:
  book: [book an appointment, see the doctor]
  new_visit:
    - make a visit
    - an appointment book
  pay: [settle bills, pay now]
answers:
  hours: {examples: [opening hours, what are your hours], say: Nine to five.}
flows:
  main:
    - listen: {ask: Hello?, on_no_input: [Hm?], intents: {book: [], INTENTS}}
    - hangup:
"""


class Bags:
    """Vectors of sentences by the words in them; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self._columns: dict[str, int] = {}

    def of(self, language: str, sentences: Sequence[str]) -> Vectors:
        self.asked.append((language, list(sentences)))
        made = np.zeros((len(sentences), 200), dtype=np.float32)
        for row, sentence in enumerate(sentences):
            for word in words(sentence):
                made[row, self._columns.setdefault(word, len(self._columns))] = 1.0
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def told(text: str, bags: Bags | None = None, *, linted: bool = True) -> list[str]:
    linter = meaning_lint((bags or Bags()).of)
    flow, problems = check_text(text, "f.yaml", linted=linted, linters=[linter])
    assert flow is not None, problems
    return [str(problem) for problem in problems]


BOTH = FLOW.replace("INTENTS", "new_visit: [], pay: []")


def test_the_places_of_both_examples_are_told():
    (line,) = told(BOTH)
    assert line == (
        "f.yaml:5:10: warning (for the ear): Examples of 'book' and 'new_visit' are alike, so callers may "
        "get the wrong one: 'book an appointment' here and 'an appointment book' in line 8. Write what "
        "callers say for the one only, or make one of both and ask which is meant."
    )


def test_intents_that_no_step_tells_apart_may_be_alike():
    apart = FLOW.replace("INTENTS", "pay: []").replace(
        "    - hangup:",
        "    - listen: {ask: And?, on_no_input: [Hm?], intents: {new_visit: []}}\n    - hangup:",
    )
    assert told(apart) == []


def test_intents_that_end_a_hold_are_told_apart():
    hold = FLOW.replace("INTENTS", "pay: []").replace(
        "    - hangup:", "    - hold: {for: 30s, until: [new_visit, book]}\n    - hangup:"
    )
    assert len(told(hold)) == 1


def test_an_answer_is_heard_everywhere():
    found = told(BOTH.replace("an appointment book", "opening the hours"))
    assert [line[: line.index(",")] for line in found] == [
        "f.yaml:8:7: warning (for the ear): Examples of 'new_visit' and 'hours' are alike"
    ]


def test_a_reviewed_example_has_its_own_place():
    reviewed = BOTH.replace("an appointment book", "come by").replace(
        "answers:", "reviewed:\n  new_visit: {by: Ann, on: 2026-01-01, examples: [doctor see the]}\nanswers:"
    )
    assert "'see the doctor' here and 'doctor see the' in line 11" in told(reviewed)[0]


def test_an_example_of_both_is_not_told_twice():
    found = told(BOTH.replace("an appointment book", "Book an appointment!"))
    assert len(found) == 1
    assert "is an example of both" in found[0]


def test_each_language_is_compared_by_itself():
    bags = Bags()
    text = BOTH.replace("ivr: 1", "ivr: 1\nlanguages: [es-US]").replace(
        "pay: [settle bills, pay now]", "pay: {en: [settle bills, pay now], es: [hacer visitas, pagar]}"
    )
    told(text, bags)
    assert [language for language, _ in bags.asked] == ["en-US", "es-US"]
    assert "pay now" in bags.asked[0][1]
    assert "pagar" in bags.asked[1][1]


def test_nothing_is_embedded_for_a_flow_that_is_served_or_has_nothing_to_mix_up():
    bags = Bags()
    told(BOTH, bags, linted=False)
    told("ivr: 1\nflows: {main: [{hangup: Bye.}]}\n", bags)
    many = ", ".join(f"word{n} other" for n in range(MOST))
    told(BOTH.replace("settle bills, pay now", many), bags)
    assert bags.asked == []


def test_without_an_embedder_nothing_is_said():
    linter = meaning_lint(lambda _language, _sentences: None)
    assert check_text(BOTH, "f.yaml", linted=True, linters=[linter])[1] == ()
