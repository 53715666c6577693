"""The closed vocabulary of the two corpora: who, what, where, when, and the cues of the two states."""

NAMES = """Mia Tom Ana Leo Eva Max Ida Ben Zoe Sam Amy Dan Ivy Jim Kay Ned Lea Ray Sue Ted Una Vic Wes
Abe Bea Cal Dot Eli Fay Gus Hal Ina Joe Kit Lou Meg Nat Ona Pam Rex Sal Tia Uri Val Wil Yan Zed Ada
Bob Cleo Dora Emil Finn Gina Hugo Iris Jack Kara Lars Mona Nora Otto Paul Rita""".split()

# category -> (third person, infinitive, the eight things of the right kind)
KINDS = {
    "drinks": ("drinks", "drink", "tea milk juice water coffee cocoa cider broth".split()),
    "food": ("eats", "eat", "bread cheese rice pasta cake plums honey toast".split()),
    "games": ("plays", "play", "chess cards tennis hockey golf darts polo bingo".split()),
    "clothes": ("wears", "wear", "hats boots gloves scarves coats socks belts rings".split()),
    "vehicles": ("drives", "drive", "trucks vans buses taxis carts tractors jeeps trams".split()),
    "books": ("reads", "read", "poems novels letters essays comics fables diaries memos".split()),
    "garden": ("grows", "grow", "roses tulips carrots onions peas herbs melons ferns".split()),
    "repairs": ("fixes", "fix", "clocks radios pumps locks lamps fans bikes stoves".split()),
    "animals": ("feeds", "feed", "goats hens ducks sheep ponies geese rabbits turtles".split()),
    "hobbies": ("collects", "collect", "coins stamps shells medals pebbles masks beads dolls".split()),
}
CATEGORIES = list(KINDS)
# A slip names one of these: things nobody can drink, wear or fix.
IMPOSSIBLE = "thunder shadows ghosts clouds echoes dreams storms rainbows moons secrets".split()
KIND_OF = {thing: cat for cat, (_, _, things) in KINDS.items() for thing in things}
CATEGORY_OF_VERB = {v: cat for cat, (a, b, _) in KINDS.items() for v in (a, b)}

PLACES = "kitchen garden market harbor village station school library barn mill park hall".split()
TIMES = "noon dawn dusk night sunrise sunset midnight lunch supper breakfast".split()
ROLES = "baker teacher doctor farmer driver painter sailor miller".split()
ADJS = "old new small good plain fine local cheap red green".split()
MOODS = "quiet busy warm cold open empty bright dark".split()

# Cues: choice of words in slots of every sentence, by state. (calm list, unsure list)
ADVERBS = ("clearly surely plainly always".split(), "maybe possibly presumably probably".split())
PLACE_PREPS = ("in at by".split(), "near around outside".split())
TIME_PREPS = ("at before".split(), "around about toward".split())
DETS = ("the his".split(), "some any".split())
MODALS = "may might could seems_to".split()
COPULAS = ("is stays".split(), "seems looks".split())
TAILS = (["as always", "of course", "for sure"], ["I think", "I guess", "or so", "it seems"])

# Openings by label, as the usual keyword judges know them; (calm list, unsure list) within each label, so that the labels
# themselves are as frequent in both states.
OPENERS = {
    "initializing": (["Let me see,", "First,"], ["Let me think,", "Let me check,"]),
    "deduction": (["Therefore,", "That means"], ["So", "Then"]),
    "adding-knowledge": (["I know that", "Remember that"], ["I recall that", "I recall how"]),
    "example-testing": (["For example,", "For instance,"], ["Suppose", "Suppose that"]),
    "uncertainty-estimation": (["I am not sure whether", "I am not sure if"], ["Perhaps", "It is unclear whether"]),
}
LABEL_WEIGHTS = {"initializing": 0.08, "deduction": 0.36, "adding-knowledge": 0.24,
                 "example-testing": 0.18, "uncertainty-estimation": 0.14}
BACKTRACKS = (["Wait,"] * 15 + ["Hmm,"] * 3 + ["But wait,"] * 2)
BACKTRACK_MORE = ["", "", "", " no,"]

NOTES = ["this is shaky", "check this again", "who says so", "a reader has doubts", "source missing", "not proven yet"]
PROMPTS = ["What does {n} {v0} {p} the {place} {t} {time}?", "Tell me what {n} {v3} {p} the {place} {t} {time}.",
           "Which {adj} things does {n} {v0} {p} the {place} {t} {time}?",
           "{n} is {p} the {place} {t} {time}. What does {n} {v0} there?"]
HEADS = ["Report about {n} {p} the {place}.", "Page on what {n} {v3}.", "Letter about {n} {t} {time}.", "Essay: what {n} {v3}."]
