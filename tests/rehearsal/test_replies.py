"""Web services in a rehearsal: replies from the test file, and what was asked."""

from __future__ import annotations

import pytest

from ivr.core.commands import Expectation, HttpRequest
from ivr.core.events import Meaning, WorkEnded
from ivr.core.flow.load import load_flow
from ivr.rehearsal.coverage import Coverage
from ivr.rehearsal.replies import Services
from ivr.rehearsal.runner import Result, run
from ivr.rehearsal.script import Reply, load_cases
from tests.core.test_flow_compile_action import GOOD, flow_text

LINE = load_flow(flow_text(GOOD), "a.yaml")
URL = "https://example.org/orders/1234"
ORDER = HttpRequest("GET", URL + "?x=1", pick=(("status", "a"),))


def read(text: str, expectation: Expectation) -> Meaning:
    return Meaning("nothing")


def result(text: str, coverage: Coverage | None = None) -> Result:
    cases, problems = load_cases(text, "t.yaml", LINE)
    assert problems == ()
    went, state = run(LINE, cases[0], read, coverage.observe if coverage else None)
    if coverage:
        coverage.call(state.path)
    return went


def case(replies: str, check: str) -> str:
    return f"""
test_cases:
  - test_case: one
    replies: {replies}
    steps:
      - keys: "1234"
        assert: {check}
"""


@pytest.mark.parametrize(
    ("replies", "check"),
    [
        ("{main/2: {json: {order: {status: packed}}}}", "{said: It is packed., requests: GET " + URL + "}"),
        ("{" + f'"{URL}"' + ": 404}", "{said: There is no such order.}"),
        ("{" + f'"GET {URL}"' + ": {status: 503, after: 1s}}", "{said: Their machine is broken.}"),
        ("{main/2: timeout}", "{said: I cannot look it up.}"),
        ("{main/2: reply}", "{said: I cannot look it up., slots: {status: null}}"),
        ("{main/2: [404, {json: {}}]}", "{said: There is no such order.}"),
    ],
)
def test_a_service_replies_what_the_test_says(replies: str, check: str) -> None:
    assert result(case(replies, check)).failures == ()


def test_the_branches_of_an_error_are_covered() -> None:
    coverage = Coverage(LINE)
    result(case("{main/2: 404}", "{said: There is no such order.}"), coverage)
    assert (coverage.used("branch"), coverage.total("branch")) == (1, 3)


def test_a_request_without_a_reply_fails_the_test() -> None:
    failures = result(case("{}", "{said: I cannot look it up.}")).failures
    assert "The test has no reply to GET https://example.org/orders/1234" in failures[0].message
    assert "'main/2: 404'" in failures[0].message


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (
            "{requests: orders/9}",
            "No web service was asked this: orders/9. Asked: GET https://example.org/orders/1234",
        ),
        ("{requests: []}", "No web service should be asked; asked: GET https://example.org/orders/1234"),
    ],
)
def test_what_was_asked_is_compared(check: str, message: str) -> None:
    assert message in result(case("{main/2: 404}", check)).failures[0].message


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        ("{look: 404}", "t.yaml:4:15: The flow has no action or answer 'look'"),
        ("{main/2: []}", "There is no reply here"),
        ("{main/2: 99}", "'99' is no status. It is a number such as 200 or 404."),
        ("{main/2: gone}", "'main/2' cannot be 'gone'. The choices are"),
    ],
)
def test_what_is_no_reply_is_told(replies: str, message: str) -> None:
    _, problems = load_cases(case(replies, "{step: main}"), "t.yaml", LINE)
    assert any(message in str(problem) for problem in problems), problems


def test_replies_come_one_after_another_and_the_last_stays() -> None:
    services = Services({"ask": (Reply(404), Reply(text='{"a": "x"}'))})
    came = [services.answer(n, ORDER, "ask")[1] for n in (1, 2, 3)]
    assert came == [WorkEnded(1, "404"), *(WorkEnded(n, "done", {"status": "x"}) for n in (2, 3))]


def test_the_nearest_description_of_a_request_counts() -> None:
    near, far, other = f"GET {URL}", "https://example.org/", f"POST {URL}"
    services = Services({far: (Reply(500),), near: (Reply(404),), other: (Reply(),)})
    assert services.answer(1, ORDER, "ask")[1].outcome == "404"
    assert services.requests == [f"GET {URL}?x=1"]
