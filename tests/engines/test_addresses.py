"""Which addresses a request may go to."""

import asyncio
import ipaddress

import pytest

from ivr.engines.addresses import AddressRefusedError, Guard, forbidden


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "fec0::1",
        "192.88.99.1",
        "168.63.129.16",
        "127.255.0.3",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "169.254.1.1",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_no_request_goes_there(address):
    assert forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_rest_of_the_world_may_be_asked(address):
    assert forbidden(ipaddress.ip_address(address)) == ""


def resolve(guard: Guard, host: str, port: int = 443) -> list[str]:
    return [found["host"] for found in asyncio.run(guard.resolve(host, port))]


def names(**known: list[str]):
    async def lookup(host: str, port: int) -> list[str]:
        return known[host.partition(".")[0]]

    return lookup


def test_a_name_is_judged_by_every_address_it_has():
    guard = Guard(lookup=names(good=["93.184.216.34"], bad=["93.184.216.34", "10.0.0.1"], none=[]))
    assert resolve(guard, "good.example") == ["93.184.216.34"]
    with pytest.raises(
        AddressRefusedError, match=r"bad\.example is 10\.0\.0\.1, a private address.*IVR_ACTION_ALLOW"
    ):
        resolve(guard, "bad.example")
    with pytest.raises(AddressRefusedError, match="no address"):
        resolve(guard, "none.example")


@pytest.mark.parametrize(
    "allowed", ["shop.internal", "shop.internal:8443", "10.0.0.9", "10.0.0.0/24", "SHOP.internal"]
)
def test_what_is_allowed_by_name_may_be_asked(allowed):
    guard = Guard([allowed], names(shop=["10.0.0.9"], other=["10.0.1.9"]))
    assert resolve(guard, "shop.internal", 8443) == ["10.0.0.9"]
    with pytest.raises(AddressRefusedError):
        resolve(guard, "other.internal", 8443)


def test_an_allowed_port_is_that_port_only():
    guard = Guard(["shop.internal:8443"], names(shop=["10.0.0.9"]))
    with pytest.raises(AddressRefusedError):
        resolve(guard, "shop.internal", 22)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_the_machines_own_resolver_is_judged_by_what_it_says(host):
    with pytest.raises(OSError, match=r"IVR_ACTION_ALLOW|not known|not supported"):
        resolve(Guard(), host)
