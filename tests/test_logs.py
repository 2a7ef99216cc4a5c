from __future__ import annotations

import io
import logging

import orjson
import pytest
import structlog

from ivr import logs


def test_one_json_object_a_line_with_the_call_id():
    out = io.StringIO()
    logs.configure(stream=out)
    with structlog.contextvars.bound_contextvars(call_id="CA1"):
        structlog.get_logger("ivr.x").info("turn", ms=12)
    logging.getLogger("some.library").warning("careful: %s", "this")
    structlog.get_logger().debug("not shown")
    ours, theirs = (orjson.loads(line) for line in out.getvalue().splitlines())
    assert {"event": "turn", "ms": 12, "call_id": "CA1", "level": "info"}.items() <= ours.items()
    assert theirs["event"] == "careful: this"
    assert theirs["level"] == "warning"


@pytest.mark.parametrize("readable", [True, False])
def test_secrets_and_numbers_never_show(readable: bool):
    out = io.StringIO()
    logs.configure(stream=out, readable=readable, secrets=["s3cret-value", ""])
    log = structlog.get_logger()
    log.info(
        "calling +15551234567 with s3cret-value",
        token="tok-1",
        deep={"auth_token": "tok-2"},
        list=["s3cret-value"],
    )
    log.info("call", caller="5551234567", called="+15557654321")
    logging.getLogger("lib").error("url?key=s3cret-value")
    try:
        int("s3cret-value")
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    for hidden in ("s3cret-value", "tok-1", "tok-2", "5551234567", "7654321"):
        assert hidden not in text
    assert "ValueError" in text
    assert logs.MASK in text


def test_a_readable_line_is_not_json_and_has_no_colour_codes_in_a_file():
    out = io.StringIO()
    logs.configure(stream=out, readable=True)
    structlog.get_logger().info("hello", n=1)
    assert "hello" in out.getvalue()
    assert "n=1" in out.getvalue()
    assert "{" not in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_what_json_cannot_say_is_logged_all_the_same():
    out = io.StringIO()
    logs.configure(stream=out)
    structlog.get_logger().info("odd", thing=object(), raw=b"\xff", keys={1: 2})
    assert orjson.loads(out.getvalue())["keys"] == {"1": 2}


def test_a_card_number_in_a_message_is_masked_and_an_id_is_not():
    out = io.StringIO()
    logs.configure(stream=out, readable=False)
    structlog.get_logger().info(
        "odd", message="'4929 1234 5678 1236' suits no slot", call_id="4929123456781236"
    )
    line = orjson.loads(out.getvalue())
    assert line["message"] == "'•••' suits no slot"
    assert line["call_id"] == "4929123456781236"
