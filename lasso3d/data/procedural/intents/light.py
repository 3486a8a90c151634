"""Light, views, looks, warmth and air."""

from lasso3d.data.procedural.intents.intent import a, at, intent, related
from lasso3d.data.procedural.intents.kinds import LAMPS

INTENTS = (
    intent("make light", LAMPS, """
        It is dark in here.
        What would a moth fly to after sunset?
        Every bulb should be swapped for an LED.
        I cannot read without more brightness.
        Night falls, and nobody has switched anything on.
        things that shine when you press their switch
        """),
    intent("tall light", a("floor lamp", maybe=("street lamp",)), """
        A pole with a shade, taller than a child.
        Which light is carried round the room and plugged in elsewhere?
        It stands on its own foot and glows at head height.
        The cosy light next to the seats comes from this tall thing.
        Interior designers use it to brighten a dark nook.
        Its pole wobbles whenever the cat rubs against it.
        """),
    intent("small light", a("table lamp"), """
        Give me a small light that stands on furniture.
        In films the detective grips it by the base and shines it in a suspect's face.
        What glows next to the writer's paper?
        a little shade on a base, put on top of something
        Before sleep I reach out and switch it off.
        Its cord hangs down the back of the furniture it was put on.
        """),
    intent("light from above", a("lamp"), """
        The brightness comes from overhead.
        Climb up and change the bulb under the ceiling.
        What hangs up there and lights the whole room?
        No shadows fall sideways, thanks to it.
        Look up, it dangles above us.
        The switch by the entrance turns this on.
        """),
    intent("let in daylight", a("window", maybe=("door", "building")), """
        I need some fresh air.
        Where does the sun come in?
        glass in a frame through which the neighbours can look
        The burglar climbed in there, the pane is broken.
        A bird flew against it.
        What is the weather like? Have a look outside.
        """),
    intent("keep the sun out", a("curtain"), """
        The neighbours can see in.
        It is too bright to sleep, please darken the room.
        cloth that slides on a rod
        Sarah hides behind it, only her shoes are visible.
        Draw it before undressing.
        The sun falls right on my eyes, what can we pull shut?
        """),
    intent("see yourself", a("mirror"), """
        Do I look all right?
        Who is the fairest of them all?
        the thing to see yourself in
        I have spinach between my teeth, where can I check?
        Shave there, or you will cut yourself.
        Vampires do not show up in it.
        """),
    intent("art on the wall", a("picture", maybe=("mirror", "television", "whiteboard")), """
        The painter's work hangs a little crooked.
        What decorates the plaster?
        a canvas or print in a frame
        An art thief would cut it out and roll it up.
        Behind it, in films, the safe is hidden.
        Admire the landscape that someone framed.
        """),
    intent("green thing to water", a("plant", maybe=("tree", "bush", "flower bed")), """
        It needs water twice a week.
        What produces oxygen in this room?
        leaves that grow out of a pot
        While you are on holiday I will take care of it.
        Its leaves turn yellow, maybe it gets too little sun.
        Something alive that never moves.
        """),
    intent("warm up", a("radiator"), """
        My fingers are freezing, turn up the heating.
        Where should wet gloves dry in winter?
        ribs filled with hot water
        It gurgles, so let the air out.
        Cats lie close to it in January.
        The valve at its side sets how warm we have it.
        """),
    intent("torch for the cellar", a("flashlight"), """
        The power is out and I must go down to the fuse box.
        A beam from the hand.
        What would scouts pack for a night hike?
        It needs two batteries and makes a circle of light far away.
        Hold it under your chin for ghost stories.
        Shine into the dark hole with it.
        """),
    intent("light the candles", a("lighter"), """
        The birthday candles are not burning yet.
        Got a flame?
        What sparks when the thumb flicks a small wheel?
        pocket-sized fire
        At concerts, fans waved it during slow songs.
        Our grill needs to be lit, and we have no matches.
        """),
    intent("way out", a("door", maybe=("gate",)), """
        How do I get out of here?
        Someone is knocking, let them in.
        hinges, a handle, big enough to walk through
        In case of fire, leave this way.
        Where does this room end and the corridor begin?
        It creaks when guests arrive.
        Slam it behind you.
        """),
    intent("look out or go out", a("door", "window", maybe=("gate",)), """
        Air the room by opening everything that leads outside.
        Where might a draught come from?
        The police covers all openings so that nobody escapes.
        openings in the walls
        Before the holidays, make sure every way in is shut.
        Thieves could get in at any of these.
        """),
    intent("light on furniture near the bed", related(a("table lamp"), "on", a("nightstand")), """
        Read a bit longer, then reach over and make it dark.
        The light that is the last thing on at night.
        What shines on the pillow from the small cabinet?
        She fell asleep with it still burning beside her.
        glow at arm's length for people who lie awake
        My partner complains that I read too long by it.
        """),
    intent("light on the desk", related(a("table lamp"), "on", a("desk")), """
        I must finish this essay tonight and need brightness on my paper.
        What lights up the homework?
        glow over pen and paper
        The bookkeeper works late, you see it burning.
        Bend its arm down towards the documents.
        Illuminate the place of work, not the room.
        """),
    intent("things hanging up",
        at(a("picture", "mirror", "whiteboard", "wall shelf", "wall cabinet", "television"), "hanging"), """
        What would come down if I pulled the nails out of the plaster?
        We repaint in here, so everything mounted up must come off.
        whatever was fixed there with screws or hooks
        The landlord will find drill holes behind these.
        An earthquake made all mounted things sway.
        Straighten up what hangs askew.
        """),
    intent("art above seats", related(a("picture"), "above", a("sofa", "bed")), """
        The framed print watches over people who lounge or dream.
        What might drop on my head while I rest?
        Decoration over the soft place.
        Whoever naps down there has art overhead.
        The canvas right over the cushions should be sold.
        Hang something more cheerful over the place for resting, instead of that.
        """),
    intent("burn down slowly", a("candle"), """
        A romantic flame for tonight, please.
        wax around a wick
        Blow it out before you leave!
        What drips while it lights the chapel?
        The power cut left us with only wax for light.
        Make a wish and blow.
        """, held_out=True),
    intent("cool air", a("fan", maybe=("hair dryer",)), """
        It is sweltering, make some wind.
        rotating blades behind a grille
        Which appliance moves the air on a tropical night?
        My papers flutter off whenever it swings this way.
        We lack air conditioning, what will help?
        Turn it to level three and sit in the breeze.
        """, held_out=True),
    intent("flowers in water", a("vase", maybe=("bottle", "jar")), """
        He brought me roses, where do I put them?
        Cut stems stay fresh in it.
        A Ming one costs a fortune.
        slender vessel for a bouquet
        Fill it with water and arrange the tulips.
        The archaeologist glued such a thing from sherds.
        """, held_out=True),
)  # fmt: skip
