"""The words for things: what each noun certainly means, and what it may mean."""

from dataclasses import dataclass
from functools import cache
from typing import final

from lasso3d.data.procedural.meaning import Named


@final
@dataclass(frozen=True)
class Noun:
    """A word and its meaning."""

    word: str
    means: Named

    @property
    def plural(self) -> str:
        """Several of them."""
        return plural(self.word)


SYNONYMS: dict[str, tuple[str, ...]] = {
    "armchair": ("armchair", "easy chair"),
    "backpack": ("backpack", "rucksack"),
    "bed": ("bed",),
    "bicycle": ("bicycle", "bike"),
    "bookcase": ("bookcase", "bookshelf"),
    "books": ("row of books",),
    "box": ("box", "carton"),
    "cabinet": ("cabinet", "cupboard"),
    "can": ("can", "tin"),
    "car": ("car",),
    "clothes": ("garment",),
    "computer": ("computer", "computer case"),
    "counter": ("counter", "worktop"),
    "cup": ("cup", "mug"),
    "curtain": ("curtain",),
    "dresser": ("dresser", "chest of drawers"),
    "floor lamp": ("floor lamp", "standing lamp"),
    "lamp": ("ceiling lamp",),
    "laptop": ("laptop", "notebook computer"),
    "microwave": ("microwave", "microwave oven"),
    "monitor": ("monitor", "computer screen"),
    "mouse": ("computer mouse",),
    "nightstand": ("nightstand", "bedside table"),
    "office chair": ("office chair", "swivel chair"),
    "ottoman": ("ottoman", "pouf"),
    "pan": ("pan", "cooking pan"),
    "picture": ("picture", "wall picture"),
    "plant": ("plant", "potted plant"),
    "refrigerator": ("refrigerator", "fridge"),
    "rug": ("rug", "carpet"),
    "sofa": ("sofa", "couch"),
    "stove": ("stove", "cooker"),
    "street lamp": ("street lamp", "street light"),
    "suitcase": ("suitcase", "travel case"),
    "television": ("television", "tv"),
    "trash can": ("trash can", "waste bin", "garbage can"),
    "dispenser": ("soap dispenser",),
    "dumpster": ("dumpster", "rubbish skip"),
    "eyeglasses": ("pair of glasses",),
    "headphones": ("pair of headphones",),
    "papers": ("stack of papers",),
    "pliers": ("pair of pliers",),
    "remote": ("remote control",),
    "scissors": ("pair of scissors",),
    "shoes": ("pair of shoes",),
    "stroller": ("stroller", "pram"),
    "toilet paper": ("roll of toilet paper",),
    "toy blocks": ("set of toy blocks",),
    "usb drive": ("usb drive", "usb stick"),
    "vice": ("bench vice",),
    "wall cabinet": ("wall cabinet", "hanging cupboard"),
    "wall shelf": ("wall shelf",),
    "wardrobe": ("wardrobe", "closet"),
}
"""Words for classes that are called otherwise as well; all other classes are called by their name."""

GENERAL: dict[str, tuple[str, ...]] = {
    "lamp": ("lamp", "floor lamp", "table lamp", "street lamp"),
    "seat": ("chair", "office chair", "armchair", "sofa", "stool", "bench", "ottoman", "folding chair"),
    "screen": ("monitor", "television"),
    "vehicle": ("car", "van", "truck", "bus", "motorcycle"),
    "object": (),
    "thing": (),
}
"""Words for several classes; empty = for all."""

DOUBTFUL: dict[str, tuple[str, ...]] = {
    "armchair": ("chair", "sofa"),
    "backpack": ("handbag", "suitcase"),
    "barrier": ("fence", "gate", "bollard"),
    "basket": ("trash can", "box", "bucket"),
    "bed": ("crib", "sofa"),
    "bench": ("stool", "sofa", "ottoman", "workbench", "picnic table", "log"),
    "binder": ("book", "books"),
    "blanket": ("towel", "rug"),
    "bollard": ("barrier", "traffic cone"),
    "book": ("books", "binder"),
    "bookcase": ("wall shelf", "cabinet"),
    "bottle": ("jar", "vase", "pitcher"),
    "bowl": ("plate", "pan", "pot"),
    "box": ("cabinet", "toolbox", "safe", "electrical box"),
    "bucket": ("trash can", "paint can", "basket", "watering can"),
    "building": ("shed",),
    "bush": ("hedge", "tree"),
    "cabinet": ("wall cabinet", "dresser", "nightstand", "wardrobe", "counter", "bookcase", "safe"),
    "can": ("jar", "trash can", "paint can"),
    "car": ("van", "truck", "toy car"),
    "chair": ("office chair", "armchair", "stool", "folding chair", "high chair"),
    "coat hook": ("coat rack",),
    "coffee table": ("side table", "table"),
    "computer": ("laptop",),
    "counter": ("cabinet", "workbench"),
    "cup": ("bowl", "wine glass", "pencil cup"),
    "curtain": ("clothes", "towel"),
    "desk": ("table", "workbench"),
    "door": ("gate",),
    "dresser": ("cabinet", "nightstand"),
    "fence": ("gate", "barrier", "hedge", "wall"),
    "gate": ("door", "fence", "barrier"),
    "handbag": ("backpack",),
    "hat": ("helmet",),
    "hedge": ("bush",),
    "helmet": ("hat",),
    "jar": ("can", "bottle", "vase"),
    "kettle": ("teapot", "pot"),
    "keyboard": ("laptop",),
    "lamp": ("traffic light", "lamp", "flashlight"),
    "laptop": ("computer",),
    "mirror": ("picture", "window"),
    "monitor": ("television", "laptop"),
    "nightstand": ("side table", "cabinet", "dresser"),
    "office chair": ("chair", "armchair"),
    "ottoman": ("stool", "bench"),
    "oven": ("stove", "microwave"),
    "pan": ("bowl", "pot"),
    "picture": ("mirror", "whiteboard", "television"),
    "pitcher": ("teapot", "vase", "watering can", "bottle"),
    "plant": ("tree", "bush", "planter", "flower bed"),
    "planter": ("plant", "pot", "flower bed"),
    "plate": ("bowl", "tray"),
    "pot": ("pan", "kettle", "planter"),
    "refrigerator": ("cabinet",),
    "screen": ("laptop", "computer"),
    "seat": ("bed", "toilet", "high chair", "swing"),
    "shed": ("building",),
    "side table": ("coffee table", "nightstand", "table", "stool"),
    "sofa": ("armchair", "bed"),
    "stool": ("ottoman", "chair", "drum"),
    "stove": ("oven", "grill"),
    "street lamp": ("traffic light", "utility pole"),
    "street sign": ("traffic sign",),
    "suitcase": ("backpack", "box", "toolbox"),
    "table": (
        "coffee table",
        "side table",
        "desk",
        "nightstand",
        "counter",
        "workbench",
        "picnic table",
        "ironing board",
    ),
    "table lamp": ("floor lamp", "lamp"),
    "teapot": ("kettle",),
    "television": ("monitor",),
    "towel": ("blanket", "clothes"),
    "traffic sign": ("street sign",),
    "trash can": ("basket", "bucket", "dumpster"),
    "tray": ("plate",),
    "tree": ("bush", "log", "plant"),
    "truck": ("van", "bus"),
    "utility pole": ("street lamp", "pylon", "flagpole"),
    "van": ("car", "truck", "bus"),
    "vase": ("bottle", "jar", "pot"),
    "vehicle": ("bicycle", "toy car", "lawn mower", "cart"),
    "wall cabinet": ("cabinet", "wall shelf"),
    "wall shelf": ("bookcase", "wall cabinet"),
    "wardrobe": ("cabinet",),
    "wine glass": ("cup",),
    "workbench": ("table", "desk", "bench"),
}
"""Classes that some would call so too: beside one of them the word is not used."""

ABSENT = (
    "aquarium", "canoe", "fireplace", "harp", "hammock", "surfboard", "telescope", "tent",
    "treadmill", "wheelchair", "bird cage", "pool table", "sewing machine",
)  # fmt: skip
"""What no world has: asked for in vain."""


@cache
def nouns_of(name: str) -> tuple[Noun, ...]:
    """The words for a class, the most usual first."""
    return tuple(_noun(word, (name,), name) for word in SYNONYMS.get(name, (name,)))


@cache
def general_nouns(name: str) -> tuple[Noun, ...]:
    """The words for a class that mean other classes as well."""
    return tuple(_noun(word, classes, word) for word, classes in GENERAL.items() if not classes or name in classes)


def absent_nouns() -> tuple[Noun, ...]:
    """Words for what is in no scene."""
    return tuple(_noun(word, (word,), word) for word in ABSENT)


def _noun(word: str, classes: tuple[str, ...], key: str) -> Noun:
    doubtful = DOUBTFUL.get(key, ()) if classes else ()
    return Noun(word, Named(classes, tuple(name for name in doubtful if name not in classes)))


def plural(word: str) -> str:
    """The word for several."""
    if " of " in word:
        head, rest = word.split(" of ", 1)
        return f"{plural(head)} of {rest}"
    if word.endswith("shelf"):
        return word[:-1] + "ves"
    if word.endswith("mouse"):
        return "computer mice"
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeou" else word + "s"


def indefinite(phrase: str) -> str:
    """The phrase with "a" or "an" before it."""
    return f"{'an' if phrase[0] in 'aeio' or phrase.startswith('um') else 'a'} {phrase}"
