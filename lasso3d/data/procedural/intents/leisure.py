"""Watching, listening, playing, children and guests."""

from lasso3d.data.procedural.intents.intent import a, intent, related

INTENTS = (
    intent("watch the match", a("television", maybe=("monitor",)), """
        The final kicks off at eight, where will we watch?
        I want to see the evening news.
        Hand me the remote, this programme is dull.
        a wide black panel that the family gathers around
        Couch potatoes face it for hours.
        Turn down its volume, the baby sleeps.
        Netflix night!
        """),
    intent("change the channel", a("remote"), """
        Who always hogs it on film nights?
        Point it at the big panel and press a number.
        long, thin, full of rubber buttons
        I want to zap through the programmes without getting up.
        It slipped between the cushions again.
        Turn up the volume from where you lounge.
        """),
    intent("listen alone", a("headphones", maybe=("speaker",)), """
        I want music without waking the others.
        two cushions joined by a band over the head
        What does the DJ press to one ear?
        The open-plan office is noisy, how do I shut it out?
        Podcasts for nobody but me.
        Put them on and forget the world.
        """),
    intent("something to play with", a("ball", maybe=("toy car", "toy blocks", "teddy bear", "skateboard")), """
        The children are bored, give them something to throw.
        What belongs in every playground game?
        It bounces.
        Whoever drops it loses a point.
        Dodge it or you are out!
        The toddler rolls it back to me.
        """),
    intent("what children must not climb",
        a("bookcase", "wardrobe", "dresser", maybe=("cabinet", "refrigerator", "ladder")), """
        Screw it to the brickwork before the twins learn to climb.
        Which furniture could tip over onto a toddler?
        tall storage that should be anchored for safety
        A two-year-old uses drawers or boards as steps, which is dangerous.
        The safety leaflet warns about heavy upright storage.
        If the earth shook, these would topple.
        """),
    intent("breakable things within reach",
        a("bottle", "cup", "plate", "bowl", maybe=("teapot", "pitcher", "light switch", "jar", "wine glass",
        "vase")), """
        The puppy wags its tail wildly, rescue what might shatter.
        What makes shards when it drops?
        fragile crockery and glass
        Wrap these in newspaper for the move.
        Our clumsy nephew visits, put brittle things away.
        Bulls should not be let near such items.
        """),
    intent("hide under",
        a("bed", "table", "desk", maybe=("workbench", "picnic table", "crib", "coffee table", "sofa",
        "counter")), """
        The earth is shaking, take cover!
        Where would a kid crawl under to build a den?
        With a cloth over it, this becomes a cave.
        The cat is frightened of fireworks, where may it have slipped beneath?
        a roof of furniture over a crouching child
        Look below these for the lost slipper.
        """),
    intent("stand on to reach",
        a("chair", "stool", maybe=("folding chair", "high chair", "workbench", "office chair", "ottoman",
        "bench", "box", "ladder")), """
        I cannot reach the upper cupboard, what may I step on?
        Change the bulb, but stand on something that does not roll.
        Firm enough to step on, light enough to carry.
        Short people use this to see over the crowd.
        Get up there and rescue the balloon from the ceiling.
        How do I gain half a metre of height?
        """),
    intent("reach the ceiling", a("ladder"), """
        The gutter is clogged and I have to get up there.
        Rungs between two rails.
        Walking beneath it brings bad luck.
        Firemen lean it against the burning house.
        Which tool takes the painter up to the cornice?
        Cherries hang too high, how shall we pick them?
        """),
    intent("keep dry outside", a("umbrella"), """
        It is pouring outside.
        Mary Poppins flew with it.
        a stick that unfolds into a small roof
        The wind turned it inside out.
        I left it in the tram on the only wet day.
        What do Londoners never leave the house without?
        """),
    intent("prop for a plant lover", related(a("plant"), "beside", a("window")), """
        What gets green because it stands in the sun by the glass?
        Leaves lean towards the light over there.
        The gardener indoors prefers a place near the pane.
        Give water to whatever grows close to daylight.
        photosynthesis works best for this
        Sun might scorch the leaves close to the glass.
        """),
    intent("gift wrap suspects", a("box", "basket", maybe=("suitcase", "backpack")), """
        In what could I hide a surprise?
        Kittens would curl up inside.
        Lift it to find out if it is heavy.
        hollow, for goods of all kinds
        Gather the toys in something without a lock.
        The smuggler asks for a container of cardboard or wicker.
        """),
    intent("electric devices",
        a("television", "monitor", "computer", "laptop", "microwave", maybe=("printer", "drill", "hair dryer",
        "speaker", "dishwasher", "oven", "toaster", "kettle", "coffee machine", "blender", "iron", "fan",
        "vacuum cleaner", "camera", "headphones", "clock", "remote", "refrigerator", "washing machine", "stove",
        "table lamp", "phone")), """
        A thunderstorm is coming, pull these plugs.
        Recycle them at the electronics yard, never in household waste.
        What holds circuits and chips?
        The thief fills his van with electronics.
        electronic equipment with a display or processor
        Standby costs money: which gadgets draw it?
        """),
    intent("make music", a("guitar", "piano", "drum", maybe=("speaker", "headphones")), """
        Play us a tune.
        Strings that sound when plucked or struck.
        Which object could accompany our song?
        The campfire needs chords.
        practise your scales, please
        Elvis would have grabbed it.
        """, held_out=True),
    intent("soft hiding place for coins", a("sofa", "armchair"), """
        Coins roll out of trousers and vanish between its cushions.
        Where do I search for the lost remote first?
        Fingers find popcorn deep in the upholstery.
        It swallows keys, pens and change.
        Reach into the crack between seat and arm.
        Lift the padding, I bet my earring fell in there.
        """),
    intent("screen facing the sofa", related(a("television"), "before", a("sofa", "armchair")), """
        What do loungers look at straight ahead?
        The family stares across at it from soft seats.
        panel opposite of those who relax
        From the upholstery you see the match right before you.
        Switch off what keeps the loungers hypnotised.
        The view straight on from the cushions
        """),
    intent("phone charging place",
        related(a("nightstand", "side table", "coffee table"), "beside", a("bed", "sofa", "armchair")), """
        Where would a half-drunk tea stand while its owner rests?
        Within reach of people lying or lounging, and good for a book or glass.
        I lie comfortably and want to put down my phone without getting up.
        small surface for those who rest
        Drop the snacks beside the lounge where I can grab them.
        The lazy person's helper for drinks and phones.
        """),
)  # fmt: skip
