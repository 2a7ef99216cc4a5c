from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from ivr.call.lines import Transfer
from ivr.call.registry import Ending
from ivr.core.errors import ConfigError
from ivr.core.flow.model import Contact
from ivr.edges.twilio_guard import Guard, TwilioSettings
from ivr.wire import twiml
from ivr.wire.signature import HEADER, Signer
from tests.edges.edge_rig import FORM, PUBLIC, FakeMeter, OpenRig, Rig

VOICE, RESUME, STATUS = "/twilio/voice", "/twilio/resume", "/twilio/status"


async def test_a_signed_call_is_let_in_with_a_token(rig: Rig) -> None:
    status, body = await rig.post(VOICE, FORM)
    answer = twiml.read(body)
    assert status == 200
    assert answer.stream_url == "wss://phone.example.org/twilio/stream"
    assert answer.action_url == PUBLIC + RESUME
    assert len(answer.parameters["token"]) >= 32
    assert rig.registry.pending(rig.now) == 1


@pytest.mark.parametrize("path", [VOICE, RESUME, STATUS])
@pytest.mark.parametrize(
    ("headers", "reason"),
    [({}, "unsigned"), ({HEADER: "bm90IGl0"}, "wrong_signature"), ({HEADER: "ü"}, "wrong_signature")],
)
async def test_unsigned_and_wrongly_signed_are_refused(
    rig: Rig, path: str, headers: dict[str, str], reason: str
) -> None:
    status, _ = await rig.post(path, FORM, headers)
    assert status == 403
    assert rig.registry.pending(rig.now) == 0
    assert rig.meter.counts == {(path, reason): 1}
    assert [line["reason"] for line in rig.logged("warning")] == [reason]


async def test_a_form_that_is_not_packed_as_it_says_is_a_bad_request(rig: Rig) -> None:
    packed = {HEADER: "bm90IGl0", "Content-Encoding": "gzip"}
    headers = {**packed, "Content-Type": "application/x-www-form-urlencoded"}
    async with rig.session.post(rig.base + VOICE, data=b"abcde", headers=headers) as answer:
        assert answer.status == 400
    assert rig.meter.counts == {(VOICE, "malformed"): 1}


async def test_a_signature_covers_address_and_form(rig: Rig) -> None:
    right = rig.signature(PUBLIC + VOICE, FORM)
    assert (await rig.post(VOICE, {**FORM, "To": "+15550999999"}, right))[0] == 403
    assert (await rig.post(RESUME, FORM, right))[0] == 403
    by_host = rig.signature(rig.base + VOICE, FORM)  # what a forged Host would make of it
    assert (await rig.post(VOICE, FORM, by_host))[0] == 403
    forwarded = rig.signature("https://evil.example" + VOICE, FORM)
    headers = {
        **forwarded,
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
    }
    assert (await rig.post(VOICE, FORM, headers))[0] == 403
    assert (await rig.post(VOICE, FORM, right))[0] == 200


async def test_sha256_is_a_setting_not_a_header(open_rig: OpenRig) -> None:
    rig = await open_rig(algorithm="HMAC_SHA256")
    weak = {
        **rig.signature(PUBLIC + VOICE, FORM),
        "X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_SHA1",
    }
    assert (await rig.post(VOICE, FORM, weak))[0] == 403
    strong = {HEADER: Signer(rig.settings.auth_token, "HMAC_SHA256").sign(PUBLIC + VOICE, FORM.items())}
    assert (await rig.post(VOICE, FORM, strong))[0] == 200


async def test_the_carriers_retry_gets_the_same_answer_and_a_replay_is_refused(rig: Rig) -> None:
    _, first = await rig.post(VOICE, FORM)
    rig.now += 14
    assert await rig.post(VOICE, FORM) == (200, first)
    assert rig.registry.pending(rig.now) == 1
    rig.now += 2
    status, _ = await rig.post(VOICE, FORM)
    assert status == 403
    assert rig.registry.pending(rig.now) == 1
    assert rig.meter.counts == {(VOICE, "replayed"): 1}


async def test_replays_of_the_other_webhooks_are_refused(rig: Rig) -> None:
    for path in (RESUME, STATUS):
        form = {**FORM, "CallStatus": "completed"}
        assert (await rig.post(path, form))[0] in (200, 204)
        rig.now += 20
        assert (await rig.post(path, form))[0] == 403


async def test_one_more_than_the_limit_hears_a_polite_sentence(open_rig: OpenRig) -> None:
    rig = await open_rig(limit=1)
    await rig.post(VOICE, FORM)
    _, body = await rig.post(VOICE, {**FORM, "CallSid": "CA2"})
    answer = twiml.read(body)
    assert answer.said == ("phrase busy",)
    assert answer.hangs_up
    assert not answer.stream_url
    assert rig.meter.counts == {("call", "busy"): 1}


async def test_or_is_put_through_to_the_overflow_number(open_rig: OpenRig) -> None:
    rig = await open_rig(limit=0, overflow_number="+15550107777")
    _, body = await rig.post(VOICE, FORM)
    answer = twiml.read(body)
    assert answer.dial_to == "+15550107777"
    assert answer.action_url == PUBLIC + RESUME + "?phase=dial"


async def test_draining_turns_calls_away(rig: Rig) -> None:
    rig.registry.draining = True
    _, body = await rig.post(VOICE, FORM)
    assert twiml.read(body).hangs_up
    assert rig.meter.counts == {("call", "draining"): 1}


@pytest.mark.parametrize("status", ["completed", "no-answer", "canceled"])
async def test_a_caller_gone_before_the_stream_gives_the_place_back(rig: Rig, status: str) -> None:
    await rig.post(VOICE, FORM)
    assert await rig.post(STATUS, {**FORM, "CallStatus": status}) == (204, "")
    assert rig.registry.pending(rig.now) == 0


async def test_after_a_hang_up_the_call_ends(rig: Rig) -> None:
    rig.registry.finish("CA1", Ending("hang_up"), rig.now)
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body) == twiml.Instructions(hangs_up=True)


async def test_after_a_transfer_the_contact_is_dialled_and_the_outcome_told(rig: Rig) -> None:
    contact = Contact("desk", "sip:desk@example.org")
    rig.registry.finish("CA1", Ending("transfer", Transfer(contact)), rig.now)
    _, body = await rig.post(RESUME, FORM)
    answer = twiml.read(body)
    assert answer.dial_to == "sip:desk@example.org"
    _, body = await rig.post(RESUME + "?phase=dial", {**FORM, "DialCallStatus": "busy"})
    assert twiml.read(body).said == ("phrase give_up",)
    assert rig.away.transfers == [("CA1", "busy")]
    _, body = await rig.post(RESUME + "?phase=dial", {**FORM, "DialCallStatus": "completed"})
    assert twiml.read(body) == twiml.Instructions(hangs_up=True)
    await rig.post(RESUME + "?phase=dial", {**FORM, "DialCallStatus": "made up"})
    assert rig.meter.counts == {
        ("transfer", "busy"): 1,
        ("transfer", "completed"): 1,
        ("transfer", "unknown"): 1,
    }


@pytest.mark.parametrize("kind", ["broken", "operator", None])
async def test_after_a_break_the_caller_hears_a_sentence(rig: Rig, kind: str | None) -> None:
    if kind:
        rig.registry.finish("CA1", Ending(kind), rig.now)  # type: ignore[arg-type]
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body).said == ("phrase give_up",)


async def test_after_a_break_the_overflow_number_takes_over(open_rig: OpenRig) -> None:
    rig = await open_rig(overflow_number="+15550107777")
    _, body = await rig.post(RESUME, FORM)
    assert twiml.read(body).dial_to == "+15550107777"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"CallSid=%ff&a=\xff", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 1000, "application/x-www-form-urlencoded; charset=nonsense", 400),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_bodies_that_no_carrier_sends(rig: Rig, body: bytes, content_type: str, status: int) -> None:
    headers = {HEADER: "x", "Content-Type": content_type}
    async with rig.session.post(rig.base + VOICE, data=body, headers=headers) as answer:
        assert answer.status == status
    assert rig.meter.counts == {(VOICE, "malformed"): 1}
    assert not rig.logged("error")


@pytest.mark.parametrize("call_id", ["", "x" * 65, "a b", "../x", "<x>"])
async def test_a_form_without_a_call(rig: Rig, call_id: str) -> None:
    assert (await rig.post(VOICE, {**FORM, "CallSid": call_id}))[0] == 400
    assert rig.registry.pending(rig.now) == 0


async def test_without_a_secret_this_machine_is_served(open_rig: OpenRig) -> None:
    rig = await open_rig(auth_token="", public_url="")
    status, body = await rig.post(VOICE, FORM, {})
    assert status == 200
    assert twiml.read(body).stream_url == rig.base.replace("http", "ws") + "/twilio/stream"
    assert twiml.read(body).action_url == rig.base + RESUME


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Host": "abc.tunnel.example"},
        {"Host": "[nonsense"},
    ],
)
async def test_without_a_secret_a_tunnel_is_refused(open_rig: OpenRig, headers: dict[str, str]) -> None:
    rig = await open_rig(auth_token="", public_url="")
    status, _ = await rig.post(VOICE, FORM, headers)
    assert status in (400, 403)  # a Host that is no host is refused by the HTTP parser already
    assert rig.registry.pending(rig.now) == 0


@pytest.mark.parametrize(
    ("peer", "served"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("203.0.113.9", False),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
async def test_without_a_secret_the_peers_address_decides(peer: str, served: bool) -> None:
    class Transport:
        def get_extra_info(self, name: str) -> tuple[str, int]:
            return (peer if name == "peername" else "127.0.0.1", 4000)

    guard = Guard(TwilioSettings(), FakeMeter())
    request = make_mocked_request(
        "GET", "/twilio/stream", headers={"Host": "localhost"}, transport=Transport()
    )
    if served:
        guard.check_upgrade(request)
    else:
        with pytest.raises(web.HTTPForbidden):
            guard.check_upgrade(request)


@pytest.mark.parametrize(
    "url", ["phone.example.org", "ftp://x", "https://", "https://x/?a=1", "https://x:99999", "https://["]
)
def test_a_public_url_that_is_none(url: str) -> None:
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        TwilioSettings(public_url=url)


def test_the_secret_does_not_show() -> None:
    assert "secret-value" not in repr(TwilioSettings(auth_token="secret-value"))


WHISPER = "/twilio/whisper"
WARM = Ending("transfer", Transfer(Contact("desk", "+15550101234"), "Who it is.", 12_000, "es-ES"))
LEG = {**FORM, "CallSid": "CA2"}


async def test_a_call_that_goes_on_gets_another_stream_with_a_token_of_its_own(rig: Rig) -> None:
    rig.registry.draining = True  # a running call is never turned away
    rig.away.going_on.add("CA1")
    tokens: list[tuple[str, str]] = []
    for _ in range(2):
        rig.registry.finish("CA1", Ending("broken"), rig.now)
        _, body = await rig.post(f"{RESUME}?stream={len(tokens)}", {**FORM, "CallStatus": "in-progress"})
        answer = twiml.read(body)
        assert answer.stream_url.endswith("/twilio/stream")
        tokens.append((answer.parameters["token"], answer.action_url))
    assert len(set(tokens)) == 2, "the next question is another one, so that it is no replay"
    assert rig.registry.redeem(tokens[1][0], "CA1", rig.now)[0] == "ok"


async def test_after_a_transfer_that_came_to_nothing_too(rig: Rig) -> None:
    rig.away.going_on.add("CA1")
    _, body = await rig.post(RESUME + "?phase=dial", {**FORM, "DialCallStatus": "busy"})
    assert twiml.read(body).stream_url
    assert rig.away.transfers == [("CA1", "busy")]


@pytest.mark.parametrize("path", [RESUME, RESUME + "?phase=dial", STATUS])
async def test_a_call_that_is_over_is_told_so_and_gets_nothing(rig: Rig, path: str) -> None:
    rig.away.going_on.add("CA1")
    status, body = await rig.post(path, {**FORM, "CallStatus": "completed", "DialCallStatus": "no-answer"})
    assert rig.away.ended == ["CA1"]
    assert status == 204 or twiml.read(body) == twiml.Instructions(hangs_up=True)


async def test_a_warm_transfer_whispers_and_takes_a_key(rig: Rig) -> None:
    rig.registry.finish("CA1", WARM, rig.now)
    _, body = await rig.post(RESUME, FORM)
    dial = twiml.read(body)
    assert (dial.dial_to, dial.timeout_s) == ("+15550101234", 12)
    assert dial.whisper_url == f"{PUBLIC}{WHISPER}?call=CA1"
    _, body = await rig.post(f"{WHISPER}?call=CA1", LEG)
    asked = twiml.read(body)
    assert (asked.said, asked.gathers, asked.hangs_up) == (("Who it is.",), True, True)
    assert 'language="es-ES"' in body
    path = asked.action_url.removeprefix(PUBLIC)
    _, body = await rig.post(path, {**LEG, "Digits": "1"})
    assert twiml.read(body) == twiml.Instructions()
    _, body = await rig.post(path, {**LEG, "Digits": "2"})
    assert twiml.read(body) == twiml.Instructions(hangs_up=True)
    assert rig.away.answers == [("CA1", True), ("CA1", False)]


async def test_nobody_is_told_of_a_call_that_we_do_not_know(rig: Rig) -> None:
    for ending in (None, Ending("transfer", Transfer(Contact("desk", "+15550101234")))):
        if ending:
            rig.registry.finish("CA1", ending, rig.now)
        _, body = await rig.post(f"{WHISPER}?call=CA1&n={ending is None}", LEG)
        assert twiml.read(body) == twiml.Instructions(hangs_up=True)
    assert rig.away.answers == []


async def test_a_whisper_must_be_signed(rig: Rig) -> None:
    rig.registry.finish("CA1", WARM, rig.now)
    status, body = await rig.post(f"{WHISPER}?call=CA1", LEG, {})
    assert (status, "Who it is" in body) == (403, False)
    assert rig.meter.counts == {(WHISPER, "unsigned"): 1}
