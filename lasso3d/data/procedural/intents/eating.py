"""Eating, drinking, serving."""

from lasso3d.data.procedural.intents.intent import a, bare, intent, related
from lasso3d.data.procedural.intents.kinds import DISHES, TABLES

INTENTS = (
    intent("have dinner at", a("table", maybe=("picnic table", "workbench", "desk", "coffee table", "counter")), """
        Dinner for the family will be served, but where?
        We could play cards around it.
        a large board on legs where people gather for meals
        Spread the cloth and put the candles in its middle.
        Where would eight colleagues lay out their documents for a meeting?
        The cat crawls below it, begging for scraps during meals.
        """),
    intent("drink coffee from", a("cup", maybe=("wine glass", "bowl", "can")), """
        I need something for my hot coffee.
        What do I drink tea from?
        small vessel, usually with one ear to hold it by
        My cocoa is ready, where shall I pour it?
        She warms her fingers on it in winter.
        Lift your little finger when you sip from this.
        """),
    intent("eat from a flat dish", a("plate"), """
        My steak and chips should be served on this.
        What gets piled up after the main course?
        round and flat with a raised rim
        At Greek weddings people smash them.
        Fetch one for each guest, the roast is done.
        A slice of cake would look lovely on this.
        """),
    intent("eat cereal", a("bowl", maybe=("plate", "pan", "pot")), """
        Cornflakes and milk, please.
        In what would you serve salad or soup?
        a round hollow dish, deeper than a saucer
        Whisk the batter in it.
        The three bears left their porridge in these.
        Fruit could be arranged nicely in something hollow.
        """),
    intent("bottled drink", a("bottle", maybe=("can", "jar", "pitcher")), """
        I am thirsty, and it should have a screw cap.
        Where might a message to an unknown finder be hidden at sea?
        slim neck, cap on top, full of liquid
        Return it for the deposit when it is empty.
        A ship can be built inside one by a patient sailor.
        Unscrew it and take a sip.
        """),
    intent("preserved food", a("can", maybe=("jar", "box")), """
        Beans that last for years.
        What needs an opener or a ring to get at the food?
        metal cylinder, label around it, closed at both ends
        Children tie two of them with a string and talk.
        For the food bank we collect what keeps for ages in tinplate.
        Andy Warhol painted soup in these.
        """),
    intent("jam", a("jar"), """
        Marmalade is kept in here.
        Whose lid is so tight that I always have to ask for help?
        short glass vessel with a wide screw top
        Grandma fills dozens with pickled cucumbers.
        Peanut butter sticks to the inside.
        The cookie thief reached into it.
        """),
    intent("crockery to wash", DISHES, """
        After the meal all of the crockery needs washing.
        What could break when the waiter stumbles?
        ceramics used at meals
        Carry to the kitchen whatever we ate or drank from.
        The potter made these on his wheel.
        Guests are coming, see if there is enough crockery.
        """),
    intent("something to drink from or with", a("bottle", "cup", maybe=("can", "wine glass", "pitcher")), """
        Show me all that might hold a drink.
        My throat is dry after this speech.
        vessels a thirsty person looks at first
        What must not be tipped over near the electronics?
        Liquids are not allowed in here, so remove whatever may contain some.
        Where could yesterday's juice still be?
        """),
    intent("free table", bare(TABLES), """
        I need an empty surface to lay out my puzzle.
        Which of them has nothing lying on it?
        Somebody cleared it completely, now it waits for us.
        Put the giant cake where nothing has to be moved first.
        a clear place for the sewing pattern, at which one can be seated
        I want to wrap presents on a surface that is already free.
        """),
    intent("laid table", related(TABLES, "beside", a("chair"),), """
        Breakfast for two could be held here, with seats at hand.
        At which piece would students sit down to share notes?
        a surface that already has its plain seats drawn up
        The committee meets there, each member on a simple seat.
        Draw up nothing: choose where seating is waiting at a surface.
        Chess players would head straight for this pair of furniture, point at the higher flat part.
        """),
    intent("things on the table", related(a(), "on", a("table")), """
        Clear away whatever stands where we dine.
        Which things must go before the cloth can be spread?
        all that rests on the dining surface
        If the legs gave way, what would crash?
        Before the guests come, everything on the meal place has to be tidied up.
        Pack each item that lies where the family eats.
        """),
    intent("crockery on a table", related(DISHES, "on", TABLES), """
        Nobody cleared up after breakfast, collect the crockery.
        Ceramic things wait to be carried off from where we ate.
        What would the busboy take away?
        Used dishes are left at the meal place.
        The party is over, bring what we drank and ate from back to the kitchen.
        dirty ceramics at the eating place
        """),
    intent("book lying on a table", related(a("book"), "on", TABLES), """
        Somebody put down their novel at the place for meals or work.
        What could I read over breakfast, without going to the shelves?
        printed pages left on a flat surface with legs
        I forgot my thriller in there, lying out in the open.
        Return the borrowed volume that was left out.
        a hardcover that did not make it back to its row
        """),
    intent("fruit-sized round things", a("ball", maybe=("globe",)), """
        Catch!
        Which object would roll away on a slope?
        round from every side
        The dog loves to fetch it.
        Juggle with three of these.
        Kick it into the goal.
        """),
)  # fmt: skip
