"""The WebSocket side: the same commands, and news without being asked."""

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from lasso3d.annotator.desk import Desk, Listener
from lasso3d.annotator.messages import command_of
from lasso3d.annotator.problems import Problem, problem_of
from lasso3d.annotator.service import Annotator

WAITING_BYTES = 256 << 20
"""A page that is so far behind is better off coming again."""
TRY_AGAIN_LATER = 1013

router = APIRouter()


@router.websocket("/ws")
async def websocket(socket: WebSocket) -> None:
    """One page."""
    await socket.accept()
    page = Page(socket, socket.app.state.annotator)
    sender = asyncio.create_task(page.send_news())
    try:
        while True:
            await page.hear(await socket.receive_text())
    except (WebSocketDisconnect, KeyError, RuntimeError):
        pass  # it has gone, sent bytes where text is due, or was let go of
    finally:
        page.leave()
        sender.cancel()


@final
class Page:
    """A connection and the sessions it watches; news may come from any thread."""

    def __init__(self, socket: WebSocket, annotator: Annotator) -> None:
        self._socket, self._annotator = socket, annotator
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._waiting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._watched: dict[str, tuple[Desk, Listener]] = {}
        annotator.scene_listeners.add(self._scene)

    async def send_news(self) -> None:
        """Pass on what comes until the page has gone."""
        while (message := await self._news.get()) is not None:
            self._waiting -= len(message)
            if isinstance(message, str):
                await self._socket.send_text(message)
            else:
                await self._socket.send_bytes(message)
        await self._socket.close(TRY_AGAIN_LATER)

    async def hear(self, text: str) -> None:
        """Do what a message says; what is wrong with it is said to this page alone."""
        plain: Any = None
        try:
            plain = json.loads(text)
            if not isinstance(plain, dict):
                raise Problem("bad_request", "a message is a JSON object")
            await self._do(plain)
        except Exception as error:  # noqa: BLE001
            problem = Problem("bad_request", "is no JSON") if isinstance(error, ValueError) else problem_of(error)
            self._complain(problem, plain if isinstance(plain, dict) else {})

    def leave(self) -> None:
        """Hear nothing more."""
        self._annotator.scene_listeners.discard(self._scene)
        for desk, listener in self._watched.values():
            desk.unwatch(listener)

    async def _do(self, plain: dict[str, Any]) -> None:
        t, session = plain.get("t"), plain.get("session")
        if t == "ping":
            self._tell(json.dumps({"t": "pong"}))
            return
        if not isinstance(session, str):
            raise Problem("bad_request", "a message names its session", "session")
        desk = await run_in_threadpool(self._annotator.desk, session)
        if t == "open":
            await self._watch(desk, heat=False)
        elif t == "want":
            await self._watch(desk, heat=plain.get("heat") is True)
        elif t == "cancel":
            desk.cancel()
        elif t == "suggestion":
            # beside what follows: a click need not wait for it
            self._tasks.add(task := asyncio.create_task(self._suggest(session)))
            task.add_done_callback(self._tasks.discard)
        else:
            asked = {name: value for name, value in plain.items() if name != "session"}
            await run_in_threadpool(desk.command, command_of(asked))

    async def _watch(self, desk: Desk, *, heat: bool) -> None:
        if desk.id in self._watched:
            desk, listener = self._watched[desk.id]
            await run_in_threadpool(desk.want, listener, heat=heat)
        else:
            # a desk knows its listeners by identity, and this page may watch several sessions
            listener = partial(self._tell)
            self._watched[desk.id] = (desk, listener)
            await run_in_threadpool(desk.watch, listener, heat=heat)

    async def _suggest(self, session: str) -> None:
        try:
            found = await run_in_threadpool(self._annotator.suggestion, session)
        except Problem as problem:
            if problem.code != "cancelled":  # then the newer question is answered
                self._complain(problem, {"session": session})
        else:
            plain = None if found is None else asdict(found)
            self._tell(json.dumps({"t": "suggestion", "session": session, "suggestion": plain}))

    def _complain(self, problem: Problem, about: dict[str, Any]) -> None:
        news = {"t": "error", "session": about.get("session"), "cmd": about.get("cmd"), "rev": None}
        self._tell(json.dumps({**news, "error": problem.to_json()}))

    def _scene(self, record: dict[str, Any]) -> None:
        self._tell(json.dumps(record))

    def _tell(self, message: str | bytes) -> None:
        self._waiting += len(message)
        late = self._waiting > WAITING_BYTES
        with suppress(RuntimeError):  # of a loop that has ended with the server
            self._loop.call_soon_threadsafe(self._news.put_nowait, None if late else message)
