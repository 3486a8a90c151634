"""Gardens, building sites and what else is outdoors."""

from lasso3d.data.procedural.intents.intent import a, intent

INTENTS = (
    intent("grill sausages", a("grill", maybe=("stove",)), """
        Sausages over glowing coals tonight.
        Dad stands at it with tongs and a beer.
        Where does the smell of charred meat come from?
        a grate above embers
        Marinate the steaks, the weather is fine.
        Ash must be emptied from it.
        """),
    intent("mow", a("lawn mower"), """
        The grass is up to my ankles.
        Which machine makes noise in gardens on Saturdays?
        A blade whirls under its hood.
        Push it in straight stripes.
        Robots of this kind frighten hedgehogs.
        shorten all those green blades
        """),
    intent("sprinkle", a("hose"), """
        Water has to reach the far end of the beds.
        long, flexible, coiled like a snake
        Kids get sprayed with it on hot days.
        Do not stand on it, nothing comes out!
        What connects a tap with a nozzle?
        Rinse the mud off the tyres with this.
        """),
    intent("garden watering", a("hose", "watering can", maybe=("bucket",)), """
        What would help in a drought?
        Tomatoes need water every evening, how?
        The gardener carries or drags these to his seedlings.
        implements to give plants a drink
        It has not rained for weeks, save the roses.
        Which objects bring water to roots?
        """),
    intent("move soil", a("wheelbarrow", maybe=("cart",)), """
        A heap of gravel must go round the house.
        one wheel, two grips, a tub
        What does the mason fill with mortar?
        Tip the compost out of it.
        Lift the grips and walk.
        The kids want a ride in it between two loads of soil.
        """),
    intent("store garden tools", a("shed", maybe=("building",)), """
        Rakes and bikes spend the winter in there.
        a small wooden hut
        Grandpa withdraws there to tinker.
        Where do you lock away the mowing machine?
        Spiders, flower pots and an old radio inside.
        too small to live in
        """),
    intent("live or work inside", a("building", maybe=("shed",)), """
        Who lives there, on the third storey?
        walls, windows and a roof
        Estate agents show it to young couples.
        Where do I find a dry room?
        The architect won a prize for its facade.
        People sleep, cook and argue inside.
        """),
    intent("shade on the terrace", a("parasol", maybe=("tree", "umbrella")), """
        My ice cream melts, open up some shade over us.
        Round cloth roof on a pole.
        What do beach guests rent for the noon?
        Fold it before the gale takes it away.
        The waiter winds it open above the diners.
        Protect your skin while you sip lemonade.
        """),
    intent("eat outdoors", a("picnic table"), """
        Let us unpack our sandwiches, boards to sit on included.
        Seats and top in one piece.
        Wasps circle over hikers' lunches here.
        Where do families rest on a hike?
        thick planks, at a rest stop
        The ranger bolted it to the ground.
        """),
    intent("swing high", a("swing"), """
        Higher, higher! Push me!
        a board on two chains
        Which device makes toddlers squeal as it goes back and forth?
        It squeaks in the wind on the empty playground.
        I want to fly without leaving the frame.
        Bend and stretch your legs in time.
        """),
    intent("slide down", a("slide"), """
        Climb up, sit down, whoosh.
        What is too hot for bare legs in July?
        a smooth chute with steps behind
        Children queue at its top.
        Down we go on our bottoms!
        gravity does all the work
        """),
    intent("bounce", a("trampoline"), """
        Somersaults in the garden!
        A net keeps jumpers from flying off.
        Which thing flings children into the air?
        round, springy, black
        After ten jumps my knees were jelly.
        Bounce until you touch the clouds.
        """),
    intent("playground things", a("swing", "slide", "trampoline"), """
        Where can the kids let off steam?
        The twins are restless, take them to one of those.
        fun for children, made of steel or wood
        What must the safety inspector of playgrounds look at?
        Parents wait next to it and check their phones.
        Giggling is heard from here each afternoon.
        """),
    intent("guide around road works", a("traffic cone", maybe=("barrier", "bollard")), """
        Orange and white, placed round the pothole.
        Drunken students put it on a statue.
        What do learners drive slalom around?
        hollow, pointed, made of rubber
        The lane is closed by a row of them.
        Mark the wet paint on the road with something.
        """),
    intent("block the road", a("barrier", maybe=("gate", "fence", "bollard")), """
        You shall not pass, says this beam.
        The demonstration is kept back by it.
        red and white, across the way
        What keeps vehicles out of the construction pit?
        Workers dragged it into place at dawn.
        The marathon route is lined with those.
        """),
    intent("enter the plot", a("gate", maybe=("door",)), """
        How do I get into the yard?
        Close it, or the sheep run off!
        The moving part between two posts at the drive.
        Ring here and push it open.
        wrought iron, squeaking, with a latch
        The mail carrier is afraid to open it because of the dog.
        """),
    intent("masonry", a("wall"), """
        Humpty Dumpty had a great fall from it.
        stone upon stone round the plot
        Graffiti artists look for this.
        What can one lean a bike against that has no windows?
        Ivy creeps over the bricks.
        Berlin's came down in 1989.
        """),
    intent("large amount of waste", a("dumpster", maybe=("trash can",)), """
        Rubble and old carpets from the whole block.
        A raccoon climbs out of it.
        Which container needs a lorry to be emptied?
        Students dive here for food.
        big as a small room, full of refuse
        Landlords order it for clearing flats.
        """),
    intent("get rid of rubbish outdoors", a("trash can", "dumpster"), """
        My ice cream wrapper must not land on the lawn.
        Where does the city want us to drop litter?
        The cleaning crew empties these in the morning.
        places for what nobody needs any more
        Gulls pick leftovers from there.
        Do not litter!
        """),
    intent("advertise", a("advertising pillar"), """
        What is on at the theatre next week?
        Posters are glued round it.
        a fat column for concert bills
        In Berlin they are named after Mr Litfass.
        Candidates smile from there before elections.
        A spy hides behind its posters.
        """),
    intent("grey box of the energy supplier", a("electrical box", maybe=("parking meter",)), """
        The technician opens it when the block is without current.
        grey, humming, with a warning triangle
        Stickers and tags cover this street furniture.
        Danger of death: high voltage.
        Where do underground cables come together?
        Only the energy supplier has its key.
        """),
    intent("young plants in a pot outside", a("planter", maybe=("flower bed", "plant")), """
        A concrete tub with petunias.
        What decorates the pavement of the café?
        Drunkards stub out their cigarettes in its soil.
        Big enough for a small olive.
        soil in a vessel, under the open sky
        The shopkeeper waters it each morning.
        """),
    intent("felled wood", a("log", maybe=("tree", "bench")), """
        Chop it up for the fireplace.
        a piece of trunk, lying
        Beetles live under its bark.
        Woodpeckers no longer visit, since it was cut.
        Sleep like one.
        Scouts rest on it around the campfire.
        """),
    intent("birds sit on it", a("wire"), """
        Swallows gather on this in September.
        Current flows through it from pole to pole.
        Two trainers tied together dangle from it.
        thin line across the sky
        Never let a balloon touch this.
        The tightrope artist looks up with longing.
        """),
)  # fmt: skip
