"""One process that owns the models: asked by many sessions, one question at a time, the newest of each."""

import logging
import multiprocessing
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import RLock, Thread
from typing import Any, Literal, final

from lasso3d.annotator.engine import ANSWERING, Engine, Load
from lasso3d.annotator.packing import BackgroundNeeded
from lasso3d.annotator.problems import Problem, problem_of

Kind = Literal["understands", "answer", "suggest", "encode"]
Outcome = Callable[[Any], None]
"""Called with the result or with a Problem, from the worker's own thread."""
GOODBYE_SECONDS = 2.0
LOG = logging.getLogger(__name__)
PROGRESS_SECONDS = 0.1
"""Between two reports of progress."""


@final
@dataclass(eq=False)
class Job:
    """A question on its way."""

    owner: str
    """Only the newest question of an owner is answered."""
    kind: Kind
    payload: Any
    done: Outcome
    progress: Callable[[float, str], None]
    number: int = 0
    superseded: bool = field(default=False)


class _Dropped(Exception):
    """Nobody waits for the answer any more."""


@final
class Worker:
    """Questions in, answers out through callbacks; the process starts with the first question."""

    def __init__(self, load: Load, *, nbytes: int, thread: bool = False) -> None:
        """Args:
        load: gives the segmenter of a name; it must be importable by name, because it crosses to the process.
        nbytes: memory for encodings and answers.
        thread: run in a thread of this process instead.
        """
        self._load, self._nbytes, self._thread = load, nbytes, thread
        self._lock = RLock()
        self._waiting: OrderedDict[str, Job] = OrderedDict()
        self._running: Job | None = None
        self._numbers = count(1)
        self._link: Connection | None = None
        self._process: Any = None
        self._closed = False

    def submit(
        self,
        owner: str,
        kind: Kind,
        payload: Any,
        *,
        done: Outcome,
        progress: Callable[[float, str], None] = lambda share, stage: None,
    ) -> None:
        """Ask; an older question of the same owner that is not answered yet is dropped, and `done` not called."""
        job = Job(owner, kind, payload, done, progress)
        with self._lock:
            if self._closed:
                raise Problem("not_ready", "the server is going down")
            self.drop(owner)
            self._waiting[owner] = job
            self._next()

    def drop(self, owner: str) -> None:
        """Nobody waits for the owner's answer any more; an encoding under way goes on, for others may use it."""
        with self._lock:
            self._waiting.pop(owner, None)
            if self._running is not None and self._running.owner == owner and not self._running.superseded:
                self._running.superseded = True
                self._send(("drop", self._running.number))

    def cancel(self, owner: str) -> bool:
        """Stop the owner's question, also while it encodes; whether there was one. Its `done` gets a Problem."""
        with self._lock:
            job, running = self._waiting.pop(owner, None), self._running
            stopped = running is not None and running.owner == owner
            if running is not None and stopped:
                self._send(("cancel", running.number))
        if job is not None:
            job.done(Problem("cancelled", "the work was cancelled"))
        return stopped or job is not None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            left = [*self._waiting.values(), *([self._running] if self._running else [])]
            self._waiting.clear()
            self._running = None
            self._send(None)
        for job in left:
            if not job.superseded:
                job.done(Problem("not_ready", "the server is going down", cure="start it again"))
        if self._process is not None:
            self._process.join(GOODBYE_SECONDS)
            if not self._thread and self._process.is_alive():
                self._process.terminate()
                self._process.join()

    def _next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        # clicks overtake systems that are only to be described
        owner = next((o for o, job in self._waiting.items() if job.kind != "understands"), None)
        self._running = self._waiting.pop(owner or next(iter(self._waiting)))
        self._running.number = next(self._numbers)
        if self._link is None:
            self._start()
        self._send((self._running.number, self._running.kind, self._running.payload))

    def _send(self, message: Any) -> None:
        try:
            if self._link is not None:
                self._link.send(message)
        except OSError:
            pass  # the process has ended; the listener notices and says so

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._link, other = context.Pipe()
        if self._thread:
            self._process = Thread(target=serve, args=(other, self._load, self._nbytes), daemon=True)
        else:
            self._process = context.Process(target=serve, args=(other, self._load, self._nbytes), daemon=True)
        self._process.start()
        if not self._thread:
            other.close()
        Thread(target=self._listen, args=(self._link,), daemon=True).start()

    def _listen(self, link: Connection) -> None:
        while True:
            try:
                number, what, value = link.recv()
            except (EOFError, OSError):
                break
            self._heard(number, what, value)
        self._ended(link)

    def _heard(self, number: int, what: str, value: Any) -> None:
        with self._lock:
            job = self._running
            if job is None or job.number != number:
                return
            if what == "done":
                self._running = None
                self._next()
        if job.superseded:
            return
        try:
            job.progress(*value) if what == "progress" else job.done(value)
        except Exception:
            # whoever asked is at fault; all others still want their answers
            LOG.exception("an answer could not be taken")

    def _ended(self, link: Connection) -> None:
        """The process is gone: say so to whoever waits for it, and let the next question start another."""
        with self._lock:
            if self._link is not link:
                return
            self._link, job, self._running = None, self._running, None
            link.close()
        if job is not None and not job.superseded:
            cure = "try a smaller scan, or a machine with more memory"
            job.done(Problem("internal", "the worker process ended, most likely for lack of memory", cure=cure))
        with self._lock:
            self._next()


def serve(link: Connection, load: Load, nbytes: int) -> None:
    """The worker itself: answers until its link closes."""
    engine = Engine(load, nbytes=nbytes)
    inbox, heard = Inbox(link), True
    while heard and (job := inbox.next()) is not None:
        number, kind, payload = job
        heard = inbox.send((number, "done", _result(engine, kind, payload, inbox.reporter(number))))
    link.close()


def _result(engine: Engine, kind: Kind, payload: Any, progress: Callable[[float, str], None]) -> Any:
    try:
        return (
            getattr(engine, kind)(*payload) if kind == "understands" else getattr(engine, kind)(*payload, progress)
        )
    except BackgroundNeeded as needed:
        return needed
    except _Dropped:
        return None
    except Exception as error:  # noqa: BLE001
        return problem_of(error)


@final
class Inbox:
    """Reads in a thread of its own, so that a word about the present job is heard while it runs."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._jobs: SimpleQueue[Any] = SimpleQueue()
        self._unwanted: dict[int, str] = {}
        Thread(target=self._read, daemon=True).start()

    def next(self) -> Any:
        """The next job; None = the link is closed."""
        return self._jobs.get()

    def send(self, message: Any) -> bool:
        """Whether somebody is still there to hear it."""
        try:
            self._link.send(message)
        except OSError:
            return False
        return True

    def reporter(self, number: int) -> Callable[[float, str], None]:
        """A progress callback for a job; it stops the job where that is wanted."""
        last = 0.0

        def report(share: float, stage: str) -> None:
            nonlocal last
            unwanted = self._unwanted.get(number)
            if unwanted == "cancel":
                raise Problem("cancelled", "the work was cancelled")
            if unwanted == "drop" and stage == ANSWERING:
                raise _Dropped
            # that encoding is over is said where it was said to go on
            if last > 0 and stage == ANSWERING:
                self.send((number, "progress", (share, stage)))
            if time.monotonic() - last > PROGRESS_SECONDS and stage != ANSWERING:
                last = time.monotonic()
                self.send((number, "progress", (share, stage)))

        return report

    def _read(self) -> None:
        message: Any = ()
        while message is not None:
            try:
                message = self._link.recv()
            except (EOFError, OSError):
                message = None
            if message is not None and isinstance(message[0], str):
                self._unwanted = {message[1]: message[0]}
            else:
                self._jobs.put(message)
