"""`lasso3d annotate`: the web annotator."""

import os
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from lasso3d.cli.usage import WrongUsage, require_positive

if TYPE_CHECKING:
    from socket import socket

    from lasso3d.annotator.access import Access
    from lasso3d.core.segmenter import Segmenter

PREFERRED = ("npiseg3d", "geodesic")
"""Who answers clicks unless said otherwise: the first that is installed."""
LARGEST_PORT = 65_535


@dataclass(frozen=True)
class Annotate:
    """Label scans in a browser: prints the link to open, and serves until Ctrl-C."""

    scans: Annotated[tyro.conf.Positional[tuple[Path, ...]], tyro.conf.arg(metavar="[SCAN ...]")] = ()
    """PLY, PCD, LAS, LAZ, NPZ, NPY, OBJ, STL, GLB or scene folders."""
    port: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Where to listen; 8765 if it is free, else any."""
    open: bool = False
    """Open the page in the browser."""
    system: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Who answers clicks at first; the page can choose another."""
    root: Annotated[tuple[Path, ...], tyro.conf.arg(metavar="DIR")] = ()
    """Folders below which the page may open scans; the present one where no SCAN is given."""
    sessions: Annotated[Path | None, tyro.conf.arg(metavar="DIR")] = None
    """Where sessions are kept; ~/.local/share/lasso3d unless said."""
    host: str = "127.0.0.1"
    """Where to listen; beyond this machine only with LASSO3D_TOKEN and --allow-host."""
    allow_host: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME")] = ()
    """Further names under which the server may be called."""
    up: Literal["x", "-x", "y", "-y", "z", "-z"] = "z"
    """The axis of the scans that points up."""
    unit: float = 1.0
    """Metres per unit of the scans."""
    device: str = "cpu"
    """cpu or cuda."""

    def run(self) -> None:
        """Listen, print the link, then load everything else."""
        from lasso3d.annotator.access import Access, address_of
        from lasso3d.annotator.listening import listening

        self._refuse_nonsense()
        token = os.environ.get("LASSO3D_TOKEN") or None
        address_of(self.host, self.port or 0, names=self.allow_host, token=token)
        listener = listening(self.host, self.port)
        address = address_of(self.host, listener.getsockname()[1], names=self.allow_host, token=token)
        access = Access(address, token=token)
        link = address.link(access.token)
        print(link, flush=True)
        if self.open:
            webbrowser.open(link)
        self._serve(access, listener)

    def _serve(self, access: "Access", listener: "socket") -> None:
        from lasso3d.annotator.folders import data_folder
        from lasso3d.annotator.server import Settings, annotator_of, app_of, note_key, run
        from lasso3d.systems import systems

        names = systems()
        default = self.system or next((name for name in PREFERRED if name in names), names[0])
        settings = Settings(data=self.sessions or data_folder(), roots=self._roots())
        annotator = annotator_of(Loader(self.device), tuple(dict.fromkeys((default, *names))), default, settings)
        for scan in self.scans:
            annotator.scenes.open(scan, up=self.up, unit=self.unit)
        forget = note_key(settings.data, access)
        try:
            run(app_of(annotator, access), listener)
        except KeyboardInterrupt:
            pass  # the ordinary end; everything is on the disk already
        finally:
            forget()

    def _roots(self) -> dict[str, Path]:
        """Folders by names that differ."""
        folders = self.root or (() if self.scans else (Path.cwd(),))
        names = [folder.resolve().name or "files" for folder in folders]
        return {
            name if names.count(name) == 1 else f"{name}-{i + 1}": folder
            for i, (name, folder) in enumerate(zip(names, folders, strict=True))
        }

    def _refuse_nonsense(self) -> None:
        from lasso3d.core.errors import ReadError

        require_positive(unit=self.unit)
        if self.port is not None and not 0 <= self.port <= LARGEST_PORT:
            raise WrongUsage(f"--port must be 0 to {LARGEST_PORT}, found {self.port}")
        for path in (*self.scans, *self.root):
            if not path.exists():
                raise ReadError("there is no such file", str(path), "check the path")


@dataclass(frozen=True)
class Loader:
    """How the worker process loads a system; picklable, because it crosses to that process."""

    device: str

    def __call__(self, name: str) -> "Segmenter":
        """The system, on the device wanted where it can run there."""
        from lasso3d.systems import WITHOUT_WEIGHTS, load

        return load(name, device="cpu" if name in WITHOUT_WEIGHTS else self.device)
