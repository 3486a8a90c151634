"""What is said of a session in JSON."""

from dataclasses import asdict
from typing import Any

from lasso3d.annotator.history import History
from lasso3d.annotator.session import Event, State


def reply_of(event: Event, before: State, after: State, history: History, pending: int | None) -> dict[str, Any]:
    """What is replied to a command: what it changed.

    Args:
        pending: the event whose answer is on its way now.
    """
    changed = [asdict(o) for n, o in after.objects.items() if before.objects.get(n) != o]
    reply: dict[str, Any] = {
        "cmd": event.cmd,
        "rev": event.rev,
        "t": event.t,
        "objects": changed,
        "removed": [n for n in before.objects if n not in after.objects],
        "pending": pending,
        "superseded": False,
        **cursor_of(history),
    }
    if after.background != before.background:
        reply["background"] = [asdict(mark) for mark in after.background]
    if after.candidates != before.candidates:
        reply["candidates"] = None if after.candidates is None else asdict(after.candidates)
    return reply


def reply_again(cmd: str, rev: int, t: str, history: History, pending: int | None) -> dict[str, Any]:
    """What is replied to a command that was done before: what is true now, so that nothing is missed."""
    state = history.state
    return {
        "cmd": cmd,
        "rev": rev,
        "t": t,
        "objects": [asdict(known) for known in state.objects.values()],
        "removed": [],
        "pending": pending,
        "superseded": False,
        "background": [asdict(mark) for mark in state.background],
        "candidates": None if state.candidates is None else asdict(state.candidates),
        **cursor_of(history),
    }


def cursor_of(history: History) -> dict[str, Any]:
    """What can be undone and done again, and who answers clicks."""
    return {
        "system": history.state.system,
        "can_undo": bool(history.active),
        "can_redo": bool(history.undone),
        "undo_of": history.active[-1].t if history.active else None,
        "redo_of": history.undone[-1].t if history.undone else None,
    }


def heat_of(state: State) -> dict[str, Any] | None:
    """Which uncertainty there is to fetch."""
    return None if state.heat is None else {"rev": state.heat.rev, "cells": state.heat.cells}


def mask_in(state: State, number: int) -> str | None:
    """Digest of an object's mask; None where it has none, or is not there."""
    return state.objects[number].mask if number in state.objects else None


def score_in(state: State, number: int) -> float | None:
    """Its estimated IoU."""
    return state.objects[number].score if number in state.objects else None
