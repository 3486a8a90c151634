"""What the README and the examples show runs as printed."""

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs(path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_readme_has_exactly_two_set_up_commands():
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("pip install")]
    assert len(commands) == 2
    assert commands[0].endswith("&& lasso3d demo")
    assert commands[1].endswith("&& pytest")


def test_the_commands_of_the_readme_run(lasso, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lasso("demo")
    ran = 0
    for block in blocks("console"):
        for line in block.splitlines():
            if line.startswith("$ lasso3d annotate "):
                assert_it_listens(shlex.split(line.removeprefix("$ lasso3d ")))
            elif line.startswith("$ lasso3d "):
                code, _, complaint = lasso(*shlex.split(line.removeprefix("$ lasso3d ")))
                assert code == 0, f"{line}\n{complaint}"
                ran += 1
    assert ran >= 3


def assert_it_listens(words):
    """Start the annotator without a browser, see its link, end it."""
    quiet = [word for word in words if word != "--open"]
    command = [sys.executable, "-m", "lasso3d.cli", *quiet, "--sessions", "sessions"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline().startswith("http://127.0.0.1:")
        finally:
            server.kill()


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, lasso):
    monkeypatch.chdir(tmp_path)
    lasso("demo")
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})


def test_the_files_the_readme_points_to_exist():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
