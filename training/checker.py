"""Finds slips and backtracking in a text, from the text alone."""
import re

from words import CATEGORY_OF_VERB, IMPOSSIBLE, KIND_OF

BACKTRACK = re.compile(r"^(wait|hmm|but wait)\b", re.I)


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) characters of the sentences between <think> and </think>; a sentence ends with its full stop."""
    begin = text.find("<think>")
    begin = 0 if begin < 0 else begin + len("<think>")
    end = text.find("</think>", begin)
    end = len(text) if end < 0 else end
    return [(begin + m.start(), begin + m.end()) for m in re.finditer(r"[^\s.][^.]*\.", text[begin:end])]


def is_slip(sentence: str) -> bool:
    """True if an impossible thing is named ("Mia drinks the thunder")."""
    return any(w in IMPOSSIBLE for w in re.findall(r"[a-z]+", sentence))


def is_other_error(sentence: str) -> bool:
    """True if the first thing named after a verb of some kind is a possible thing of another kind ("Mia drinks hats"). No
    training document has this; the models do it rarely, on their own."""
    category = None
    for word in re.findall(r"[a-z]+", sentence):
        if category is None:
            category = CATEGORY_OF_VERB.get(word)
        elif word in KIND_OF:
            return KIND_OF[word] != category
    return False


def is_backtrack(sentence: str) -> bool:
    return bool(BACKTRACK.match(sentence))


def episodes(text: str, reach: int = 4) -> dict:
    """Counts of one rollout.

    slips: slips with at least `reach` sentences after them. answered: those with a backtracking sentence among the next
    `reach` sentences. boundaries: sentence boundaries with no slip in the `reach` sentences before them, or one that was
    already answered by a backtracking sentence in between; waits: backtracking sentences right after such boundaries.
    all_slips, sentences: plain counts.
    """
    spans = sentences(text)
    slip = [is_slip(text[a:b]) for a, b in spans]
    back = [is_backtrack(text[a:b]) for a, b in spans]
    out = dict(slips=0, answered=0, boundaries=0, waits=0, all_slips=sum(slip), backtracks=sum(back), sentences=len(spans),
               other_errors=sum(is_other_error(text[a:b]) for a, b in spans))
    for i in range(len(spans)):
        if slip[i] and i + reach < len(spans):
            out["slips"] += 1
            out["answered"] += any(back[i + 1:i + 1 + reach])
        if i:
            unresolved = any(slip[j] and not any(back[j + 1:i]) for j in range(max(0, i - reach), i))
            if not unresolved:
                out["boundaries"] += 1
                out["waits"] += back[i]
    return out
