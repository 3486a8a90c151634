"""Who may come in: one-time links, the cookie they are exchanged for, and the key of scripts."""

import ipaddress
import secrets
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import final

from lasso3d.core.errors import LassoError

TOKEN_BYTES = 32
SHORTEST_TOKEN = 32
"""Characters of a token that somebody chose."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
FAILURES, FAILURE_SECONDS = 60, 60.0
"""So many wrong tokens in so many seconds are all that is looked at."""


@final
@dataclass(frozen=True)
class Address:
    """Where a server listens, and under which names it may be called."""

    host: str
    port: int
    names: tuple[str, ...]

    @property
    def cookie(self) -> str:
        """Cookies ignore ports, so the port is in the name."""
        return f"lasso3d_{self.port}"

    def link(self, token: str) -> str:
        """What a person opens, once."""
        name = self.host if self.host in self.names else self.names[0]
        return f"http://{name}:{self.port}/?token={token}"


def address_of(host: str, port: int, *, names: Sequence[str] = (), token: str | None = None) -> Address:
    """The address of a server; LassoError where it would be open to strangers.

    Args:
        names: host names under which it is called, beside those of the loopback.
        token: chosen by whoever starts it; needed beyond the loopback.
    """
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise LassoError(
            f"a token needs {SHORTEST_TOKEN} characters", "token", "make one with `openssl rand -hex 32`"
        )
    if is_loopback(host):
        return Address(host, port, (*LOOPBACK_NAMES, *names))
    if token is None:
        cure = "set LASSO3D_TOKEN, or listen on 127.0.0.1 and use an SSH tunnel"
        raise LassoError(f"listening on {host} needs a token of your own", "annotate", cure)
    if not names:
        cure = "say under which name it is called, with --allow-host NAME"
        raise LassoError(f"listening on {host} needs a host name", "annotate", cure)
    return Address(host, port, tuple(names))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@final
class Access:
    """Tokens and what they are worth."""

    def __init__(self, address: Address, *, token: str | None = None) -> None:
        self.address = address
        self.token = token or secrets.token_urlsafe(TOKEN_BYTES)
        """Opens a browser once; to scripts it is the key."""
        self._cookie = secrets.token_urlsafe(TOKEN_BYTES)
        self._links = {self.token}
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._lock = Lock()

    def invite(self) -> str:
        """A fresh one-time link."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._lock:
            self._links.add(token)
        return self.address.link(token)

    def exchange(self, token: str) -> str | None:
        """The cookie that a one-time token is exchanged for; None for any other token."""
        with self._lock:
            found = [link for link in self._links if secrets.compare_digest(link.encode(), token.encode())]
            if not found:
                self._failures.append(time.monotonic())
                return None
            self._links.discard(found[0])
        return self._cookie

    def has_cookie(self, value: str | None) -> bool:
        """Whether a cookie is ours."""
        return value is not None and secrets.compare_digest(value.encode(), self._cookie.encode())

    def has_key(self, value: str | None) -> bool:
        """Whether a bearer token is ours."""
        if value is None:
            return False
        right = secrets.compare_digest(value.encode(), self.token.encode())
        if not right:
            self._failures.append(time.monotonic())
        return right

    def is_besieged(self) -> bool:
        """Whether too many wrong tokens came lately."""
        full = len(self._failures) == FAILURES
        return full and time.monotonic() - self._failures[0] < FAILURE_SECONDS
