"""Mutates valid files of every format and reads the mutants in a child process with memory and time limits.

    python tests/io/fuzz.py --count 100000 --format ply      one reader; without --format all of them

Mutant i of a format is a function of i, so that `--first i --count 1` brings a failure back. A mutant passes when
it is read or refused with a ReadError of one line, in time and memory that its size allows.
"""
# ruff: noqa: T201  a script talks

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scan_files import samples

from lasso3d.core.errors import ReadError
from lasso3d.io.scenes import read_scene

SECONDS = 2.0
"""A reader may take for one file."""

SPARE_BYTES = 64 << 20
"""Beside three times its file, a reader may take."""

PER_CHILD = 5000

NAMED = r"^\S*\.[a-z]{3}( \d+)?$"
"""A line that names the file or mutant to be read next."""

MESH_BYTES = 256 << 20
"""The same for a mesh, which becomes up to 400,000 points however small it is."""

NUMBERS = (
    "0",
    "-1",
    "1",
    "255",
    "65536",
    "4294967295",
    "1000000000000",
    "1e9",
    "nan",
    "-5",
    "99999999999999999999",
    "",
)
CALM = {"MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}
"""Keeps what is no reader's doing out of the count of memory: arenas, threads, symbols for the panics of lazrs."""

SIZES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
WORDS = (
    b"list",
    b"double",
    b"char",
    b"vertex",
    b"face",
    b"nan",
    b"inf",
    b"\xff\xfe",
    b"\n",
    b"\r",
    b" ",
    b"x",
    b"\0" * 40,
)


def mutant(files: list[bytes], number: int) -> bytes:
    """A valid file with one to four things changed."""
    rng = np.random.default_rng(number)
    data = files[rng.integers(len(files))]
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        data = CHANGES[rng.integers(len(CHANGES))](data, rng) or b"\0"
    return data


def flip_bits(data: bytes, rng: np.random.Generator) -> bytes:
    changed = np.frombuffer(data, np.uint8).copy()
    places = rng.integers(len(data), size=rng.choice([1, 2, 8]))
    changed[places] ^= (1 << rng.integers(8, size=len(places))).astype(np.uint8)
    return changed.tobytes()


def random_byte(data: bytes, rng: np.random.Generator) -> bytes:
    place = rng.integers(min(len(data), 600)) if rng.random() < 0.7 else rng.integers(len(data))
    return data[:place] + rng.bytes(1) + data[place + 1 :]


def truncate(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: rng.integers(len(data))]


def cut_out(data: bytes, rng: np.random.Generator) -> bytes:
    start = rng.integers(len(data))
    return data[:start] + data[start + rng.integers(1, 40) :]


def repeat_part(data: bytes, rng: np.random.Generator) -> bytes:
    start = rng.integers(len(data))
    part = data[start : start + rng.integers(1, 60)]
    return data[:start] + part * int(rng.choice([1, 2, 50])) + data[start:]


def insert_word(data: bytes, rng: np.random.Generator) -> bytes:
    place = rng.integers(min(len(data), 600))
    return data[:place] + WORDS[rng.integers(len(WORDS))] + data[place:]


def edit_number(data: bytes, rng: np.random.Generator) -> bytes:
    """Another number where one is written as text."""
    found = list(re.finditer(rb"\d+", data[:1500]))
    if not found:
        return flip_bits(data, rng)
    match = found[rng.integers(len(found))]
    return data[: match.start()] + NUMBERS[rng.integers(len(NUMBERS))].encode() + data[match.end() :]


def edit_size(data: bytes, rng: np.random.Generator) -> bytes:
    """Another number where one may be stored in two, four or eight bytes."""
    width = int(rng.choice([2, 4, 8]))
    place = rng.integers(min(len(data), 600))
    value = SIZES[rng.integers(len(SIZES))] & (2 ** (8 * width) - 1)
    return data[:place] + value.to_bytes(width, "little") + data[place + width :]


def swap_lines(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data[:1000].split(b"\n")
    first, second = rng.integers(len(lines), size=2)
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines) + data[1000:]


CHANGES = (
    flip_bits, random_byte, truncate, cut_out, repeat_part, insert_word, edit_number, edit_number, edit_size,
    swap_lines,
)  # fmt: skip


def complaint(path: Path) -> str:
    """What is wrong with how a file is read; nothing if all is well."""
    start = time.process_time()
    try:
        read_scene(path)
    except ReadError as error:
        text = str(error)
        if "\n" in text or not (error.what and error.where and error.cure) or "free memory" in text:
            return f"no clear line, or memory for what is not there: {text!r}"
    except BaseException:  # noqa: BLE001  whatever escapes is what is looked for
        return traceback.format_exc()
    taken = time.process_time() - start
    return f"took {taken:.1f} s" if taken > SECONDS else ""


def limit_memory(path: Path) -> None:
    data = path.read_bytes()
    is_mesh = path.suffix in (".obj", ".stl", ".glb") or b"element face" in data[:2000]
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + 3 * len(data) + (MESH_BYTES if is_mesh else SPARE_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def read_mutants(suffixes: list[str], first: int, count: int) -> int:
    """The child: prints the number of each mutant before reading it, and what is wrong with it after."""
    failures = 0
    for suffix in suffixes:
        warm_up(suffix)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in suffixes:
            path = Path(folder) / f"mutant{suffix}"
            files = samples()[suffix]
            for number in range(first, first + count):
                path.write_bytes(mutant(files, number))
                failures += is_wrong(path, f"{suffix} {number}")
    return failures


def read_folder(folder: Path) -> int:
    """The child: the same with every file of a folder."""
    paths = sorted(folder.iterdir())
    for suffix in sorted({path.suffix for path in paths}):
        warm_up(suffix)
    return sum(is_wrong(path, path.name) for path in paths)


def warm_up(suffix: str) -> None:
    """Compile and import what is needed before memory is counted."""
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"valid{suffix}"
        for data in samples()[suffix]:
            path.write_bytes(data)
            read_scene(path)


def is_wrong(path: Path, name: str) -> bool:
    print(name, flush=True)
    limit_memory(path)
    wrong = complaint(path)
    if wrong:
        print(f"FAILED {name}\n{wrong}", flush=True)
    return bool(wrong)


def mutant_failures(suffixes: list[str], first: int, count: int) -> str:
    """What is wrong with how mutants of some formats are read, as text."""
    formats = [suffix[1:] for suffix in suffixes]
    numbers = ("--first", str(first), "--count", str(count))
    return run_child("--format", *formats, *numbers, files=count * len(suffixes))


def file_failures(folder: Path) -> str:
    """What is wrong with how the files of a folder are read, as text."""
    return run_child("--files", str(folder), files=len(list(folder.iterdir())))


def run_child(*arguments: str, files: int) -> str:
    """Failures of a child; that it dies or hangs is one."""
    command = [sys.executable, __file__, "--child", *arguments]
    environment = os.environ | CALM
    limit = 60 + files * SECONDS / 10
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        return f"hangs at {(error.stdout or b'').decode().splitlines()[-1:]}"
    _, *parts = re.split(r"^FAILED", child.stdout, flags=re.MULTILINE)
    # a part ends where the next file is named
    failures = "".join(f"FAILED{re.split(NAMED, part, maxsplit=1, flags=re.MULTILINE)[0]}" for part in parts)
    if child.returncode and not failures:
        return f"died ({child.returncode}) after {child.stdout.splitlines()[-1:]}: {child.stderr[-2000:]}"
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--format", nargs="+", choices=[suffix[1:] for suffix in samples()])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--files", type=Path, help="read the files of this folder instead")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    suffixes = [f".{name}" for name in chosen.format or []] or list(samples())
    if chosen.child:
        if chosen.files:
            return min(read_folder(chosen.files), 100)
        return min(read_mutants(suffixes, chosen.first, chosen.count), 100)
    failures = list(filter(None, all_failures(chosen, suffixes)))
    print("\n".join(failures) or "every file was read or refused in one clear line")
    return bool(failures)


def all_failures(chosen: argparse.Namespace, suffixes: list[str]) -> Iterator[str]:
    if chosen.files:
        yield file_failures(chosen.files)
        return
    stop = chosen.first + chosen.count
    for suffix in suffixes:
        for start in range(chosen.first, stop, PER_CHILD):
            yield mutant_failures([suffix], start, min(PER_CHILD, stop - start))


if __name__ == "__main__":
    sys.exit(main())
