"""Streets: traffic, parking, walking, greenery."""

from lasso3d.data.procedural.intents.intent import a, intent, related
from lasso3d.data.procedural.intents.kinds import VEHICLES

INTENTS = (
    intent("lock a bike",
        a("bicycle rack", maybe=("bollard", "fence", "traffic sign", "street lamp", "utility pole")), """
        Where can I lock my bike?
        My two-wheeler needs a place where nobody rolls it off.
        metal hoops to which cyclists chain their frames
        Cyclists queue here for a spot, lock in hand.
        Park it upright and put the chain through.
        Thieves with bolt cutters look around at these hoops.
        """),
    intent("ride by pedalling", a("bicycle"), """
        I would like to pedal to work.
        What has two wheels and needs no fuel?
        saddle, handlebars, pedals
        Its tyre is flat, bring the pump.
        In Amsterdam everybody owns one, or three.
        Ring the bell and overtake the joggers.
        """),
    intent("ride with an engine on two wheels", a("motorcycle"), """
        Helmet on, full throttle.
        two wheels and a roaring engine
        What would a biker gang arrive on?
        It leans into every bend of the mountain road.
        Easy riders cross America on this.
        Kick-start it and feel the wind.
        """),
    intent("two wheels", a("bicycle", "motorcycle", maybe=("stroller",)), """
        Everything that falls over without a stand.
        Which ones squeeze through a traffic jam between the lanes?
        Their riders wear helmets.
        Balance is needed to get anywhere on these.
        vehicles with one wheel behind the other
        Count what would fit in half a parking bay.
        """),
    intent("drive the family", a("car", maybe=("toy car", "van",)), """
        Fasten your seat belts, children in the back.
        What do commuters get stuck in?
        four wheels, a windscreen, room for five
        It has to go to the garage for new brakes.
        He polishes it every Sunday in front of his house.
        A ticket sticks behind the wiper.
        """),
    intent("move house or deliver parcels", a("van", "truck"), """
        We move on Saturday, what could carry a whole flat?
        The courier jumps out with a parcel.
        big cargo space on wheels
        Craftsmen keep all their tools in the rear of it.
        Load the piano into this.
        Which vehicles does a delivery firm own?
        """),
    intent("heavy goods", a("truck"), """
        Eighteen tons of gravel are on their way.
        Its driver sleeps in the cab at night.
        What brings goods across the continent?
        Do not cut in before it, the braking distance is long.
        a cab in front, a load behind
        Overtaking this on a hill takes forever.
        """),
    intent("public transport", a("bus", maybe=("tram",)), """
        I have no licence, how do I get downtown?
        Fifty people ride together.
        Validate your ticket and hold on to the pole.
        What stops every few hundred metres to let people on?
        The school class climbs aboard for the trip.
        long, many windows, a driver up front
        """),
    intent("drivable", VEHICLES, """
        Which things here have an engine and a steering wheel?
        Road users that need a licence and at least four tyres.
        Watch out when you cross, any of these might start to move.
        They burn fuel and honk.
        The traffic warden writes down their plates.
        metal boxes on wheels that carry people or goods
        """),
    intent("cross safely", a("traffic light"), """
        Red means stop.
        Where do drivers wait for green?
        Three coloured discs over the junction.
        Teach the child when to walk and when to wait.
        The ambulance ignores it, everybody else must obey.
        What controls who goes first at the junction?
        """),
    intent("rules for drivers", a("traffic sign", maybe=("street sign",)), """
        How fast may I drive along here?
        A painted metal plate that orders or forbids.
        Learner drivers learn all of them by heart.
        No parking, no entry, give way: who says so?
        triangles, circles and octagons on poles
        The officer points to it: could you not read?
        """),
    intent("find the address", a("street sign", maybe=("traffic sign", "advertising pillar")), """
        What is this road called?
        The postman is new and looks for the name of the road.
        letters on a plate at the corner tell where you are
        Tourists compare it with their map.
        Sherlock Holmes wonders in which road he is.
        Students stole it because of the funny road name.
        """),
    intent("light at night outside", a("street lamp"), """
        Walking home at night feels safer below it.
        a tall pole that glows from dusk to dawn
        Whose bulb do lamplighters of old tend?
        Drunkards hold on to it.
        Insects swarm up there in summer evenings.
        The pavement is dark since it broke.
        """),
    intent("shade in summer", a("tree", maybe=("parasol", "bush", "hedge")), """
        It is too hot, I want to rest in the shade.
        Where do birds build their nests?
        trunk below, crown above
        The dog lifts its leg there.
        Squirrels run up and down.
        Kids climb it and fall out.
        Rake up the leaves it drops in autumn.
        """),
    intent("trim greenery", a("hedge", "bush", maybe=("planter",)), """
        The gardener should cut them back.
        Which greenery ends below my head?
        leaves and twigs without a trunk
        Sparrows chirp inside, yet you cannot see them.
        Somebody threw an empty bottle deep into the twigs.
        Prune whatever is green and dense.
        """),
    intent("flowers outside", a("flower bed", maybe=("plant", "planter")), """
        Bees buzz around it.
        What has the town gardener planted with colours?
        Do not step on the blossoms!
        tulips and pansies in the ground
        He secretly picks a bouquet for her here.
        Weed it once a week in spring.
        """),
    intent("anything green that grows",
        a("tree", "bush", "hedge", "flower bed", maybe=("planter", "plant", "grass")), """
        What needs rain to survive?
        Count all that photosynthesis happens in out here.
        The town spends money on watering these.
        everything rooted in earth
        People with hay fever keep away from such things.
        The botanist is interested in nothing else here.
        """),
    intent("pay for parking", a("parking meter"), """
        I have coins and no ticket behind my windscreen yet.
        Where do I pay for leaving my vehicle?
        It swallows coins and counts down minutes.
        The warden checks whether time has run out.
        slot, display and a post at the kerb
        Feed it or you get fined.
        """),
    intent("keep vehicles off the pavement", a("bollard", maybe=("barrier", "traffic cone", "fence",)), """
        What stops drivers from using the pavement?
        short posts in a row
        Leapfrog over them if you dare.
        A driver scraped his bumper against this stump.
        The square is closed to vehicles thanks to these.
        knee-high to hip-high, sunk into the ground
        """),
    intent("water for the fire brigade", a("fire hydrant"), """
        The house is ablaze, connect the hose!
        Dogs adore it, firemen need it.
        In New York heat waves kids open it to get wet.
        stubby, red more often than not, with caps at its sides
        Never park before this.
        Where is there water at high pressure in an emergency?
        """),
    intent("raise a flag", a("flagpole"), """
        Hoist the colours at dawn.
        the nation's banner would fly up there
        What is tall, thin and only useful on public holidays?
        The scouts salute before it.
        A rope runs up to its tip.
        Lower it to half mast for mourning.
        """),
    intent("who is walking here", a("person"), """
        Who could I ask the way?
        Living beings on two legs.
        The driver must brake for them.
        somebody who might help me
        Privacy law: blur everyone.
        Whom would a pickpocket follow?
        """),
    intent("four-legged", a("dog"), """
        Who barks at the postman?
        It wants to be taken for a walk.
        man's best friend
        Whoever owns it must pick up what it leaves behind.
        Throw a stick and see who runs.
        A wet nose and a wagging tail.
        """),
    intent("push a baby", a("stroller"), """
        The newborn wants some air.
        What do young parents push?
        a seat on four small wheels for someone who cannot walk yet
        Rock it to and fro until the crying stops.
        Lifting it up the steps takes two adults.
        The nanny parks it in the shade.
        """),
    intent("alive and moving", a("person", "dog"), """
        Who breathes here?
        Slow down: they may step onto the road.
        Thermal imaging would show them warm.
        beings with legs and a heartbeat
        Somebody or something alive could run out in front of us.
        Rescue first whoever can feel pain.
        """),
    intent("wires overhead", a("utility pole", "pylon", maybe=("wire", "street lamp")), """
        How does electricity come to the village?
        Crows sit up there on the wires.
        Kites must not be flown near these.
        masts that hold cables
        Storms knock it down and we sit in the dark.
        The phone line runs from here to the house.
        """),
    intent("post a letter", a("mailbox"), """
        This letter has to go out today.
        Is there a slot for envelopes?
        The postman empties it at five.
        Holiday greetings start their journey in it.
        stamped mail goes in here
        Lovers dropped their vows into the slot.
        """, held_out=True),
    intent("wait for public transport", a("bus stop", "bus shelter"), """
        When does the next line ten leave?
        Commuters stand there in the rain looking down the road.
        a roof for people who wait for a ride
        Meet me where the timetable hangs.
        The school kids gather there at seven.
        Somebody missed the last ride home here.
        """, held_out=True),
    intent("keep people out", a("fence", maybe=("wall", "hedge", "gate", "barrier")), """
        How does the owner keep strangers off the lawn?
        Tom Sawyer had friends paint it.
        boards or wire between posts around a plot
        The ball flew over it into the garden next door.
        Good neighbours need a good one, they say.
        Climb over if the gate is locked.
        """, held_out=True),
    intent("tall thing with a trunk near a vehicle", related(VEHICLES, "beside", a("tree")), """
        Bird droppings will spoil the paint of this one.
        Who parked in the shade?
        Sap and leaves fall on the roof of which vehicle?
        In a storm a branch may smash its windscreen.
        It stays cool because of the crown above or beside.
        The driver chose the greenest place to stop.
        """),
    intent("rest outdoors near greenery",
        related(a("bench"), "beside", a("tree", "bush", "hedge", "flower bed")), """
        I want to sit down in the green.
        Where could one rest and listen to the birds?
        a seat with leaves nearby
        Lovers carved their initials close to this seat.
        Unpack the sandwiches where twigs rustle next to you.
        Pensioners like to rest surrounded by leaves.
        """),
)  # fmt: skip
