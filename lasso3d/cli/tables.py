"""Tables for people: drawn by rich on a terminal, plain aligned columns elsewhere."""

import sys
from collections.abc import Sequence


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> None:
    """First column left, all others right."""
    if sys.stdout.isatty():
        _print_rich(header, rows, title)
    else:
        _print_plain(header, rows, title)


def _print_rich(header: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title or None)
    for i, name in enumerate(header):
        table.add_column(name, justify="right" if i else "left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _print_plain(header: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    if title:
        print(title)
    width = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    for row in (header, *rows):
        cells = (cell.rjust(width[i]) if i else cell.ljust(width[i]) for i, cell in enumerate(row))
        print("  ".join(cells).rstrip())
