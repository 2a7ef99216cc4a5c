"""Test results as JUnit XML, the form that continuous integration reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from ivr.rehearsal.checks import Failure
from ivr.rehearsal.differences import as_text, differences
from ivr.rehearsal.runner import Result

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Timed:
    """A result with where it comes from and how long it took (s)."""

    file: str
    result: Result
    seconds: float


def junit(suites: Sequence[tuple[str, Sequence[Timed]]]) -> bytes:
    """One suite for each flow, in UTF-8. `suites`: the flow's name and its results."""
    everything = [test for _, tests in suites for test in tests]
    root = ET.Element("testsuites", {"name": "ivr test", **_counts(everything)})
    for name, tests in suites:
        suite = ET.SubElement(root, "testsuite", {"name": _clean(name), **_counts(tests)})
        for test in tests:
            _case(suite, test)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _case(suite: ET.Element, test: Timed) -> None:
    case = test.result.case
    element = ET.SubElement(
        suite,
        "testcase",
        name=_clean(case.name),
        classname=_clean(test.file),
        file=_clean(test.file),
        line=str(case.spot.line),
        time=f"{test.seconds:.4f}",
    )
    for failure in test.result.failures:
        told = ET.SubElement(element, "failure", message=_clean(failure.message), type="assertion")
        told.text = _clean("\n".join((_detail(test.file, failure), "", *_conversation(test.result))))


def _detail(file: str, failure: Failure) -> str:
    where = f"{file}:{failure.spot.line}:{failure.spot.column}: {failure.message}"
    if not failure.want and not failure.got:
        return where
    return f"{where}\n{as_text(differences(failure.want, failure.got))}"


def _conversation(result: Result) -> list[str]:
    return [f"{who:<8}{words}" for who, words in result.lines]


def _counts(tests: Sequence[Timed]) -> dict[str, str]:
    failed = sum(not test.result.passed for test in tests)
    seconds = sum(test.seconds for test in tests)
    return {"tests": str(len(tests)), "failures": str(failed), "errors": "0", "time": f"{seconds:.4f}"}


def _clean(text: str) -> str:
    """Without the characters that XML has no way to write."""
    return _NO_XML.sub("\ufffd", text)
