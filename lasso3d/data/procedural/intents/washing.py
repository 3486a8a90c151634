"""Cleaning, washing, bathing, dressing."""

from lasso3d.data.procedural.intents.intent import a, at, intent, related

INTENTS = (
    intent("throw away", a("trash can", maybe=("dumpster", "basket",)), """
        Where does this banana peel go?
        Throw the used tissue away.
        It smells and should be emptied.
        What do dustmen pick up on Mondays?
        My chewing gum has lost its taste.
        Crumpled drafts land in it, seldom at the first throw.
        container for what nobody wants any more
        """),
    intent("use the bathroom", a("toilet"), """
        Nature calls.
        Where do I go after three beers?
        flush it when you are done
        porcelain with a seat and a tank
        Little Tim no longer wears nappies and needs this urgently.
        Men should put the seat down afterwards.
        """),
    intent("soak in hot water", a("bathtub"), """
        I dream of an hour in foam.
        Where would a rubber duck swim?
        Fill it, get in, and relax up to the chin.
        long white basin to lie in
        Archimedes shouted Eureka in his.
        Mud-covered kids need a thorough scrub, all three together.
        """),
    intent("clean clothes", a("washing machine"), """
        My shirts are full of stains.
        a drum behind a round glass door
        Sixty degrees, then spin.
        Which appliance eats one sock of each pair?
        The whites must be separated from the reds first.
        Powder goes in the drawer, trousers in the drum.
        """),
    intent("scrub dishes by hand", a("sponge"), """
        Burnt sauce sticks to the pan, so what do I scrub with?
        squeeze it and water comes out
        Soft on one side, rough on the other.
        Wipe up the spilt milk.
        The bachelor should replace it every week, for hygiene.
        A cartoon hero in square pants looks like this.
        """),
    intent("coat or jacket", a("clothes", maybe=("blanket", "coat rack", "curtain", "towel")), """
        It is cold outside, I need something over my shoulders.
        Which textile dangles from a hook?
        Grab your jacket, we are leaving.
        fabric with sleeves
        Moths have eaten holes in what one wears.
        Is it mine or did another guest leave it hanging?
        """),
    intent("laundry lying about", at(a("clothes"), "floor"), """
        You undressed and just dropped it all, pick it up!
        What belongs in the wash, since it was left at our feet?
        a heap of textile that somebody stepped out of
        Teenage habits: everything worn lands down there.
        Gather up worn things before the vacuum comes.
        crumpled shirts underfoot
        """),
    intent("coat on hook", at(a("clothes"), "hanging"), """
        I am about to leave and the rain is cold, what do I pull on?
        Something to wear waits on its hook.
        What to take down and slip on?
        The guest's outer wear was hung up properly.
        Go through the pockets of what hangs there.
        sleeves dangling down the plaster
        """),
    intent("wash hands below a mirror", related(a("sink"), "below", a("mirror")), """
        Let me do my make-up and rinse my face at one place.
        Where does one watch oneself while brushing teeth?
        Running water with a reflection above it.
        Shaving requires a tap and your own face in view.
        Put in contact lenses where there is both a tap and your reflection.
        a basin under glass that shows who washes
        """),
    intent("clean teeth", a("toothbrush"), """
        After breakfast, two minutes up and down.
        bristles at the end of a stick
        What does the dentist recommend replacing every three months?
        Paste goes on it first.
        Forgot to pack it, now my breath is bad.
        Keep a smile white with this.
        """),
    intent("sweep the floor", a("broom"), """
        There are crumbs all over the ground.
        Witches ride on it.
        a long stick with bristles at the lower end
        The janitor leans on this more than he works.
        Broken glass down here! What shall I use?
        Goethe's apprentice turned one into a water carrier.
        """),
    intent("dry hands", a("towel", maybe=("hair dryer", "toilet paper")), """
        I just showered and drip all over.
        soft cloth that takes up water
        Never forget it when you hitchhike through the galaxy.
        What should hang within reach of wet fingers?
        Lay it on the sand to reserve your place.
        Rub your hair with this.
        """),
    intent("carry water and mop", a("bucket", maybe=("paint can", "watering can")), """
        The roof leaks, put something below the drops.
        It has a hoop to carry it and holds ten litres.
        Children build sandcastles with it.
        What stands next to the mop?
        Dip the rag and wring it out over this.
        Jack and Jill went up the hill to fill one.
        """, held_out=True),
    intent("suck up dust", a("vacuum cleaner"), """
        The carpet is full of cat hair.
        a hose, a motor, a bag full of fluff
        Which device terrifies every dog in the house?
        Plug it in and go over the crumbs.
        It roars on Saturday mornings.
        Where does the dust end up?
        """, held_out=True),
    intent("smooth shirts", a("iron"), """
        My collar is full of creases.
        A hot sole with steam.
        What must I switch off before leaving, or else the board burns?
        Press the trousers for tomorrow's interview.
        heavy, pointed in front, hot below
        He burnt a triangular hole into her blouse.
        """, held_out=True),
    intent("anything with water",
        a("sink", "toilet", "bathtub", maybe=("shower", "faucet", "washing machine", "counter", "dishwasher")), """
        What does the plumber have to connect?
        Water flows here and leaves through a drain.
        Turn off the main valve, then check all porcelain fixtures.
        ceramic bathroom equipment
        Limescale must be removed from every fixture.
        Where could a pipe leak?
        """),
    intent("hygiene paper by the toilet", related(a("trash can"), "beside", a("toilet")), """
        Where do cotton buds go, next to the flushing seat?
        Please do not flush it down, use what stands beside.
        a container for waste within reach of whoever answers nature's call
        Empty the little container next to the porcelain seat.
        Sanitary items are dropped into this.
        What takes up rubbish where one sits with trousers down?
        """),
    intent("bin at the desk", related(a("trash can"), "beside", a("desk")), """
        Crumpled notes fly into it from the writing place.
        The clerk wants to get rid of his apple core without getting up.
        What does the office cleaner empty each night?
        container for failed drafts
        Shred it, then drop it beside your workplace.
        a small goal for paper balls, near whoever writes
        """),
)  # fmt: skip
