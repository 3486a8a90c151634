"""Promises about the code itself."""

import ast
import importlib
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import lasso3d
from lasso3d.core.segmentation import Segmentation
from lasso3d.geometry.voxels import voxelize

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "lasso3d").rglob("*.py"))
BARE_IMAGE = {"torch", "numpy", "scipy", "numba", "llvmlite", "safetensors", "jaxtyping", "lasso3d"}


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_every_package_but_the_generator_has_its_shapes_checked():
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["addopts"]
    checked = set(options.partition("--jaxtyping-packages=")[2].split()[0].split(",")) - {"beartype.beartype"}
    here = {"lasso3d." + path.name for path in (ROOT / "lasso3d").iterdir() if (path / "__init__.py").exists()}
    data = {f"lasso3d.data.{path.stem}" for path in (ROOT / "lasso3d/data").glob("*.py") if path.stem != "__init__"}
    assert checked == (here - {"lasso3d.data"}) | data


def test_shapes_are_checked_in_this_run():
    """The canary: if this passes a wrong shape through, every shape in the library is only a comment."""
    with pytest.raises(Exception, match="xyz"):
        voxelize(np.zeros((3, 4), np.float32), 0.1)
    with pytest.raises(Exception, match="row"):
        Segmentation(np.zeros((1, 1)), np.zeros(1, np.int32), (1,), np.zeros(1), np.zeros(1), exclusive=True).mask(
            "first"
        )


def test_imports_go_down_only():
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_import_and_help_load_no_torch():
    for code in (
        "import lasso3d",
        "import lasso3d; lasso3d.Scene, lasso3d.systems()",
        "from lasso3d.cli import main; main(['--help'])",
    ):
        loaded = run(f"import sys\n{code}\nprint('torch' in sys.modules, 'numba' in sys.modules)").split()
        assert loaded[-2:] == ["False", "False"], code


def test_import_of_the_package_needs_only_what_a_bare_training_image_has():
    loaded = run(
        "import sys, lasso3d\nfor name in lasso3d.__all__[:3]: getattr(lasso3d, name)\nprint(*sys.modules)"
    )
    foreign = {name.partition(".")[0] for name in loaded.split()} - BARE_IMAGE - set(sys.stdlib_module_names)
    assert not {name for name in foreign if not name.startswith("_") and name in INSTALLED}


INSTALLED = {module.name for module in pkgutil.iter_modules()}


def test_every_public_name_resolves():
    for name in lasso3d.__all__:
        assert getattr(lasso3d, name) is not None
    assert set(lasso3d.__all__) == set(lasso3d._MODULE_OF)
    with pytest.raises(AttributeError):
        getattr(lasso3d, "no_such_name")  # noqa: B009


def test_the_list_of_systems_is_a_package_and_a_function():
    import lasso3d.systems.geodesic

    assert "geodesic" in lasso3d.systems()
    assert lasso3d.systems() == lasso3d.systems.systems()
    assert lasso3d.systems.geodesic.Geodesic


def test_every_module_imports():
    for module in pkgutil.walk_packages(lasso3d.__path__, "lasso3d."):
        if not module.name.endswith("__main__") and "triton" not in module.name:
            importlib.import_module(module.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_reads_well(path):
    """Short files, few parameters in what others call, nothing that hides."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= 400, "split the file"
    assert "from __future__ import annotations" not in text
    if path.name != "__init__.py" or text.strip():
        assert ast.get_docstring(tree), "say in a sentence what lives here"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert all(alias.name != "*" for alias in node.names)
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except at line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            given = [a for a in (*node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")]
            private = node.name.startswith("_") or any(map(is_kernel, node.decorator_list))
            assert private or len(given) <= 9 or path in COMPILERS, f"{node.name} takes {len(given)} parameters"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_but_kernels_is_annotated(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        kernel = path in COMPILERS or any(map(is_kernel, getattr(node, "decorator_list", [])))
        if isinstance(node, ast.FunctionDef) and not kernel:
            bare = [a.arg for a in (*node.args.args, *node.args.kwonlyargs) if a.annotation is None]
            assert not set(bare) - {"self", "cls"}, f"{node.name} at line {node.lineno}: {bare}"
            assert node.returns is not None, f"{node.name} at line {node.lineno} says not what it returns"


COMPILERS = [ROOT / "lasso3d" / "nn" / name for name in ("cpu_loops.py", "microkernel.py", "triton_kernel.py")]
"""Files whose functions are read by another compiler; annotations there mean something else to it."""


def is_kernel(decorator):
    return any(name in ast.unparse(decorator) for name in ("compiled", "intrinsic", "triton.jit", "overload"))


def test_no_pickle_and_no_evaluation_anywhere():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for word in ("allow_pickle=True", "import pickle", "torch.load(", "yaml.load(", " eval(", " exec("):
            assert word not in text, f"{word} in {path}"


def test_the_version_is_said_once():
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{lasso3d.__version__}"' in pyproject
    assert f"version: {lasso3d.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
