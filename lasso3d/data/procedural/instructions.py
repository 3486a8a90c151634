"""Requests that need reasoning: an intent, put in one of its phrasings, with what goes before and after it."""

from lasso3d.data.procedural.grammar import ADJECTIVES
from lasso3d.data.procedural.intents import INTENTS, Intent, is_held_out, phrasings, wanted
from lasso3d.data.procedural.meaning import Both, Meaning, Named
from lasso3d.data.procedural.nouns import Noun
from lasso3d.data.procedural.sentences import Said, phrase, tidy
from lasso3d.data.procedural.speaker import Modifier, Speaker

NOTHING = 0.13
"""Share of the instructions that nothing in the scene meets."""
NARROWED = 0.55
"""Share of those that several things meet which go on to ask for some of them."""
INTRODUCED = 0.5
"""Share that begin with a sentence about the occasion."""
NEW = 3
"""How much more often held-out scenes ask for an intent that training never heard of."""

OCCASIONS: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        "Listen.", "Help me with this.", "I am new here.", "We just came in.", "My sister asked me something.",
        "Imagine you are my assistant.", "Think before you answer.", "It has been a long day.", "One more thing.",
        "Sorry to bother you again.", "Look at this scan.", "Here is a riddle.", "You are a household robot.",
        "My friend is on the phone and says:", "Quick question.", "Let me describe it.",
        "The children are waiting.",
        "I only have five minutes.", "Next task.", "We are planning the afternoon.", "Somebody left me this note:",
        "I have a wish.", "Take your time.", "Guess what I am after.",
    ),
    (
        "Suppose a stranger walked up and told you the following.", "Attention, android!",
        "Yesterday's list continues:",
        "On the back of an envelope stood a remark.", "Hm, that is hard to phrase.",
        "Your next assignment reads so:",
        "Overheard a minute ago:", "Grandmother dictates, you comply.",
    ),
)  # fmt: skip
"""For training, and held out."""


def instructions(speaker: Speaker, *, count: int) -> tuple[Said, ...]:
    """Up to `count` different instructions; fewer in scenes that meet few needs."""
    met, unmet = _sorted_out(speaker)
    said: dict[Meaning, Said] = {}
    for k in range(3 * count):
        if len(said) == count or not (met or unmet):
            break
        empty = bool(unmet) and (not met or speaker.rng.random() < NOTHING)
        pool = unmet if empty else met
        one = pool[k % len(pool)] if not empty else speaker.pick(unmet)
        # what stands in the background may meet it
        if speaker.judge.targets(one.wants) is not None:
            new = _asked(speaker, one)
            said.setdefault(new.meaning, new)
    return tuple(said.values())


def _sorted_out(speaker: Speaker) -> tuple[list[Intent], list[Intent]]:
    """The intents that this scene certainly meets and those that it does not, in random order."""
    known = [one for one in INTENTS if speaker.split != "train" or not is_held_out(one)]
    weight = [NEW if is_held_out(one) else 1 for one in known]
    order = (-(speaker.rng.random(len(known)) ** [1 / w for w in weight])).argsort()
    here, elsewhere = {"", *speaker.names}, {"", *speaker.vocabulary}
    met, unmet = list[Intent](), list[Intent]()
    for one in (known[k] for k in order):
        if wanted(one.wants, perhaps=True) & here:
            targets = speaker.judge.targets(one.wants)
            if targets is not None and speaker.may_mean(targets):
                (met if targets else unmet).append(one)
        elif wanted(one.wants) & elsewhere:
            unmet.append(one)
    return met, unmet


def _asked(speaker: Speaker, one: Intent) -> Said:
    targets = speaker.judge.targets(one.wants) or ()
    said, meaning = [speaker.pick(phrasings(one, speaker.split))], one.wants
    if len(targets) > 1 and speaker.rng.random() < NARROWED:
        narrower = _narrowed(speaker, meaning, targets)
        if narrower is not None:
            tail, meaning = narrower
            said[0] += "" if said[0][-1] in ".?!" else "."
            said.append(tail)
    if speaker.rng.random() < INTRODUCED:
        said.insert(0, speaker.pick(OCCASIONS[speaker.split != "train"]))
    return Said(" ".join(said), meaning, speaker.judge.targets(meaning) or ())


def _narrowed(speaker: Speaker, meaning: Meaning, targets: tuple[int, ...]) -> tuple[str, Meaning] | None:
    """A sentence that leaves only some of the targets; None where none was found."""
    noun = Noun("", meaning if isinstance(meaning, Named) else Named(("",)))
    for _ in range(6):
        found = speaker.modifier(speaker.pick(targets) - 1, noun)
        if found is None or found.wording in ADJECTIVES:
            continue
        both = Both((meaning, found.meaning))
        left = speaker.judge.targets(both)
        if left and len(left) < len(targets):
            return _tail(speaker, found), both
    return None


def _tail(speaker: Speaker, found: Modifier) -> str:
    places = speaker.grammar.wordings[found.wording].places
    frames = [tail for tail in speaker.grammar.tails if places or "{r}" in tail]
    frame = speaker.pick(frames)
    place = phrase(speaker, [found], alone="{p}" in frame)
    return tidy(frame.replace("{r}", place).replace("{p}", place), sentence=True)
