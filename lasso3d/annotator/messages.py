"""What may be said to the annotator: the commands, alike over REST and WebSocket, and the other requests."""

from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lasso3d.annotator.problems import Problem
from lasso3d.core.scene import Up

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of an object; 0 would be background."""
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(min_length=1, max_length=200)]


class Request(BaseModel):
    """Unknown fields are an error, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CommandBase(Request):
    """What every command has."""

    cmd: Annotated[str, Field(min_length=8, max_length=64)]
    """Chosen by the client, a UUID; the same command sent again is done once."""

    def arguments(self) -> dict[str, Any]:
        """All but what every command has, as the log keeps it; what was not given is left out."""
        return self.model_dump(exclude={"t", "cmd"}, exclude_none=True, mode="json")


class ClickCommand(CommandBase):
    """A click on an object; an unknown number makes a new object."""

    t: Literal["click"]
    object: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """0 = background."""
    point: Annotated[int, Field(ge=0, le=2**32 - 1)] | None = None
    """Index in the order of the tiles."""
    xyz: tuple[Coordinate, Coordinate, Coordinate] | None = None
    """Scene frame, metres; instead of `point`."""
    sign: Literal[1, -1] = 1
    """-1 = not this object."""


class RemoveClick(CommandBase):
    """Take one click back, whichever it was."""

    t: Literal["remove_click"]
    click: Number


class NewObject(CommandBase):
    """An object without clicks yet."""

    t: Literal["new_object"]
    name: Name | None = None
    object: Number | None = None


class Rename(CommandBase):
    """Name an object."""

    t: Literal["rename"]
    object: Number
    name: Name


class Delete(CommandBase):
    """An object with its clicks and its mask."""

    t: Literal["delete_object"]
    object: Number


class Accept(CommandBase):
    """The mask of an object stays while others change, until somebody clicks on it."""

    t: Literal["accept"]
    object: Number
    on: bool = True
    """False = open it again."""


class Clear(CommandBase):
    """Clicks and mask of one object, or of all."""

    t: Literal["clear"]
    object: Number | None = None


class AskPrompt(CommandBase):
    """Names, sentences, instructions, parts, boxes: answered with candidates."""

    t: Literal["prompt"]
    prompt: dict[str, Any]
    """As `prompt_to_json` writes it."""
    system: Key | None = None


class AcceptCandidate(CommandBase):
    """A candidate's mask becomes an object's; points labelled already stay with their objects."""

    t: Literal["accept_candidate"]
    candidate: Number
    row: Annotated[int, Field(ge=0, le=2**31 - 1)]
    object: Number | None = None
    name: Name | None = None


class SetSystem(CommandBase):
    """Who answers clicks from now on."""

    t: Literal["set_system"]
    system: Key


class Plain(CommandBase):
    """Commands that need no more words."""

    t: Literal["undo", "redo", "dismiss_candidates"]


Command = Annotated[
    ClickCommand
    | RemoveClick
    | NewObject
    | Rename
    | Delete
    | Accept
    | Clear
    | AskPrompt
    | AcceptCandidate
    | SetSystem
    | Plain,
    Field(discriminator="t"),
]

_COMMAND: TypeAdapter[CommandBase] = TypeAdapter(Command)


def command_of(plain: Any) -> CommandBase:
    """The command that a JSON object is.

    Raises:
        Problem: `bad_request`, naming the first field that is wrong.
    """
    try:
        return _COMMAND.validate_python(plain)
    except ValidationError as error:
        raise Problem("bad_request", *first_fault(cast("list[dict[str, Any]]", error.errors()))) from error


def first_fault(errors: list[dict[str, Any]]) -> tuple[str, str]:
    """What is wrong and where, of the first of pydantic's errors."""
    if not errors:
        return "is not understood", "request"
    where = ".".join(str(part) for part in errors[0].get("loc", ())) or "request"
    return str(errors[0].get("msg", "is not understood")), where


class OpenScene(Request):
    """A file or scene folder below an allowed root."""

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    """`root/sub/file`, as GET /files lists it."""
    up: Up = "z"
    """The file's axis that points up."""
    unit: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """Metres per unit of the file."""


class NewSession(Request):
    """A session on a scene."""

    scene: Key
    name: Name | None = None
    system: Key | None = None


class RenameSession(Request):
    """A new name for a session."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class Nothing(Request):
    """A request without words."""
