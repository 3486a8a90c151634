"""Writing, computing, learning, mending."""

from lasso3d.data.procedural.intents.intent import a, bare, intent, related, with_part
from lasso3d.data.procedural.intents.kinds import SCREENS

INTENTS = (
    intent("work at a screen", a("desk"), """
        I want to sit and work at a screen, where is that possible?
        Homework has to be done at the usual place.
        Which piece of furniture tells you that someone has office hours?
        a board at elbow height where letters get written
        The tax papers pile up and I need a place to fill them in.
        Clear up the place where the student pores over exercises.
        """),
    intent("display", a("monitor", maybe=("television", "laptop")), """
        My spreadsheet needs a bigger display.
        Where do the pixels glow while I program?
        a flat panel on a foot, plugged into the tower
        The developer wants two of these side by side for her code.
        It stays black although the machine hums, check the cable.
        Adjust the brightness of what the office worker stares at.
        """),
    intent("type text", a("keyboard", maybe=("laptop",)), """
        With ten fingers I could enter this text in a minute.
        Which device has all the letters of the alphabet on little caps?
        rows of buttons, the space bar in front
        The novelist hammers on it all night.
        Crumbs fell between the letters again.
        Press the escape button for me.
        """),
    intent("move the pointer", a("mouse"), """
        How do I move the pointer across the display?
        Double-click with it.
        pebble-sized, two buttons and a scroll wheel
        Despite its name it never eats cheese.
        My right hand rests on it while I browse.
        The arrow on the display is stuck, so give this a shake.
        """),
    intent("portable computer", a("laptop"), """
        I will work on the train, what should I pack?
        Unfold it and log in.
        a computer that closes like a book
        Its battery lasts six hours and it fits into a bag.
        In the café everybody opens one of these to look busy.
        Shut the lid so that it goes to sleep.
        """),
    intent("desktop machine", a("computer"), """
        A fan hums in there, where the processor lives.
        What would I open to add more memory?
        tower with drives and a power button in front
        The technician blows dust out of the case twice a year.
        Every cable of the workplace leads to this housing.
        Restart the machine below the display, it froze.
        """),
    intent("anything that computes", a("computer", "laptop", maybe=("phone",)), """
        Which of these runs an operating system?
        I have to install a program.
        something with a processor inside that one logs in to
        A virus got in, unplug whatever may be infected.
        The hacker wants to know what he could break into.
        Back up all our data before the office moves.
        """),
    intent("write for all to see", a("whiteboard"), """
        Sketch the plan with a marker where the whole team can see it.
        Wipe off yesterday's formulas.
        a bright smooth area for ideas that vanish under a cloth
        Our teacher writes there standing, back to the class.
        Where did they leave the diagrams of the last meeting?
        We brainstorm and need a lot of room for arrows and circles.
        """),
    intent("write by hand", a("pen", maybe=("pencil cup",)), """
        I need to sign this contract.
        What leaves ink on paper?
        long and thin, clicks at the end, often lost
        Jot the number down before you forget it.
        The autograph hunter forgot to bring one.
        Lend me something for the crossword.
        """),
    intent("cut paper", a("scissors"), """
        Two blades that meet, with a loop for thumb and finger.
        How do I open this tough plastic wrapping?
        The tailor never goes anywhere without it.
        My fringe is too long, somebody should trim it.
        Cut out the paper stars along the dotted line.
        Never run while you hold it!
        """),
    intent("paper copy", a("printer"), """
        The ticket has to be on paper.
        Out of toner once more, and the form is due today.
        Which machine turns a file into sheets?
        It jams whenever I am in a hurry.
        Two-sided, in colour, ten times please.
        sheets go in blank and come out full
        """),
    intent("store a file in the pocket", a("usb drive"), """
        Carry the slides over to the other machine by hand.
        Sixty-four gigabytes, smaller than a thumb.
        What could hold my photos and fit on a key ring?
        pull off the cap and plug it in
        The spy smuggled the files out in it.
        Make a copy I can drop in an envelope.
        """),
    intent("grip wire", a("pliers", maybe=("wrench", "vice")), """
        Bend this wire and pinch it tight.
        What would pull a stubborn nail out of the board?
        jaws that an electrician squeezes
        The fence needs mending and my fingers are not strong enough.
        My fingers cannot hold that hot bolt.
        Crimp the cable end, would you?
        """),
    intent("reading aid", a("eyeglasses"), """
        I cannot make out the small print any more.
        Which item would an optician sell?
        two lenses, worn over nose and ears
        Without it everything is blurred to me.
        The professor pushes it up his nose before every answer.
        Fetch what I need to see clearly.
        """),
    intent("make a call", a("phone"), """
        I have to call my mother.
        Who knows what this buzzing is? Someone texted me.
        fits the palm, has a touch display and a number
        In an emergency you would dial for help on it.
        Its battery is at two percent, find it before it dies.
        Take my calls while I am away.
        """),
    intent("take pictures", a("camera", maybe=("phone",)), """
        Everyone say cheese!
        How shall we capture this sunset?
        a body with a lens and a shutter release
        The paparazzo hides behind the hedge and waits with it.
        Wedding shots must be sharp, get the proper equipment.
        zoom in, focus, click
        """),
    intent("place with drawers for papers", with_part(a("desk"), "drawer"), """
        My pens should vanish into the piece at which I write.
        Does any workplace let me lock paper away below its top?
        Pull open the compartments at the writing place.
        a writing place with built-in storage
        The stapler must be inside the furniture you write at.
        Search the compartments under the worker's elbows.
        """),
    intent("free writing place", bare(a("desk")), """
        I need an empty place to spread out my drawings and write.
        Which workplace has been cleared?
        a writing surface on which nothing lies
        The new colleague gets the workplace nobody left things on.
        Where could I unroll a blueprint right now, seated at work?
        tidied up, ready for tomorrow's homework
        """),
    intent("what stands on the desk", related(a(), "on", a("desk")), """
        Clear the workplace: everything must come off its surface.
        What would fall if the writing place collapsed?
        all items within reach of the clerk's hands, upon the board
        We paint the worktop of the office tomorrow, so show what needs moving.
        Inventory of the things that the writer keeps before her.
        Dust has to be wiped where letters get written, lift whatever lies there.
        """),
    intent("screens of any kind", SCREENS, """
        What should be dimmed so that we see no pixels glow?
        anything that shows moving images when switched on
        Too much blue light before bedtime comes from these.
        The electrician will measure how much power the displays draw.
        Where might a film be played for us?
        Hide all displays, the child has watched enough today.
        """),
    intent("screen on the desk", related(a("monitor", "laptop"), "on", a("desk")), """
        What does the employee gaze at all day long?
        the glowing rectangle at the workplace
        Tilt what the accountant looks at, he gets reflections.
        Somebody left private mail open for all to see at the writing place.
        Lock it when you leave your workplace, colleagues peek.
        Numbers flicker in front of the seated analyst.
        """),
    intent("learn about countries", a("globe"), """
        Where is Madagascar? Turn it and look.
        The earth, shrunk to the size of a melon.
        Which object teaches a child about continents and seas?
        It spins on a tilted axis and shows all nations.
        Magellan would have loved to trace his route on this.
        Put a finger on the equator.
        """),
    intent("tell the time", a("clock"), """
        How late is it?
        Twelve numbers and two hands.
        I must not miss my train, where do I look?
        It ticks all through the night and drives me mad.
        In spring somebody has to set it one hour ahead.
        Do we still have a few minutes left? Check.
        """, held_out=True),
)  # fmt: skip
