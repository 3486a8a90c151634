"""The REST side: each route says what it does in the words of the service."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from lasso3d.annotator.access import Access
from lasso3d.annotator.exports import journal_of
from lasso3d.annotator.messages import Command, NewSession, Nothing, OpenScene, RenameSession
from lasso3d.annotator.problems import Problem
from lasso3d.annotator.results import FORMATS, exported, imported
from lasso3d.annotator.scenes import Entry, SceneRecord, safe_name
from lasso3d.annotator.service import ANSWER_SECONDS, Annotator, ServerRecord, SessionRecord, Suggestion
from lasso3d.annotator.session import Candidates, Mark, Object
from lasso3d.core.scene import Up

FRAME = "application/octet-stream"
FOREVER = {"cache-control": "private, max-age=31536000, immutable"}
"""Of what never changes under its address."""


class CommandReply(BaseModel):
    """What is replied to a command."""

    cmd: str
    rev: int
    t: str
    objects: list[Object]
    """Those that changed."""
    removed: list[int]
    background: list[Mark] | None = None
    candidates: Candidates | None = None
    system: str
    can_undo: bool
    can_redo: bool
    undo_of: str | None
    redo_of: str | None
    pending: int | None
    superseded: bool


class Listing(BaseModel):
    """What lies in a folder."""

    path: str
    entries: list[Entry]


class Fault(BaseModel):
    """What went wrong."""

    error: dict[str, Any]


class Found(BaseModel):
    """Where to click next."""

    suggestion: Suggestion | None


def _annotator(request: Request) -> Annotator:
    return request.app.state.annotator


def _access(request: Request) -> Access:
    return request.app.state.access


Here = Annotated[Annotator, Depends(_annotator)]
FAULTS: dict[int | str, dict[str, Any]] = {
    code: {"model": Fault} for code in (400, 401, 403, 404, 409, 413, 422, 429, 500, 507)
}
BINARY: dict[int | str, dict[str, Any]] = {200: {"content": {FRAME: {}}}}
router = APIRouter(prefix="/api/v1", responses=FAULTS)


@router.get("/server")
def server(annotator: Here) -> ServerRecord:
    """Systems, formats and limits."""
    return annotator.server(FORMATS)


@router.post("/invitations", status_code=201)
def invitations(access: Annotated[Access, Depends(_access)], nothing: Nothing) -> dict[str, str]:
    """A one-time link for another browser."""
    return {"url": access.invite()}


@router.get("/files")
def files(annotator: Here, path: Annotated[str, Query(max_length=4096)] = "") -> Listing:
    """What may be opened below the allowed roots."""
    return Listing(path=path, entries=annotator.scenes.entries(path))


@router.get("/scenes")
def scenes(annotator: Here) -> list[SceneRecord]:
    """Scans opened since the server started."""
    return annotator.scenes.records()


@router.post("/scenes", status_code=201)
def open_scene(annotator: Here, asked: OpenScene) -> SceneRecord:
    """Open a file below an allowed root; it is prepared in the background."""
    return annotator.scenes.open_below_root(asked.path, up=asked.up, unit=asked.unit)


@router.put("/uploads/{filename}", status_code=201, openapi_extra={"requestBody": {"content": {FRAME: {}}}})
async def upload(
    annotator: Here,
    request: Request,
    filename: str,
    up: Up = "z",
    unit: Annotated[float, Query(gt=0, le=1e9)] = 1.0,
) -> SceneRecord:
    """A scan as the body of the request."""
    scenes, received = annotator.scenes, 0
    done: list[SceneRecord] = []
    scenes.refuse_upload(_announced(request))
    with scenes.uploading(filename, up=up, unit=unit, done=done) as file:
        async for chunk in request.stream():
            received += len(chunk)
            scenes.refuse_upload(received)
            await run_in_threadpool(file.write, chunk)
    return done[0]


@router.get("/scenes/{scene}")
def scene(annotator: Here, scene: str) -> SceneRecord:
    """How far a scan is."""
    return annotator.scenes.record(scene)


@router.get("/scenes/{scene}/manifest")
def manifest(annotator: Here, scene: str) -> dict[str, Any]:
    """What a page must know before it asks for tiles."""
    return vars(annotator.scenes.display(scene).manifest)


@router.get("/scenes/{scene}/order", response_class=Response, responses=BINARY)
def order(annotator: Here, scene: str) -> Response:
    """For every point shown its index in the scan as it was read, in 32 bits."""
    return Response(annotator.scenes.display(scene).perm.tobytes(), media_type=FRAME, headers=FOREVER)


@router.get("/scenes/{scene}/tiles/{k}", response_class=Response, responses=BINARY)
def tile(annotator: Here, request: Request, scene: str, k: int) -> Response:
    """Positions, intensities and colours of one tile."""
    display = annotator.scenes.display(scene)
    _refuse_tile(k, len(display.manifest.tiles))
    tag = f'"{display.manifest.order}-{k}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**FOREVER, "etag": tag})
    return Response(display.tile(k), media_type=FRAME, headers={**FOREVER, "etag": tag})


@router.get("/scenes/{scene}/tiles/{k}/normals", response_class=Response, responses=BINARY)
def normals(annotator: Here, scene: str, k: int) -> Response:
    """Three signed bytes per point of one tile."""
    display = annotator.scenes.display(scene)
    _refuse_tile(k, len(display.manifest.tiles))
    return Response(display.tile_normals(k), media_type=FRAME, headers=FOREVER)


@router.get("/sessions")
def sessions(annotator: Here) -> list[SessionRecord]:
    """All sessions, the one used last first."""
    return annotator.sessions()


@router.post("/sessions", status_code=201)
def new_session(annotator: Here, asked: NewSession) -> dict[str, Any]:
    """Begin to label a scan."""
    return annotator.new_session(asked.scene, name=asked.name, system=asked.system).to_json()


@router.get("/sessions/{session}")
def state(annotator: Here, session: str) -> dict[str, Any]:
    """Everything that is true of a session."""
    return annotator.desk(session).to_json()


@router.patch("/sessions/{session}")
def rename(annotator: Here, session: str, asked: RenameSession) -> SessionRecord:
    """Give a session another name."""
    return annotator.rename(session, asked.name)


@router.post("/sessions/{session}/commands", response_model=CommandReply)
def command(annotator: Here, session: str, command: Annotated[Command, Body()], wait: bool = True) -> Response:
    """Click, undo, accept ...: committed before the reply; with `wait` answered too."""
    desk = annotator.desk(session)
    reply = desk.command(command)
    return JSONResponse(desk.wait(reply, ANSWER_SECONDS) if wait else reply)


@router.post("/sessions/{session}/cancel")
def cancel(annotator: Here, session: str, nothing: Nothing) -> dict[str, bool]:
    """Stop what is worked on for this session."""
    return {"cancelled": annotator.desk(session).cancel()}


@router.get("/sessions/{session}/masks", response_class=Response, responses=BINARY)
def masks(annotator: Here, session: str) -> Response:
    """A frame with the masks of all objects."""
    return Response(annotator.desk(session).masks_frame(), media_type=FRAME)


@router.get("/sessions/{session}/masks/{digest}", response_class=Response, responses=BINARY)
def mask(annotator: Here, session: str, digest: str) -> Response:
    """A frame with one mask."""
    return Response(annotator.desk(session).mask_frame(digest), media_type=FRAME, headers=FOREVER)


@router.get("/sessions/{session}/labels", response_class=Response, responses=BINARY)
def labels(annotator: Here, session: str) -> Response:
    """A frame with the object of every point."""
    return Response(annotator.labels_frame(session), media_type=FRAME)


@router.get("/sessions/{session}/heat", response_class=Response, responses=BINARY)
def heat(annotator: Here, session: str) -> Response:
    """A frame with the uncertainty of every cell."""
    return Response(annotator.desk(session).heat_frame(), media_type=FRAME)


@router.get("/sessions/{session}/cells/{k}", response_class=Response, responses=BINARY)
def cells(annotator: Here, session: str, k: int, key: Annotated[str, Query(max_length=64)]) -> Response:
    """Cells of the points of a tile."""
    return Response(annotator.tile_cells(session, k, key), media_type=FRAME, headers=FOREVER)


@router.get("/sessions/{session}/suggestion")
def suggestion(annotator: Here, session: str) -> Found:
    """Where a click is worth most."""
    return Found(suggestion=annotator.suggestion(session))


@router.get("/sessions/{session}/export", response_class=Response, responses=BINARY)
def export(
    annotator: Here,
    session: str,
    suffix: Annotated[str, Query(alias="format", max_length=20)] = "ply",
    journal: bool = False,
) -> Response:
    """The scan with its labels, as a download."""
    stack = ExitStack()
    wanted = f".{suffix.lower().lstrip('.')}"
    path = stack.enter_context(exported(annotator, session, wanted, journal=journal))
    return FileResponse(path, media_type=FRAME, filename=path.name, background=BackgroundTask(stack.close))


@router.get("/sessions/{session}/journal")
def journal(annotator: Here, session: str) -> Response:
    """Everything that was done, as JSON."""
    desk = annotator.desk(session)
    name = f"{safe_name(desk.row.name)}.journal.json"
    headers = {"content-disposition": f'attachment; filename="{name.encode("ascii", "replace").decode()}"'}
    return JSONResponse(journal_of(desk, annotator.store), headers=headers)


@router.put(
    "/sessions/{session}/import/{filename}",
    response_model=CommandReply,
    openapi_extra={"requestBody": {"content": {FRAME: {}}}},
)
async def import_labels(annotator: Here, request: Request, session: str, filename: str) -> Response:
    """Labels of an earlier export as the body of the request."""
    await run_in_threadpool(annotator.desk, session)
    annotator.scenes.refuse_upload(_announced(request))
    with tempfile.TemporaryDirectory(prefix="lasso3d-") as folder:
        path = Path(folder) / safe_name(filename)
        received = 0
        with path.open("xb") as file:
            async for chunk in request.stream():
                received += len(chunk)
                annotator.scenes.refuse_upload(received)
                await run_in_threadpool(file.write, chunk)
        return JSONResponse(await run_in_threadpool(imported, annotator, session, path))


def _announced(request: Request) -> int:
    return int(request.headers.get("content-length", "0"))


def _refuse_tile(k: int, count: int) -> None:
    if not 0 <= k < count:
        raise Problem("not_found", f"there is no tile {k}; there are {count}")
