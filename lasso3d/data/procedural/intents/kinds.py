"""Groups of classes that several intents speak of."""

from lasso3d.data.procedural.intents.intent import a

SEATS = a(
    "chair", "office chair", "armchair", "sofa", "stool", "bench", "ottoman", "folding chair",
    maybe=("bed", "toilet", "high chair", "picnic table", "swing", "log"),
)  # fmt: skip
SOFT_SEATS = a("armchair", "sofa", "ottoman", maybe=("bed",))
TABLES = a("table", "desk", "coffee table", maybe=("side table", "workbench", "picnic table", "ironing board"))
SURFACES = a("table", "desk", "coffee table", "side table", "counter", "nightstand", "dresser", maybe=("cabinet",))
LAMPS = a("floor lamp", "table lamp", "lamp", maybe=("street lamp", "flashlight", "candle"))
CUPBOARDS = a(
    "cabinet", "wall cabinet", "dresser", "wardrobe", "nightstand",
    maybe=("counter", "refrigerator", "bookcase", "safe", "toolbox", "workbench"),
)  # fmt: skip
SCREENS = a("monitor", "television", "laptop", maybe=("phone",))
DISHES = a("plate", "bowl", "cup")
VEHICLES = a("car", "van", "bus", "truck", maybe=("motorcycle", "toy car", "lawn mower"))
