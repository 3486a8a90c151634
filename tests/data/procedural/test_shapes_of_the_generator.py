"""The shapes in the generator's annotations, which the other tests leave unchecked because it takes long."""

import subprocess
import sys

import pytest

MAKE = """
from jaxtyping import install_import_hook
with install_import_hook("lasso3d.data.procedural", "beartype.beartype"):
    from lasso3d.data.procedural import procedural
    from lasso3d.data.procedural.forms import meshed
try:
    meshed(None, None)
except Exception as error:
    assert "vertex" in str(error), error
else:
    raise SystemExit("a wrong shape passed")
print(len(procedural({world!r}, {seed}, views=2, size=(32, 24)).scene))
"""


@pytest.mark.parametrize(("world", "seed"), [("tabletops", 3), ("rooms", 3), ("streets", 9), ("objects", 3)])
def test_scenes_are_made_of_what_the_annotations_say(world, seed):
    made = subprocess.run(
        [sys.executable, "-W", "error", "-c", MAKE.format(world=world, seed=seed)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    assert int(made.stdout) > 1000
