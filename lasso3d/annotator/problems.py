"""What the annotator tells people when something cannot be done."""

from typing import Any, Literal

from lasso3d.core.errors import LassoError, OverBudget, ReadError, UnsupportedPrompt, WriteError

Code = Literal[
    "unauthorized",
    "not_found",
    "bad_request",
    "unsupported_prompt",
    "over_budget",
    "read_error",
    "write_error",
    "conflict",
    "too_large",
    "forbidden_path",
    "cancelled",
    "not_ready",
    "internal",
]

STATUS: dict[str, int] = {
    "unauthorized": 401,
    "not_found": 404,
    "bad_request": 422,
    "unsupported_prompt": 422,
    "over_budget": 507,
    "read_error": 422,
    "write_error": 422,
    "conflict": 409,
    "too_large": 413,
    "forbidden_path": 403,
    "cancelled": 409,
    "not_ready": 409,
    "internal": 500,
}
"""HTTP status of each code."""

_CODES: tuple[tuple[type[LassoError], Code], ...] = (
    (UnsupportedPrompt, "unsupported_prompt"),
    (OverBudget, "over_budget"),
    (ReadError, "read_error"),
    (WriteError, "write_error"),
)


class Problem(LassoError):
    """A request that cannot be met; it carries a code that programs understand."""

    def __init__(
        self,
        code: Code,
        what: str,
        where: str = "",
        cure: str = "",
        *,
        understood: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(what, where, cure)
        self.code: Code = code
        self.understood = understood
        """Of an unsupported prompt: prompt types by system."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled with its code: a problem crosses from the worker process to the server."""
        return _rebuild, (self.code, self.what, self.where, self.cure, self.understood)

    def to_json(self) -> dict[str, Any]:
        """As it is sent."""
        plain = {"code": self.code, "what": self.what, "where": self.where, "cure": self.cure}
        return plain if self.understood is None else {**plain, "understood": self.understood}


def _rebuild(code: Code, what: str, where: str, cure: str, understood: dict[str, list[str]] | None) -> Problem:
    return Problem(code, what, where, cure, understood=understood)


def problem_of(error: Exception) -> Problem:
    """Any error as a problem; one that is nobody's fault but ours is `internal`."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, LassoError):
        code: Code = next((code for kind, code in _CODES if isinstance(error, kind)), "bad_request")
        return Problem(code, error.what, error.where, error.cure)
    return Problem("internal", f"this is a bug in lasso3d: {type(error).__name__}: {error}", cure="report it")
