"""Small and large helpers of a household: repairs, babies, doors, clothes, paper."""

from lasso3d.data.procedural.intents.intent import a, intent

INTENTS = (
    intent("put my coat", a("coat rack", "coat hook", maybe=("wardrobe", "chair", "clothes")), """
        Somewhere to put my coat?
        Hang your jacket up before you come through.
        Where do hats and scarves of visitors dangle?
        pegs for what one wears outdoors
        The umbrella of a guest drips below it, next to the jackets.
        I am taking off my parka and both hands are full.
        """),
    intent("drive a nail", a("hammer"), """
        This nail will not go in by itself.
        Thor never parts with his.
        a heavy head on a grip
        Careful with your thumb when you swing it!
        What smashes a piggy bank?
        Pull the old nail out with its claw.
        """),
    intent("turn a screw", a("screwdriver", maybe=("drill",)), """
        A loose screw has to be tightened.
        Crosshead or slotted, which fits?
        The hinge rattles, and I need to turn something small with a slot.
        long thin shaft, chunky grip
        Flat-pack furniture arrives with no such tool, so bring yours.
        The Doctor's is sonic.
        """),
    intent("make a hole", a("drill"), """
        A hole in the concrete, eight millimetres wide.
        It whirrs and eats into brick.
        Which tool do neighbours hate on Sundays?
        pistol grip, trigger, rotating bit
        Before the plug goes in, somebody must use this.
        The dentist has a tiny version.
        """),
    intent("turn a nut", a("wrench", maybe=("pliers",)), """
        The nut under the basin has to be loosened.
        jaws of a fixed width at both ends
        What does a mechanic shout for from beneath the engine?
        Tighten the wheel bolts.
        Throw it in the works and everything stops.
        It grips six-sided heads.
        """),
    intent("cut wood", a("saw"), """
        The plank is too long by a hand's breadth.
        a row of teeth, yet it never bites food
        How would a magician divide his assistant?
        Back and forth until the timber falls apart.
        Lumberjacks need two men for the long ones.
        Shorten the chair leg with this.
        """),
    intent("clamp a workpiece", a("vice"), """
        Hold the metal tight while I file it.
        two jaws and a threaded spindle
        What acts as a third hand for craftsmen?
        Turn the bar until nothing moves any more.
        My piece keeps slipping, fix it between steel cheeks.
        Its grip is proverbial.
        """),
    intent("handicraft place", a("workbench", maybe=("table", "desk")), """
        Here sawdust is welcome.
        At which sturdy place would a carpenter plane boards?
        Santa's elves stand at it in December.
        It can take blows, glue and stains.
        I am going to build a birdhouse, where?
        heavy top of planks to hammer upon
        """),
    intent("keep tools together", a("toolbox", maybe=("box", "cabinet")), """
        The handyman carries all he needs in it.
        Where do spanners and bits live when nobody repairs anything?
        It clanks when lifted by its grip.
        Something broke in the flat, so bring the whole kit.
        Look for a gauge among the spanners in their case.
        portable case full of steel
        """),
    intent("tools for repairs",
        a("hammer", "screwdriver", "pliers", "wrench", "saw", "drill", maybe=("vice", "stapler", "scissors")), """
        Give the handyman what he works with.
        hardware store goods one holds in the fist
        The bookcase arrived in forty pieces, what helps?
        Which of these would be confiscated at the airport, since they drive, turn, grip or cut?
        Repair day! Collect each helper of the craftsman.
        My kid wants to become a mechanic and asks for these.
        """),
    intent("paint the wall", a("paint can"), """
        The bedroom should become mint green.
        Dip the brush in here.
        Which container smells of solvent and has drips down its side?
        Tom Sawyer's friends shared one at the boards.
        Stir it before the first coat.
        Its lid must be levered off.
        """),
    intent("put out a fire", a("fire extinguisher"), """
        Flames! Quick, something to spray foam!
        red cylinder with a nozzle and a pin
        The safety officer checks its pressure each second year.
        What saves the day when the chip oil burns?
        Pull the pin, aim low, squeeze.
        By law it must be within thirty metres of every workplace.
        """),
    intent("safety in an emergency", a("fire extinguisher", "helmet", maybe=("fire hydrant", "flashlight")), """
        Equipment that protects lives.
        The inspector asks what we have for our protection.
        Which items would the fire brigade approve of?
        Better safe than sorry, show me such gear.
        in case of accident or blaze
        Insurance companies love these.
        """),
    intent("protect the head", a("helmet", maybe=("hat",)), """
        Cyclists should never ride without it.
        a hard shell with a chin strap
        What softens a fall on the skull?
        The building site may only be entered with this on.
        Knights wore theirs with a visor.
        My brain is precious.
        """),
    intent("cover the head", a("hat"), """
        The sun burns on my bald spot.
        Take it off when you enter a church.
        What does the magician pull a rabbit out of?
        It has a brim and blew away in the gale.
        Gentlemen used to lift it as a greeting.
        A bad hair day calls for it.
        """),
    intent("put on the feet", a("shoes"), """
        Laces undone, you will trip.
        I cannot walk on gravel barefoot.
        What leaves muddy prints in the hall?
        Cinderella lost half of such a pair.
        Polish the leather until it gleams.
        soles, heels, laces
        """),
    intent("things one wears",
        a("hat", "shoes", "clothes", "helmet", maybe=("handbag", "eyeglasses", "headphones", "towel")), """
        What belongs on a body?
        I am freezing from head to toe, which of these helps?
        The theatre wardrobe lends such items.
        apparel of any sort
        A naked emperor would need these.
        Try on whatever fits you.
        """),
    intent("ladies' bag", a("handbag", maybe=("backpack", "suitcase")), """
        Lipstick, keys and tissues are in there.
        What does the queen carry on her forearm?
        leather, two short straps
        A thief on a scooter snatched it.
        She digs in it for her ringing phone.
        Mary Poppins pulled a whole lamp from hers.
        """),
    intent("place for a baby to sleep", a("crib"), """
        The infant is tired, lay it down behind bars.
        A mobile should hang over it.
        Which piece has sides so that nobody rolls out?
        Lullabies are sung bending over this.
        New parents stagger to it at three in the morning.
        slats all around a small mattress
        """),
    intent("feed a toddler", a("high chair"), """
        Our one-year-old should sit with us at mealtime.
        Strap the toddler in and serve the mash.
        a seat so tall that a baby sees over the edge of the dining surface
        What has a little tray in front and peas all over?
        The restaurant offers it to families with babies.
        Legs long, passenger short.
        """),
    intent("toys", a("teddy bear", "toy blocks", "toy car", "ball", maybe=("skateboard", "drum", "globe")), """
        Tidy up the nursery: what goes into the chest?
        The three-year-old cries for something to play with.
        Which items amuse small children?
        Birthday presents for a kindergarten child.
        Step on one in the dark and you will yell.
        Santa might have brought these.
        """),
    intent("cuddle", a("teddy bear", maybe=("pillow",)), """
        My daughter cannot sleep without her furry friend.
        Named after an American president.
        something fluffy with button eyes
        Whom does Mr Bean talk to?
        Hug it when you are sad.
        It lost an ear in the wash.
        """),
    intent("build a tower", a("toy blocks", maybe=("box",)), """
        Let us build a castle from little cubes.
        Stack them, and the baby knocks them down.
        wooden cubes in bright colours
        Future architects practise with these.
        A tower of nine pieces is the record.
        What hurts under a bare heel in the nursery?
        """),
    intent("small vehicle", a("toy car"), """
        Brrm, brrm, says the boy on the carpet.
        a vehicle that fits into a child's fist
        Race it down the ramp of cardboard.
        Collectors keep theirs in mint condition.
        No fuel, no licence, four tiny tyres.
        Which vehicle may a three-year-old drive?
        """),
    intent("ride tricks", a("skateboard"), """
        Teenagers do flips with it on the steps.
        a plank with four wheels below
        Bart rides it to school.
        Kick off and keep your balance.
        I would like to roll down the ramp standing.
        It shoots from under a beginner's feet.
        """),
    intent("staple sheets", a("stapler"), """
        These loose pages should be joined at the corner.
        It bites a small metal clip through paper.
        What goes ka-chunk in the office?
        press down, done: sheets united
        Somebody set it in jelly as a prank.
        It is always empty when a report is due.
        """),
    intent("loose paper", a("papers", maybe=("book", "binder")), """
        A draught would scatter all of it.
        Sign on the last sheet, please.
        What has to be filed away?
        unbound sheets on top of one another
        The contract must be somewhere in this pile.
        Shred what nobody should read.
        """),
    intent("file documents", a("binder"), """
        Punch holes first, then they stay in order.
        two rings and a lever
        The tax adviser wants ten years of receipts.
        Which spine carries a label with a year on it?
        Invoices go in alphabetical order.
        Snap it open and take out page nine.
        """),
    intent("hold pens", a("pencil cup", maybe=("cup",)), """
        Stick the crayons in so that they stand upright.
        What holds writing tools on a desk?
        full of pens, nobody drinks from it
        I take a sharpener out of there.
        Rulers and brushes poke out at the top.
        Tidy your pens by standing them in something.
        """),
    intent("valuables", a("safe", maybe=("cabinet",)), """
        Diamonds ought to be locked behind steel.
        a combination and a thick door
        The burglar listens to the clicks with a stethoscope.
        Where would passports be kept from thieves and fire?
        Three turns left, two right.
        Too heavy to be carried off.
        """),
    intent("play music loudly", a("speaker"), """
        Let the bass shake the floor.
        The membrane trembles when the beat drops.
        Out of what does the sound come at a party?
        The neighbours complain about it at two in the morning.
        Plug in your mp3 player and turn it up for all.
        boxy, with round cones
        """),
    intent("beat the rhythm", a("drum"), """
        Ba-dum-tss!
        Two sticks are all that is missing.
        What gives the marching band its beat?
        skin stretched over a hollow cylinder
        Ringo sat behind several.
        Hit it and it booms.
        """),
    intent("plug in a charger", a("socket"), """
        My battery is flat, where is power?
        Two or three holes that a toddler must never poke.
        Plug the vacuum in.
        Where does current come out?
        electricity for whatever has a cord
        The extension lead starts there.
        """),
    intent("turn on the lamp", a("light switch"), """
        Flick it when you enter in the dark.
        Where does my finger go to brighten all?
        small rocker at the height of the elbow
        Kids flip it on and off for fun.
        The last to leave presses it.
        Let there be brightness!
        """),
    intent("run the tap", a("faucet", maybe=("sink",)), """
        It drips all night long.
        Turn left for hot, right for cold.
        Out of which metal spout does water flow?
        Screw the hose on here.
        I let it run until the water is cool.
        A washer must be replaced inside, says the plumber.
        """),
    intent("wash standing", a("shower", maybe=("bathtub",)), """
        I have been running and am all sweaty, five minutes will do.
        People sing in there in the morning.
        Where did Norman Bates strike?
        Rain at home, warm and vertical.
        Rinse off the sand standing.
        water falls from above on the naked
        """),
    intent("paper for hygiene", a("toilet paper"), """
        In the pandemic it sold out first.
        Help, I am sitting here and it is all used up!
        white, soft, perforated, on a roll
        Puppies love to unroll it through the flat.
        Mummies for Halloween can be made with it.
        Three layers, please, my skin is tender.
        """),
    intent("dry the laundry", a("drying rack", "clothes line", maybe=("towel rail",)), """
        My washing is wet, where can it drip?
        Pegs hold shirts here.
        The tumble dryer is broken, what else?
        Socks flutter in the breeze.
        everything hung here gets dry in time
        Take down the bed linen before the rain.
        """),
    intent("towel holder", a("towel rail", maybe=("coat hook", "drying rack")), """
        Where does the damp bath cloth belong?
        a bar for something to dry oneself with
        Do not drop it on the tiles, hang it here.
        Reach for it dripping from the bath: a rod is fixed there.
        It holds terry cloth neatly.
        Straighten the cloths on their bar.
        """),
    intent("iron upon", a("ironing board"), """
        Spread the blouse flat before it is pressed.
        Fold it out, it stands on crossed legs with a pointed nose.
        A padded surface which does not mind heat.
        Grandma spent each Tuesday standing at it.
        What do I need besides a hot iron?
        Surfers on dry land might pick this.
        """),
    intent("wipe the tiles", a("mop"), """
        Somebody spilt cola across the tiles.
        wet strings at the end of a pole
        The ship's boy scrubs the deck with it.
        After sweeping comes this.
        Swing it left and right, then wring.
        What cleans a puddle without bending down?
        """),
    intent("dry hair", a("hair dryer"), """
        I cannot go out with a wet head.
        Hot wind from a pistol.
        Which gadget must never fall into the tub?
        The stylist holds it in one hand and a brush in the other.
        It blows and hums in front of the bathroom mirror.
        Style your curls with warm wind.
        """),
    intent("keep warm under it", a("blanket", maybe=("towel", "bed", "clothes")), """
        I am cold on the couch, something to wrap me up.
        Linus drags his everywhere.
        What do we spread on the meadow for a picnic?
        thick wool, large enough for two
        The rescued swimmer gets it round his shoulders.
        Cover my legs, please.
        """),
    intent("rest the head", a("pillow", maybe=("teddy bear",)), """
        Feathers fly when children fight with them.
        soft square below a sleeper's ear
        My neck aches, I need support.
        The tooth fairy looks below it.
        Fluff it up and lay your head down.
        Cry into it.
        """),
    intent("extra seat that folds", a("folding chair"), """
        More guests than seats, get what leans flat in the closet.
        It collapses to the thickness of a board.
        Campers and anglers carry one along.
        Wrestlers hit each other with it.
        Clap it open for the outdoor concert.
        What seats one and vanishes behind a door?
        """),
    intent("push goods", a("cart", maybe=("wheelbarrow", "stroller")), """
        Too heavy to carry, let it roll.
        A flat bed or shelves on four castors.
        Stewardesses block the aisle with one.
        What brings coffee from room to room on wheels?
        Load the boxes and push.
        The librarian shoves returned volumes on it.
        """),
    intent("water the pots", a("watering can"), """
        The geraniums are thirsty.
        a long spout with holes like a sprinkler
        What do I lend the neighbour who looks after my plants?
        Fill it at the rain barrel.
        Elephants have a nose like this.
        Give every seedling a gentle rain.
        """),
)  # fmt: skip
