"""`python -m lasso3d.training RECIPE.json`: training where only torch, numpy, scipy, numba and safetensors are."""

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lasso3d.core.errors import LassoError
from lasso3d.training.loop import train
from lasso3d.training.recipes import NO_CATALOGUE, read_recipe
from lasso3d.training.runs import Interrupted, Job

RUNS = Path("runs")


def main(arguments: Sequence[str], *, catalogue: Mapping[str, str] = NO_CATALOGUE) -> int:
    """Train; 0 = a checkpoint was written, 1 = failure, told in one line, 2 = wrong usage, 130 = interrupted."""
    given = _parser().parse_args(arguments)
    if given.resume and given.out and given.resume != given.out:
        return _fail("a run is resumed where it is: --out must be the folder of --resume", 2)
    command = shlex.join(["python", "-m", "lasso3d.training", *arguments])
    try:
        system, recipe = read_recipe(given.recipe, catalogue=catalogue)
        out = given.resume or given.out or RUNS / system
        folder = train(Job(system, recipe, out, resume=given.resume is not None, command=command))
    except Interrupted as stop:
        return _fail(str(stop), 130)
    except LassoError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("interrupted; the last save is whole", 130)
    sys.stderr.write(f"wrote {folder}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m lasso3d.training", description="Run a recipe to its checkpoint.")
    parser.add_argument("recipe", metavar="RECIPE.json", type=Path, help='{"system": name, "recipe": {fields}}')
    parser.add_argument("--resume", metavar="DIR", type=Path, help="go on from the newest state in this folder")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="a new folder for the run; runs/<system> unless said"
    )
    return parser


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"lasso3d.training: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
