"""How things are said: wordings of relations and frames of sentences, in two sets that share no run of four words.

The first set is for training scenes, the second is held out. A slot in braces counts as one word, whatever
fills it. `{a}`, `{b}` and `{v}` are other things with their articles ("the table", "a red chair"); `{n}` is the
noun with its adjectives, `{an}` the same with "a" or "an", `{ns}` several, `{k}` a number word; `{r}` is a
wording from below that follows a noun, `{p}` one that can stand alone after "is" or open a sentence.
"""

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Wordings:
    """Ways to say one thing."""

    places: tuple[str, ...] = ()
    """Fit after a noun, after "is", and before "there is"."""
    clauses: tuple[str, ...] = ()
    """Fit after a noun only."""


@final
@dataclass(frozen=True)
class Grammar:
    """All that can be said in one set."""

    wordings: dict[str, Wordings]
    one: tuple[str, ...]
    """Frames for one thing."""
    several: tuple[str, ...]
    joiner: str
    """Between two wordings after one noun."""
    tails: tuple[str, ...]
    """What narrows a request down, as a sentence of its own after it."""


def _pair(train: str, held_out: str, clauses: str = "", held_out_clauses: str = "") -> tuple[Wordings, Wordings]:
    def split(text: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in text.split("|") if part.strip())

    return Wordings(split(train), split(clauses)), Wordings(split(held_out), split(held_out_clauses))


_PAIRS: dict[str, tuple[Wordings, Wordings]] = {
    "on": _pair("on {a} | on top of {a} | standing on {a}", "resting atop {a} | set down upon {a}",
                "that lies on {a} | {a} has on it", "which {a} carries | with {a} underneath it"),
    "in": _pair("in {a} | inside {a} | kept in {a}", "stored within {a} | tucked away inside of {a}",
                "that {a} holds | that was put into {a}", "which {a} contains"),
    "under": _pair("under {a} | underneath {a} | below the top of {a}", "tucked beneath {a} | down below {a}",
                   "that somebody put under {a}", "which hides beneath {a}"),
    "above": _pair("above {a} | over {a} | hanging over {a}", "mounted higher than {a} | up beyond {a}",
                   "that hangs above {a}", "with {a} right below it"),
    "below": _pair("below {a} | beneath {a} | directly under {a}",
                   "at the foot of the wall where {a} hangs | lower than {a}",
                   "that has {a} above it", "over which {a} hangs"),
    "beside": _pair("next to {a} | beside {a} | by {a} | close to {a} | near {a}",
                    "adjacent to {a} | side by side with {a} | right at the edge of {a}",
                    "that is standing next to {a} | that has {a} at its side",
                    "which neighbours {a} | sharing its spot with {a}"),
    "before": _pair("in front of {a} | before {a} | on the front side of {a}",
                    "facing {a} at a short distance | ahead of {a}",
                    "that stands in front of {a}", "which {a} is facing"),
    "behind": _pair("behind {a} | to the back of {a} | on the rear side of {a}",
                    "hidden to the rear of {a} | just past {a}, on its rear",
                    "that stands behind {a}", "which {a} turns its back on"),
    "left": _pair("to the left of {a} as seen from {v} | on the left side of {a} when you stand at {v}",
                  "left of {a}, viewed from {v} | further left than {a} for a person at {v}",
                  "that you see left of {a} if you look from {v}",
                  "which appears leftwards of {a} to a viewer at {v}"),
    "right": _pair("to the right of {a} as seen from {v} | on the right side of {a} when you stand at {v}",
                   "right of {a}, viewed from {v} | further right than {a} for a person at {v}",
                   "that you see right of {a} if you look from {v}",
                   "which appears rightwards of {a} to a viewer at {v}"),
    "closer": _pair("closer to {v} than {a} | nearer to {v} than {a} is",
                    "with less distance to {v} compared with {a}"),
    "farther": _pair("farther from {v} than {a} | farther away from {v} than {a} is",
                     "with more distance to {v} compared with {a}"),
    "left hand": _pair("on the left of someone sitting on {a} | to your left when you sit on {a}",
                       "at the left hand of anybody seated on {a}"),
    "right hand": _pair("on the right of someone sitting on {a} | to your right when you sit on {a}",
                        "at the right hand of anybody seated on {a}"),
    "between": _pair("between {a} and {b} | in between {a} and {b} | halfway between {a} and {b}",
                     "midway from {a} towards {b} | with {a} to one side and {b} to the other",
                     "that stands between {a} and {b}", "which {a} and {b} enclose"),
    "corner": _pair("in the corner | in a corner of the room",
                    "tucked into an angle of two walls | where two walls meet",
                    "that fills a corner"),
    "wall": _pair("against the wall | by the wall | along the wall",
                  "backed up to a wall | pushed right up to the wall",
                  "that stands against a wall", "touching one of the walls"),
    "hanging": _pair("on the wall | hanging on the wall | up on the wall",
                     "fixed to the wall | mounted high upon one wall",
                     "that hangs on a wall", "which a wall carries"),
    "floor": _pair("on the floor | on the ground", "down at ground level | at floor height"),
    "nearest": _pair("closest to {a} | nearest to {a} | nearest {a}",
                     "at the least distance from {a} | which is the nearest one to {a}",
                     "that is closest to {a}", "which {a} is nearest to"),
    "farthest": _pair("farthest from {a} | farthest away from {a} | most remote from {a}",
                      "at the greatest distance from {a}", "that is farthest from {a}"),
    "bearing": _pair("topped by {a} | holding {a}", "carrying {a} | loaded with {a}",
                     "that has {a} on it | that {a} stands on", "which supports {a}"),
    "bare": _pair("with nothing on it | with an empty top", "free of any load | bare on top",
                  "that carries nothing",
                  "upon which nothing rests"),
    "colour": _pair("{c} in colour | of {c} colour", "mostly {c} | painted {c} or nearly so", "that is {c}",
                    "whose colour is {c}"),
    "part": _pair("with {h} | fitted with {h}", "featuring {h} | equipped with {h} of its own", "that has {h}",
                  "which comes with {h}"),
}  # fmt: skip

TRAIN = Grammar(
    {key: pair[0] for key, pair in _PAIRS.items()},
    one=(
        "the {n} {r}", "the {n} {r}", "{n} {r}", "Select the {n} {r}.", "Please mark the {n} {r}.",
        "Can you show me the {n} {r}?", "Where is the {n} {r}?", "I mean the {n} {r}.", "This is {an}. It is {p}.",
        "{p}, there is {an}; take it.", "{p} you will find {an}.", "The {n} that I want outlined is {p}.",
        "It is {an} {r}.", "Segment the {n}; it is {p}.", "give me the mask of the {n} {r}",
        "There is {an} {r}; mark it.", "Is there {an} {r}? Show it to me.", "one {n} is {p}, and I need that one",
        "The {n} should be picked: it is {p}.", "point me to the {n} {r}, please", "The {n} {r} has to be cut out.",
    ),
    several=(
        "all {ns} {r}", "all the {ns} {r}", "every {n} {r}", "Select all {ns} {r}.", "the {ns} {r}",
        "the {k} {ns} {r}", "Mark each {n} {r}.", "Which {ns} are {p}? Mark them all.", "Show me every {n} {r}.",
        "There are {k} {ns} {r}; I need them all.", "Each of the {ns} {r} has to be outlined.",
        "I mean the {k} {ns} {r}.",
    ),
    joiner=" and ",
    tails=(
        "It should be {p}.", "Only something {p} will do.", "I am thinking of what is {p}.",
        "It must be {p}, please.",
        "I would like the one {r}.", "Pick whatever is located {p}.",
    ),
)  # fmt: skip

HELD_OUT = Grammar(
    {key: pair[1] for key, pair in _PAIRS.items()},
    one=(
        "that {n} {r}", "{an} {r}", "Find me that {n} {r}, thanks.", "My choice would be {an} {r}.",
        "Which {n} happens to be {p}? Highlight precisely that.",
        "What should get highlighted is {an}, namely {p}.",
        "Looking for this: {an} {r}, nothing else.", "Of everything around I want that {n} {r}.",
        "Would you kindly outline whichever {n} happens to be {p}?", "{p} one notices {an}, which is my pick.",
    ),
    several=(
        "any {n} {r}", "{ns} {r}, without exception", "Collect the full set of {ns} {r}.",
        "Highlight whatever {ns} happen to be {p}.", "Wanted: {k} {ns} {r}.",
    ),
    joiner=", likewise ",
    tails=(
        "What counts is that it happens to be {p}.", "My preference goes to whatever one finds {p}.",
        "Limit yourself to anything {r}.",
    ),
)  # fmt: skip

ADJECTIVES: dict[str, tuple[str, ...]] = {
    "largest": ("largest", "biggest"), "smallest": ("smallest",), "tallest": ("tallest",), "highest": ("highest",),
    "lowest": ("lowest",), "darkest": ("darkest",), "lightest": ("brightest", "lightest"),
}  # fmt: skip
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
