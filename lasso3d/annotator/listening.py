"""Where a server listens: before anything heavy is loaded, so that its link can be told at once."""

import socket

from lasso3d.core.errors import LassoError

USUAL_PORT = 8765


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that already listens, so that whoever is told its address may call at once.

    Args:
        port: None = the usual one if it is free, else any.

    Raises:
        LassoError: the port is taken.
    """
    for wanted in (USUAL_PORT, 0) if port is None else (port,):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host.strip("[]"), wanted))
            found.listen(128)
            return found
        except OSError as error:
            found.close()
            if wanted == 0 or port is not None:
                what = f"cannot listen on {host}:{wanted} ({error.strerror or error})"
                raise LassoError(what, "annotate", "choose another --port") from error
    raise ValueError("no port was tried")
