"""Needs that depend on places: under, on, in, against, between."""

from lasso3d.data.procedural.intents.intent import a, at, bare, both, intent, related, with_part
from lasso3d.data.procedural.intents.kinds import DISHES, LAMPS, SEATS, SURFACES, TABLES
from lasso3d.data.procedural.meaning import Bearing, Named

ANYTHING = Named(())

INTENTS = (
    intent("lying on the bed", related(a(), "on", a("bed")), """
        I cannot go to sleep before this has been cleared away.
        What lies where the pillow is?
        stuff dropped on the covers
        Somebody used the sleeping place as a dump.
        Remove what keeps me from lying down.
        items resting upon the mattress
        """),
    intent("stuff on the counter", related(a(), "on", a("counter")), """
        The cook needs room, put everything off the work surface.
        What stands where vegetables get chopped?
        whatever clutters the place for kneading
        Ants were seen walking there, so lift each item up.
        ingredients and vessels at hip height near the cook
        Tidy what remained after cooking.
        """),
    intent("things in the bookcase", related(a(), "in", a("bookcase")), """
        If this tall open furniture fell, what would spill out?
        Everything between its boards has to be dusted.
        what the librarian's furniture holds
        Read out to me whatever stands on the boards.
        Clear the boards before we carry the furniture downstairs.
        contents of the open case
        """),
    intent("furniture standing on the rug", related(a(), "on", a("rug")), """
        We want to roll up the woven floor cover, what stands in our way?
        Lift these so I can pull out the textile from under their feet.
        whose feet sink into soft weave
        Marks get pressed into the pile by them.
        Nobody hears it when these are dragged, thanks to the textile below.
        what would move if you yanked the floor textile
        """),
    intent("loaded surface", both(TABLES, Bearing(ANYTHING)), """
        Which of the surfaces is in use, with items lying on it?
        Do not bump into it, or something falls off.
        Tidy up where things have been left on top.
        A surface that someone has already claimed with belongings.
        cluttered, so choose another for the puzzle
        Things stand on it, hence no space to dance on.
        """),
    intent("table with laptop", both(TABLES, Bearing(a("laptop"))), """
        Where has somebody set up a mobile office?
        A folding computer waits there for its owner.
        The home worker's surface of choice.
        Check mail where the portable machine was opened.
        someone types there, on battery power
        Which furniture carries the portable machine?
        """),
    intent("stacked small thing",
        related(a("box", "book", "can", "bowl", "plate", "cup", "jar", "sponge"), "on", a("box", "book", "can",
        "bowl", "plate", "jar", "keyboard", "laptop")), """
        If I pull out what is below, this comes tumbling down.
        Which small thing was piled onto another?
        the upper storey of a little tower
        Somebody has been stacking, take off the topmost first.
        a thing that rests upon another thing its own size
        Lift the upper one carefully, it is balanced.
        """),
    intent("carrying something small",
        both(a("box", "book", "can", "plate", "keyboard", "laptop", "jar"), Bearing(ANYTHING)), """
        I cannot open or use it while something lies on top.
        Which small thing works as a pedestal?
        buried below another item
        Take the load off it, then hand it over.
        the lower storey of a little tower
        Something presses down on this one.
        """),
    intent("inside a bowl", related(a(), "in", a("bowl", "pan")), """
        What will be served out of the round hollow dish?
        Somebody dropped it into the crockery.
        Tip the vessel and this will roll out.
        It is lying in something you would normally eat or cook from.
        Fish the object out of the hollow vessel.
        surrounded by a ceramic or metal rim
        """),
    intent("bowl with content", both(a("bowl", "pan"), Bearing(ANYTHING)), """
        The vessel that is not empty.
        Where has something been dropped in?
        hollow crockery with something inside
        Carry it level, there is something within.
        Before you serve soup, take out what lies in this.
        occupied dish
        """),
    intent("empty bowl", both(bare(a("bowl")), ANYTHING), """
        A hollow dish that is free for my salad.
        Which one can I fill with cereal at once?
        round, hollow and without content
        The hungry child looks sadly into it.
        Nothing is in there, so pour the soup.
        vessel for porridge, not in use
        """),
    intent("under the table", related(a(), "under", a("table", "desk")), """
        What might I kick while I am seated at work or dinner?
        Crawl below the board and fetch it.
        Something is hidden beneath the place where one eats or writes.
        My toes touch a thing down there.
        it lies sheltered by the board on legs
        When the dog hides from thunder it meets this.
        """),
    intent("corner furniture to dust", at(a(), "corner"), """
        Spiders like to spin their webs behind these.
        What would one find where two walls come together?
        pushed into the angle of the room
        The naughty pupil has to face a place that is taken by this.
        Pull out everything from the angles of the room for painting.
        Nobody can walk round it, the walls embrace it.
        """),
    intent("near the door",
        related(a("backpack", "suitcase", "box", "basket", "trash can", "clothes", maybe=("handbag", "shoes",
        "umbrella")), "beside", a("door")), """
        What have I put ready so as not to forget it when leaving?
        Anyone entering might stumble over it.
        Take it with you on your way out.
        It almost blocks the exit.
        The mover starts with what stands closest to the way out.
        it waits at the threshold
        """),
    intent("seat near the door", related(SEATS, "beside", a("door")), """
        I come late and want to sit without disturbing anyone.
        From there I could slip out early.
        Where does the doorkeeper rest?
        Put on your boots sitting, just as you are about to leave.
        The nearest place to sit for people who enter.
        Which seat gets the draught from the corridor?
        """),
    intent("light beside the bed", related(LAMPS, "beside", a("bed", "nightstand")), """
        What will I switch off before I close my eyes?
        bedtime reading is done by its glow
        Its light falls on the covers.
        The child fears the dark, leave it burning next to the sleeper.
        Which bulb lights the dreamers?
        Turn on something soft where one sleeps.
        """),
    intent("storage by the door", related(a("wardrobe", "cabinet", "dresser"), "beside", a("door")), """
        Guests could leave their coats inside as they enter.
        Store shoes right where people come in, out of sight.
        keys and gloves may be put away in it, next to the exit
        The first storage that arriving people pass.
        Slip your scarf in there on the way in.
        What would block the entrance if it were moved a little to the side?
        """),
    intent("surface by the window", related(SURFACES, "beside", a("window")), """
        I paint in water colours and want daylight on a flat top.
        Where would seedlings in trays find sun, without a sill?
        flat furniture next to the glass
        Lay the jigsaw where one sees true colours by day.
        The herb pots deserve daylight, put them on something with a top.
        Sort stamps in natural light.
        """),
    intent("screen near the window", related(a("monitor", "television", "laptop"), "beside", a("window")), """
        Reflections of the sun make it hard to see anything on this.
        Which display suffers from glare?
        Pull something shut, the panel is too bright to read.
        It should be turned away from the daylight.
        pixels that compete with the sun
        Whoever looks at it is dazzled by the pane.
        """),
    intent("below a picture",
        related(a("sofa", "bed", "cabinet", "dresser", "desk", "table"), "below", a("picture")), """
        Which furniture has art over it?
        It would get hit if the frame fell.
        The museum guard rests below a canvas, so to say: which piece?
        decorated from above by a frame
        Centre it so that it fits the framed print over it.
        The composition of frame and furniture looks good, name the lower half.
        """),
    intent("below a wall shelf",
        related(a("desk", "bed", "sofa", "table", "cabinet"), "below", a("wall shelf")), """
        Something could drop from a plank onto it.
        Which furniture has a board mounted over it?
        mind your head when you get up from there
        The brackets above must hold or this one suffers.
        sheltered by a mounted plank
        I would reach for the souvenirs from here, standing up.
        """),
    intent("things next to the sofa",
        related(a("floor lamp", "side table", "plant", "table lamp", "basket", "trash can"), "beside",
        a("sofa")), """
        What helps a lounging person without being a seat?
        It keeps company with the wide upholstery.
        Reach over the arm and you touch it.
        accessory of the lounge
        The decorator put this next to the cushions.
        Knock it over and the loungers jump.
        """),
    intent("cabinet with door handles next to the fridge",
        related(a("counter", "cabinet", "stove"), "beside", a("refrigerator")), """
        Set the groceries down next to the cold storage while you sort them.
        Which neighbour of the cold case could I use while cooking?
        It stands flush with what keeps milk fresh.
        Heat from the cooling motor warms this one.
        Butter and cheese are only one step from here.
        kitchen furniture at the side of the cooler
        """),
    intent("furniture on wheels", with_part(a("office chair", "suitcase"), "wheel"), """
        What rolls?
        On a slope it would run off by itself.
        castors squeak
        No lifting needed, give it a push.
        Which of these leaves small tracks in the carpet as it moves?
        Block its castors or it drives away.
        """),
    intent("drinks next to the computer",
        related(a("bottle", "cup", "bowl", "jar", "can"), "beside", a("laptop", "keyboard")), """
        Spill it and the electronics are ruined.
        What should not stand so close to buttons and circuits?
        A sip while typing, then disaster.
        Move any vessel away from what one types on.
        Dangerous neighbour for the letters.
        Insurance will not pay if this tips over onto the machine.
        """),
    intent("crockery near food packaging", related(DISHES, "beside", a("box", "can", "bottle")), """
        What could I eat or drink from that waits right by the provisions?
        Crockery next to packed food or drink.
        Pour without walking: the vessel stands at the source.
        breakfast seems ready to be served there
        a dish within a hand's breadth of supplies
        Serve the packed food in what stands close to it.
        """),
    intent("unlucky near the edge",
        related(a("cup", "bottle", "bowl"), "on", a("nightstand", "coffee table", "side table")), """
        Thirst at rest: what waits for the lounger or sleeper?
        The cat will push it off the small surface tonight.
        a drink or snack at a place of rest
        Half empty since last evening, standing on low furniture.
        Carry it from the small furniture to the kitchen.
        I left my vessel beside where I rested.
        """),
)  # fmt: skip
