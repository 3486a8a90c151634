"""The fingerprint by which a file is known again."""

from hashlib import sha256
from pathlib import Path
from threading import Event

BLOCK = 1 << 20


def digest_of(path: Path, *, stop: Event | None = None) -> str:
    """sha256 of a file, hex; releases the interpreter lock, and gives up early (with "") once `stop` is set."""
    sha = sha256()
    buffer = memoryview(bytearray(BLOCK))
    with path.open("rb", buffering=0) as file:
        while got := file.readinto(buffer):
            if stop is not None and stop.is_set():
                return ""
            sha.update(buffer[:got])
    return sha.hexdigest()
