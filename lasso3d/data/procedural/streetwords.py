"""The words of streets."""

from lasso3d.data.procedural.visible import Words

BACKGROUND = ("road", "road marking", "pavement", "grass", "ground")
OBJECTS = (
    "advertising pillar", "barrier", "bench", "bicycle", "bicycle rack", "bollard", "building", "bus",
    "bus shelter", "bush", "car", "chair", "clothes line", "dog", "dumpster", "electrical box", "fence",
    "fire hydrant", "flagpole", "flower bed", "gate", "grill", "hedge", "hose", "ladder", "lawn mower", "log",
    "mailbox", "motorcycle", "parasol", "parking meter", "person", "picnic table", "planter", "pylon", "shed",
    "slide", "street lamp", "street sign", "stroller", "swing", "table", "traffic cone", "traffic light",
    "traffic sign", "trampoline", "trash can", "tree", "truck", "utility pole", "van", "wall", "watering can",
    "wheelbarrow", "wire",
)  # fmt: skip
PARTS = (
    "aerial", "arm", "awning", "back", "bag", "balcony", "band", "base", "basket", "beam", "blossom", "board",
    "body", "box", "branch", "cap", "cargo", "chain", "chimney", "chute", "coping", "crown", "door", "end",
    "engine", "exhaust", "fairing", "fender", "flag", "fork", "frame", "handle", "handlebar", "head", "hood",
    "hose", "insulator", "ladder", "lamp", "laundry", "leaf", "leaves", "leg", "lens", "lid", "light", "line",
    "load", "mat", "mesh", "mirror", "motor", "net", "nozzle", "opening", "pedal", "pillar", "pipe", "plate",
    "pole", "post", "poster", "pot", "rack", "rail", "roof", "rubble", "rung", "saddle", "screen", "seat", "shade",
    "shelf", "slot", "spout", "tail", "tank", "top", "torso", "transformer", "tray", "trunk", "wall", "wheel",
    "window",
)  # fmt: skip
WORDS = Words(BACKGROUND, (*BACKGROUND, *OBJECTS), PARTS)
