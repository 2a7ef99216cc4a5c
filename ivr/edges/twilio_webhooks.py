"""Twilio's webhooks: a call comes in, its stream has ended, its state has changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import structlog
from aiohttp import web

from ivr.call.registry import Admission, Ending, RequestMemory
from ivr.edges.twilio_guard import RESUME, STATUS, VOICE, Guard, TwilioPorts, TwilioSettings, fingerprint
from ivr.wire import twiml

_log = structlog.get_logger("ivr.twilio")

_CALL_ID: Final = re.compile(r"[A-Za-z0-9_.:@-]{1,64}")
_GONE: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_DIALLED: Final = frozenset({"completed", "answered", "busy", "no-answer", "failed", "canceled"})
_AFTER_DIAL: Final = RESUME + "?phase=dial"


class TwilioWebhooks:
    """The three webhooks of the Twilio line."""

    def __init__(self, settings: TwilioSettings, ports: TwilioPorts) -> None:
        self._settings = settings
        self._guard = Guard(settings, ports.meter)
        self._registry = ports.registry
        self._meter = ports.meter
        self._phrase = ports.phrase
        self._on_transfer_ended = ports.on_transfer_ended
        self._clock = ports.clock
        self._memory = RequestMemory()

    def routes(self) -> list[web.RouteDef]:
        """What to add to the application's router."""
        return [
            web.post(VOICE, self.voice),
            web.post(RESUME, self.resume),
            web.post(STATUS, self.status),
        ]

    async def voice(self, request: web.Request) -> web.Response:
        """A call comes in: let it open a media stream, or turn it away politely."""
        return await self._answer(request, self._on_voice)

    async def resume(self, request: web.Request) -> web.Response:
        """A stream, or a dialled call, has ended: say what the carrier does next."""
        return await self._answer(request, self._on_resume)

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
        admission = Admission(call_id, caller=form.get("From", ""), called=form.get("To", ""))
        token = self._registry.admit(admission, self._clock())
        if token is None:
            reason = "draining" if self._registry.draining else "busy"
            self._meter.call_refused(reason)
            _log.warning("call turned away", call_id=call_id, reason=reason, limit=self._registry.limit)
            return self._turn_away(request, "busy")
        _log.info("call comes in", call_id=call_id, caller=admission.caller, called=admission.called)
        return twiml.connect_stream(
            self._guard.stream_url(request),
            self._guard.base_url(request) + RESUME,
            {"token": token},
        )

    def _on_resume(self, request: web.Request, call_id: str, form: dict[str, str]) -> str:
        if request.query.get("phase") == "dial":
            return self._after_dial(call_id, form.get("DialCallStatus", ""))
        ending = self._registry.ending(call_id, self._clock())
        state = form.get("CallStatus", "")
        kind = ending.kind if ending else "unknown"
        _log.info("stream ended, the carrier asks what next", call_id=call_id, ending=kind, status=state)
        self._registry.release(call_id)
        if state in _GONE:
            return twiml.hang_up()
        return self._next(request, ending)

    def _next(self, request: web.Request, ending: Ending | None) -> str:
        if ending and ending.kind == "transfer" and ending.transfer:
            return twiml.dial(ending.transfer.contact.number, self._guard.base_url(request) + _AFTER_DIAL)
        if ending and ending.kind in ("hang_up", "caller"):
            return twiml.hang_up()
        return self._turn_away(request, "give_up")  # it broke, or we no longer know the call

    def _after_dial(self, call_id: str, status: str) -> str:
        outcome = status if status in _DIALLED else "unknown"
        _log.info("transfer ended", call_id=call_id, outcome=outcome)
        self._meter.transfer_ended(outcome)
        if self._on_transfer_ended:
            self._on_transfer_ended(call_id, outcome)
        if outcome in ("completed", "answered"):
            return twiml.hang_up()
        return twiml.hang_up(self._phrase("give_up"), self._settings.language)

    def _on_status(self, _request: web.Request, call_id: str, form: dict[str, str]) -> str:
        state = form.get("CallStatus", "")
        _log.info("call status", call_id=call_id, status=state, seconds=form.get("CallDuration", ""))
        if state in _GONE:
            self._registry.release(call_id)
        return ""

    def _turn_away(self, request: web.Request, phrase: str) -> str:
        """To the overflow number where there is one, else a sentence and goodbye."""
        number, language = self._settings.overflow_number, self._settings.language
        if number:
            after = self._guard.base_url(request) + _AFTER_DIAL
            return twiml.dial(number, after, self._phrase("to_person"), language)
        return twiml.hang_up(self._phrase(phrase), language)
