"""What a session is: events and answers folded into objects, clicks and masks. No transport, no disk, no model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, final

from lasso3d.annotator.problems import Problem
from lasso3d.core.prompts import Click, Clicks, Point

Origin = Literal["clicks", "candidate", "import"]


@final
@dataclass(frozen=True)
class Mark:
    """A click as it is shown: its side, and which command made it."""

    id: int
    """Number of the event that made it."""
    xyz: Point
    """Scene frame, metres."""
    sign: Literal[1, -1]
    """-1 = not this object."""
    point: int | None = None
    """Index in the order of the tiles."""


@final
@dataclass(frozen=True)
class Object:
    """One object of a session."""

    number: int
    name: str = ""
    accepted: bool = False
    """Its mask stays as it is until somebody clicks on it."""
    clicks: tuple[Mark, ...] = ()
    mask: str | None = None
    """Digest of its points; None = no points yet."""
    on: int = 0
    """Points in the mask."""
    score: float | None = None
    """Estimated IoU, where a system gave one."""
    source: Origin = "clicks"
    seed: Point | None = None
    """A point inside a mask that was not clicked, which stands for it when it is refined by clicks."""
    candidate: tuple[int, int] | None = None
    """Prompt and row that it was accepted from."""


@final
@dataclass(frozen=True)
class Row:
    """One mask that a prompt was answered with."""

    row: int
    label: str
    score: float
    on: int
    mask: str


@final
@dataclass(frozen=True)
class Candidates:
    """What a prompt was answered with, to accept or to refine."""

    id: int
    """Number of the event that asked."""
    system: str
    prompt: Mapping[str, Any]
    reply: str = ""
    rows: tuple[Row, ...] = ()


@final
@dataclass(frozen=True)
class Heat:
    """Where the uncertainty of the newest answer is kept."""

    rev: int
    cells: str
    """Which partition of the points its values are about."""
    digest: str


@final
@dataclass(frozen=True)
class Event:
    """A command as the log keeps it, with what was looked up when it was given."""

    rev: int
    cmd: str
    t: str
    args: Mapping[str, Any]
    time: float
    """Seconds since 1970."""


@final
@dataclass(frozen=True)
class Answer:
    """What a system answered to the state after an event; with the chain that it follows from."""

    rev: int
    key: str
    previous: str | None
    """Key of the answer that was its feedback."""
    system: str
    identity: str
    prompt: str
    """JSON."""
    seed: int
    masks: tuple[tuple[int, str, int, float], ...] = ()
    """Object number, digest, points, score."""
    heat: Heat | None = None
    candidates: Candidates | None = None
    seconds: float = 0.0
    time: float = 0.0


@final
@dataclass(frozen=True)
class State:
    """All that is true of a session after some event; states share what did not change."""

    system: str
    objects: Mapping[int, Object] = field(default_factory=dict)
    next_number: int = 1
    background: tuple[Mark, ...] = ()
    candidates: Candidates | None = None
    heat: Heat | None = None
    previous: str | None = None
    """Key of the answer that is feedback for the next one."""
    stale: bool = False
    """The masks do not answer the clicks yet."""
    asking: int | None = None
    """Number of the prompt whose candidates have not come yet."""

    @property
    def fixed(self) -> dict[int, str]:
        """Masks that answers must leave alone, by object."""
        return {o.number: o.mask for o in self.objects.values() if o.accepted and o.mask is not None}

    def clicks(self) -> Clicks:
        """Everything clicked, oldest first, as a prompt; a click that says "not this" is one on the background."""
        seeds = [Click(o.seed, o.number) for o in self.objects.values() if o.seed and not o.accepted]
        marks = [(mark, o.number) for o in self.objects.values() for mark in o.clicks]
        marks += [(mark, 0) for mark in self.background]
        marks.sort(key=lambda pair: pair[0].id)
        return Clicks([*seeds, *(Click(mark.xyz, number if mark.sign > 0 else 0) for mark, number in marks)])

    def question(self) -> tuple[Clicks, dict[int, str], str]:
        """What decides the masks: clicks, masks that stay, and who is asked."""
        return self.clicks(), self.fixed, self.system

    def marks(self) -> dict[int, int]:
        """Object of every click."""
        found = {mark.id: o.number for o in self.objects.values() for mark in o.clicks}
        return found | {mark.id: 0 for mark in self.background}


CHANGE_THE_QUESTION = ("click", "remove_click", "delete_object", "clear", "set_system")


def apply(state: State, event: Event) -> State:
    """The state after an event.

    Raises:
        Problem: the event makes no sense in this state; nothing changed.
    """
    changed = _APPLY[event.t](state, event)
    if event.t not in CHANGE_THE_QUESTION or any(_asks(o) for o in changed.objects.values()):
        return changed
    # nobody to ask about: open objects have no points, and there is nothing to wait for
    objects = {n: o if o.accepted else replace(o, mask=None, on=0, score=None) for n, o in changed.objects.items()}
    return replace(changed, objects=objects, stale=False, heat=None, previous=None)


def attach(state: State, answer: Answer) -> State:
    """The state once the answer to it is known."""
    if answer.candidates is not None:
        wanted = state.asking == answer.rev
        return replace(state, candidates=answer.candidates, asking=None) if wanted else state
    found = {number: (digest, on, score) for number, digest, on, score in answer.masks}
    objects = dict(state.objects)
    for number, known in state.objects.items():
        if not known.accepted:
            mask, on, score = found.get(number, (None, 0, None))
            objects[number] = replace(known, mask=mask, on=on, score=score)
    return replace(state, objects=objects, heat=answer.heat, previous=answer.key, stale=False)


def _asks(known: Object) -> bool:
    return not known.accepted and (known.seed is not None or any(mark.sign > 0 for mark in known.clicks))


def _object(state: State, number: int) -> Object:
    if number not in state.objects:
        raise Problem("not_found", f"there is no object {number}", cure="choose one of the list")
    return state.objects[number]


def _with(state: State, *objects: Object) -> State:
    merged = dict(state.objects) | {o.number: o for o in objects}
    ordered = {number: merged[number] for number in sorted(merged)}
    return replace(state, objects=ordered, next_number=max([state.next_number, *(o.number + 1 for o in objects)]))


def _without(state: State, *numbers: int) -> State:
    return replace(state, objects={n: o for n, o in state.objects.items() if n not in numbers})


def _click(state: State, event: Event) -> State:
    args = event.args
    x, y, z = args["xyz"]
    mark = Mark(event.rev, (x, y, z), args["sign"], args.get("point"))
    if args["object"] == 0:
        if mark.sign < 0:
            raise Problem("bad_request", "a click that is not background says nothing", cure="click an object")
        changed = replace(state, background=(*state.background, mark))
    else:
        known = state.objects.get(args["object"], Object(args["object"]))
        seed = args.get("seed")
        opened = replace(known, accepted=False, clicks=(*known.clicks, mark), seed=known.seed or _point(seed))
        changed = _with(state, opened)
    return replace(changed, stale=True, asking=None)


def _point(values: Any) -> Point | None:
    return None if values is None else (float(values[0]), float(values[1]), float(values[2]))


def _remove_click(state: State, event: Event) -> State:
    number = state.marks().get(event.args["click"])
    if number is None:
        raise Problem("not_found", f"there is no click {event.args['click']}", cure="it may be gone already")
    if number == 0:
        left = tuple(mark for mark in state.background if mark.id != event.args["click"])
        changed = replace(state, background=left)
    else:
        known = state.objects[number]
        left = tuple(mark for mark in known.clicks if mark.id != event.args["click"])
        changed = _with(state, replace(known, clicks=left, accepted=False))
    return replace(changed, stale=True, previous=None, asking=None)


def _new_object(state: State, event: Event) -> State:
    number = event.args.get("object", state.next_number)
    if number in state.objects:
        raise Problem("conflict", f"there is an object {number} already", cure="leave the number out")
    return _with(state, Object(number, event.args.get("name", "")))


def _rename(state: State, event: Event) -> State:
    return _with(state, replace(_object(state, event.args["object"]), name=event.args["name"]))


def _delete(state: State, event: Event) -> State:
    known = _object(state, event.args["object"])
    gone = _without(state, known.number)
    return replace(gone, stale=True, previous=None, asking=None) if known.clicks or known.mask else gone


def _accept(state: State, event: Event) -> State:
    known = _object(state, event.args["object"])
    if event.args.get("on", True):
        return _with(state, replace(known, accepted=True))
    if not known.clicks:
        raise Problem("conflict", f"object {known.number} has no clicks to answer", cure="click on it to refine it")
    opened = _with(state, replace(known, accepted=False))
    return replace(opened, stale=True, asking=None) if known.accepted else opened


def _clear(state: State, event: Event) -> State:
    if "object" in event.args:
        known = _object(state, event.args["object"])
        changed = _with(state, Object(known.number, known.name))
    else:
        emptied = {n: Object(n, o.name) for n, o in state.objects.items()}
        changed = replace(state, objects=emptied, background=(), candidates=None)
    return replace(changed, stale=True, previous=None, asking=None)


def _prompt(state: State, event: Event) -> State:
    return replace(state, asking=event.rev, candidates=None)


def _accept_candidate(state: State, event: Event) -> State:
    args = event.args
    _refuse_stale(state)
    number = args.get("object", state.next_number)
    known = state.objects.get(number, Object(number))
    if known.clicks or known.mask:
        raise Problem("conflict", f"object {number} has clicks or a mask already", cure="choose a new object")
    row = candidate(state, args["candidate"], args["row"])
    name = args.get("name", known.name or row.label)
    digest, on = args["mask"]
    of = (args["candidate"], args["row"])
    return _with(state, Object(number, name, True, (), digest, on, row.score, "candidate", candidate=of))


def _refuse_stale(state: State) -> None:
    """What takes free points must know which are free."""
    if state.stale:
        raise Problem("not_ready", "an answer is on its way", cure="try again in a moment")


def candidate(state: State, number: int, row: int) -> Row:
    shown = state.candidates
    if shown is None or shown.id != number or not 0 <= row < len(shown.rows):
        raise Problem("not_found", f"there is no candidate {number}/{row}", cure="ask again")
    return shown.rows[row]


def _dismiss(state: State, event: Event) -> State:
    return replace(state, candidates=None, asking=None)


def _set_system(state: State, event: Event) -> State:
    return replace(state, system=event.args["system"], stale=True, previous=None)


def _import(state: State, event: Event) -> State:
    _refuse_stale(state)
    objects, number = [], state.next_number
    for name, digest, on in event.args["objects"]:
        objects.append(Object(number, name, True, (), digest, on, None, "import"))
        number += 1
    return _with(state, *objects)


_APPLY: dict[str, Callable[[State, Event], State]] = {
    "click": _click,
    "remove_click": _remove_click,
    "new_object": _new_object,
    "rename": _rename,
    "delete_object": _delete,
    "accept": _accept,
    "clear": _clear,
    "prompt": _prompt,
    "accept_candidate": _accept_candidate,
    "dismiss_candidates": _dismiss,
    "set_system": _set_system,
    "import": _import,
}
