"""Furniture and fittings: each builder draws one thing of its class, standing on z = 0.0, its front towards -y."""

from collections.abc import Callable

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.furnishings import fittings, seats, standing, storage, surfaces, wet
from lasso3d.data.procedural.shapes import Thing

Builder = Callable[[np.random.Generator, Paint], Thing]

FURNISHINGS: dict[str, Builder] = {
    "armchair": seats.armchair,
    "backpack": storage.backpack,
    "basket": storage.basket,
    "bathtub": wet.bathtub,
    "bed": seats.bed,
    "bench": seats.bench,
    "bookcase": storage.bookcase,
    "books": standing.books,
    "box": storage.box,
    "cabinet": storage.cabinet,
    "ceiling lamp": standing.ceiling_lamp,
    "chair": seats.chair,
    "clothes": standing.clothes,
    "coat": fittings.coat,
    "coffee table": surfaces.coffee_table,
    "computer": standing.computer,
    "counter": wet.counter,
    "curtain": fittings.curtain,
    "desk": surfaces.desk,
    "door": fittings.door,
    "dresser": storage.dresser,
    "floor lamp": standing.floor_lamp,
    "microwave": wet.microwave,
    "mirror": wet.mirror,
    "monitor": standing.monitor,
    "nightstand": storage.nightstand,
    "office chair": seats.office_chair,
    "ottoman": seats.pouf,
    "picture": fittings.picture,
    "plant": standing.plant,
    "potted plant": standing.potted_plant,
    "radiator": fittings.radiator,
    "refrigerator": wet.refrigerator,
    "rug": fittings.rug,
    "side table": surfaces.side_table,
    "sink": wet.sink,
    "sofa": seats.sofa,
    "stool": seats.stool,
    "stove": wet.stove,
    "suitcase": storage.suitcase,
    "table": surfaces.table,
    "table lamp": standing.table_lamp,
    "television": standing.television,
    "toilet": wet.toilet,
    "trash can": standing.trash_can,
    "wall cabinet": storage.wall_cabinet,
    "wall shelf": storage.wall_shelf,
    "wall television": standing.wall_television,
    "wardrobe": storage.wardrobe,
    "washing machine": wet.washing_machine,
    "whiteboard": fittings.whiteboard,
    "window": fittings.window,
}
"""Builders by what a room asks for; the class of what they build is its `name`."""
