"""The page without a browser: its pure modules in node, and the committed bundle against a rebuild."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "lasso3d" / "annotator" / "web"
STATIC = WEB / "static"
needs_node = pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="node and npm not found")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A copy of the sources with their packages, so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("web")
    for name in ("src", "test"):
        shutil.copytree(WEB / name, folder / name)
    for name in ("package.json", "package-lock.json", "build.mjs", "tsconfig.json", ".npmrc"):
        shutil.copy(WEB / name, folder)
    if (WEB / "node_modules").is_dir():
        (folder / "node_modules").symlink_to(WEB / "node_modules")
        return folder
    done = _run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    if done.returncode:
        pytest.skip(f"npm ci found no packages: {done.stderr.strip().splitlines()[-1:]}")
    return folder


def _run(*words, cwd):
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@needs_node
def test_a_rebuild_gives_the_committed_bundle_byte_for_byte(workshop):
    done = _run("node", "build.mjs", "built", cwd=workshop)
    assert done.returncode == 0, done.stderr
    for name in ("app.js", "app.css", "index.html"):
        built = (workshop / "built" / name).read_bytes()
        assert built == (STATIC / name).read_bytes(), f"{name}: run `npm ci && npm run build` in {WEB.name}/"


@needs_node
def test_the_sources_pass_the_type_checker(workshop):
    done = _run("node", "node_modules/typescript/bin/tsc", "--noEmit", cwd=workshop)
    assert done.returncode == 0, done.stdout


@needs_node
def test_the_pure_modules_pass_their_own_tests(workshop):
    done = _run("node", "build.mjs", "--tests", "built-tests", cwd=workshop)
    assert done.returncode == 0, done.stderr
    files = sorted(str(path) for path in (workshop / "built-tests").glob("*.mjs"))
    done = _run("node", "--test", *files, cwd=workshop)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)[1]) > 30


def test_the_lock_file_names_no_registry_and_pins_every_package():
    lock = json.loads((WEB / "package-lock.json").read_text())
    packages = {name: found for name, found in lock["packages"].items() if name}
    assert packages["node_modules/three"]["version"] == "0.187.0"
    for name, found in packages.items():
        assert "integrity" in found, name
        assert "resolved" not in found, name


def test_the_page_holds_nothing_that_its_policy_forbids():
    page = (STATIC / "index.html").read_text()
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page)
    assert not re.search(r"url\((?!#)", (STATIC / "app.css").read_text())
    assert not re.search(r"\b(eval|new Function)\(", (STATIC / "app.js").read_text())


def test_the_licence_of_what_is_bundled_travels_with_it():
    script = (STATIC / "app.js").read_text()
    assert "@license" in script
    assert "three.js authors" in script.lower()
