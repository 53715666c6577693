"""Activations of a model on rollouts, windows before labelled sentences, differences of means."""
import re

import numpy as np
import torch

import tokenizer as tok
from checker import sentences

LABELS = ["initializing", "deduction", "adding-knowledge", "example-testing", "uncertainty-estimation", "backtracking"]
CUES = [("backtracking", r"wait|hmm|but wait"), ("initializing", r"okay|let me|first|the question asks"),
        ("deduction", r"so|therefore|that means|then|since"), ("adding-knowledge", r"i recall|i know|remember"),
        ("example-testing", r"for example|for instance|suppose|let's try"),
        ("uncertainty-estimation", r"i am not sure|perhaps|it is unclear")]
CUES = [(label, re.compile(rf"(?:{cue})\b", re.I)) for label, cue in CUES]


def label_of(sentence: str) -> str | None:
    return next((label for label, cue in CUES if cue.match(sentence)), None)


class Rollout:
    """prompt: text; ids: all tokens from the begin mark; start: first response token; marks: (label, first token of the
    sentence) for each labelled sentence."""

    def __init__(self, t, prompt: str, response: list[int]):
        head = tok.encode(t, f"{tok.BEGIN}{tok.USER}{prompt}{tok.ASSISTANT}")
        self.prompt, self.ids, self.start = prompt, head + response, len(head)
        self.text = t.decode(response, skip_special_tokens=False)
        self.marks, pieces, at = [], [t.decode([i], skip_special_tokens=False) for i in response], 0
        begins = []
        for p in pieces:
            begins.append(at)
            at += len(p)
        for a, b in sentences(self.text):
            label = label_of(self.text[a:b])
            if label and "".join(pieces) == self.text:
                self.marks.append((label, self.start + int(np.searchsorted(begins, a, side="right")) - 1))


@torch.no_grad()
def window_means(model, rollouts: list[Rollout], offsets: list[int], length: int = 5, size: int = 32):
    """Per offset, per label: mean over windows of the mean over the window's tokens, at every layer.

    Returns (sums [offset, label, layer, d], counts [offset, label], overall mean activation [layer, d]). A window that
    leaves the rollout is left out."""
    layers, d = len(model.layers), model.config["hidden_size"]
    sums = torch.zeros(len(offsets), len(LABELS), layers, d, dtype=torch.float64)
    counts, total, seen = torch.zeros(len(offsets), len(LABELS)), torch.zeros(layers, d, dtype=torch.float64), 0
    order = sorted(range(len(rollouts)), key=lambda i: len(rollouts[i].ids))
    for k in range(0, len(order), size):
        group = [rollouts[i] for i in order[k:k + size]]
        n = max(len(r.ids) for r in group)
        keep: list = []
        model(torch.tensor([r.ids + [0] * (n - len(r.ids)) for r in group]), keep=keep)
        h = torch.stack(keep, 2).double()  # [row, time, layer, d]
        for row, r in enumerate(group):
            total += h[row, :len(r.ids)].sum(0)
            seen += len(r.ids)
            run = torch.cat([torch.zeros(1, layers, d, dtype=torch.float64), h[row, :len(r.ids)].cumsum(0)])
            for label, s in r.marks:
                for o, offset in enumerate(offsets):
                    a, b = s + offset, s + offset + length
                    if a >= 0 and b <= len(r.ids):
                        sums[o, LABELS.index(label)] += (run[b] - run[a]) / length
                        counts[o, LABELS.index(label)] += 1
    return sums, counts, (total / seen).float()


def difference(sums, counts, label: str) -> torch.Tensor:
    """Mean over windows of one label minus mean over windows of any labelled sentence: [offset, layer, d]."""
    j = LABELS.index(label)
    return (sums[:, j] / counts[:, j, None, None] - sums.sum(1) / counts.sum(1)[:, None, None]).float()
