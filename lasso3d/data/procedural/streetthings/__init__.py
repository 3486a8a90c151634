"""Things of streets and gardens: each builder draws one, standing on z = 0.0, its front towards -y."""

from collections.abc import Callable

import numpy as np

from lasso3d.data.procedural.finishes import Paint
from lasso3d.data.procedural.shapes import Thing
from lasso3d.data.procedural.streetthings import (
    bins,
    boundaries,
    buildings,
    cycles,
    garden,
    heavy,
    people,
    plants,
    posts,
    roadside,
    vehicles,
)

Builder = Callable[[np.random.Generator, Paint], Thing]

STREET_THINGS: dict[str, Builder] = {
    "advertising pillar": roadside.advertising_pillar,
    "barrier": roadside.barrier,
    "bench": roadside.bench,
    "bicycle": cycles.bicycle,
    "bicycle rack": cycles.bicycle_rack,
    "bollard": posts.bollard,
    "building": buildings.building,
    "bus": heavy.bus,
    "bus shelter": roadside.bus_shelter,
    "bush": plants.bush,
    "car": vehicles.car,
    "chair": garden.garden_chair,
    "clothes line": garden.dryer,
    "dog": people.dog,
    "dumpster": bins.dumpster,
    "electrical box": roadside.cabinet,
    "fence": boundaries.fence,
    "fire hydrant": roadside.fire_hydrant,
    "flagpole": posts.flagpole,
    "flower bed": plants.flower_bed,
    "gate": boundaries.gate,
    "grill": garden.grill,
    "hedge": plants.hedge,
    "hose": garden.garden_hose,
    "ladder": garden.ladder,
    "lawn mower": garden.lawn_mower,
    "log": roadside.log,
    "mailbox": bins.mailbox,
    "motorcycle": cycles.motorcycle,
    "parasol": garden.parasol,
    "parking meter": posts.parking_meter,
    "person": people.person,
    "picnic table": garden.picnic_table,
    "planter": roadside.planter,
    "pylon": posts.pylon,
    "shed": buildings.shed,
    "slide": garden.slide,
    "street lamp": posts.street_lamp,
    "street sign": posts.street_sign,
    "stroller": people.stroller,
    "swing": garden.swing,
    "table": garden.garden_table,
    "traffic cone": roadside.traffic_cone,
    "traffic light": posts.traffic_light,
    "traffic sign": posts.traffic_sign,
    "trampoline": garden.trampoline,
    "trash can": bins.trash_can,
    "tree": plants.tree,
    "truck": heavy.truck,
    "utility pole": posts.utility_pole,
    "van": vehicles.van,
    "wall": boundaries.wall,
    "watering can": garden.watering_can,
    "wheelbarrow": garden.wheelbarrow,
}
"""Builders by the class of what they build; wires are hung between poles by the street itself."""
