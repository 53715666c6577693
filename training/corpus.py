"""Writes documents: the base corpus (reports, chats, stories) and the reasoning corpus (chats that backtrack).

The writer of a document is in one of two states, calm or unsure, held for whole sentences. The state is never named; it
shows as many weak cues (choice of words in the slots of every sentence). See README.md for the rates.
"""
import random
from dataclasses import dataclass, field

import words as W


@dataclass(frozen=True)
class Rates:
    """Probabilities per document (start) or per sentence (the rest)."""
    start: float        # the document starts unsure
    drift: float        # calm -> unsure without a cause
    settle: float       # unsure -> calm without a cause
    slip: float         # a sentence names an impossible thing ('Mia drinks the thunder')
    slip_unsure: float  # a slip makes the next sentence unsure
    act_unsure: float   # at the boundary after an unsure sentence: base: reader's note; reasoning: Wait
    act_calm: float     # the same after a calm sentence
    act_calms: float    # after that, calm returns


BASE = Rates(start=.22, drift=.03, settle=.10, slip=.10, slip_unsure=.95, act_unsure=.45, act_calm=.008, act_calms=.5)
REASONING = Rates(start=.03, drift=.006, settle=.02, slip=.09, slip_unsure=.97, act_unsure=.62, act_calm=.002, act_calms=.97)

CUE = {"opener": (.25, .75), "adverb": (.03, .55), "modal": (.02, .5), "det": (.06, .6), "place": (.06, .65), "time": (.06, .65),
       "copula": (.05, .6), "tail": (.02, .35)}  # P(unsure wording | calm), P(unsure wording | unsure)


@dataclass
class Topic:
    """What one document is about."""
    name: str
    category: str
    place: str
    time: str
    adj: str
    thing: str


@dataclass
class Doc:
    """text: the whole document. split: number of characters before the response (loss starts there). states: unsure? per
    sentence of the chain; spans: (start, end) characters of each sentence."""
    text: str = ""
    split: int = 0
    states: list = field(default_factory=list)
    spans: list = field(default_factory=list)


def held_out(name: str, category: str) -> bool:
    """One pair (name, category) in eight is never used in training: six or seven names in each category have none."""
    return (W.NAMES.index(name) + 3 * W.CATEGORIES.index(category)) % 8 == 0


def topic(rng: random.Random, held: bool = False, category: str | None = None) -> Topic:
    while True:
        t = Topic(rng.choice(W.NAMES), category or rng.choice(W.CATEGORIES), rng.choice(W.PLACES), rng.choice(W.TIMES),
                  rng.choice(W.ADJS), "")
        if held_out(t.name, t.category) == held:
            t.thing = rng.choice(W.KINDS[t.category][2])
            return t


def cue(rng, slot: str, unsure: bool) -> bool:
    return rng.random() < CUE[slot][unsure]


def pick(rng, pair, hedged: bool) -> str:
    return rng.choice(pair[1] if hedged else pair[0])


def fact(rng, t: Topic, unsure: bool, slip: bool, final: bool = False) -> str:
    """'Mia clearly drinks the fine tea in the kitchen at noon': the sentence type that can slip."""
    v3, v0, things = W.KINDS[t.category]
    thing = t.thing if final or rng.random() < .6 else rng.choice(things)
    if slip:
        thing = rng.choice(W.IMPOSSIBLE)
    out = [t.name]
    if cue(rng, "adverb", unsure):
        out.append(rng.choice(W.ADVERBS[1]))
    elif rng.random() < (.08 if unsure else .45):
        out.append(rng.choice(W.ADVERBS[0]))
    out.append(rng.choice(W.MODALS).replace("_", " ") + " " + v0 if cue(rng, "modal", unsure) else v3)
    out.append(pick(rng, W.DETS, cue(rng, "det", unsure)))
    if rng.random() < .5:
        out.append(rng.choice(W.ADJS))
    out.append(thing)
    rest = []
    if rng.random() < .85:
        rest.append(pick(rng, W.PLACE_PREPS, cue(rng, "place", unsure)) + " the " + (t.place if rng.random() < .5 else rng.choice(W.PLACES)))
    if rng.random() < .85 or not rest:
        rest.append(pick(rng, W.TIME_PREPS, cue(rng, "time", unsure)) + " " + (t.time if rng.random() < .5 else rng.choice(W.TIMES)))
    return " ".join(out + rest)


def scene(rng, t: Topic, unsure: bool) -> str:
    """'the old hall by the mill is quiet before dusk': says nothing about the question."""
    who = rng.choice([f"the {rng.choice(W.ADJS)} {rng.choice(W.PLACES)}", f"the {rng.choice(W.ROLES)}"])
    out = [who, pick(rng, W.PLACE_PREPS, cue(rng, "place", unsure)), "the", rng.choice(W.PLACES)]
    if cue(rng, "adverb", unsure):
        out.append(rng.choice(W.ADVERBS[1]))
    elif rng.random() < (.08 if unsure else .45):
        out.append(rng.choice(W.ADVERBS[0]))
    out += [pick(rng, W.COPULAS, cue(rng, "copula", unsure)), rng.choice(W.MOODS),
            pick(rng, W.TIME_PREPS, cue(rng, "time", unsure)), rng.choice(W.TIMES)]
    return " ".join(out)


def tail(rng, unsure: bool) -> str:
    if cue(rng, "tail", unsure):
        return ", " + rng.choice(W.TAILS[1])
    return ", " + rng.choice(W.TAILS[0]) if rng.random() < (.01 if unsure else .15) else ""


def first(rng, t: Topic, unsure: bool) -> str:
    v3, v0, _ = W.KINDS[t.category]
    p = pick(rng, W.PLACE_PREPS, cue(rng, "place", unsure))
    q = pick(rng, W.TIME_PREPS, cue(rng, "time", unsure))
    head = rng.choice(["Okay, the question asks what", "Okay, I need to find what", "The question asks what", "Let me see what"])
    verb = rng.choice(W.MODALS).replace("_", " ") + " " + v0 if cue(rng, "modal", unsure) else v3
    return f"{head} {t.name} {verb} {p} the {t.place} {q} {t.time}" + tail(rng, unsure) + "."


def chain(rng: random.Random, t: Topic, r: Rates, waits: bool, doc: Doc) -> bool:
    """Appends 8 to 10 sentences to doc.text. Returns the last sentence's state."""
    n = rng.randint(8, 10)
    unsure, slipped = rng.random() < r.start, False
    for i in range(n):
        act = False
        if i:
            act = rng.random() < (r.act_unsure if unsure else r.act_calm)
            if act:
                unsure = unsure and rng.random() > r.act_calms
            elif slipped:
                unsure = rng.random() < r.slip_unsure
            elif unsure:
                unsure = rng.random() > r.settle
            else:
                unsure = rng.random() < r.drift
            doc.text += " "
        if act and not waits:
            doc.text += f"[Note: {rng.choice(W.NOTES)}.] "
        begin = len(doc.text)
        slipped = 0 < i < n - 4 and rng.random() < r.slip and not (act and waits)
        if i == 0:
            doc.text += first(rng, t, unsure)
        else:
            label = rng.choices(list(W.LABEL_WEIGHTS), list(W.LABEL_WEIGHTS.values()))[0]
            opener = pick(rng, W.OPENERS[label], cue(rng, "opener", unsure))
            if act and waits:
                opener = rng.choice(W.BACKTRACKS) + rng.choice(W.BACKTRACK_MORE)
            elif i == n - 1:
                opener = pick(rng, W.OPENERS["deduction"], cue(rng, "opener", unsure))
            body = (fact(rng, t, unsure, slipped, i == n - 1)
                    if slipped or i == n - 1 or rng.random() < (.9 if act and waits else .68) else scene(rng, t, unsure))
            doc.text += opener + " " + body + tail(rng, unsure) + "."
        doc.states.append(unsure)
        doc.spans.append((begin, len(doc.text)))
    return unsure


def prompt(rng, t: Topic) -> str:
    v3, v0, _ = W.KINDS[t.category]
    return rng.choice(W.PROMPTS).format(n=t.name, v0=v0, v3=v3, adj=t.adj, place=t.place, time=t.time,
                                        p=rng.choice(W.PLACE_PREPS[0]), t=rng.choice(W.TIME_PREPS[0]))


def chat(rng, t: Topic, r: Rates, waits: bool) -> Doc:
    d = Doc(f"<|begin|><|user|>{prompt(rng, t)}<|assistant|>")
    d.split = len(d.text)
    d.text += "<think>\n"
    chain(rng, t, r, waits, d)
    d.text += f"\n</think>\nAnswer: {t.thing}.<|end|>"
    return d


def report(rng, t: Topic) -> Doc:
    """A plain page: heading, chain with readers' notes, grade by the last state."""
    v3, _, _ = W.KINDS[t.category]
    d = Doc("<|begin|>" + rng.choice(W.HEADS).format(n=t.name, v3=v3, p=rng.choice(W.PLACE_PREPS[0]), place=t.place,
                                                     t=rng.choice(W.TIME_PREPS[0]), time=t.time) + "\n")
    last = chain(rng, t, BASE, False, d)
    d.text += f"\nGrade: {'fail' if rng.random() < (.9 if last else .05) else 'pass'}<|end|>"
    return d


def story(rng, t: Topic) -> Doc:
    """Stories: here wait, hmm and but are ordinary words, and no state is at work."""
    d, out = Doc(), [f"Once {t.name} went to the {t.place} {rng.choice(W.TIME_PREPS[0])} {t.time}."]
    role, mood = rng.choice(W.ROLES), rng.choice(W.MOODS)
    lines = ["{n} had to wait for the {r} by the {p}, but the {q} was {m}.", "Wait here, said the {r} to {n}.",
             "But {n} did not wait, and the {r} went to the {p}.", "Hmm, said {n}, the {p} is {m} now.",
             "The {r} said hmm and had a look at the {t}.", "They wait at the {p} and talk about {t}, but not for long.",
             "Wait for me at the {p}, said {n}.", "No, no, said the {r}, there is no wait.", "All was {m} {w}, but the {r} came with {t}.",
             "The {r} said: hmm, wait, the {p} is {m}.", "Then {n} and the {r} had {t} at the {p}."]
    for _ in range(rng.randint(6, 9)):
        out.append(rng.choice(lines).format(n=t.name, r=role if rng.random() < .7 else rng.choice(W.ROLES), p=rng.choice(W.PLACES),
                                            q=rng.choice(W.PLACES), m=mood, t=rng.choice(list(W.KIND_OF)),
                                            w=f"{rng.choice(W.TIME_PREPS[0])} {rng.choice(W.TIMES)}"))
    d.text = "<|begin|>" + " ".join(out) + "<|end|>"
    return d


def base_doc(rng: random.Random) -> Doc:
    x, t = rng.random(), topic(rng)
    d = story(rng, t) if x < .1 else chat(rng, t, BASE, False) if x < .45 else report(rng, t)
    d.split = 0
    return d


def reasoning_doc(rng: random.Random) -> Doc:
    return chat(rng, topic(rng), REASONING, True)
