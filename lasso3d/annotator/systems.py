"""Which systems are installed, and what each understands, as far as is known by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition
from typing import Any, final

from lasso3d.annotator.problems import Problem
from lasso3d.annotator.worker import Worker

LOADING_SECONDS = 120.0
"""A language model comes from the disk in less."""


@final
@dataclass(frozen=True)
class SystemRecord:
    """A system as pages see it."""

    name: str
    understands: list[str] | None
    """Names of prompts; None while it loads, or where it cannot be loaded."""
    error: str | None


@final
class Systems:
    """Asks the worker about every system, one after the other."""

    def __init__(self, names: Sequence[str], default: str, worker: Worker) -> None:
        self.names, self.default, self._worker = tuple(names), default, worker
        self._known: dict[str, list[str]] = {}
        self._errors: dict[str, str] = {}
        self._news = Condition()
        self._asked: set[str] = set()

    def ask(self, *names: str) -> None:
        """Load systems, each once; they queue behind each other and behind clicks."""
        with self._news:
            wanted = [name for name in names if name not in self._asked]
            self._asked.update(wanted)
        for name in wanted:
            self._ask(name)

    def records(self) -> list[SystemRecord]:
        """All of them; those that nobody has asked for are loaded from now on."""
        self.ask(self.default, *self.names)
        with self._news:
            return [SystemRecord(n, self._known.get(n), self._errors.get(n)) for n in self.names]

    def require(self, name: str) -> str:
        """The name itself; Problem where there is no such system."""
        if name not in self.names:
            raise Problem(
                "not_found", f"there is no system {name[:40]!r}", cure=f"there is {', '.join(self.names)}"
            )
        return name

    def for_prompt(self, kind: str, wanted: str | None) -> str:
        """A system that understands a kind of prompt: the one wanted, else the first.

        Raises:
            Problem: `unsupported_prompt`, saying what each understands.
        """
        names = self.names if wanted is None else (self.require(wanted),)
        for name in names:
            if kind in self._wait(name):
                return name
        who = "no installed system" if wanted is None else wanted
        with self._news:
            understood = dict(self._known)
        cure = "; ".join(f"{name} understands {', '.join(kinds)}" for name, kinds in understood.items())
        raise Problem("unsupported_prompt", f"{who} answers {kind}", "", cure, understood=understood)

    def _wait(self, name: str) -> list[str]:
        self.ask(name)
        with self._news:
            self._news.wait_for(lambda: name in self._known or name in self._errors, LOADING_SECONDS)
            return self._known.get(name, [])

    def _ask(self, name: str) -> None:
        def heard(result: Any) -> None:
            with self._news:
                if isinstance(result, Problem):
                    self._errors[name] = str(result)
                else:
                    self._known[name] = list(result)
                self._news.notify_all()

        self._worker.submit(f"systems/{name}", "understands", (name,), done=heard)
