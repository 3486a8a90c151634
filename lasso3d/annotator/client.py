"""The annotator from Python: the same sessions as in the browser, masks as arrays."""

import io
import json
import os
import time
import uuid
import zipfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, final
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from urllib.request import Request, urlopen

import numpy as np
from jaxtyping import Bool, Float32, UInt32

from lasso3d.annotator.access import is_loopback
from lasso3d.annotator.codec import bitset_size, inflated, unpacked
from lasso3d.annotator.folders import data_folder, key_path
from lasso3d.annotator.frames import parsed
from lasso3d.annotator.problems import STATUS, Code, Problem
from lasso3d.core.errors import LassoError
from lasso3d.core.prompts import Prompt, prompt_to_json
from lasso3d.core.scene import Up
from lasso3d.io.atomic import replacing

REQUEST_SECONDS = 660.0
"""Longer than the server waits for an encoding."""
POLL_SECONDS = 0.2


def connect(url: str, *, token: str | None = None) -> "Connection":
    """Talk to an annotator that runs.

    Args:
        url: the link that `lasso3d annotate` printed. On the machine where it runs the address alone will do: the
            key is found where the server left it for its user.
        token: instead of the one in the link.

    Raises:
        LassoError: nobody answers there, or the token is not the server's.
    """
    parts = urlsplit(url)
    given = token or next(iter(parse_qs(parts.query).get("token", [])), None)
    key = given or _key_left(parts.hostname or "", parts.port)
    connection = Connection(f"{parts.scheme}://{parts.netloc}", key)
    connection.sessions()
    return connection


@final
class Connection:
    """A server: its scenes and sessions."""

    def __init__(self, base: str, key: str | None) -> None:
        self._base, self._key = base, key

    def server(self) -> dict[str, Any]:
        """Version, systems, formats, roots and limits."""
        return self.get_json("/server")

    def sessions(self) -> list[dict[str, Any]]:
        """All sessions, the one used last first."""
        return self.get_json("/sessions")

    def scenes(self) -> list[dict[str, Any]]:
        """Scans opened since the server started."""
        return self.get_json("/scenes")

    def invite(self) -> str:
        """A one-time link that opens the page in a browser."""
        return self.send_json("POST", "/invitations", {})["url"]

    def open(self, path: str, *, up: Up = "z", unit: float = 1.0, system: str | None = None) -> "Session":
        """A new session on a scan below one of the server's roots, as `root/sub/file`."""
        record = self.send_json("POST", "/scenes", {"path": path, "up": up, "unit": unit})
        return self.new_session(record["id"], system=system)

    def upload(self, path: str | Path, *, up: Up = "z", unit: float = 1.0, system: str | None = None) -> "Session":
        """A new session on a scan of this machine."""
        query = urlencode({"up": up, "unit": unit})
        record = self.send_file(f"/uploads/{quote(Path(path).name)}?{query}", Path(path))
        return self.new_session(record["id"], system=system)

    def new_session(self, scene: str, *, name: str | None = None, system: str | None = None) -> "Session":
        """A session on a scene that was opened; waits until it is prepared."""
        while (record := self.get_json(f"/scenes/{quote(scene)}"))["status"] == "preparing":
            time.sleep(POLL_SECONDS)
        if record["error"] is not None:
            raise _problem(record["error"])
        wanted = {"scene": scene, "name": name, "system": system}
        given = {key: value for key, value in wanted.items() if value is not None}
        return Session(self, self.send_json("POST", "/sessions", given)["session"]["id"])

    def session(self, key: str) -> "Session":
        """A session that is there already."""
        self.get_json(f"/sessions/{quote(key)}")
        return Session(self, key)

    def get(self, path: str) -> bytes:
        """The body of a reply."""
        return self._ask(Request(f"{self._base}/api/v1{path}"))[1]

    def download(self, path: str) -> tuple[str, bytes]:
        """The name that a reply gives itself, and its body."""
        return self._ask(Request(f"{self._base}/api/v1{path}"))

    def get_json(self, path: str) -> Any:
        """A reply in JSON."""
        return json.loads(self.get(path))

    def send_json(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Send JSON, get JSON."""
        request = Request(f"{self._base}/api/v1{path}", json.dumps(body).encode(), method=method)
        request.add_header("Content-Type", "application/json")
        return json.loads(self._ask(request)[1])

    def send_file(self, path: str, file: Path) -> Any:
        """Send a file, get JSON."""
        with file.open("rb") as content:
            request = Request(f"{self._base}/api/v1{path}", content, method="PUT")
            request.add_header("Content-Type", "application/octet-stream")
            request.add_header("Content-Length", str(file.stat().st_size))
            return json.loads(self._ask(request)[1])

    def _ask(self, request: Request) -> tuple[str, bytes]:
        if self._key is not None:
            request.add_header("Authorization", f"Bearer {self._key}")
        try:
            with urlopen(request, timeout=REQUEST_SECONDS) as reply:
                return reply.headers.get_filename("") or "", reply.read()
        except HTTPError as error:
            with error:
                raise _refusal(error) from error
        except URLError as error:
            cure = "start it with `lasso3d annotate`"
            raise LassoError(f"nobody answers ({error.reason})", self._base, cure) from error


@final
class Session:
    """One session; every change is on the server's disk when its method returns.

    Points are counted as `read_scene` counts those of the same file.
    """

    def __init__(self, connection: Connection, key: str) -> None:
        self._connection, self.id = connection, key
        self._path = f"/sessions/{quote(key)}"
        self._scene = f"/scenes/{quote(self.state()['session']['scene'])}"
        self.manifest: dict[str, Any] = connection.get_json(f"{self._scene}/manifest")

    @cached_property
    def order(self) -> UInt32[np.ndarray, " n"]:
        """Index of every point in the order in which pages show them."""
        return np.frombuffer(self._connection.get(f"{self._scene}/order"), "<u4")

    def state(self) -> dict[str, Any]:
        """Objects, clicks, candidates and what can be undone."""
        return self._connection.get_json(self._path)

    def xyz(self) -> Float32[np.ndarray, "n 3"]:
        """Positions in the scene frame, metres, to the 16 bits per tile that pages see."""
        found = []
        for k, tile in enumerate(self.manifest["tiles"]):
            steps = np.frombuffer(self._connection.get(f"{self._scene}/tiles/{k}"), "<u2", 4 * tile["count"])
            found.append(tile["origin"] + tile["scale"] * steps.reshape(-1, 4)[:, :3].astype(np.float64))
        return self._as_read(np.concatenate(found).astype(np.float32))

    def click(
        self,
        number: int,
        *,
        point: int | None = None,
        xyz: tuple[float, float, float] | None = None,
        sign: Literal[1, -1] = 1,
    ) -> dict[str, Any]:
        """Click on an object and wait for the answer.

        Args:
            number: of the object; a new one is made, 0 = background.
            point: index of the point clicked.
            xyz: a position in the scene frame instead.
            sign: -1 = this is not the object.
        """
        place = {"xyz": xyz} if point is None else {"point": int(np.flatnonzero(self.order == point)[0])}
        return self.do("click", {"object": number, "sign": sign, **place})

    def prompt(self, prompt: Prompt, *, system: str | None = None) -> dict[str, Any]:
        """Ask in words or by a box; the candidates, to be accepted with `do("accept_candidate", ...)`."""
        asked: dict[str, Any] = {"prompt": json.loads(prompt_to_json(prompt))}
        return self.do("prompt", asked if system is None else {**asked, "system": system})["candidates"]

    def undo(self) -> dict[str, Any]:
        """Take the last command back."""
        return self.do("undo", {})

    def redo(self) -> dict[str, Any]:
        """Do again what was undone."""
        return self.do("redo", {})

    def do(self, t: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Any command by its name: rename, accept, delete_object, remove_click, new_object, clear ..."""
        command = {"t": t, "cmd": str(uuid.uuid4()), **fields}
        return self._connection.send_json("POST", f"{self._path}/commands", command)

    def masks(self) -> dict[int, Bool[np.ndarray, " n"]]:
        """Points of every object."""
        header, buffers = parsed(self._connection.get(f"{self._path}/masks"))
        n, size = header["n"], bitset_size(header["n"])
        found = zip(header["masks"], buffers, strict=True)
        return {mask["object"]: self._as_read(unpacked(inflated(b, size=size), n)) for mask, b in found}

    def uncertainty(self) -> Float32[np.ndarray, " n"]:
        """Estimated probability that the label of each point is wrong, in steps of 1/15."""
        header, (blob,) = parsed(self._connection.get(f"{self._path}/heat"))
        level, cells = inflated(blob, size=header["m"]), []
        for k, tile in enumerate(self.manifest["tiles"]):
            raw = self._connection.get(f"{self._path}/cells/{k}?key={quote(header['cells'])}")
            cells.append(np.cumsum(inflated(raw, size=4 * tile["count"]).view("<i4")))
        return self._as_read((level[np.concatenate(cells)] / np.float32(header["levels"] - 1)).astype(np.float32))

    def suggestion(self) -> dict[str, Any] | None:
        """Where a click is worth most."""
        return self._connection.get_json(f"{self._path}/suggestion")["suggestion"]

    def export(self, path: str | Path) -> None:
        """Write the scan with its labels; the suffix decides the format.

        What the format cannot hold goes into `PATH.labels.json`, as `write_segmentation` does it.
        """
        target = Path(path)
        name, content = self._connection.download(f"{self._path}/export?{urlencode({'format': target.suffix})}")
        if not name.endswith(".zip"):
            _write(target, content)
            return
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            for member in bundle.namelist():
                beside = target.with_name(f"{target.name}.labels.json") if member.endswith(".json") else target
                _write(beside, bundle.read(member))

    def journal(self) -> dict[str, Any]:
        """Everything that was done, which `lasso3d.annotator.replay.replay` plays again."""
        return self._connection.get_json(f"{self._path}/journal")

    def import_labels(self, path: str | Path) -> dict[str, Any]:
        """Add the labels of an earlier export."""
        return self._connection.send_file(f"{self._path}/import/{quote(Path(path).name)}", Path(path))

    def _as_read(self, shown: np.ndarray) -> np.ndarray:
        """Values of the points shown, in the order of the scan."""
        values = np.empty_like(shown)
        values[self.order] = shown
        return values


def _write(target: Path, content: bytes) -> None:
    with replacing(target) as temporary:
        temporary.write_bytes(content)


def _key_left(host: str, port: int | None) -> str | None:
    """The key that a server of the same user left for scripts; None where there is none."""
    path = key_path(data_folder(), port)
    if not is_loopback(host) or not path.exists() or path.stat().st_uid != os.getuid():
        return None
    return json.loads(path.read_text())["key"]


def _refusal(error: HTTPError) -> Problem:
    try:
        return _problem(json.loads(error.read())["error"])
    except (ValueError, KeyError, TypeError):
        return Problem("internal", f"the server answered {error.code}")


def _problem(plain: Mapping[str, Any]) -> Problem:
    code: Code = plain["code"] if plain.get("code") in STATUS else "internal"
    return Problem(code, plain.get("what", ""), plain.get("where", ""), plain.get("cure", ""))
