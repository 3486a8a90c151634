"""What every request passes before anything looks at it, and what every reply carries."""

import json
import re
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import final
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lasso3d.annotator.access import Access
from lasso3d.annotator.problems import Problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "worker-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""No request may leave the origin, and no other origin may embed or read anything; there is no CORS header."""
SAFE = ("GET", "HEAD", "OPTIONS")
OWN_SITE = ("same-origin", "none")
BODY_BYTES = 1 << 20
"""Of requests other than uploads."""
UPLOAD = re.compile(r"/api/v1/(uploads|sessions/[^/]+/import)/[^/]+")
"""Paths that look at the size themselves."""
CLOSED_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">{refresh}<title>Lasso3D</title></head>
<body><h1>This page needs its link</h1><p>Open the link that <code>lasso3d annotate</code> printed; it works once in
one browser. For another browser, ask for a new one in the page that is open (Share).</p></body></html>"""
REFRESH = '<meta http-equiv="refresh" content="0; url=/">'
"""A link on another site leads here without the strict cookie; from this page on it is sent."""


@final
class Guard:
    """ASGI middleware for HTTP and WebSocket alike."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        refusal = _stranger(headers, self._access.address.names)
        if refusal is None and scope["type"] == "http" and scope["path"] == "/" and scope["method"] in SAFE:
            token = parse_qs(scope["query_string"].decode("latin-1")).get("token")
            if token:
                await self._welcome(token[0], headers, send)
                return
        refusal = refusal or self._refusal(scope, headers)
        if refusal is None:
            heard = receive if _is_upload(scope) else _Limited(receive)
            await self._app(scope, heard, _Dressed(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4000 + refusal[0], "reason": refusal[1].what[:100]})
        else:
            await _say(send, *refusal, page=_is_page(scope), headers=headers)

    def _refusal(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, Problem] | None:
        """Why a request that is not from a stranger's page goes no further."""
        bearer = _bearer(headers)
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        if (changes or scope["path"].startswith("/api/")) and headers.get("sec-fetch-site", "none") not in OWN_SITE:
            return 403, Problem("unauthorized", "the request comes from another site")
        if not (
            self._access.has_cookie(_cookie(headers, self._access.address.cookie)) or self._access.has_key(bearer)
        ):
            if self._access.is_besieged():
                return 429, Problem("unauthorized", "too many wrong tokens", cure="wait a minute")
            cure = "open the link that lasso3d annotate printed, or send it as Authorization: Bearer"
            return 401, Problem("unauthorized", "the request has no token", cure=cure)
        if scope["type"] == "websocket" and "origin" not in headers and bearer is None:
            return 403, Problem("unauthorized", "a WebSocket needs an Origin, or a bearer token")
        if scope["type"] == "http" and changes and bearer is None and not _is_deliberate(headers):
            what = "a change needs Content-Type: application/json or the header X-Lasso3D"
            return 403, Problem("unauthorized", what)
        length = headers.get("content-length", "0")
        if not length.isdigit():
            return 400, Problem("bad_request", "Content-Length is no number")
        if int(length) > BODY_BYTES and not _is_upload(scope):
            return 413, Problem("too_large", f"a request ends at {BODY_BYTES} bytes")
        return None

    async def _welcome(self, token: str, headers: Mapping[str, str], send: Send) -> None:
        """Exchange a one-time token for the cookie, and lead to the clean address."""
        name = self._access.address.cookie
        cookie = None
        if not self._access.has_cookie(_cookie(headers, name)):
            cookie = self._access.exchange(token)
            if cookie is None:
                await _say(send, 401, Problem("unauthorized", "the link was used"), page=True, headers=headers)
                return
        extra = [(b"location", b"/"), (b"cache-control", b"no-store")]
        if cookie is not None:
            extra.append((b"set-cookie", f"{name}={cookie}; HttpOnly; SameSite=Strict; Path=/".encode()))
        await _send(send, 303, extra, b"")


@final
class _Limited:
    """Counts what comes in."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._left = receive, BODY_BYTES

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise Problem("too_large", f"a request ends at {BODY_BYTES} bytes")
        return message


@final
class _Dressed:
    """Adds what every reply carries."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *_always(given)]
        await self._send(message)


def _always(given: set[bytes]) -> list[tuple[bytes, bytes]]:
    extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    return extra if b"cache-control" in given else [*extra, (b"cache-control", b"no-store")]


def _headers(scope: Scope) -> dict[str, str]:
    """Headers by lower-case name; of one that comes twice both, so that it equals neither."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _stranger(headers: Mapping[str, str], names: tuple[str, ...]) -> tuple[int, Problem] | None:
    """Why a request is not meant for this server: another host name (DNS rebinding), another site's page."""
    host = headers.get("host", "")
    if _name(host) not in names:
        cure = "use http://127.0.0.1, or start with --allow-host NAME"
        return 400, Problem("bad_request", "this server is not called that", "Host", cure)
    origin = headers.get("origin")
    if origin is not None:
        try:
            parts = urlsplit(origin)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
            return 403, Problem("unauthorized", "the request comes from another site", "Origin")
    return None


def _name(host: str) -> str:
    """A Host header without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _bearer(headers: Mapping[str, str]) -> str | None:
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


def _cookie(headers: Mapping[str, str], name: str) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return None if found is None else found.value


def _is_deliberate(headers: Mapping[str, str]) -> bool:
    """Whether a form of another page could not have sent it: such a request would be asked for beforehand."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or "x-lasso3d" in headers


def _is_upload(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "PUT" and UPLOAD.fullmatch(scope["path"]) is not None


def _is_page(scope: Scope) -> bool:
    return not scope["path"].startswith(("/api/", "/openapi"))


async def _say(send: Send, status: int, problem: Problem, *, page: bool, headers: Mapping[str, str]) -> None:
    if page:
        refresh = REFRESH if status == 401 and headers.get("sec-fetch-site") == "cross-site" else ""
        body, kind = CLOSED_PAGE.format(refresh=refresh).encode(), b"text/html; charset=utf-8"
    else:
        body, kind = json.dumps({"error": problem.to_json()}).encode(), b"application/json"
    extra = [(b"content-type", kind), (b"cache-control", b"no-store")]
    if status == 401:
        extra.append((b"www-authenticate", b"Bearer"))
    await _send(send, status, extra, body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    given = {name for name, _ in headers}
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_always(given)]})
    await send({"type": "http.response.body", "body": body})
