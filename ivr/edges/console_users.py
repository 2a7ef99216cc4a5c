"""The console's users: a file of names, roles and scrypt hashes.

    anna:operator:scrypt$16384$8$1$<salt>$<hash>

One a line; `#` begins a comment. `ivr console add-user` writes it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from ivr.core.errors import ConfigError
from ivr.edges.access import Role

SHORTEST_PASSWORD: Final = 10
_N, _R, _P, _BYTES = 1 << 14, 8, 1, 32
_MOST_N: Final = 1 << 20
_NAME: Final = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in."""

    name: str
    role: Role
    secret: str


def hashed(password: str) -> str:
    """A password's hash with its parameters and a salt of its own. Takes about 50 ms."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, _N, _R, _P)
    return f"scrypt${_N}${_R}${_P}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def matches(password: str, secret: str) -> bool:
    """Whether a password is the one that was hashed. Takes as long for a wrong one."""
    _, n, r, p, salt, digest = secret.split("$")
    made = _scrypt(password, b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, b64decode(digest))


def known_browser(user: User) -> str:
    """What a browser keeps to show that this user has logged in there; void with another password."""
    number = secrets.token_urlsafe(12)
    return f"{number}.{_mark(user, number)}"


def is_known_browser(user: User, shown: str) -> bool:
    """Whether a browser shows what `known_browser` gave it for this user."""
    number, _, mark = shown.partition(".")
    return hmac.compare_digest(mark.encode(), _mark(user, number).encode())


def _mark(user: User, number: str) -> str:
    return hmac.new(user.secret.encode(), f"{user.name} {number}".encode(), hashlib.sha256).hexdigest()


def make_user(name: str, role: str, password: str) -> User:
    """A new user. Raises `ConfigError` for a name, role or password that cannot be used."""
    refuse_user(name, role)
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(f"The password is too short: take {SHORTEST_PASSWORD} characters or more.")
    return User(name, "operator" if role == "operator" else "viewer", hashed(password))


def refuse_user(name: str, role: str) -> None:
    """Raise `ConfigError` for a name or a role that cannot be used."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"The user name {name!r} may have letters, digits and . _ @ - only.")
    if role not in get_args(Role):
        raise ConfigError(f"There is no role {role!r}: a user is a {' or an '.join(get_args(Role))}.")


def read_users(text: str, where: str) -> Mapping[str, User]:
    """The users in a file's text. Raises `ConfigError` naming the line."""
    users: dict[str, User] = {}
    for number, line in enumerate(text.splitlines(), 1):
        row = line.strip()
        if row and not row.startswith("#"):
            user = _user(row, f"{where}:{number}")
            if user.name in users:
                raise ConfigError(f"{where}:{number}: the user {user.name!r} stands here twice.")
            users[user.name] = user
    return users


def with_user(text: str, user: User) -> str:
    """A file's text with this user in it; one of the same name is replaced."""
    kept = [line for line in text.splitlines() if line.strip().partition(":")[0] != user.name]
    return "\n".join([*kept, f"{user.name}:{user.role}:{user.secret}"]) + "\n"


def _user(row: str, at: str) -> User:
    name, _, rest = row.partition(":")
    role, _, secret = rest.partition(":")
    if role not in get_args(Role) or not _NAME.fullmatch(name):
        raise ConfigError(f"{at}: write NAME:ROLE:HASH, with the role viewer or operator.")
    try:
        kind, n, r, p, salt, digest = secret.split("$")
        sound = kind == "scrypt" and 1 < int(n) <= _MOST_N and int(r) <= 32 and int(p) <= 16  # noqa: PLR2004 -- what a login may cost
        b64decode(salt, validate=True), b64decode(digest, validate=True)
    except ValueError:
        sound = False
    if not sound:
        raise ConfigError(f"{at}: the hash cannot be read. Make it anew: ivr console add-user {name}")
    return User(name, "operator" if role == "operator" else "viewer", secret)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r * 2, dklen=_BYTES)
