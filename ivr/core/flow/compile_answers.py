"""What callers say: intents, canonical answers, and the examples that somebody added after a review."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ivr.core.flow import model as m
from ivr.core.flow import schema as s
from ivr.core.flow.known import Known
from ivr.core.flow.problems import Report, nearest
from ivr.core.flow.yaml_source import Node
from ivr.core.limits import is_date


def compile_intents(file: s.FlowFile, root: Node, report: Report) -> dict[str, m.Intent]:
    """The intents, with their reviewed examples. Also reports what is wrong with reviews."""
    _check_reviews(file, root, report)
    for name, body in file.intents.items():
        _check_examples(body.examples, root.at("intents"), name, report)
    return {
        name: m.Intent(name, _with_reviewed(file, name, body.examples)) for name, body in file.intents.items()
    }


def compile_answers(file: s.FlowFile, root: Node, known: Known) -> dict[str, m.Answer]:
    """The canonical answers, with their reviewed examples."""
    for name, body in file.answers.items():
        node = root.at("answers", name)
        known.plain(body.say, node.at("say"), "An answer")
        _check_examples(body.examples, root.at("answers"), name, known.report)
        if body.expires and not is_date(body.expires):
            message = f"'{body.expires[:40]}' is no date"
            known.report.error(node.at("expires").spot, message, "Write year-month-day, as 2027-01-31.")
    return {
        name: m.Answer(
            name, _with_reviewed(file, name, body.examples), body.say, body.owner or "", body.expires or ""
        )
        for name, body in file.answers.items()
    }


def topics(file: s.FlowFile, root: Node, report: Report) -> tuple[str, ...]:
    """What no canonical answer is given on."""
    for number, topic in enumerate(file.never_cache):
        plain = _plain_words(topic)
        if not plain:
            spot = root.at("never_cache").at(number).spot
            report.error(spot, f"'{topic[:40]}' has no word", "Write what callers say, as side effects.")
            continue
        for name, body in file.answers.items():
            barred = next((e for e in body.examples if f" {plain} " in f" {_plain_words(e)} "), None)
            if barred is not None:
                report.warn(
                    root.at("answers").key(name),
                    f"'{barred[:60]}' is never answered by '{name}': '{topic[:40]}' is under 'never_cache'",
                    "Take the one or the other out.",
                )
    return tuple(file.never_cache)


def _check_reviews(file: s.FlowFile, root: Node, report: Report) -> None:
    known = (*file.intents, *file.answers)
    for name, reviews in file.reviewed.items():
        section = root.at("reviewed")
        if name not in known:
            hint = nearest(name, known, "intents and answers")
            report.error(section.key(name), f"There is no intent or answer '{name[:40]}'", hint)
        for number, review in enumerate(reviews):
            node = section.at(name).at(number)
            if not review.examples:
                report.error(node.spot, "This review has no examples", "Write down what callers said.")
            if not is_date(review.on):
                message = f"'{review.on[:40]}' is no date"
                report.error(node.at("on").spot, message, "Write year-month-day, as 2027-01-31.")


def _with_reviewed(file: s.FlowFile, name: str, examples: list[str]) -> tuple[str, ...]:
    added = (example for review in file.reviewed.get(name, ()) for example in review.examples)
    return tuple(dict.fromkeys((*examples, *added)))


def _plain_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _check_examples(examples: list[str], section: Node, name: str, report: Report) -> None:
    if not examples:
        hint = "Write down some ways in which callers say it."
        report.error(section.key(name), f"'{name}' has no examples", hint)
    elif len(examples) == 1:
        hint = "With five or more it is understood far better."
        report.warn(section.key(name), f"'{name}' has only one example", hint)


def same_examples(flow: m.Flow) -> Iterable[tuple[str, str, str]]:
    """Examples that stand for two meanings: the example, and the names of both."""
    seen: dict[str, str] = {}
    meanings: tuple[m.Intent | m.Answer, ...] = (*flow.intents.values(), *flow.answers.values())
    for meaning in meanings:
        for example in meaning.examples:
            words = " ".join(re.findall(r"\w+", example.lower()))
            if seen.setdefault(words, meaning.name) != meaning.name:
                yield example, seen[words], meaning.name
