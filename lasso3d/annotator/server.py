"""The server: the service behind REST and WebSocket, the page beside it, the guard before everything."""

import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, final

import psutil
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from lasso3d import __version__
from lasso3d.annotator import routes, sockets
from lasso3d.annotator.access import Access
from lasso3d.annotator.engine import Load
from lasso3d.annotator.folders import cache_folder, data_folder, key_path
from lasso3d.annotator.guard import Guard
from lasso3d.annotator.messages import first_fault
from lasso3d.annotator.problems import STATUS, Code, Problem, problem_of
from lasso3d.annotator.sandbox import Run, confined
from lasso3d.annotator.scenes import Scenes
from lasso3d.annotator.service import Annotator
from lasso3d.annotator.store import Store
from lasso3d.annotator.systems import Systems
from lasso3d.annotator.worker import Worker
from lasso3d.core.errors import LassoError

STATIC = Path(__file__).parent / "web" / "static"
MESSAGE_BYTES = 1 << 16
"""Of a message from a page."""
MEMORY_SHARE = 0.4
"""Of the machine's memory, for encodings and answers."""
GOODBYE_SECONDS = 2
_CODES: dict[int, Code] = {401: "unauthorized", 404: "not_found", 405: "bad_request", 413: "too_large"}


@final
@dataclass(frozen=True)
class Settings:
    """Where an annotator keeps things, and what it may open."""

    data: Path = field(default_factory=data_folder)
    """Sessions and uploads."""
    cache: Path = field(default_factory=cache_folder)
    """Prepared scenes; safe to delete."""
    roots: Mapping[str, Path] = field(default_factory=dict)
    """Folders below which pages may open files, by the names they are shown under."""
    nbytes: int = field(default_factory=lambda: int(psutil.virtual_memory().total * MEMORY_SHARE))
    """For encodings and answers."""
    thread: bool = False
    """Models in a thread instead of a process of their own."""
    run: Run = confined
    """How files are read."""


def annotator_of(load: Load, systems: Sequence[str], default: str, settings: Settings) -> Annotator:
    """The service, without a transport."""
    store = Store(settings.data / "sessions.sqlite")
    worker = Worker(load, nbytes=settings.nbytes, thread=settings.thread)
    scenes = Scenes(
        store, cache=settings.cache, uploads=settings.data / "uploads", roots=settings.roots, run=settings.run
    )
    return Annotator(store, scenes, worker, Systems(systems, default, worker))


def app_of(annotator: Annotator, access: Access, *, static: Path = STATIC) -> FastAPI:
    """The application: it closes the service when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        annotator.systems.ask(annotator.systems.default)
        yield
        annotator.close()

    app = FastAPI(
        title="Lasso3D annotator",
        version=__version__,
        # the usual pages for the description load scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.annotator, app.state.access = annotator, access
    app.include_router(routes.router)
    app.include_router(sockets.router)
    app.add_exception_handler(LassoError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(cast("Any", Guard), access=access)

    @app.get("/", include_in_schema=False)
    def page() -> Response:
        return FileResponse(static / "index.html", headers={"cache-control": "no-cache"})

    app.mount("/static", StaticFiles(directory=static, check_dir=False, follow_symlink=False))
    return app


def run(app: FastAPI, listener: socket.socket) -> None:
    """Serve until interrupted."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
        server_header=False,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


def note_key(data: Path, access: Access) -> Callable[[], None]:
    """Leave the key where scripts of the same user find it; call what is returned to take it away again."""
    folder = data / "servers"
    folder.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    path = key_path(data, access.address.port)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "w") as file:
        json.dump({"port": access.address.port, "key": access.token}, file)
    return lambda: path.unlink(missing_ok=True)


def _problem(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    return JSONResponse({"error": problem.to_json()}, STATUS[problem.code])


def _invalid(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    problem = Problem("bad_request", *first_fault([dict(fault) for fault in faults]))
    return JSONResponse({"error": problem.to_json()}, STATUS[problem.code])


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = str(error.detail) if isinstance(error, HTTPException) else "failed"
    problem = Problem(_CODES.get(status, "bad_request"), what)
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse({"error": problem.to_json()}, status, headers=headers)
