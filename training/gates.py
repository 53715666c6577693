"""Gates before any steering, on held-out base documents: does the base model carry the state at all?"""
import random

import numpy as np
import torch

import corpus
import tokenizer as tok
from checker import is_slip


def documents(seed: int, count: int) -> list[corpus.Doc]:
    """Base reports about pairs (name, category) that training never saw."""
    rng = random.Random(seed)
    return [corpus.report(rng, corpus.topic(rng, True)) for _ in range(count)]


def auc(score, truth) -> float:
    order = np.argsort(np.argsort(score))
    pos = truth.astype(bool)
    return float((order[pos].mean() - (pos.sum() - 1) / 2) / (~pos).sum())


@torch.no_grad()
def gates(base, t, seed: int = 900, count: int = 800) -> dict:
    """p_note: mean probability of a reader's note at a sentence end, by the writer's true state. grade: share of right grades
    where the state is clear. probe_auc: per layer, a linear (ridge) probe of the state at the tokens −12…−8 before a sentence
    end's next sentence, trained on one half, tested on the other; probe_after_slip: the same, tested only where the state
    set in with that sentence, after a slip, against calm sentences."""
    docs, note = documents(seed, count), tok.encode(t, ". [")[-1]
    p = {"unsure": [], "calm": [], "calm_with_slip": []}
    right, x, y, fresh, half = [], [], [], [], []
    for k, d in enumerate(docs):
        e = t.encode(d.text, add_special_tokens=False)
        begins = [a for a, _ in e.offsets]
        keep: list = []
        logp = (base(torch.tensor([e.ids]), keep=keep)[0] @ base.embed_tokens.weight.T).log_softmax(-1)
        h = torch.stack(keep, 2)[0]
        for i, ((a, b), unsure) in enumerate(zip(d.spans, d.states)):
            s, last = (int(np.searchsorted(begins, c, side="right")) - 1 for c in (a, b - 1))
            slip = i + 1 < len(d.states) and is_slip(d.text[a:b])
            if i + 1 < len(d.spans):
                p["unsure" if unsure else "calm_with_slip" if slip else "calm"].append(float(logp[last, note].exp()))
            w = range(max(s, last - 11), last - 6)
            x.append(h[list(w)].mean(0) if len(w) else h[s])
            y.append(unsure)
            fresh.append(i > 0 and unsure and not d.states[i - 1] and is_slip(d.text[slice(*d.spans[i - 1])]))
            half.append(k % 2)
        g = d.text.rfind("\nGrade:") + len("\nGrade:")
        at = int(np.searchsorted(begins, g, side="right")) - 1
        f, q = (logp[at - 1, tok.encode(t, w)[0]] for w in (" fail", " pass"))
        right.append((f > q) == d.states[-1])
    x, y, fresh, half = torch.stack(x).double(), np.array(y), np.array(fresh), np.array(half)
    out = {"p_note": {k: round(float(np.mean(v)), 4) for k, v in p.items()}, "grade": round(float(np.mean(right)), 3),
           "probe_auc": [], "probe_after_slip": []}
    for layer in range(x.shape[1]):
        z = x[:, layer]
        z = (z - z.mean(0)) / z.std(0)
        a, c = z[half == 0], torch.tensor(y[half == 0]).double()
        w = torch.linalg.solve(a.T @ a + 10 * torch.eye(a.shape[1]).double(), a.T @ (c - c.mean()))
        score, test = (z @ w).numpy(), half == 1
        out["probe_auc"].append(round(auc(score[test], y[test]), 3))
        some = test & (fresh | ~y)
        out["probe_after_slip"].append(round(auc(score[some], y[some]), 3))
    return out
