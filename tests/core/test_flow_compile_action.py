"""An `action` as authors write it: what is refused, where, and how to put it right."""

import pytest

from ivr.core.commands import HttpRequest, StartWork
from ivr.core.events import WorkEnded
from ivr.core.flow.load import check_text, load_flow
from ivr.core.flow.model import ActionStep
from ivr.core.flow.prompts import fixed_sentences
from tests.core.talk import Talk

HEAD = """ivr: 1
slots:
  order: {type: digits, length: 4, ask: Your order number?}
  pin: {type: digits, length: 4, sensitive: true}
  status: text
contacts: {desk: "+15550100123"}
universals: {agent: {transfer: desk}}
flows:
  main:
    - collect: order
    - action:
"""


def flow_text(action: str) -> str:
    return (
        HEAD
        + "".join(f"        {line}\n" for line in action.strip("\n").splitlines())
        + "    - hangup: 'It is {status}.'\n"
    )


def told(action: str) -> str:
    _, problems = check_text(flow_text(action), "a.yaml")
    return "\n".join(str(problem) for problem in problems)


GOOD = """
url: https://example.org/orders/{order}
save: {status: order.status}
filler: [Let me look., Still looking.]
on_error:
  404: {say: There is no such order.}
  5xx: {say: Their machine is broken.}
  other: {say: I cannot look it up.}
"""


def test_a_reply_goes_on_behind_the_branches_and_an_error_by_its_own():
    flow = load_flow(flow_text(GOOD), "a.yaml")
    for ended, said in (
        (WorkEnded(1, "done", {"status": "packed"}), ["It is packed."]),
        (WorkEnded(1, "404"), ["There is no such order.", "It is."]),
        (WorkEnded(1, "503"), ["Their machine is broken.", "It is."]),
        (WorkEnded(1, "timeout"), ["I cannot look it up.", "It is."]),
    ):
        talk = Talk(flow)
        talk.listen()
        talk.keys("1234")
        started = [c.order for c in talk.commands if isinstance(c, StartWork)]
        assert isinstance(started[0], HttpRequest)
        assert started[0].url == "https://example.org/orders/1234"
        talk.listen()
        talk.send(ended)
        assert talk.listen() == said
    assert "Let me look." in fixed_sentences(flow)


def test_times_and_attempts_bound_how_long_a_caller_waits():
    flow = load_flow(flow_text(GOOD + "timeout: 2s\nretries: 2\nfiller_after: 1s\n"), "a.yaml")
    step = next(step for step in flow.flows["main"].steps if isinstance(step, ActionStep))
    assert (step.timeout_ms, step.attempts, step.patience.limit_ms, step.patience.after_ms) == (
        2000,
        3,
        9000,
        1000,
    )


URL = "url: https://example.org/x\non_error: {say: Sorry.}\n"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("url: '{status}'", "a.yaml:12:14: A slot cannot say which server is asked"),
        ("url: https://{order}.example.org/", "A slot cannot say which server is asked"),
        ("url: ftp://example.org/", "'ftp://example.org/' is no URL to ask. One looks like this: https://"),
        ("url: example.org/orders", "is no URL to ask"),
        ("url: https://me:word@example.org/", "A user or password does not belong into a URL"),
        ("url: https://example.org/../x", "lead elsewhere"),
        ("url: https://example.org/a b", "is no URL to ask"),
        ("url: https://example.org/{ordr}", "There is no slot 'ordr'. Did you mean 'order'?"),
        ("url: 'https://example.org/{order | digits}'", "'{order | digits}' is no slot"),
        (
            URL + "headers: {X-Order: '{order}'}",
            "A header has no slots. Put the slot into the query or the body.",
        ),
        (
            URL + "headers: {Authorization: {env: TWILIO_AUTH_TOKEN}}",
            "'TWILIO_AUTH_TOKEN' is not a variable that a flow may read",
        ),
        (URL + "headers: {Host: x}", "The header 'Host' is written by ivr itself"),
        (URL + 'headers: {X-A: "a\\nb"}', "in one line"),
        (URL + "headers: {'X A': b}", "'X A' is no name of a header"),
        (URL + "body: {a: 1}", "A GET sends nothing"),
        (URL + "method: POST\nbody: {a: 1}\nform: {a: 1}", "There are both 'body' and 'form'"),
        (URL + "method: POST\nbody: {a: '{oder}'}", "There is no slot 'oder'. Did you mean 'order'?"),
        (URL + "method: POST\nbody: hello", "A body is a mapping or a list"),
        (URL + "method: POST\nretries: 1", "A POST that is sent again may be done twice"),
        (URL + "retries: 9", "'9' is not a number of retries. It is 0 to 3."),
        (URL + "method: FETCH", "'method' cannot be 'FETCH'"),
        (URL + "timeout: 90s", "is not between 0.5 s and 30 s"),
        (URL + "save: {statu: a}", "There is no slot 'statu'. Did you mean 'status'?"),
        (URL + "save: {status: 'a..b'}", "'a..b' is no place in a reply"),
        (URL + "svae: {status: a}", "There is no key 'svae' here. Did you mean 'save'?"),
        ("url: https://example.org/x", "warning: It is not said what happens when this fails"),
        (
            "url: https://example.org/{pin}\non_error: {say: Sorry.}",
            "warning: This sends the sensitive slot 'pin' in the URL",
        ),
        (
            "url: http://example.org/\nmethod: POST\nbody: {pin: '{pin}'}\non_error: {say: Sorry.}",
            "warning: This sends the sensitive slot 'pin' in what is sent",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(action, message):
    assert message in told(action)


def test_an_idempotency_key_allows_to_repeat_a_post():
    assert "twice" not in told(URL + "method: POST\nretries: 1\nidempotency_key: Idempotency-Key")


def test_a_sensitive_slot_in_a_body_over_https_is_in_order():
    assert "sensitive" not in told(
        "url: https://example.org/\nmethod: POST\nbody: {pin: '{pin}'}\non_error: {say: Sorry.}"
    )


def test_an_action_in_a_loop_does_not_count_as_waiting_for_the_caller():
    text = flow_text(URL).replace("    - hangup: 'It is {status}.'\n", "    - link: main\n")
    _, problems = check_text(text, "a.yaml")
    assert any("goes round without ever waiting" in problem.message for problem in problems)
