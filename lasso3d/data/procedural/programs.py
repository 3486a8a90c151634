"""What rooms of each kind hold, and the words for it."""

from dataclasses import dataclass
from typing import Literal, final

Way = Literal["wall", "row", "corner", "free", "centre", "hang", "rug", "ceiling", "lean"]
"""Against a wall, beside the last thing there, in a corner, anywhere, in the middle, on a wall, flat, hanging,
tilted against a wall."""

BACKGROUND = ("floor", "wall", "ceiling")
OBJECTS = (
    "armchair", "backpack", "ball", "basket", "bathtub", "bed", "bench", "book", "bookcase", "books", "bottle",
    "bowl", "box", "cabinet", "can", "chair", "clothes", "coffee table", "computer", "counter", "cup", "curtain",
    "desk", "door", "dresser", "floor lamp", "jar", "keyboard", "lamp", "laptop", "microwave", "mirror",
    "monitor", "mouse", "nightstand", "office chair", "ottoman", "pan", "picture", "plant", "plate", "radiator",
    "refrigerator", "rug", "side table", "sink", "sofa", "sponge", "stool", "stove", "suitcase", "table",
    "table lamp", "television", "toilet", "trash can", "wall cabinet", "wall shelf", "wardrobe",
    "washing machine", "whiteboard", "window",
    "binder", "blanket", "blender", "broom", "bucket", "camera", "candle", "cart", "clock", "coat hook",
    "coat rack", "coffee machine", "crib", "cutting board", "dishwasher", "dispenser", "drill", "drum",
    "drying rack", "eyeglasses", "fan", "faucet", "fire extinguisher", "flashlight", "folding chair", "fork",
    "globe", "guitar", "hair dryer", "hammer", "handbag", "hat", "headphones", "helmet", "high chair", "iron",
    "ironing board", "kettle", "knife", "ladder", "light switch", "lighter", "mop", "oven", "paint can",
    "papers", "pen", "pencil cup", "phone", "piano", "pillow", "pitcher", "pliers", "pot", "printer", "remote",
    "rolling pin", "safe", "saw", "scissors", "screwdriver", "shoes", "shower", "skateboard", "socket",
    "speaker", "spoon", "stapler", "teapot", "teddy bear", "toaster", "toilet paper", "toolbox", "toothbrush",
    "towel", "towel rail", "toy blocks", "toy car", "tray", "umbrella", "usb drive", "vacuum cleaner", "vase",
    "vice", "watering can", "wine glass", "workbench", "wrench",
)  # fmt: skip
CLASS_NAMES = (*BACKGROUND, *OBJECTS)
PART_NAMES = (
    "arm", "back", "base", "basin", "blanket", "board", "body", "bowl", "burner", "cap", "cloth", "cushion",
    "door", "drawer", "faucet", "frame", "handle", "headboard", "hook", "knob", "laundry", "leaves", "leg",
    "lid", "mattress", "neck", "pane", "panel", "pedestal", "picture", "pillow", "pocket", "pole", "pot", "rod",
    "screen", "seat", "shade", "shelf", "side", "sill", "tank", "top", "trunk", "wheel",
    "band", "bar", "bell", "bit", "blade", "block", "bridge", "brim", "buckle", "bulb", "button", "cage",
    "camera", "canopy", "clip", "container", "cord", "cover", "crown", "cup", "display", "ear", "face",
    "flower", "footpedal", "footrest", "hand", "head", "hose", "jaw", "key", "keyboard", "lace", "latch",
    "lens", "light", "membrane", "nozzle", "paper", "pedal", "pen", "plug", "rack", "rib", "rotation", "screw",
    "shaft", "slider", "socket", "sole", "sphere", "spout", "stem", "step", "string", "support", "switch",
    "tabletop", "tine", "tongue", "touchpad", "towel", "tray", "visor", "wick", "window",
)  # fmt: skip


@final
@dataclass(frozen=True)
class Wish:
    """Something a room of a kind may have."""

    name: str
    low: int
    """Fewest; below zero = mostly none: -4 to 1 is one in a sixth of the rooms."""
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
        Wish("piano", -4, 1, "wall"), Wish("guitar", -3, 1, "wall"), Wish("speaker", -1, 2, "wall"),
        Wish("vase", -2, 1, "corner"), Wish("fan", -3, 1, "corner"), Wish("toy car", -3, 2, "free"),
        Wish("toy blocks", -3, 1, "free"), Wish("teddy bear", -4, 1, "free"), Wish("blanket", -3, 1, "free"),
        Wish("clock", -1, 1, "hang"), Wish("light switch", 0, 1, "hang"), Wish("socket", 0, 2, "hang"),
        Wish("drum", -6, 1, "free"), Wish("pillow", -1, 2, "free"),
    )),
    "bed": ((9, 18), (
        Wish("rug", 0, 1, "rug"), Wish("bed", 1, 2, "wall"), Wish("wardrobe", 0, 1, "corner"),
        Wish("wardrobe", 0, 1, "row"), Wish("dresser", 0, 1, "wall"), Wish("desk", 0, 1, "wall"),
        Wish("chair", 0, 1, "free"), Wish("bookcase", 0, 1, "wall"), Wish("picture", 0, 3, "hang"),
        Wish("wall shelf", 0, 1, "hang"), Wish("mirror", 0, 1, "hang"), Wish("floor lamp", 0, 1, "corner"),
        Wish("suitcase", 0, 1, "wall"), Wish("backpack", 0, 1, "free"), Wish("basket", 0, 1, "corner"),
        Wish("clothes", 0, 2, "free"), Wish("coat", 0, 2, "hang"), Wish("ceiling lamp", 0, 1, "ceiling"),
        Wish("box", 0, 2, "wall"),
        Wish("crib", -4, 1, "wall"), Wish("folded clothes", -1, 2, "free"), Wish("shoes", 0, 2, "free"),
        Wish("guitar", -4, 1, "wall"), Wish("ironing board", -5, 1, "wall"), Wish("drying rack", -5, 1, "free"),
        Wish("toy car", -3, 2, "free"), Wish("toy blocks", -3, 1, "free"), Wish("teddy bear", -2, 1, "free"),
        Wish("skateboard", -5, 1, "free"), Wish("handbag", -2, 1, "free"), Wish("hat", -3, 1, "free"),
        Wish("blanket", -2, 1, "free"), Wish("pillow", -1, 1, "free"), Wish("fan", -4, 1, "corner"),
        Wish("light switch", 0, 1, "hang"), Wish("socket", 0, 2, "hang"), Wish("coat rack", -5, 1, "corner"),
    )),
    "kitchen": ((7, 16), (
        Wish("refrigerator", 1, 1, "corner"), Wish("counter", 1, 1, "wall"), Wish("stove", 1, 1, "row"),
        Wish("counter", 0, 1, "row"), Wish("cabinet", 0, 1, "wall"), Wish("table", 0, 1, "centre"),
        Wish("trash can", 0, 2, "wall"), Wish("stool", 0, 2, "free"), Wish("wall shelf", 0, 1, "hang"),
        Wish("picture", 0, 1, "hang"), Wish("plant", 0, 1, "corner"), Wish("box", 0, 2, "wall"),
        Wish("ceiling lamp", 0, 1, "ceiling"), Wish("washing machine", 0, 1, "wall"), Wish("rug", 0, 1, "rug"),
        Wish("dishwasher", -1, 1, "row"), Wish("high chair", -4, 1, "free"),
                          Wish("folding chair", -4, 1, "wall"),
        Wish("bucket", -3, 1, "free"), Wish("broom", -3, 1, "lean"), Wish("vacuum cleaner", -5, 1, "free"),
        Wish("clock", -1, 1, "hang"), Wish("light switch", 0, 1, "hang"), Wish("socket", 0, 2, "hang"),
        Wish("fire extinguisher", -5, 1, "wall"), Wish("cart", -5, 1, "wall"),
                          Wish("towel rail", -3, 1, "hang"),
    )),
    "bath": ((4.5, 9), (
        Wish("bathtub", 0, 1, "corner"), Wish("toilet", 1, 1, "wall"), Wish("sink", 1, 2, "wall"),
        Wish("washing machine", 0, 1, "corner"), Wish("cabinet", 0, 1, "wall"),
        Wish("trash can", 0, 1, "corner"), Wish("basket", 0, 1, "wall"), Wish("rug", 0, 2, "free"),
        Wish("coat", 1, 3, "hang"), Wish("wall shelf", 0, 1, "hang"), Wish("stool", 0, 1, "free"),
        Wish("ceiling lamp", 0, 1, "ceiling"),
        Wish("shower", 0, 1, "hang"), Wish("towel rail", 0, 1, "hang"), Wish("hung towel", 0, 2, "hang"),
        Wish("toilet paper", 0, 1, "hang"), Wish("bucket", -2, 1, "free"), Wish("mop", -3, 1, "lean"),
        Wish("drying rack", -4, 1, "free"), Wish("folded clothes", -1, 1, "free"), Wish("shoes", -3, 1, "free"),
        Wish("towel", -2, 1, "free"), Wish("light switch", 0, 1, "hang"),
    )),
    "office": ((9, 26), (
        Wish("desk", 1, 4, "wall"), Wish("desk", 0, 1, "row"), Wish("bookcase", 0, 2, "wall"),
        Wish("bookcase", 0, 2, "row"), Wish("cabinet", 0, 2, "wall"), Wish("whiteboard", 0, 1, "hang"),
        Wish("trash can", 0, 2, "wall"), Wish("table", 0, 1, "centre"), Wish("plant", 0, 1, "corner"),
        Wish("picture", 0, 2, "hang"), Wish("box", 0, 3, "wall"), Wish("backpack", 0, 2, "free"),
        Wish("computer", 0, 2, "wall"), Wish("office chair", 0, 1, "free"), Wish("floor lamp", 0, 1, "corner"),
        Wish("coat", 0, 1, "hang"),
        Wish("printer", -3, 1, "free"), Wish("safe", -4, 1, "wall"), Wish("coat rack", -3, 1, "corner"),
        Wish("fan", -3, 1, "corner"), Wish("clock", -1, 1, "hang"), Wish("light switch", 0, 1, "hang"),
        Wish("socket", 0, 3, "hang"), Wish("speaker", -3, 1, "corner"), Wish("cart", -5, 1, "wall"),
        Wish("papers", -2, 2, "free"), Wish("umbrella", -4, 1, "free"), Wish("handbag", -3, 1, "free"),
        Wish("folding chair", -4, 1, "wall"),
    )),
    "meeting": ((12, 30), (
        Wish("table", 1, 3, "centre"), Wish("whiteboard", 0, 2, "hang"), Wish("wall television", 0, 1, "hang"),
        Wish("cabinet", 0, 1, "wall"), Wish("chair", 0, 5, "row"), Wish("plant", 0, 1, "corner"),
        Wish("trash can", 0, 1, "corner"), Wish("picture", 0, 2, "hang"), Wish("table", 0, 1, "wall"),
        Wish("backpack", 0, 2, "free"), Wish("sofa", 0, 1, "wall"), Wish("ceiling lamp", 0, 2, "ceiling"),
        Wish("clock", -1, 1, "hang"), Wish("light switch", 0, 1, "hang"), Wish("socket", 0, 3, "hang"),
        Wish("speaker", -3, 2, "wall"), Wish("folding chair", -4, 3, "row"), Wish("coat rack", -3, 1, "corner"),
        Wish("cart", -4, 1, "wall"), Wish("handbag", -3, 1, "free"), Wish("fire extinguisher", -5, 1, "wall"),
    )),
    "store": ((5, 12), (
        Wish("bookcase", 1, 3, "wall"), Wish("bookcase", 0, 2, "row"), Wish("box", 2, 6, "wall"),
        Wish("box", 0, 3, "free"), Wish("wardrobe", 0, 2, "wall"), Wish("suitcase", 0, 2, "wall"),
        Wish("bench", 0, 1, "wall"), Wish("coat", 0, 3, "hang"), Wish("basket", 0, 2, "wall"),
        Wish("washing machine", 0, 1, "corner"), Wish("mirror", 0, 1, "hang"), Wish("trash can", 0, 1, "wall"),
        Wish("clothes", 0, 1, "free"), Wish("cabinet", 0, 1, "wall"), Wish("stool", 0, 1, "free"),
        Wish("ironing board", -2, 1, "wall"), Wish("drying rack", -3, 1, "free"),
                        Wish("vacuum cleaner", -1, 1, "free"),
        Wish("broom", -1, 1, "lean"), Wish("mop", -1, 1, "lean"), Wish("bucket", -1, 2, "free"),
        Wish("ladder", -2, 1, "wall"), Wish("toolbox", -2, 1, "wall"), Wish("paint can", -3, 3, "wall"),
        Wish("shoes", -1, 2, "free"), Wish("folding chair", -3, 1, "wall"), Wish("crib", -6, 1, "wall"),
        Wish("guitar", -5, 1, "wall"), Wish("skateboard", -4, 1, "free"), Wish("fan", -4, 1, "corner"),
        Wish("watering can", -4, 1, "free"), Wish("helmet", -3, 1, "free"), Wish("umbrella", -3, 1, "free"),
        Wish("safe", -5, 1, "corner"), Wish("drum", -6, 1, "free"), Wish("suitcase", -2, 1, "free"),
    )),
    "corridor": ((5, 14), (
        Wish("coat rack", -1, 1, "corner"), Wish("coat hook", 0, 1, "hang"), Wish("coat", 0, 4, "hang"),
        Wish("wardrobe", -1, 1, "wall"), Wish("cabinet", 0, 1, "wall"), Wish("bench", -1, 1, "wall"),
        Wish("shoes", 0, 5, "wall"), Wish("umbrella", -2, 1, "wall"), Wish("mirror", -1, 1, "hang"),
        Wish("rug", 0, 1, "rug"), Wish("box", -1, 2, "wall"), Wish("plant", -1, 1, "corner"),
        Wish("picture", 0, 3, "hang"), Wish("light switch", 1, 2, "hang"), Wish("radiator", -1, 1, "wall"),
        Wish("ceiling lamp", 0, 1, "ceiling"), Wish("suitcase", -2, 1, "wall"), Wish("backpack", -2, 1, "wall"),
        Wish("bookcase", -3, 1, "wall"), Wish("fire extinguisher", -2, 1, "wall"),
                           Wish("handbag", -3, 1, "wall"),
        Wish("vacuum cleaner", -4, 1, "wall"), Wish("ladder", -5, 1, "wall"), Wish("clock", -4, 1, "hang"),
        Wish("skateboard", -5, 1, "wall"), Wish("helmet", -4, 1, "wall"), Wish("socket", 0, 1, "hang"),
    )),
    "workshop": ((8, 20), (
        Wish("workbench", 1, 2, "wall"), Wish("bookcase", 0, 2, "wall"), Wish("cabinet", 0, 2, "wall"),
        Wish("toolbox", 0, 2, "wall"), Wish("ladder", 0, 1, "wall"), Wish("cart", -1, 1, "free"),
        Wish("paint can", -1, 5, "wall"), Wish("bucket", 0, 2, "wall"), Wish("broom", -1, 1, "lean"),
        Wish("stool", 0, 2, "free"), Wish("box", 0, 4, "wall"), Wish("trash can", 0, 1, "wall"),
        Wish("fire extinguisher", -1, 1, "wall"), Wish("vacuum cleaner", -2, 1, "free"),
                           Wish("fan", -2, 1, "corner"),
        Wish("wall shelf", 0, 2, "hang"), Wish("light switch", 0, 2, "hang"), Wish("socket", 0, 3, "hang"),
        Wish("hammer", -1, 1, "free"), Wish("drill", -2, 1, "free"), Wish("helmet", -2, 1, "wall"),
        Wish("clock", -2, 1, "hang"), Wish("watering can", -3, 1, "wall"), Wish("coat", -1, 2, "hang"),
        Wish("folding chair", -2, 1, "wall"), Wish("speaker", -4, 1, "wall"),
                           Wish("ceiling lamp", -1, 1, "ceiling"),
    )),
}  # fmt: skip
"""Range of the area in square metres, and wishes in the order they are granted."""
RATIOS: dict[str, tuple[float, float]] = {"corridor": (2.2, 4.5)}
"""Length by width of what is not about square."""


EXTRAS: tuple[tuple[str, Way], ...] = (
    ("box", "wall"), ("box", "free"), ("backpack", "free"), ("picture", "hang"), ("picture", "hang"),
    ("plant", "corner"), ("trash can", "wall"), ("chair", "wall"), ("chair", "free"), ("stool", "free"),
    ("suitcase", "wall"), ("basket", "wall"), ("clothes", "free"), ("coat", "hang"), ("wall shelf", "hang"),
    ("cabinet", "wall"), ("cabinet", "row"), ("bookcase", "wall"), ("bookcase", "row"), ("ottoman", "free"),
    ("side table", "wall"), ("bench", "wall"), ("floor lamp", "corner"), ("rug", "rug"), ("armchair", "free"),
    ("dresser", "row"), ("chair", "row"), ("mirror", "hang"), ("shoes", "free"), ("folded clothes", "free"),
    ("clothes", "free"), ("papers", "free"), ("umbrella", "free"), ("handbag", "free"),
                                       ("light switch", "hang"),
    ("socket", "hang"), ("vacuum cleaner", "free"), ("broom", "lean"), ("ladder", "wall"),
                                       ("folding chair", "wall"),
    ("toolbox", "wall"), ("blanket", "free"), ("bucket", "free"), ("fan", "corner"), ("box", "free"),
                                       ("box", "wall"),
)  # fmt: skip
"""What collects in any room."""
LIVED_IN = (0.2, 1.1)
"""Extras tried for each square metre, from bare to full."""
