"""The log of a session in memory: which events count after all undos, and the state after each of them."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

from lasso3d.annotator.problems import Problem
from lasso3d.annotator.session import Answer, Event, State, apply, attach
from lasso3d.core.prompts import Prompt, prompt_from_json


@final
@dataclass(frozen=True)
class Ask:
    """What a worker is to answer."""

    rev: int
    """The event whose state it belongs to."""
    prompt: Prompt
    system: str
    fixed: Mapping[int, str]
    """Masks to leave alone, by object."""
    previous: str | None
    """Key of the answer that is feedback."""
    candidates: bool
    """Whether masks are shown to choose from instead of being given to the objects clicked."""


@final
class History:
    """An append-only log and the states it folds to; undo moves a cursor and forgets nothing."""

    def __init__(self, system: str, events: Iterable[Event] = (), answers: Iterable[Answer] = ()) -> None:
        self.rev = 0
        self.answers: dict[int, Answer] = {}
        self.by_key: dict[str, Answer] = {}
        self.active: list[Event] = []
        self.undone: list[Event] = []
        self._states = [State(system)]
        for answer in answers:
            self._keep(answer)
        for event in events:
            self.push(event)

    @property
    def state(self) -> State:
        """After everything that was not undone."""
        return self._states[-1]

    def check(self, event: Event) -> None:
        """Problem where the event makes no sense now."""
        if event.t == "undo":
            if not self.active:
                raise Problem("conflict", "there is nothing to undo")
        elif event.t == "redo":
            if not self.undone:
                raise Problem("conflict", "there is nothing to redo")
        else:
            apply(self.state, event)

    def push(self, event: Event) -> None:
        """Append an event that `check` allows."""
        self.rev = event.rev
        if event.t == "undo":
            self.undone.append(self.active.pop())
            self._states.pop()
        else:
            if event.t == "redo":
                event = self.undone.pop()
            else:
                self.undone.clear()
            self.active.append(event)
            self._states.append(self._after(self.state, event))

    def attach(self, answer: Answer) -> None:
        """Give an answer to the event it belongs to, undone or not; an event is answered once."""
        if answer.rev in self.answers:
            raise ValueError(f"event {answer.rev} has an answer already")
        self._keep(answer)
        place = bisect_left(self.active, answer.rev, key=lambda event: event.rev)
        if place == len(self.active) or self.active[place].rev != answer.rev:
            return
        del self._states[place + 1 :]
        for event in self.active[place:]:
            self._states.append(self._after(self.state, event))

    def ask(self) -> Ask | None:
        """What is still to be answered, the most needed first; None = nothing.

        The newest click wins, but an object that was accepted before its answer came is owed that answer.
        """
        for place, event in enumerate(self.active):
            if event.t == "accept" and self._states[place].stale and event.args.get("on", True):
                return self._about_clicks(place)
        if self.state.stale:
            return self._about_clicks(len(self.active))
        if self.state.asking is not None:
            return self._about_prompt(self.state.asking)
        return None

    def chain(self, key: str | None) -> list[Answer]:
        """The answers that lead to one, oldest first."""
        found = []
        while key is not None:
            found.append(self.by_key[key])
            key = found[-1].previous
        return found[::-1]

    def _keep(self, answer: Answer) -> None:
        self.answers[answer.rev] = answer
        self.by_key[answer.key] = answer

    def _after(self, state: State, event: Event) -> State:
        changed = apply(state, event)
        answer = self.answers.get(event.rev)
        return changed if answer is None else attach(changed, answer)

    def _about_clicks(self, place: int) -> Ask:
        """The question of a state, asked for the event that first put it."""
        question = self._states[place].question()
        while self._states[place - 1].stale and self._states[place - 1].question() == question:
            place -= 1
        state = self._states[place]
        prompt, fixed, system = question
        return Ask(self.active[place - 1].rev, prompt, system, fixed, state.previous, candidates=False)

    def _about_prompt(self, rev: int) -> Ask:
        event = self.active[bisect_left(self.active, rev, key=lambda event: event.rev)]
        args: Mapping[str, Any] = event.args
        prompt = prompt_from_json(args["prompt"])
        return Ask(rev, prompt, args["system"], self.state.fixed, None, candidates=True)
