"""Sitting, lying, resting."""

from lasso3d.data.procedural.intents.intent import a, at, intent, related
from lasso3d.data.procedural.intents.kinds import LAMPS, SEATS, SOFT_SEATS, TABLES

INTENTS = (
    intent("sit down", SEATS, """
        Where can I sit?
        My legs are tired and I want to get off my feet.
        Offer our visitor a place to rest for a moment.
        something that carries a person who no longer wants to stand
        I have been standing in line all day, enough of that.
        Is anything here made for taking a load off?
        She would rather not stand during the talk.
        """),
    intent("sit in comfort with a book", a("armchair", "sofa", maybe=("bed", "ottoman")), """
        I would like to sink into something soft with my novel.
        Which piece invites me to lean back for a whole evening?
        upholstered, low and wide, made for lazy hours
        Grandfather always dozes off in it after lunch.
        After the match we will just slump down and relax.
        Show what has padding, a back and room for both elbows.
        """),
    intent("seat for several", a("sofa", maybe=("swing", "bench", "bed")), """
        Three of us want to watch a film shoulder to shoulder.
        What could seat a small family side by side?
        wide upholstery on which people lounge together
        The kids and I will cuddle up there tonight.
        A guest could even spend the night stretched out on it, though it is no proper bed.
        Find the widest soft place for company.
        """),
    intent("work chair on wheels", a("office chair"), """
        Roll over here without getting up.
        Which of these spins around its own axis?
        It has castors and can be raised or lowered.
        Someone who types eight hours a day needs this under them.
        I love to turn round and round on it when the boss is away.
        Bring the thing whose height is set with a lever.
        """),
    intent("simple seat at a table",
        a("chair", maybe=("folding chair", "high chair", "office chair", "stool", "armchair", "bench")), """
        We need plain seats with four legs and a back for the dinner guests.
        What does one pull up to join the meal?
        Count every spot with a backrest at which a diner might be placed.
        upright, wooden or plastic, meant for one person at meals
        Fourteen people are invited, let us see what we can set out.
        Musical games need a circle of them, one too few.
        """),
    intent("seat without a back", a("stool", maybe=("ottoman", "bench", "side table")), """
        A bar guest perches on this kind of thing.
        Which seat lets you swing round because nothing supports your spine?
        one small round top, a few legs, nothing to lean on
        To milk a cow the farmer would take this along.
        I only need to perch for a minute, no comfort required.
        Hand me the small seat that also serves as a step.
        """),
    intent("feet up", a("ottoman", maybe=("stool", "coffee table", "armchair")), """
        I want to put my feet up.
        Where do tired heels go while their owner leans back?
        a soft block without arms or back
        The doctor told me to keep that swollen ankle raised on something padded.
        It looks like a giant cushion that can stand by itself.
        Push the padded footrest over to me.
        """),
    intent("long seat without arms", a("bench"), """
        In the park people feed pigeons from there.
        Where could a row of waiting people take a break, all in line?
        a long narrow board at knee height on which several may wait
        Tie your shoes there before the run starts.
        My grandparents paused halfway and shared an apple, sitting in a line.
        Locate a spot where the whole team can wait to be called onto the pitch.
        """),
    intent("lie down and sleep", a("bed", maybe=("crib", "sofa",)), """
        I am exhausted and would like to lie down until morning.
        Where does the night pass with eyes closed?
        a mattress with covers to crawl under
        Jet lag is killing me, wake me up tomorrow.
        Fresh sheets have to be put on before the guests arrive.
        Tuck the little one in, it is late.
        Nightmares happen here.
        """),
    intent("table beside the sleeper", a("nightstand", maybe=("side table", "dresser")), """
        Where would my alarm and a glass of water stand within reach at night?
        a low cabinet that keeps watch over the pillow
        Before closing my eyes I drop my spectacles on it.
        The novel I read last thing at night belongs right next to my head.
        Small drawers for tissues and pills, an arm's length from the mattress.
        Put this charger where I can grab it without getting up in the morning.
        """),
    intent("cover for the floor", a("rug", maybe=("blanket", "towel")), """
        My bare toes are cold on these tiles.
        What keeps the steps of people quiet below us?
        woven, flat, lying at our feet
        Beat the dust out of it in the yard, twice a year.
        The baby should crawl on something warmer than stone.
        Roll it up before we start to dance.
        Aladdin would try to take off with it.
        """),
    intent("seat at the desk", related(SEATS, "beside", a("desk")), """
        From where would I type a letter, seated?
        Have a seat right at the place of work.
        Whoever does homework rests on this.
        I mean what the clerk leaves behind when pausing for lunch.
        what you pull out in order to begin the paperwork
        Spot the seat that belongs with the writing place.
        """),
    intent("seat next to a table", related(SEATS, "beside", a("table")), """
        Soup is served, where shall I be seated?
        Take your place so that we can start eating together.
        Anyone who joins the card game ends up on one of those.
        seats from which a plate is within reach
        The waiter asks us to choose where we want to dine.
        Reserve the places around the meal for my cousins.
        """),
    intent("seat by the window", related(SEATS, "beside", a("window")), """
        I want to sit with daylight on my page.
        Where might someone rest and watch the birds outside?
        a place to sit that gets sun in the morning
        Old Mrs Brown likes to follow the traffic while she knits.
        Her cat always naps on the seat close to the glass.
        Choose the resting place with the best view out.
        """),
    intent("seat in the corner", at(SEATS, "corner"), """
        I want to sit with my back covered from two sides.
        Shy as he is, he picks the most tucked away seat.
        somewhere to sit out of everyone's way
        Which place to rest is farthest from the bustle in the middle?
        The gunslinger never lets anyone walk up behind him when seated.
        Go and sulk over there where the walls come together.
        """),
    intent("seat under a lamp", related(a("armchair", "sofa"), "beside", a("floor lamp")), """
        My eyes are weak, so I must sit soft where the light is good after dark.
        Is there a comfy reading place that is lit in the evening?
        cushioned seat with its own light source at hand
        For stitching at midnight grandma takes the well-lit padded place.
        Lean back there, the glow falls over your shoulder.
        Pick the lounge seat where one can read after sunset.
        """),
    intent("seat that hangs on no wall but stands against one", at(SEATS, "wall"), """
        Patients wait in those, lined up at the side of the room.
        I would sit at the edge rather than out in the open.
        Who sits there can rest the head on plaster.
        seating that leaves the centre clear
        During the dance lesson the others watch from the sides, sitting.
        Name the seats nobody could walk behind.
        """),
    intent("soft things to land on", a("bed", "sofa", maybe=("armchair", "ottoman")), """
        If I let myself fall backwards, what would catch me gently?
        The toddler wants to jump up and down on something springy.
        long enough and soft enough to stretch out at full length
        My back hurts, I have to be horizontal right away.
        Where may the dog not go because of all the upholstery one lies on?
        I could take a nap on either of these.
        """),
    intent("things for the group discussion", SOFT_SEATS, """
        For our relaxed chat, show everything that is both upholstered and meant for sitting.
        We shoot an interview and both guests should look at ease.
        What should be vacuumed because crumbs vanish between its cushions?
        padded furniture to lounge on
        The upholsterer asks which pieces he has to cover anew.
        Moths would love this furniture, check its fabric or leather.
        """),
    intent("low surface to put a cup in front of the sofa",
        a("coffee table", maybe=("side table", "table", "ottoman")), """
        Magazines are fanned out there, in front of where people lounge.
        Where do I set my mug while we lounge?
        knee-high surface in the centre of the seating group
        You bump your shin on it in the dark on the way to lie down in front of the film.
        Please no shoes up there, glasses and snacks only.
        Drop the remote control on the low surface everybody reaches.
        """),
    intent("little surface for a single drink", a("side table", maybe=("nightstand", "coffee table", "stool")), """
        One small stand, good for a single drink and perhaps a vase.
        What holds a glass right by the arm of whoever is resting?
        slender, small, always standing at the elbow of a seat
        There is only room for an ashtray or a phone up there.
        It gets carried over to wherever a guest is sitting.
        Slide the smallest surface beside grandpa's resting place.
        """),
    intent("sit by the bed", related(SEATS, "beside", a("bed")), """
        I want to keep watch over a sleeping child without standing.
        The visitor of the sick should get a seat near the patient.
        Trousers get thrown over this before lights out.
        Where would a nurse rest through the night?
        a seat within whispering range of the pillow
        Read the good night story from there.
        """),
    intent("light to read by", related(LAMPS, "beside", SOFT_SEATS), """
        Switch on what brightens my page while I lounge.
        Which light belongs to the cosy reading place?
        glowing company for someone with a novel in the padded seat
        I can hardly see my knitting in this soft seat, do something.
        Replace the bulb over at the lounge.
        it shines where people relax
        """),
    intent("tables one can dine at", related(TABLES, "beside", SEATS), """
        Where could somebody eat while seated, without moving any furniture?
        Find where guests already have a place set to pull up.
        surfaces with a seat ready at them
        We want to play a board game right away, with everything in place.
        Spread the map where people can gather round it sitting.
        Point out the surfaces at which someone seems to have just got up.
        """),
)  # fmt: skip
