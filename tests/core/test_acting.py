"""What an action asks, encoded for where it stands, and what a slot takes of a reply."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from ivr.core import acting
from ivr.core.acting import Unfit, check, ended, request, value_for
from ivr.core.commands import HttpRequest
from ivr.core.flow.model import ActionStep, Patience, Slot

SLOTS = {"order": Slot("order", "digits"), "who": Slot("who", "name"), "ok": Slot("ok", "yes_no")}


def action(**changes) -> ActionStep:
    fields = {
        "id": "ask",
        "line": 1,
        "method": "GET",
        "url": "https://example.org/a/{order}",
        "query": {},
        "headers": {},
        "secrets": {},
        "body": None,
        "encoding": "json",
        "save": {},
        "timeout_ms": 5000,
        "attempts": 1,
        "once_by": "",
        "on_error": {},
        "patience": Patience(6000),
    }
    return ActionStep(**{**fields, **changes})


def test_a_slot_is_encoded_for_the_path_and_the_query():
    step = action(
        url="https://example.org/a/{who}/b?x={who}", query={"y": "{who}!", "z": "{order}", "ok": "{ok}"}
    )
    order = request(step, {"who": "a/b?c=d&e#f é", "ok": True})
    assert order.url == (
        "https://example.org/a/a%2Fb%3Fc%3Dd%26e%23f%20%C3%A9/b?x=a%2Fb%3Fc%3Dd%26e%23f%20%C3%A9"
        "&y=a%2Fb%3Fc%3Dd%26e%23f%20%C3%A9%21&ok=true"
    )


@given(st.text(max_size=20))
def test_no_value_leaves_its_place_in_the_path(value):
    step = action(url="https://example.org/a/{who}/b")
    try:
        url = URL(request(step, {"who": value}).url, encoded=True)
    except (Unfit, UnicodeEncodeError):
        return
    assert url.host == "example.org"
    assert url.raw_parts[:2] == ("/", "a")
    assert url.raw_parts[-1] == "b"
    assert len(url.raw_parts) == 4
    assert url.raw_query_string == ""


@pytest.mark.parametrize("value", [".", ".."])
def test_a_value_that_climbs_is_refused(value):
    with pytest.raises(Unfit, match="lead elsewhere"):
        request(action(url="https://example.org/a/{who}/b"), {"who": value})


def test_a_path_needs_its_slot():
    with pytest.raises(Unfit, match="'order' has no value"):
        request(action(), {})


def test_a_body_is_json_whose_lone_slots_keep_their_kind():
    body = {
        "a": "{order}",
        "b": ["{ok}", 1, None, True],
        "c": "no {order} for {who}",
        "d": "{who}",
        "e": "{{x}}",
    }
    order = request(
        action(url="https://example.org/", method="POST", body=body), {"order": "007", "ok": False}
    )
    assert json.loads(order.body) == {
        "a": "007",
        "b": [False, 1, None, True],
        "c": "no 007 for ",
        "d": None,
        "e": "{x}",
    }
    assert ("Content-Type", "application/json") in order.headers


@given(st.text(max_size=30))
def test_a_value_stays_one_value_in_a_body(value):
    order = request(action(url="https://example.org/", method="POST", body={"a": "x{who}"}), {"who": value})
    assert json.loads(order.body) == {"a": "x" + value}


def test_a_form_is_encoded_as_forms_are():
    step = action(
        url="https://example.org/", method="POST", body={"n": "a b&c={who}", "no": "{order}"}, encoding="form"
    )
    order = request(step, {"who": "é=&"})
    assert order.body == "n=a+b%26c%3D%C3%A9%3D%26"
    assert ("Content-Type", "application/x-www-form-urlencoded") in order.headers


@pytest.mark.parametrize(
    ("text", "used", "faults"),
    [
        ("{order}/{ who }", ("order", "who"), 0),
        ("{order | digits}", (), 1),
        ("{ordr}", (), 1),
        ("{order", (), 1),
        ("}", (), 1),
        ("{{order}}", (), 0),
    ],
)
def test_the_slots_of_a_piece_are_checked(text, used, faults):
    found, wrong = check(text, SLOTS)
    assert (found, len(wrong)) == (used, faults)


ORDER = HttpRequest("GET", "https://example.org/", pick=(("status", "a.b"),))


@pytest.mark.parametrize(
    ("status", "text", "outcome", "values"),
    [
        (200, '{"a": {"b": "x"}}', "done", {"status": "x"}),
        (204, '{"a": []}', "done", {"status": None}),
        (200, '{"a": {"b": {}}}', "reply", {}),
        (200, "", "reply", {}),
        (404, '{"a": {"b": "x"}}', "404", {}),
        (302, "", "302", {}),
    ],
)
def test_what_a_reply_comes_to(status, text, outcome, values):
    assert ended(ORDER, status, text)[:2] == (outcome, values)


def test_a_reply_that_nobody_reads_need_not_be_json():
    assert ended(HttpRequest("POST", "https://example.org/"), 201, "created") == ("done", {}, "")


@pytest.mark.parametrize(
    ("slot", "raw", "value"),
    [
        (Slot("x", "integer"), "42", 42),
        (Slot("x", "integer"), 42.0, 42),
        (Slot("x", "money"), 12.5, "12.50"),
        (Slot("x", "money"), "12.50", "12.50"),
        (Slot("x", "digits"), 1234, "1234"),
        (Slot("x", "yes_no"), True, True),
        (Slot("x", "yes_no"), "false", False),
        (Slot("x", "text"), 7, "7"),
        (Slot("x", "text"), " a\nb\x00 ", "a b"),
        (Slot("x", "text"), "x" * 5000, "x" * acting.MAX_TEXT),
        (Slot("x", "date"), "2030-01-31", "2030-01-31"),
        (Slot("x", "choice", choices={"a": ()}), "a", "a"),
        (Slot("x", "text"), None, None),
        (Slot("x", "text"), "  ", None),
        (Slot("x", "integer"), "••", "••"),
    ],
)
def test_a_value_takes_the_form_of_its_slot(slot, raw, value):
    assert value_for(slot, raw) == value


@pytest.mark.parametrize(
    ("slot", "raw"),
    [
        (Slot("x", "integer"), "many"),
        (Slot("x", "integer"), 1.5),
        (Slot("x", "integer"), True),
        (Slot("x", "integer", maximum=5), 6),
        (Slot("x", "integer"), 10**30),
        (Slot("x", "integer"), 1e300),
        (Slot("x", "integer"), "9" * 15 + "9"),
        (Slot("x", "integer"), 2**53 + 1),
        (Slot("x", "money"), 10**30),
        (Slot("x", "yes_no"), "perhaps"),
        (Slot("x", "digits", minimum=4), "123"),
        (Slot("x", "date"), "31.1.2030"),
        (Slot("x", "choice", choices={"a": ()}), "b"),
        (Slot("x", "phone"), "0123"),
    ],
)
def test_a_value_that_does_not_suit_is_refused(slot, raw):
    with pytest.raises(Unfit, match=f"does not suit the {slot.type} slot 'x'"):
        value_for(slot, raw)


def test_a_sensitive_value_is_not_in_the_message():
    with pytest.raises(Unfit) as caught:
        value_for(Slot("pin", "digits", minimum=4, sensitive=True), "987")
    assert "987" not in str(caught.value)
