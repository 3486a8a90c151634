"""Where the annotator keeps things unless said otherwise."""

import os
from pathlib import Path


def data_folder() -> Path:
    """Where sessions are kept unless said otherwise: not in the cache, which may be deleted."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "lasso3d"


def cache_folder() -> Path:
    """Where prepared scenes are kept; safe to delete."""
    return Path(os.environ.get("LASSO3D_CACHE") or Path.home() / ".cache" / "lasso3d") / "scenes"


def key_path(data: Path, port: int | None) -> Path:
    """Where a server leaves its key for scripts of the same user."""
    return data / "servers" / f"{port}.json"
