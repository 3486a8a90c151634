"""Kitchens: keeping, heating and preparing food."""

from lasso3d.data.procedural.intents.intent import a, at, bare, intent, related, with_part

INTENTS = (
    intent("keep food cold", a("refrigerator"), """
        It keeps the food cold.
        The milk will turn sour unless I put it away soon.
        Where do leftovers go so that they last until tomorrow?
        I crave something chilled on this hot day.
        a tall humming case with a light that goes on when you open it
        Somebody raided it at midnight and ate the cake.
        Store the ice cream before it melts.
        """),
    intent("cook over heat", a("stove", maybe=("grill", "oven")), """
        I would like to fry an egg.
        Where can water for pasta be brought to the boil in a big vessel?
        four rings that turn red hot
        Careful, the soup is about to boil over there.
        Turn off the heat under our dinner.
        The chef stands in front of it stirring.
        """),
    intent("warm up quickly", a("microwave"), """
        Heat my leftovers in two minutes.
        What goes ping when lunch is ready?
        a plate turns round inside behind a dark door
        Never put metal into it.
        The frozen lasagna has to thaw quickly.
        I make popcorn in a paper bag with it.
        """),
    intent("wash hands or dishes", a("sink", maybe=("faucet", "shower", "bathtub")), """
        My hands are sticky after that peach.
        Where does water run when I turn the tap?
        basin with a drain
        Rinse the glass before you use it.
        I want to brush my teeth and spit out somewhere.
        Something is dripping, call the plumber and show him where.
        """),
    intent("prepare vegetables", a("counter", maybe=("table", "cutting board")), """
        There I could chop onions while standing.
        Which long surface do cooks use to prepare the meal upright?
        hip-high, washable, with cupboards below
        Knead the dough there after you dust it with flour.
        The groceries get dropped on it as soon as we come home.
        Wipe the cook's work surface after preparing fish.
        """),
    intent("fry in it", a("pan", maybe=("pot",)), """
        I have eggs and oil, what else do I need?
        Toss the pancake up in the air and catch it with this.
        metal, round, with one long grip
        Bacon should sizzle in it.
        In cartoons, burglars get hit on the head with one.
        Scrub off the burnt rest of the omelette.
        """),
    intent("boil soup in it", a("pot", maybe=("pan",)), """
        Five litres of stew have to simmer all afternoon.
        What holds spaghetti while it cooks?
        deep metal vessel with two ears
        The witch would call it a small cauldron.
        Put the lid on, or else the rice gets dry.
        Potatoes bubble inside for twenty minutes.
        """),
    intent("boil water for tea", a("kettle", maybe=("pot", "teapot")), """
        Tea, anyone? Then first make the water hot.
        It whistles or switches itself off at a hundred degrees.
        Which appliance needs descaling because our water is hard?
        I only need boiling water for my noodles in a cup.
        spout, grip, and steam rising
        Fill it up and press the switch, we have guests from England.
        """),
    intent("brew tea", a("teapot"), """
        Let the leaves steep for four minutes in it.
        What is round-bellied and pours Earl Grey?
        I am a little one, short and stout, says the rhyme.
        At five o'clock the lady pours from it into porcelain.
        The Mad Hatter's dormouse got stuffed into one.
        Serve Darjeeling for four out of something that has a spout.
        """),
    intent("make coffee", a("coffee machine"), """
        Without caffeine I will not survive this morning.
        Where does an espresso come from?
        beans at the top, a hot brown drink at the bottom
        The barista starts work at this.
        It hisses and the whole floor smells of roast.
        Make me a cappuccino.
        """),
    intent("brown the bread", a("toaster"), """
        I want my slice crisp and hot for the marmalade.
        Two slots, and breakfast jumps out.
        What chars bread if it is set too high?
        Push the lever and wait for the pop.
        Crumbs gather in a tray at its bottom.
        Never poke a fork in there while it glows.
        """),
    intent("make a smoothie", a("blender"), """
        Turn this banana and the berries into a drink.
        spinning blades below a tall jug
        What howls while it crushes ice?
        Put the lid on first or the ceiling gets splashed with soup.
        The gym fan mixes protein shakes with it.
        puree, pulse, pour
        """),
    intent("slice something", a("knife"), """
        The tomato will not slice itself.
        Which item is sharp enough to carve the roast?
        a blade with a grip
        Keep it away from the child, it is sharp.
        I need to spread butter and divide the loaf.
        The detective looks for the weapon among the cutlery.
        """),
    intent("pick up food", a("fork"), """
        Twirl your spaghetti on it.
        four tines at the end of a grip
        With what do I pick up a piece of steak?
        It lies leftmost when the place is laid properly.
        Poseidon carries a giant one.
        Prick the potato to see if it is done.
        """),
    intent("eat soup", a("spoon"), """
        Soup is difficult to eat with anything else.
        Stir the sugar in your tea with it.
        What has a shallow oval bowl and a long grip?
        The baby is fed porridge from this.
        Uri Geller used to bend them.
        Taste the sauce, please, but do not use your finger.
        """),
    intent("all cutlery", a("knife", "fork", "spoon"), """
        Lay the table with what we eat with.
        What belongs in the cutlery drawer?
        metal utensils that go from dish to mouth or cut what is on it
        The butler polishes the silver.
        Guests have plates but cannot start to eat, what is missing?
        After the meal, gather all the utensils for washing.
        """),
    intent("chop on it", a("cutting board"), """
        Protect the worktop while I slice carrots.
        a flat wooden slab full of scars from blades
        Put this under the onions before you chop.
        The sushi master scrapes fish bits off it.
        What should I oil now and then, since it is wood and touches raw meat?
        Bread crumbs and blade marks all over it.
        """),
    intent("pour water for all", a("pitcher", maybe=("bottle", "teapot")), """
        Fill it with lemonade and pass it round.
        What pours water for the whole party at dinner?
        a big vessel with a lip and one grip
        Ice cubes clink in it on the terrace.
        The waiter refills glasses from this.
        Something to water six guests at once.
        """),
    intent("serve wine", a("wine glass"), """
        Cheers! Pour the Merlot.
        It stands on a thin stem and breaks easily.
        What would a sommelier hold up against the light?
        clink it with me
        Red or white, you swirl it in here first.
        Hold it by the stem, so the drink stays cool.
        """),
    intent("roll out dough", a("rolling pin"), """
        The dough for the pie must become flat.
        a wooden cylinder with a grip at both ends
        Which tool did angry wives wave in old comics?
        Dust it with flour, then lean on it and push.
        Pizza night! The base is still a lump.
        It flattens pastry as you push it back and forth.
        """),
    intent("carry several things at once", a("tray", maybe=("plate", "basket")), """
        Take all the glasses to the garden in one go.
        The waiter balances it on one hand.
        What lets me carry breakfast to her in one trip?
        flat with a low rim, to bear a load of crockery
        Room service arrives with it.
        Canteen guests slide it along the rails.
        """),
    intent("soap for hands", a("dispenser"), """
        Pump once and rub your palms together.
        What gives a squirt of liquid when you push its head?
        Wash away the germs, but first take some of this.
        There is no bar of soap, so how do I lather?
        a bottle that you press from above
        Refill it with liquid for clean fingers.
        """),
    intent("bake", a("oven", maybe=("grill", "stove", "microwave")), """
        At two hundred degrees for forty minutes.
        Where will the cake rise?
        Slide the pizza in and close the hot door.
        A roast chicken turns golden behind its glass.
        Hansel pushed the witch into one.
        Preheat it while I make the dough.
        """, held_out=True),
    intent("do the dishes by machine", a("dishwasher"), """
        Load the dirty plates, start the programme and relax.
        It rinses forks for an hour so that I do not have to.
        Which appliance ends quarrels about who cleans up after dinner?
        spray arms turn behind its flap
        Nobody wants to scrub, let technology do it.
        A tab goes in together with all the greasy crockery.
        """, held_out=True),
    intent("free counter space", bare(a("counter")), """
        I need bare standing-height space to roll out pastry.
        Which kitchen surface is clear from end to end?
        an empty stretch to cook on while on my feet
        Set the hot tins down where nothing is in the way and the cook works.
        Nothing has been left lying where vegetables get chopped.
        tidy cook, empty work surface
        """),
    intent("appliances with heat",
        a("stove", "microwave", maybe=("grill", "oven", "kettle", "toaster", "coffee machine")), """
        Which appliances can make a cold meal hot?
        Switch off everything that warms up dinner before we go on holiday.
        I bought a frozen pizza and compare my options.
        devices by which food gets hot
        Our electricity bill is huge, who warmed so many meals?
        Make sure no child burns itself on what heats our food.
        """),
    intent("pan on the stove", related(a("pan", "pot"), "on", a("stove")), """
        Something is frying, take it off the heat!
        What stands ready on the rings?
        cookware over the flame
        Dinner seems to be in the making, lift its vessel.
        I smell burning, look what was left over the heat.
        Stir what simmers there.
        """),
    intent("kitchen tap", with_part(a("counter"), "faucet"), """
        Water for the flowers can be drawn where the cook stands.
        Which cooking surface has running water let into it?
        Rinse the salad right where you chop it.
        cooking surface and wash place in one piece
        Fill the big vessel where vegetables get peeled.
        The plumber must repair the pipe below the cook's place.
        """),
    intent("hung up crockery storage", a("wall cabinet"), """
        I must reach up for the soup plates.
        What hangs over the worktop and hides the glasses behind doors?
        cupboard that does not touch the ground
        Too high for our toddler, so sweets are safe in there.
        On tiptoe I can just see the spices inside.
        The heavy crockery pulled it from the plaster once.
        """),
    intent("things cold and tall in a corner", at(a("refrigerator"), "corner"), """
        Check the butter, it is in the tall thing tucked in between two walls.
        The beer stays cool over in the angle of the room.
        Whatever chills yoghurt has been pushed where walls meet.
        a cooling appliance with neighbours of brick at two sides
        Magnets and notes decorate its door, deep in the nook.
        Is the cold storage squeezed into a nook?
        """),
)  # fmt: skip
