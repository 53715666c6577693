"""Batched sampling with a key/value cache, and edits of the residual stream (steering) at every token position."""
import re
import zlib

import numpy as np
import torch

import tokenizer as tok
from model import Llama

WORD = re.compile(r"[a-z']+")


def add(layer: int, vector: torch.Tensor):
    """h <- h + vector after block `layer`, at every position, prompt included. vector: [d], already times its strength."""
    return lambda i, h: h + vector if i == layer else h


def amplify(layer: int, c: float):
    """h <- h + c h after block `layer`."""
    return lambda i, h: h * (1 + c) if i == layer else h


@torch.no_grad()
def sample(model: Llama, t, texts: list[str], seed: int, edit=None, room: int = 190, temperature: float = 1.0) -> list[list[int]]:
    """One response per prompt text, ids after the assistant mark, without the end token (missing where room ran out: then
    the list has `room` ids). Rows are padded on the left; positions are relative, so padding shifts nothing."""
    prompts = [tok.encode(t, f"{tok.BEGIN}{tok.USER}{p}{tok.ASSISTANT}") for p in texts]
    end, b, n = t.token_to_id(tok.END), len(prompts), max(map(len, prompts))
    ids = torch.full((b, n), end)
    pad = torch.tensor([n - len(p) for p in prompts])
    for r, p in enumerate(prompts):
        ids[r, n - len(p):] = torch.tensor(p)
    total, c = n + room, model.config
    shape = (b, c["num_key_value_heads"], total, c["head_dim"])
    caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in model.layers]
    seen = torch.where(torch.arange(total)[None] >= pad[:, None], 0.0, float("-inf"))  # [b, total]
    first = seen[:, None, None, :n] + torch.full((n, n), float("-inf")).triu(1)
    first[:, 0].diagonal(dim1=1, dim2=2).zero_()  # padding looks at itself
    g = torch.Generator().manual_seed(seed)
    h = model(ids, 0, first, caches, edit)[:, -1]
    out = torch.full((b, room), end)
    done = torch.zeros(b, dtype=torch.bool)
    for k in range(room):
        logits = h @ model.embed_tokens.weight.T / temperature
        x = (logits - torch.empty_like(logits).exponential_(generator=g).log()).argmax(-1)
        out[:, k] = torch.where(done, end, x)
        done |= x == end
        if done.all() or k == room - 1:
            break
        h = model(out[:, k:k + 1], n + k, seen[:, None, None, :n + k + 1], caches, edit)[:, -1]
    rows = out.tolist()
    return [r[:r.index(end)] if end in r else r for r in rows]


def b_of(text: str) -> float:
    """The fraction of a text's words that are wait or hmm."""
    words = WORD.findall(text.lower())
    return sum(w in ("wait", "hmm") for w in words) / max(1, len(words))


def repeated(text: str, n: int = 4) -> float:
    """Share of n-grams of words that stood before in the same text."""
    words = WORD.findall(text.lower())
    grams = [tuple(words[i:i + n]) for i in range(len(words) - n + 1)]
    return 1 - len(set(grams)) / max(1, len(grams))


def squeeze(text: str) -> float:
    """zlib size over plain size: low means repetitive."""
    raw = text.encode()
    return len(zlib.compress(raw, 9)) / max(1, len(raw))


def interval(values, groups=None, seed: int = 0, times: int = 1000) -> tuple[float, float, float]:
    """Mean and 95 % bootstrap interval; groups (same length): resample whole groups, such as prompts."""
    v = np.asarray(values, float)
    groups = np.arange(len(v)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    s, c = np.bincount(groups, v), np.bincount(groups).astype(float)
    pick = np.random.default_rng(seed).integers(0, len(s), (times, len(s)))
    means = s[pick].sum(1) / c[pick].sum(1)
    return float(v.mean()), float(np.quantile(means, .025)), float(np.quantile(means, .975))
