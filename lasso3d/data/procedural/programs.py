"""What rooms of each kind hold, and the words for it."""

from dataclasses import dataclass
from typing import Literal, final

Way = Literal["wall", "row", "corner", "free", "centre", "hang", "rug", "ceiling"]
"""Against a wall, beside the last thing there, in a corner, anywhere, in the middle, on a wall, flat, hanging."""

BACKGROUND = ("floor", "wall", "ceiling")
OBJECTS = (
    "armchair", "backpack", "ball", "basket", "bathtub", "bed", "bench", "book", "bookcase", "books", "bottle",
    "bowl", "box", "cabinet", "can", "chair", "clothes", "coffee table", "computer", "counter", "cup", "curtain",
    "desk", "door", "dresser", "floor lamp", "jar", "keyboard", "lamp", "laptop", "microwave", "mirror",
    "monitor", "mouse", "nightstand", "office chair", "ottoman", "pan", "picture", "plant", "plate", "radiator",
    "refrigerator", "rug", "side table", "sink", "sofa", "sponge", "stool", "stove", "suitcase", "table",
    "table lamp", "television", "toilet", "trash can", "wall cabinet", "wall shelf", "wardrobe",
    "washing machine", "whiteboard", "window",
)  # fmt: skip
CLASS_NAMES = (*BACKGROUND, *OBJECTS)
PART_NAMES = (
    "arm", "back", "base", "basin", "blanket", "board", "body", "bowl", "burner", "cap", "cloth", "cushion",
    "door", "drawer", "faucet", "frame", "handle", "headboard", "hook", "knob", "laundry", "leaves", "leg",
    "lid", "mattress", "neck", "pane", "panel", "pedestal", "picture", "pillow", "pocket", "pole", "pot", "rod",
    "screen", "seat", "shade", "shelf", "side", "sill", "tank", "top", "trunk", "wheel",
)  # fmt: skip


@final
@dataclass(frozen=True)
class Wish:
    """Something a room of a kind may have."""

    name: str
    low: int
    high: int
    way: Way


KINDS: dict[str, tuple[tuple[float, float], tuple[Wish, ...]]] = {
    "living": ((12, 26), (
        Wish("rug", 0, 1, "rug"), Wish("sofa", 1, 2, "wall"), Wish("cabinet", 0, 2, "wall"),
        Wish("bookcase", 0, 2, "wall"), Wish("bookcase", 0, 1, "row"), Wish("table", 0, 1, "free"),
        Wish("armchair", 0, 2, "free"), Wish("ottoman", 0, 1, "free"), Wish("floor lamp", 0, 2, "corner"),
        Wish("plant", 0, 2, "corner"), Wish("wall television", 0, 1, "hang"), Wish("picture", 0, 4, "hang"),
        Wish("side table", 0, 2, "wall"), Wish("ceiling lamp", 0, 1, "ceiling"),
        Wish("wall shelf", 0, 2, "hang"), Wish("box", 0, 1, "free"), Wish("basket", 0, 1, "wall"),
    )),
    "bed": ((9, 18), (
        Wish("rug", 0, 1, "rug"), Wish("bed", 1, 2, "wall"), Wish("wardrobe", 0, 1, "corner"),
        Wish("wardrobe", 0, 1, "row"), Wish("dresser", 0, 1, "wall"), Wish("desk", 0, 1, "wall"),
        Wish("chair", 0, 1, "free"), Wish("bookcase", 0, 1, "wall"), Wish("picture", 0, 3, "hang"),
        Wish("wall shelf", 0, 1, "hang"), Wish("mirror", 0, 1, "hang"), Wish("floor lamp", 0, 1, "corner"),
        Wish("suitcase", 0, 1, "wall"), Wish("backpack", 0, 1, "free"), Wish("basket", 0, 1, "corner"),
        Wish("clothes", 0, 2, "free"), Wish("coat", 0, 2, "hang"), Wish("ceiling lamp", 0, 1, "ceiling"),
        Wish("box", 0, 2, "wall"),
    )),
    "kitchen": ((7, 16), (
        Wish("refrigerator", 1, 1, "corner"), Wish("counter", 1, 1, "wall"), Wish("stove", 1, 1, "row"),
        Wish("counter", 0, 1, "row"), Wish("cabinet", 0, 1, "wall"), Wish("table", 0, 1, "centre"),
        Wish("trash can", 0, 2, "wall"), Wish("stool", 0, 2, "free"), Wish("wall shelf", 0, 1, "hang"),
        Wish("picture", 0, 1, "hang"), Wish("plant", 0, 1, "corner"), Wish("box", 0, 2, "wall"),
        Wish("ceiling lamp", 0, 1, "ceiling"), Wish("washing machine", 0, 1, "wall"), Wish("rug", 0, 1, "rug"),
    )),
    "bath": ((4.5, 9), (
        Wish("bathtub", 0, 1, "corner"), Wish("toilet", 1, 1, "wall"), Wish("sink", 1, 2, "wall"),
        Wish("washing machine", 0, 1, "corner"), Wish("cabinet", 0, 1, "wall"),
        Wish("trash can", 0, 1, "corner"), Wish("basket", 0, 1, "wall"), Wish("rug", 0, 2, "free"),
        Wish("coat", 1, 3, "hang"), Wish("wall shelf", 0, 1, "hang"), Wish("stool", 0, 1, "free"),
        Wish("ceiling lamp", 0, 1, "ceiling"),
    )),
    "office": ((9, 26), (
        Wish("desk", 1, 4, "wall"), Wish("desk", 0, 1, "row"), Wish("bookcase", 0, 2, "wall"),
        Wish("bookcase", 0, 2, "row"), Wish("cabinet", 0, 2, "wall"), Wish("whiteboard", 0, 1, "hang"),
        Wish("trash can", 0, 2, "wall"), Wish("table", 0, 1, "centre"), Wish("plant", 0, 1, "corner"),
        Wish("picture", 0, 2, "hang"), Wish("box", 0, 3, "wall"), Wish("backpack", 0, 2, "free"),
        Wish("computer", 0, 2, "wall"), Wish("office chair", 0, 1, "free"), Wish("floor lamp", 0, 1, "corner"),
        Wish("coat", 0, 1, "hang"),
    )),
    "meeting": ((12, 30), (
        Wish("table", 1, 3, "centre"), Wish("whiteboard", 0, 2, "hang"), Wish("wall television", 0, 1, "hang"),
        Wish("cabinet", 0, 1, "wall"), Wish("chair", 0, 5, "row"), Wish("plant", 0, 1, "corner"),
        Wish("trash can", 0, 1, "corner"), Wish("picture", 0, 2, "hang"), Wish("table", 0, 1, "wall"),
        Wish("backpack", 0, 2, "free"), Wish("sofa", 0, 1, "wall"), Wish("ceiling lamp", 0, 2, "ceiling"),
    )),
    "store": ((5, 12), (
        Wish("bookcase", 1, 3, "wall"), Wish("bookcase", 0, 2, "row"), Wish("box", 2, 6, "wall"),
        Wish("box", 0, 3, "free"), Wish("wardrobe", 0, 2, "wall"), Wish("suitcase", 0, 2, "wall"),
        Wish("bench", 0, 1, "wall"), Wish("coat", 0, 3, "hang"), Wish("basket", 0, 2, "wall"),
        Wish("washing machine", 0, 1, "corner"), Wish("mirror", 0, 1, "hang"), Wish("trash can", 0, 1, "wall"),
        Wish("clothes", 0, 1, "free"), Wish("cabinet", 0, 1, "wall"), Wish("stool", 0, 1, "free"),
    )),
}  # fmt: skip
"""Range of the area in square metres, and wishes in the order they are granted."""


EXTRAS: tuple[tuple[str, Way], ...] = (
    ("box", "wall"), ("box", "free"), ("backpack", "free"), ("picture", "hang"), ("picture", "hang"),
    ("plant", "corner"), ("trash can", "wall"), ("chair", "wall"), ("chair", "free"), ("stool", "free"),
    ("suitcase", "wall"), ("basket", "wall"), ("clothes", "free"), ("coat", "hang"), ("wall shelf", "hang"),
    ("cabinet", "wall"), ("cabinet", "row"), ("bookcase", "wall"), ("bookcase", "row"), ("ottoman", "free"),
    ("side table", "wall"), ("bench", "wall"), ("floor lamp", "corner"), ("rug", "rug"), ("armchair", "free"),
    ("dresser", "row"), ("chair", "row"), ("mirror", "hang"),
)  # fmt: skip
"""What collects in any room."""
LIVED_IN = (0.2, 1.1)
"""Extras tried for each square metre, from bare to full."""
