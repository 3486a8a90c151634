"""`lasso3d train`: a system learns by its recipe, every field of which is a flag."""

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

import tyro

from lasso3d.cli.usage import WrongUsage

R = TypeVar("R")


@dataclass(frozen=True)
class Train:
    """Train a system; `lasso3d train NAME --help` lists the fields of its recipe, each a flag."""

    name: tyro.conf.Positional[str]
    """The system."""

    def run(self) -> None:
        """Train with the recipe as it is."""
        train([self.name])


@dataclass(frozen=True)
class Order(Generic[R]):
    """Flags of every recipe beside its own."""

    recipe: Annotated[R, tyro.conf.arg(name="")]
    preset: str | None = None
    """Which of the recipe's sets of defaults the other flags change."""
    from_: Annotated[Path | None, tyro.conf.arg(name="from", metavar="CKPT")] = None
    """A checkpoint folder whose weights are the first."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="DIR")] = None
    """A new folder for states, log and checkpoint; runs/NAME unless said."""
    resume: Annotated[Path | None, tyro.conf.arg(metavar="DIR")] = None
    """Go on from the newest state in this folder, with the recipe found there."""


def train(arguments: Sequence[str], *, catalogue: Mapping[str, str] | None = None) -> None:
    """Everything after `lasso3d train`: the name of a system, then flags."""
    name, *flags = arguments
    order = _parsed(name, flags, catalogue or {})
    if order.resume is not None and (order.from_ is not None or order.out not in (None, order.resume)):
        raise WrongUsage("a run is resumed where it is: --resume goes without --from and --out")
    from lasso3d.training.loop import train as run
    from lasso3d.training.runs import Job

    job = Job(
        name,
        order.recipe,
        order.resume or order.out or Path("runs") / name,
        resume=order.resume is not None,
        weights=None if order.from_ is None else _weights(order.from_),
        command=shlex.join(["lasso3d", "train", *arguments]),
    )
    sys.stdout.write(f"wrote {run(job)}\n")


def _parsed(name: str, flags: list[str], catalogue: Mapping[str, str]) -> Order[Any]:
    from lasso3d.training.recipes import recipe_class

    kind = recipe_class(name, catalogue=catalogue)
    default: Order[Any] = Order(recipe=_start(name, flags, catalogue))
    wanted: Any = Order[kind]  # type: ignore[valid-type]
    prog, about = f"lasso3d train {name}", kind.__doc__
    parsed: Order[Any] = tyro.cli(wanted, prog=prog, description=about, args=flags, default=default)
    return parsed


def _start(name: str, flags: list[str], catalogue: Mapping[str, str]) -> Any:
    """The recipe that the flags change: of the run resumed, the preset named, or the class."""
    from lasso3d.training.recipes import RECIPE_FILE, preset, read_recipe, recipe_class

    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--resume", type=Path)
    early.add_argument("--preset")
    given, _ = early.parse_known_args(flags)
    if given.resume is not None:
        system, recipe = read_recipe(given.resume / RECIPE_FILE, catalogue=catalogue)
        if system != name:
            raise WrongUsage(f"{given.resume} is a run of {system}, not of {name}")
        return recipe
    if given.preset is not None:
        return preset(name, given.preset, catalogue=catalogue)
    return recipe_class(name, catalogue=catalogue)()


def _weights(folder: Path) -> Mapping[str, Any]:
    from lasso3d.nn.checkpoint import read_weights
    from lasso3d.systems.card import read_card

    return read_weights(folder, digest=read_card(folder).weights)
