"""The JSON Schema of test files, for editors."""

from __future__ import annotations

from typing import Final

from pydantic.json_schema import JsonSchemaValue

from ivr.core.flow.json_schema import TIME, Form, either, generate, one_or_list
from ivr.rehearsal.schema import CasesFile

DESCRIPTIONS: Final[dict[str, dict[str, str]]] = {
    "CasesFile": {
        "flow": "The flow file these tests are for, in the folder above; default: the one of the same name.",
        "test_cases": "The calls.",
    },
    "CaseBody": {
        "test_case": "What the call shows, in a few words.",
        "slots": "Values that slots have from the beginning.",
        "today": 'The date of the call, against which answers expire: "2030-01-31". Default: none do.',
        "now": 'When the call comes, where the line is: "2030-01-31T18:30". For opening hours.',
        "replies": (
            "What web services reply: the id of an action, or the beginning of its URL, and one reply or "
            "a list of them. A reply is {json, status, after}, a status, or timeout, refused, failed."
        ),
        "transfers": "What becomes of transfers, by contact: busy; or one after another: [busy, completed].",
        "steps": "What the caller does, and what must be so then.",
    },
    "ReplyBody": {
        "status": "The status of HTTP. Default: 200.",
        "json": "What the reply holds.",
        "answer": "What a model answers, for an answer step.",
        "fails": (
            "There is no good reply: timeout, refused, failed, or reply for one that cannot be read. Of an "
            "answer: unknown, late, failed or budget."
        ),
        "after": "How long it takes. Default: 200ms.",
    },
    "StepBody": {
        "caller": "What the caller says, when the line has finished.",
        "keys": "Keys that the caller presses.",
        "silence": "true: the caller says nothing until the line does something; or for how long: 3s.",
        "interrupts": "What the caller says while the line speaks, one second into it.",
        "confidence": "How sure the recogniser is of the words, from 0 to 1. Default: 1.",
        "assert": "What must be so after the caller's last move.",
    },
    "InterruptBody": {
        "caller": "What the caller says.",
        "keys": "Keys that the caller presses.",
        "after": "How far into what the line says: 1s.",
    },
    "AssertBody": {
        "said": "Texts that the line says in answer, in this order; [] for nothing at all.",
        "not_said": "Texts that it does not say.",
        "slots": "Values of slots; null for none.",
        "step": "The step that waits for the caller, or the flow that it is in.",
        "transfer": "The contact that the call goes to.",
        "ended": "Whether the call has ended, or how.",
        "understood": (
            "The intent, answer or universal that the words were taken for; or nothing, value, or correction."
        ),
        "fills": "Values of other slots that were understood with it, at least.",
        "confidence": "How sure the line is of what slots hold, from 0 to 1.",
        "requests": "What web services were asked: 'GET https://…/orders/1234'; [] for nothing.",
        "voicemail": "Whether a message has been kept, or how many.",
        "callback": "Whether a wish to be called back has been kept, or how many.",
        "recording": "Whether the call is being recorded.",
    },
}

FORMS: Final[dict[str, Form]] = {
    "keys_pressed": lambda _: either(
        {"type": "string", "pattern": "^[0-9*# ]+$"}, {"type": "integer", "minimum": 0}
    ),
    "how_long": lambda _: either({"const": True}, TIME),
    "how_ended": lambda inner: either(inner, {"type": "boolean"}),
    "texts": one_or_list,
    "a_status": lambda _: {"type": "integer", "minimum": 100, "maximum": 599},
    "one_reply": lambda inner: either(
        {"enum": ["timeout", "refused", "failed", "reply", "unknown", "budget", "late"]},
        {"type": "integer", "minimum": 100, "maximum": 599},
        inner,
    ),
    "one_or_more": one_or_list,
}


def cases_schema() -> JsonSchemaValue:
    """The schema of a test file."""
    return generate(CasesFile, DESCRIPTIONS, "Tests of a phone line", FORMS)
