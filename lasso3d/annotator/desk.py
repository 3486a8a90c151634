"""One session at work: commands in, events committed, questions to the worker, news to whoever watches."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from threading import Condition
from typing import Any, final

from lasso3d.annotator.engine import SEED, Background, Order, Reply, Step, step_after
from lasso3d.annotator.frames import frame
from lasso3d.annotator.history import Ask, History
from lasso3d.annotator.lookups import answering_system, arguments_of
from lasso3d.annotator.messages import CommandBase
from lasso3d.annotator.packing import BackgroundNeeded, Blob
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.session import Answer, Candidates, Event, Heat, Object, Row, State
from lasso3d.annotator.shown import cursor_of, heat_of, mask_in, reply_again, reply_of, score_in
from lasso3d.annotator.store import SessionRow, Store, now
from lasso3d.annotator.systems import Systems
from lasso3d.annotator.tiles import Display
from lasso3d.annotator.worker import Worker
from lasso3d.core.prompts import Click, prompt_to_json

Listener = Callable[[str | bytes], None]
"""Takes a message without waiting; a connection that cannot keep up ends itself."""
BITS = "bits+deflate"
GOING_DOWN = "not_ready"
"""What a worker says that is being closed; a prompt is then asked again when the server is back."""


@final
class Desk:
    """Everything about one session; its methods may be called from any thread."""

    def __init__(self, row: SessionRow, store: Store, display: Display, worker: Worker, systems: Systems) -> None:
        if row.layout != display.manifest.order:
            what = "the file has changed since the session was made"
            raise Problem("conflict", what, row.name, "restore the file, or start a new session")
        self.id, self.row, self.display = row.id, row, display
        self._store, self._worker, self._systems = store, worker, systems
        self.history = History(row.system, store.events(row.id), store.answers(row.id))
        self.listeners: dict[Listener, bool] = {}
        """With whether they want to see uncertainty."""
        self._turn = Condition()
        self._pending: Ask | None = None
        self._failed: dict[int, Problem] = {}
        self._repeated: dict[str, Callable[[Any], None]] = {}

    @property
    def busy(self) -> bool:
        """Whether anybody watches, or an answer is on its way."""
        return bool(self.listeners) or self._pending is not None

    @property
    def pending(self) -> int | None:
        """Event whose answer is on its way."""
        return None if self._pending is None else self._pending.rev

    def resume(self) -> None:
        """Ask again what was not answered when the server went down."""
        with self._turn:
            self._pursue()

    def command(self, command: CommandBase) -> dict[str, Any]:
        """Do what a command says, once; what is replied is on the disk by then.

        Raises:
            Problem: it makes no sense now; nothing happened.
        """
        earlier = self._store.earlier(self.id, command.cmd)
        # before our turn, because systems may have to be loaded first
        system = None if earlier else answering_system(command, self.history.state, self._systems)
        with self._turn:
            earlier = earlier or self._store.earlier(self.id, command.cmd)
            if earlier is not None:
                return reply_again(command.cmd, *earlier, self.history, self.pending)
            state = self.history.state
            args, blobs = arguments_of(command, state, self.display, self._store, system=system)
            return self.commit(command.cmd, str(getattr(command, "t", "")), args, blobs)

    def commit(self, cmd: str, t: str, args: Mapping[str, Any], blobs: tuple[Blob, ...] = ()) -> dict[str, Any]:
        """Append an event to the log and tell everybody."""
        with self._turn:
            event = Event(self.history.rev + 1, cmd, t, args, now())
            before = self.history.state
            self.history.check(event)
            self.history.push(event)
            after, ask = self.history.state, self.history.ask()
            reply = reply_of(event, before, after, self.history, None if ask is None else ask.rev)
            try:
                self._store.append(self.id, event, objects=len(after.objects), blobs=blobs)
            except BaseException:
                self._reload()
                raise
            self._tell(json.dumps({**reply, "t": "saved", "session": self.id, "command": t}))
            self._show(before, after)
            self._pursue()
            return reply

    def wait(self, reply: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The reply once its answer has come or will not come; masks of objects as they are then.

        Raises:
            Problem: the answer failed, or took longer than that.
        """
        rev = reply["pending"]
        with self._turn:
            if rev is not None and not self._turn.wait_for(lambda: self._is_over(reply["rev"]), seconds):
                raise Problem("not_ready", "the answer takes longer", cure="look again later")
            if rev in self._failed:
                raise self._failed[rev]
            state = self.history.state
            named = {o["number"] for o in reply["objects"]}
            touched = (
                {n for n, _, _, _ in self.history.answers[rev].masks} if rev in self.history.answers else set()
            )
            objects = [asdict(o) for n, o in state.objects.items() if n in named | touched]
            superseded = rev is not None and rev not in self.history.answers
            found = {"objects": objects, "pending": self.pending, "superseded": superseded}
            shown = None if state.candidates is None else asdict(state.candidates)
            return {**reply, **found, "candidates": shown}

    def cancel(self) -> bool:
        """Stop what is worked on for this session."""
        return self._worker.cancel(self.id)

    def watch(self, listener: Listener, *, heat: bool) -> None:
        """Send a listener everything that is true now, and from now on all that changes."""
        with self._turn:
            self.listeners[listener] = heat
            self._pursue()
            listener(json.dumps({**self.to_json(), "t": "state"}))
            listener(self.masks_frame())
            if heat and self.history.state.heat is not None:
                listener(self.heat_frame())

    def want(self, listener: Listener, *, heat: bool) -> None:
        """Let a listener see uncertainty, or not."""
        with self._turn:
            if listener in self.listeners:
                self.listeners[listener] = heat
                if heat and self.history.state.heat is not None:
                    listener(self.heat_frame())

    def unwatch(self, listener: Listener) -> None:
        """Send it nothing more."""
        with self._turn:
            self.listeners.pop(listener, None)

    def to_json(self) -> dict[str, Any]:
        """The whole state."""
        with self._turn:
            state, row = self.history.state, self.row
            record = {name: getattr(row, name) for name in ("id", "name", "scene", "created", "used")}
            record |= {"scene_name": self.display.manifest.name, "rev": self.history.rev}
            return {
                "session": {**record, "objects": len(state.objects), "system": state.system},
                "rev": self.history.rev,
                "objects": [asdict(o) for o in state.objects.values()],
                "background": [asdict(mark) for mark in state.background],
                "candidates": None if state.candidates is None else asdict(state.candidates),
                "heat": heat_of(state),
                "pending": self.pending,
                **cursor_of(self.history),
            }

    def masks_frame(self) -> bytes:
        """The masks of all objects."""
        with self._turn:
            return self._frame(list(self.history.state.objects.values()), ())

    def mask_frame(self, digest: str) -> bytes:
        """One mask, of an object or a candidate."""
        blob = self._store.blob(digest)
        shown = {"object": 0, "digest": digest, "on": None, "score": None}
        return frame(self._header([shown]), [blob.content])

    def heat_frame(self) -> bytes:
        """Uncertainty of the newest answer."""
        heat = self.history.state.heat
        if heat is None:
            raise Problem("not_found", "nothing was answered yet", cure="click on something")
        blob = self._store.blob(heat.digest)
        header = {"t": "heat", "session": self.id, "rev": heat.rev, "cells": heat.cells, "m": blob.size}
        return frame({**header, "levels": 16, "enc": "u8+deflate"}, [blob.content])

    def suggest(self, done: Callable[[Click | Problem | None], None]) -> None:
        """Find out where a click is worth most."""
        self.repeat("suggest", done)

    def repeat(self, kind: Any, done: Callable[[Any], None]) -> None:
        """Ask the worker something about the newest answer; `done(None)` where there is none."""
        with self._turn:
            key = self.history.state.previous
            if key is None:
                done(None)
                return
            answer = self.history.by_key[key]
            step = Step(answer.key, answer.prompt, answer.seed)
            order = Order(str(self.display.folder), answer.system, step, answer.previous)
            older = self._repeated.pop(kind, None)
            self._repeated[kind] = done
        if older is not None:
            older(Problem("cancelled", "somebody has asked again since"))

        def heard(result: Any) -> None:
            if isinstance(result, BackgroundNeeded):
                self._worker.submit(f"{self.id}/{kind}", kind, (self._background(order),), done=heard)
            elif self._repeated.get(kind) is done:
                del self._repeated[kind]
                done(result)

        self._worker.submit(f"{self.id}/{kind}", kind, (order,), done=heard)

    def _is_over(self, rev: int) -> bool:
        """Whether nothing is on its way for an event, or something newer is."""
        return self._pending is None or self._pending.rev > rev

    def _pursue(self) -> None:
        """Let the worker answer what is most needed now, unless it does so already."""
        ask = self.history.ask()
        if ask == self._pending:
            return
        if self._pending is not None:
            self._worker.drop(self.id)
            self._tell(json.dumps({"t": "superseded", "session": self.id, "rev": self._pending.rev}))
        self._pending = ask
        self._turn.notify_all()
        if ask is not None:
            self._failed.pop(ask.rev, None)
            self._submit(ask, self._order(ask))

    def _order(self, ask: Ask) -> Order:
        step = step_after(ask.previous, prompt_to_json(ask.prompt), system=ask.system)
        fixed = tuple(ask.fixed.items())
        masks = frozenset(o.mask for o in self.history.state.objects.values() if o.mask is not None)
        return Order(str(self.display.folder), ask.system, step, ask.previous, fixed, masks)

    def _background(self, order: Order) -> Order:
        chain = tuple(Step(a.key, a.prompt, a.seed) for a in self.history.chain(order.previous))
        fixed = tuple(self._store.blob(digest) for _, digest in order.fixed)
        return replace(order, background=Background(chain, fixed))

    def _submit(self, ask: Ask, order: Order) -> None:
        def progress(share: float, stage: str) -> None:
            news = {"t": "progress", "session": self.id, "share": share, "stage": stage, "what": "encode"}
            self._tell(json.dumps(news))

        def done(result: Any) -> None:
            self._answered(ask, order, result)

        self._worker.submit(self.id, "answer", (order,), done=done, progress=progress)

    def _answered(self, ask: Ask, order: Order, result: Reply | Problem | BackgroundNeeded) -> None:
        with self._turn:
            if self._pending is not ask:
                return  # a newer question was put while this answer was on its way here
            if isinstance(result, BackgroundNeeded):
                self._submit(ask, self._background(order))
                return
            self._pending = None
            try:
                if isinstance(result, Problem):
                    self._fail(ask, result)
                if isinstance(result, Reply) or (ask.candidates and result.code != GOING_DOWN):
                    self._keep(ask, order, result)
            finally:
                self._turn.notify_all()
            if isinstance(result, Reply):
                self._pursue()

    def _fail(self, ask: Ask, problem: Problem) -> None:
        self._failed[ask.rev] = problem
        news = {"t": "error", "session": self.id, "cmd": None, "rev": ask.rev, "error": problem.to_json()}
        self._tell(json.dumps(news))

    def _keep(self, ask: Ask, order: Order, result: Reply | Problem) -> None:
        """Commit an answer, then show it."""
        answer, blobs = _answer(ask, order, result)
        before = self.history.state
        self._store.answer(self.id, answer, blobs)
        self.history.attach(answer)
        after = self.history.state
        if ask.candidates and after.candidates is not None and after.candidates != before.candidates:
            plain = asdict(after.candidates)
            news = {"t": "candidates", "session": self.id, "rev": ask.rev, "candidates": plain}
            self._tell(json.dumps(news))
            shown = [
                {"object": 0, "row": r.row, "digest": r.mask, "on": r.on, "score": r.score}
                for r in after.candidates.rows
            ]
            self._tell(
                frame(self._header(shown), [self._store.blob(r.mask).content for r in after.candidates.rows])
            )
        milliseconds = None
        if isinstance(result, Reply):
            milliseconds = {"model": 1e3 * result.model_seconds, "pack": 1e3 * result.pack_seconds}
        self._show(before, after, milliseconds)

    def _show(self, before: State, after: State, milliseconds: Mapping[str, float] | None = None) -> None:
        """Send the masks that differ between two states."""
        if not self.listeners:
            return
        changed = [
            o for n, o in after.objects.items() if o.mask != mask_in(before, n) or o.score != score_in(before, n)
        ]
        cleared = [n for n, o in before.objects.items() if o.mask is not None and mask_in(after, n) is None]
        if changed or cleared or milliseconds is not None:
            self._tell(self._frame(changed, cleared, milliseconds))
        if after.heat is not None and after.heat != before.heat and any(self.listeners.values()):
            self._tell(self.heat_frame(), heat=True)

    def _frame(
        self,
        objects: list[Object],
        cleared: list[int] | tuple[int, ...],
        milliseconds: Mapping[str, float] | None = None,
    ) -> bytes:
        shown = [o for o in objects if o.mask is not None]
        masks = [{"object": o.number, "digest": o.mask, "on": o.on, "score": o.score} for o in shown]
        header = self._header(masks) | {
            "cleared": list(cleared),
            "objects": [asdict(o) for o in objects],
            "ms": dict(milliseconds or {}),
        }
        return frame(header, [self._store.blob(o.mask or "").content for o in shown])

    def _header(self, masks: list[dict[str, Any]]) -> dict[str, Any]:
        manifest = self.display.manifest
        place = {"session": self.id, "rev": self.history.rev, "order": manifest.order, "n": manifest.n}
        rest: dict[str, Any] = {
            "heat": heat_of(self.history.state),
            "pending": self.pending,
            "cleared": [],
            "objects": [],
        }
        return {"t": "masks", **place, "enc": BITS, "masks": masks, **rest, **cursor_of(self.history)}

    def _tell(self, message: str | bytes, *, heat: bool = False) -> None:
        for listener, wants in list(self.listeners.items()):
            if wants or not heat:
                listener(message)

    def _reload(self) -> None:
        """What is in memory, and on the pages, must be what is on the disk."""
        self.history = History(self.row.system, self._store.events(self.id), self._store.answers(self.id))
        self._tell(json.dumps({**self.to_json(), "t": "state"}))
        self._tell(self.masks_frame())


def _answer(ask: Ask, order: Order, result: Reply | Problem) -> tuple[Answer, tuple[Blob, ...]]:
    """What is kept of a result; a prompt that failed has no candidates."""
    step = order.step
    answer = Answer(ask.rev, step.key, order.previous, order.system, "", step.prompt, SEED, time=now())
    plain = json.loads(step.prompt)
    if isinstance(result, Problem):
        return replace(answer, candidates=Candidates(ask.rev, order.system, plain, str(result))), ()
    rows = result.rows
    answer = replace(answer, identity=result.identity, seconds=result.model_seconds)
    found = list(zip(result.labels, rows.digests, rows.on, result.scores, strict=True))
    if ask.candidates:
        shown = tuple(Row(i, str(name), score, on, digest) for i, (name, digest, on, score) in enumerate(found))
        kept = Candidates(ask.rev, order.system, plain, result.words, tuple(r for r in shown if r.on))
        return replace(answer, candidates=kept), rows.masks
    masks = tuple((int(n), digest, on, score) for n, digest, on, score in found if n not in ask.fixed and on)
    heat = Heat(ask.rev, result.cells, rows.heat.digest)
    return replace(answer, masks=masks, heat=heat), (*rows.masks, rows.heat)
