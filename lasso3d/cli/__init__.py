"""The command line: one file per command, heavy imports only when a command runs."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import tyro

from lasso3d import __version__
from lasso3d.cli.annotate import Annotate
from lasso3d.cli.demo import Demo
from lasso3d.cli.evaluate import Evaluate
from lasso3d.cli.info import Info
from lasso3d.cli.scenes import Scenes
from lasso3d.cli.segment import Segment
from lasso3d.cli.train import Train, train
from lasso3d.cli.usage import WrongUsage
from lasso3d.core.errors import LassoError

COMMANDS: dict[str, Callable[..., Any]] = {
    "demo": Demo,
    "segment": Segment,
    "annotate": Annotate,
    "train": Train,
    "evaluate": Evaluate,
    "scenes": Scenes,
    "info": Info,
}

ABOUT = f"""Lasso3D {__version__}: click it, name it, describe it, ask for it; masks that know where they are
unsure.

Coordinates are those of your file. Add --debug to any command for a traceback when it fails."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 = success, 1 = failure with one line on stderr, 2 = wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    if given == ["--version"]:
        given = ["info"]
    try:
        if given[:1] == ["train"] and len(given) > 1 and not given[1].startswith("-"):
            # the flags are the fields of that system's recipe
            train(given[1:])
        else:
            tyro.extras.subcommand_cli_from_dict(COMMANDS, prog="lasso3d", description=ABOUT, args=given).run()
    except WrongUsage as error:
        return _fail(error, 2, debug)
    except LassoError as error:
        return _fail(error, 1, debug)
    except BrokenPipeError:
        # the reader of our output has gone (| head); nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _fail(Exception(f"the output cannot be written ({error.strerror or error})"), 1, debug)
    except KeyboardInterrupt:
        print("lasso3d: interrupted; nothing was left half-written", file=sys.stderr)
        return 130
    except SystemExit as stop:
        return int(stop.code or 0)
    except Exception as error:  # noqa: BLE001
        line = " ".join(str(error).split())
        message = f"this is a bug in lasso3d: {type(error).__name__}: {line}; run again with --debug and report it"
        return _fail(Exception(message), 1, debug)
    return 0


def _fail(error: Exception, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"lasso3d: {error}", file=sys.stderr)
    return code
