from __future__ import annotations

from xml.etree import ElementTree as ET

from ivr.core.flow.problems import Spot
from ivr.rehearsal.checks import Failure
from ivr.rehearsal.junit import Timed, junit
from ivr.rehearsal.runner import Result
from ivr.rehearsal.script import Case

GOOD = Result(Case("a <good> & one", Spot(3, 5), (), {}), (), (("agent", "Hello."),))
BAD = Result(
    Case('a "bad" one\x07', Spot(9, 5), (), {}),
    (Failure(Spot(11, 9), "The line says something else", "Good day.", "Hello."),),
    (("agent", "Hello."), ("caller", "]]> \ud800")),
)


def test_results_can_be_read_again() -> None:
    data = junit([("Line", [Timed("t.yaml", GOOD, 0.25), Timed("t.yaml", BAD, 0.5)]), ("Other", [])])
    root = ET.fromstring(data)
    assert root.attrib == {
        "name": "ivr test",
        "tests": "2",
        "failures": "1",
        "errors": "0",
        "time": "0.7500",
    }
    suites = root.findall("testsuite")
    assert [(s.get("name"), s.get("tests")) for s in suites] == [("Line", "2"), ("Other", "0")]
    good, bad = suites[0].findall("testcase")
    assert (good.get("name"), good.get("line"), len(good)) == ("a <good> & one", "3", 0)
    assert bad.get("name") == 'a "bad" one\ufffd'
    failure = bad[0]
    assert failure.get("message") == "The line says something else"
    assert failure.text is not None
    assert "t.yaml:11:9: The line says something else" in failure.text
    assert "[-Good day.-] {+Hello.+}" in failure.text
    assert "]]> \ufffd" in failure.text


def test_no_tests_are_no_suites() -> None:
    assert ET.fromstring(junit([])).get("tests") == "0"
