"""Putting away, carrying, finding room."""

from lasso3d.data.procedural.intents.intent import a, at, bare, intent, related, with_part
from lasso3d.data.procedural.intents.kinds import CUPBOARDS

INTENTS = (
    intent("hang shirts", a("wardrobe", maybe=("coat rack", "drying rack", "clothes", "dresser")), """
        My suits must hang without creases.
        Where does a lion called Aslan wait beyond the fur coats?
        higher than a person, with doors all over its front
        I have nothing to wear, she says, looking into it.
        Monsters hide in there, the child is sure.
        Put the winter jackets away behind tall doors.
        """),
    intent("fold jumpers away", a("dresser", maybe=("cabinet", "wardrobe", "nightstand")), """
        Socks belong in the upper drawer.
        Where do folded jumpers go?
        a broad stack of drawers, chest-high
        My underwear is somewhere in these drawers.
        The burglar pulls out the lowest drawer first, so as not to waste time.
        Sort linen into something with rows of pull-out compartments.
        """),
    intent("put books", a("bookcase", maybe=("wall shelf", "shelf")), """
        I have finished reading and want to tidy it away among the others.
        Where would a librarian look first?
        tall open boards one above the other
        My encyclopedia has thirty volumes that need a home.
        The professor's wisdom stands in here, sorted by author.
        An earthquake could topple it along with all the paper.
        """),
    intent("board on the wall", a("wall shelf", maybe=("bookcase", "shelf")), """
        Two brackets and a plank, fixed higher than my head.
        Where can souvenirs stand without using up any ground?
        a plank with nothing below it
        Drill two holes and it will bear my cactus collection.
        The trophy deserves a place up on the plaster.
        Reach up, the spare key lies on the plank.
        """),
    intent("shut away papers",
        a("cabinet", maybe=("safe", "wall cabinet", "dresser", "wardrobe", "nightstand", "counter")), """
        The files should disappear behind doors at hip height.
        What would a secretary lock each evening?
        a closed case for papers or crockery, low enough to put a vase on
        Granny's good china is kept behind its doors.
        I want the mess out of sight before the landlord arrives.
        Open the sideboard and take out the board games.
        """),
    intent("carton to pack", a("box", maybe=("toolbox", "safe", "suitcase", "basket")), """
        We are moving out and everything has to be packed.
        What did the parcel service deliver?
        cardboard with six sides
        The cat will jump in as soon as it is empty.
        Tape it shut and write an address on top.
        Pandora should never have opened hers.
        """),
    intent("laundry collecting", a("basket", maybe=("bucket", "drying rack", "trash can", "box")), """
        Dirty socks are collected in this.
        Picnic food would look charming in it.
        woven walls, open at the top
        Little Red Riding Hood carries one to her grandmother.
        Moses floated down the Nile in something like it.
        Toss the used towels into the open woven thing.
        """),
    intent("carry to school on the back", a("backpack", maybe=("handbag", "suitcase",)), """
        Two straps go over the shoulders.
        What do hikers carry their provisions in?
        The schoolchild packs it every evening.
        I hitchhike through Asia with nothing else.
        pockets, zip, padded back, carried on the shoulders
        My notebook is still in what I wore to class.
        """),
    intent("travel for two weeks", a("suitcase", maybe=("backpack",)), """
        Our plane leaves at noon and the swimwear is not packed yet.
        At the airport it comes round on a belt.
        What does a traveller pull behind on little wheels?
        Weigh it, more than twenty-three kilos cost extra.
        Paddington arrived in London with one.
        She is leaving him, so she packs this tonight.
        """),
    intent("luggage", a("suitcase", "backpack", maybe=("handbag",)), """
        Whoever travels takes these along.
        Unclaimed baggage! Evacuate and check it.
        Where might a passport and clothes for a trip be packed?
        things with which one boards a train for a long journey
        The porter will bring up our belongings.
        Has anyone hidden contraband? Customs inspects such items.
        """),
    intent("anything with drawers", with_part(CUPBOARDS, "drawer"), """
        Search every drawer for the missing keys, leave out those at workplaces.
        I have a hundred small things to sort into pull-out compartments of storage furniture.
        Which storage pieces slide open?
        Pull, and a compartment comes towards you.
        Small hands get caught in there when it is pushed shut.
        compartments on rails in something to store things
        """),
    intent("anything with doors for storing", with_part(a("cabinet", "wardrobe", "wall cabinet"), "door"), """
        During hide and seek, what might have someone behind its doors?
        Oil the hinges of all that stores our belongings.
        Behind which doors could the presents be hidden?
        storage that opens with hinges
        A burglar would fling open all the hinged storage first.
        child locks should be fitted to these hinges
        """),
    intent("open storage", a("bookcase", "wall shelf", "basket", maybe=("shelf", "box", "trash can")), """
        Store it where one sees it without opening anything.
        Which storage needs dusting because it has neither doors nor lid?
        no door, no drawer, just room for belongings
        The shop should present the goods without doors or lids.
        I never remember what lies behind doors, so give me open storage.
        A glance suffices to see what is kept in it.
        """),
    intent("row of volumes", a("books"), """
        A whole line of spines, shoulder to shoulder.
        What does a reader browse from left to right with tilted head?
        upright volumes, packed tight
        All parts of the saga stand next to each other.
        Bookworms eat their way through these one after another.
        Alphabetical order would help to find the author here.
        """),
    intent("something to read", a("book", "books", maybe=("papers", "binder")), """
        Bored? Then learn something from printed pages.
        What can I borrow for the beach, to turn pages?
        pages between covers
        An author signed it for me on the first page.
        Turn off the telly and discover another world in ink.
        The dictator wants to burn them.
        """),
    intent("single volume", a("book", maybe=("binder",)), """
        Which novel did I leave lying around?
        One hardcover, closed, on its own.
        I would like to go on with chapter five of what I left lying.
        flat block of paper with a printed cover, lying down
        Use it as a coaster and the librarian will scold you.
        A recipe must be looked up in the one lying there.
        """),
    intent("store something up high",
        related(a("box", "suitcase", "basket"), "on", a("wardrobe", "cabinet", "bookcase", "refrigerator")), """
        Somebody stowed it up high on the furniture, out of reach.
        Mind your head, it might slide off from up there.
        What was lifted onto a piece of furniture to save room?
        The Christmas decorations are packed away up on top.
        Get on tiptoe and lift down the stored goods.
        a container parked upon tall furniture
        """),
    intent("books on a shelf", related(a("books", "book"), "on", a("bookcase", "wall shelf")), """
        I would like to choose a story from where they are kept.
        Which printed works have been tidied away properly?
        reading matter on its boards
        Blow the dust off the literature in its usual place.
        Take down a classic for me.
        paper that stands or lies where the librarian wants it
        """),
    intent("free top for a vase", bare(a("cabinet", "dresser", "nightstand")), """
        These flowers need a spot on top of some storage piece that is free.
        On which closed furniture could I stand the trophy without shifting things?
        storage with an empty lid, so to speak
        The candlestick goes on top of furniture that bears nothing yet.
        Nothing stands upon this case with drawers or doors.
        Decorate the piece that looks so bare above its doors and drawers.
        """),
    intent("things on cupboards", related(a(), "on", a("cabinet", "dresser", "wardrobe")), """
        Dust whatever was put on top of the closed storage.
        What would rattle when someone slams the doors below it?
        decoration and clutter above doors and drawers
        We carry the storage piece out, so first take off what stands on it.
        From up there on the sideboard it watches the room.
        Items placed over our linen and papers.
        """),
    intent("open carton", with_part(a("box"), "lid"), """
        Its flaps stand open, someone was just unpacking.
        Which parcel needs tape before the courier takes it?
        peek past the raised flaps
        The delivery has been opened already.
        Close the flaps or the cat gets in.
        Unpacking was interrupted here, judging by the flaps.
        """),
    intent("something on the floor in the way",
        at(a("box", "backpack", "suitcase", "ball", "basket", maybe=("shoes", "toy car", "toy blocks",
        "skateboard", "handbag", "bucket", "toolbox")), "floor"), """
        I might trip over it in the dark.
        What should be picked up before the vacuum robot starts?
        clutter that a blind visitor could stumble upon
        Tidy your room, everything movable down there has to go!
        The hallway must be clear of loose things for the fire inspection.
        belongings left lying about at our feet
        """),
    intent("storage near the bed",
        related(a("nightstand", "dresser", "wardrobe", "cabinet"), "beside", a("bed")), """
        What can be opened from under the covers, with an outstretched arm?
        Furniture for keeping things, right where one sleeps.
        He hides sweets close to where he dreams.
        the case with doors or drawers that a sleeper would touch first
        My pyjamas are put away just next to where I lie.
        A burglar would wake me if he searched this storage.
        """),
)  # fmt: skip
