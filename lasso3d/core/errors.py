"""Everything that can go wrong on purpose: each error says what, where, and what to do about it."""


class LassoError(Exception):
    """An error meant for the user. Any other exception that escapes the library is a bug."""

    def __init__(self, what: str, where: str = "", cure: str = "") -> None:
        super().__init__(what, where, cure)
        self.what = what
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        """One line: `where: what; cure`."""
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.cure}" if self.cure else ""
        return " ".join(f"{place}{self.what}{advice}".split())


class ReadError(LassoError):
    """A file cannot be read as a scan."""


class WriteError(LassoError):
    """A result cannot be written; nothing was left half-written."""


class SceneError(LassoError, ValueError):
    """Arrays that do not make a scene."""


class CheckpointError(LassoError):
    """A checkpoint or its card cannot be used."""


class UnsupportedPrompt(LassoError):
    """A segmenter was asked something it does not understand."""


class MissingExtra(LassoError, ImportError):
    """An optional package is not installed."""


class OverBudget(LassoError):
    """The work would not fit in memory; refused before anything was allocated."""

    def __init__(self, what: str, where: str = "", cure: str = "", *, needed: int = 0, free: int = 0) -> None:
        super().__init__(what, where, cure)
        self.needed = needed
        self.free = free
