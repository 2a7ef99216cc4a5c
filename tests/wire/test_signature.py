from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.wire.signature import Signer, without_default_port

URL = "https://phone.example.org/twilio/voice"
FORM = [("CallSid", "CA1"), ("From", "+15550100001"), ("Empty", "")]


def test_the_published_example_of_the_scheme():
    """The worked example of Twilio's security page (token 12345)."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    signature = Signer("12345").sign(url, form.items())
    assert signature == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert Signer("12345").valid(url, form.items(), signature)


@pytest.mark.parametrize("signature", [None, "", "x", "ü" * 28, "\udcff", "=" * 28])
def test_what_is_no_signature(signature: str | None):
    assert not Signer("secret").valid(URL, FORM, signature)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("https://phone.example.org/x", "https://phone.example.org:443/x"),
        ("https://phone.example.org:443/x", "https://phone.example.org/x"),
        ("wss://phone.example.org/x", "wss://phone.example.org:443/x"),
        ("wss://phone.example.org:443/x", "wss://phone.example.org/x"),
        ("https://phone.example.org:8443/x", "https://phone.example.org:8443/x"),
        ("ws://127.0.0.1:8080/x", "ws://127.0.0.1:8080/x"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_a_default_port_may_be_written_or_not(theirs: str, ours: str):
    signer = Signer("secret")
    assert signer.valid(ours, FORM, signer.sign(theirs, FORM))


def test_the_scheme_the_host_and_the_secret_count():
    signer = Signer("secret")
    good = signer.sign(URL, FORM)
    assert not signer.valid(URL.replace("https", "http"), FORM, good)
    assert not signer.valid(URL.replace("phone", "other"), FORM, good)
    assert not signer.valid(URL, [*FORM, ("X", "1")], good)
    assert not Signer("other").valid(URL, FORM, good)


def test_repeated_parameters_are_signed_together():
    signer = Signer("secret")
    form = [("Tag", "b"), ("Tag", "a")]
    good = signer.sign(URL, form)
    assert signer.valid(URL, list(reversed(form)), good)
    assert not signer.valid(URL, form[:1], good)


def test_the_algorithm_is_ours_to_choose():
    weak, strong = Signer("secret"), Signer("secret", "HMAC_SHA256")
    assert strong.valid(URL, FORM, strong.sign(URL, FORM))
    assert not strong.valid(URL, FORM, weak.sign(URL, FORM))
    assert not weak.valid(URL, FORM, strong.sign(URL, FORM))


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=4),
    st.text(max_size=40),
)
def test_checking_never_raises(path: str, form: list[tuple[str, str]], signature: str):
    assert not Signer("secret").valid("https://phone.example.org/" + path, form, signature)


def test_an_address_that_cannot_be_encoded_is_not_signed():
    assert not Signer("secret").valid("https://x/\udcff", [], "x" * 28)
    assert not Signer("secret").valid("https://[", [], "x" * 28)


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://a:443/b", "https://a/b"),
        ("wss://a:443", "wss://a"),
        ("http://a:80/b?c", "http://a/b?c"),
        ("https://a:80", "https://a:80"),
        ("https://[::1]:443/", "https://[::1]/"),
        ("", ""),
    ],
)
def test_default_ports_are_left_out(url: str, bare: str):
    assert without_default_port(url) == bare
