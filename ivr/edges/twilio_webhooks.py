"""Twilio's webhooks: a call comes in, its stream has ended, its state has changed.

voice -> stream -> resume -> Dial -> (whisper) -> resume?phase=dial -> another stream, or the end
stream that breaks -> resume -> another stream
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

import structlog
from aiohttp import web

from ivr.call.lines import Transfer
from ivr.call.registry import Admission, Ending, RequestMemory
from ivr.edges.twilio_guard import (
    RESUME,
    STATUS,
    VOICE,
    WHISPER,
    Guard,
    TwilioPorts,
    TwilioSettings,
    fingerprint,
)
from ivr.wire import twiml

_log = structlog.get_logger("ivr.twilio")

_CALL_ID: Final = re.compile(r"[A-Za-z0-9_.:@-]{1,64}")
_GONE: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_DIALLED: Final = frozenset({"completed", "answered", "busy", "no-answer", "failed", "canceled"})
_ACCEPT: Final = "1"
_AFTER_DIAL: Final = RESUME + "?phase=dial"


def _nonce() -> str:
    """Makes the address of a question that is asked more than once in a call another one each time.

    A carrier's two questions may be alike to the letter, and would be taken for a retry or a replay.
    """
    return secrets.token_hex(4)


class TwilioWebhooks:
    """The webhooks of the Twilio line."""

    def __init__(self, settings: TwilioSettings, ports: TwilioPorts) -> None:
        self._settings = settings
        self._guard = Guard(settings, ports.meter)
        self._registry = ports.registry
        self._meter = ports.meter
        self._phrase = ports.phrase
        self._calls = ports.calls
        self._clock = ports.clock
        self._memory = RequestMemory()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.post(VOICE, self.voice),
            web.post(RESUME, self.resume),
            web.post(STATUS, self.status),
            web.post(WHISPER, self.whisper),
        ]

    async def voice(self, request: web.Request) -> web.Response:
        """A call comes in: let it open a media stream, or turn it away politely."""
        return await self._answer(request, self._on_voice)

    async def resume(self, request: web.Request) -> web.Response:
        """A stream, or a dialled call, has ended: say what the carrier does next."""
        return await self._answer(request, self._on_resume)

    async def whisper(self, request: web.Request) -> web.Response:
        """Somebody who was rung has picked up, or pressed a key: say what they hear, or connect them."""
        return await self._answer(request, self._on_whisper)

    async def status(self, request: web.Request) -> web.Response:
        """The carrier tells of a call's state. There is nothing to answer."""
        return await self._answer(request, self._on_status)

    async def _answer(
        self,
        request: web.Request,
        decide: Callable[[web.Request, str, dict[str, str]], str],
    ) -> web.Response:
        """Check a request, decide once, and give the carrier's own retry the same answer."""
        params = await self._guard.form(request)
        form = dict(params)
        call_id = form.get("CallSid", "")
        if not _CALL_ID.fullmatch(call_id):
            _log.warning("request malformed", route=request.path, reason="no_call_id", peer=request.remote)
            self._meter.webhook_refused(request.path, "malformed")
            raise web.HTTPBadRequest(text="The form has no CallSid.\n")
        mark = fingerprint(request, params)
        verdict, answer = self._memory.judge(mark, self._clock())
        if verdict == "replay":
            raise self._guard.refusal(request, "replayed", call_id)
        if verdict == "fresh":
            answer = decide(request, call_id, form)
            self._memory.answered(mark, answer)
        else:
            _log.info("request repeated by the carrier", route=request.path, call_id=call_id)
        if not answer:
            return web.Response(status=204)
        return web.Response(text=answer, content_type=twiml.CONTENT_TYPE)

    def _on_voice(self, request: web.Request, call_id: str, form: dict[str, str]) -> str:
        admission = Admission(call_id, caller=form.get("From", ""), called=form.get("To", ""), resumes=True)
        token = self._registry.admit(admission, self._clock())
        if token is None:
            reason = "draining" if self._registry.draining else "busy"
            self._meter.call_refused(reason)
            _log.warning("call turned away", call_id=call_id, reason=reason, limit=self._registry.limit)
            return self._turn_away(request, "busy")
        _log.info("call comes in", call_id=call_id, caller=admission.caller, called=admission.called)
        return self._stream(request, token)

    def _stream(self, request: web.Request, token: str, suffix: str = "") -> str:
        action = self._guard.base_url(request) + RESUME + suffix
        return twiml.connect_stream(self._guard.stream_url(request), action, {"token": token})

    def _on_resume(self, request: web.Request, call_id: str, form: dict[str, str]) -> str:
        if request.query.get("phase") == "dial":
            return self._after_dial(request, call_id, form)
        ending = self._registry.ending(call_id, self._clock())
        state = form.get("CallStatus", "")
        kind = ending.kind if ending else "unknown"
        _log.info("stream ended, the carrier asks what next", call_id=call_id, ending=kind, status=state)
        self._registry.release(call_id)
        if state in _GONE:
            self._gone(call_id)
            return twiml.hang_up()
        return self._next(request, call_id, form, ending)

    def _next(self, request: web.Request, call_id: str, form: dict[str, str], ending: Ending | None) -> str:
        if ending and ending.kind == "transfer" and ending.transfer:
            return self._dial(request, call_id, ending.transfer)
        if ending and ending.kind in ("hang_up", "caller"):
            return twiml.hang_up()
        return self._again(request, call_id, form) or self._turn_away(request, "give_up")

    def _dial(self, request: web.Request, call_id: str, transfer: Transfer) -> str:
        base = self._guard.base_url(request)
        return twiml.dial(
            transfer.contact.number,
            f"{base}{_AFTER_DIAL}&dial={_nonce()}",
            timeout_s=max(1, round(transfer.timeout_ms / 1000)),
            whisper_url=f"{base}{WHISPER}?{urlencode({'call': call_id})}" if transfer.whisper else "",
        )

    def _again(self, request: web.Request, call_id: str, form: dict[str, str]) -> str:
        """Another stream for a call that goes on; "" for one that does not."""
        if self._calls is None or not self._calls.goes_on(call_id):
            return ""
        admission = Admission(call_id, caller=form.get("From", ""), called=form.get("To", ""), resumes=True)
        _log.info("call goes on in another stream", call_id=call_id)
        token = self._registry.readmit(admission, self._clock())
        return self._stream(request, token, f"?stream={_nonce()}")

    def _after_dial(self, request: web.Request, call_id: str, form: dict[str, str]) -> str:
        status = form.get("DialCallStatus", "")
        outcome = status if status in _DIALLED else "unknown"
        _log.info("transfer ended", call_id=call_id, outcome=outcome)
        self._meter.transfer_ended(outcome)
        if self._calls:
            self._calls.transfer_ended(call_id, outcome)
        if form.get("CallStatus", "") in _GONE:
            self._gone(call_id)
            return twiml.hang_up()
        if again := self._again(request, call_id, form):
            return again
        if outcome in ("completed", "answered"):
            return twiml.hang_up()
        return twiml.hang_up(self._phrase("give_up"), self._settings.language)

    def _on_whisper(self, request: web.Request, _leg: str, form: dict[str, str]) -> str:
        """The form is of the leg to the person; the caller's call stands in our own address."""
        call_id = request.query.get("call", "")
        ending = self._registry.ending(call_id, self._clock())
        if ending is None or ending.transfer is None or not ending.transfer.whisper:
            _log.warning("a person was rung for a call that we do not know", call_id=call_id)
            return twiml.hang_up()
        if "answer" not in request.query:
            url = f"{self._guard.base_url(request)}{WHISPER}?{urlencode({'call': call_id, 'answer': 'key'})}"
            return twiml.whisper(ending.transfer.whisper, url, ending.transfer.language)
        accepted = form.get("Digits", "") == _ACCEPT
        _log.info("transfer answered", call_id=call_id, accepted=accepted)
        if self._calls:
            self._calls.transfer_answered(call_id, accepted=accepted)
        return twiml.connect() if accepted else twiml.hang_up()

    def _gone(self, call_id: str) -> None:
        if self._calls:
            self._calls.gone(call_id)

    def _on_status(self, _request: web.Request, call_id: str, form: dict[str, str]) -> str:
        state = form.get("CallStatus", "")
        _log.info("call status", call_id=call_id, status=state, seconds=form.get("CallDuration", ""))
        if state in _GONE:
            self._registry.release(call_id)
            self._gone(call_id)
        return ""

    def _turn_away(self, request: web.Request, phrase: str) -> str:
        """To the overflow number where there is one, else a sentence and goodbye."""
        number, language = self._settings.overflow_number, self._settings.language
        if number:
            after = self._guard.base_url(request) + _AFTER_DIAL
            return twiml.dial(number, after, self._phrase("to_person"), language)
        return twiml.hang_up(self._phrase(phrase), language)
