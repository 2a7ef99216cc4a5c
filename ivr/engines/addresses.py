"""Which addresses a request may go to: none of our own network's, unless the operator allows it by name.

A name is resolved once, every address it has is judged, and the connection goes to one that was judged:
a name that changes its mind in between (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[list[str]]]
"""Name and port -> addresses in text. Raises `OSError`."""

_CARRIER_NAT: Final = ipaddress.ip_network("100.64.0.0/10")
_METADATA: Final = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254")
)
_RELAYS: Final = ipaddress.ip_network("192.88.99.0/24")
"""Once the way into 6to4; nobody serves there."""
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")


class AddressRefusedError(OSError):
    """A request would go to an address that it must not reach. The message says what to do."""


def forbidden(address: Address) -> str:
    """Why a request must not go there; "" if it may."""
    inner = _inside(address)
    if inner is not None:
        return forbidden(inner)
    if address in _METADATA:
        return "the metadata service of a cloud"
    if address.is_loopback or address.is_unspecified:
        return "this machine"
    if address.is_link_local:
        return "a link-local address"
    if address.is_multicast or address.is_reserved or address in _RELAYS:
        return "no address of a server"
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return "a private address"
    if not address.is_global or (address.version == 4 and address in _CARRIER_NAT):  # noqa: PLR2004 -- IPv4
        return "a private address"
    return ""


def _inside(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 address stands for, by whichever way of writing."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _TRANSLATED or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class Guard(AbstractResolver):
    """Resolves names for a connector, and judges what they resolve to.

    allowed  `name`, `name:port`, an address, or a network such as `10.1.0.0/16`: what may be asked
             although it is ours
    lookup   resolves a name; the machine's resolver if not given
    """

    def __init__(self, allowed: Collection[str] = (), lookup: Lookup | None = None) -> None:
        self._names = frozenset(name.lower() for name in allowed)
        self._networks = tuple(network for text in allowed if (network := _network(text)) is not None)
        self._lookup = lookup or _resolve

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 -- of the port; both are asked for
    ) -> list[ResolveResult]:
        """The addresses of a host that a request may go to. Raises `AddressRefusedError` or `OSError`."""
        found = await self._lookup(host, port)
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found]
        good = [address for address in addresses if not self.refused(host, port, address)]
        if len(good) < len(addresses) or not good:
            bad = next((a for a in addresses if self.refused(host, port, a)), None)
            what = f"{host} is {bad}, {self.refused(host, port, bad)}" if bad else f"{host} has no address"
            raise AddressRefusedError(f"{what}; to allow it, name it in IVR_ACTION_ALLOW")
        return [_result(host, port, address) for address in good]

    async def close(self) -> None:
        """Nothing is kept."""

    def refused(self, host: str, port: int, address: Address) -> str:
        """Why a request to this host at this address is refused; "" if it is not."""
        name = host.lower().strip("[]").rstrip(".")
        if name in self._names or f"{name}:{port}" in self._names:
            return ""
        if any(address.version == net.version and address in net for net in self._networks):
            return ""
        return forbidden(address)


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _network(text: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _result(host: str, port: int, address: Address) -> ResolveResult:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 -- IPv4
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=str(address), port=port, family=family, proto=0, flags=flags)
