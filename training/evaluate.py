"""Measures the whole acceptance table: python training/evaluate.py --models models --out training/acceptance.json

Vectors come from rollouts on prompts.jsonl; the layer and strength are chosen on the first third of prompts.steer.jsonl and
every reported steering number is measured on the other two thirds. Nothing here was seen in training.
"""
import argparse
import json
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import checker
import corpus
from gates import gates
from model import load
from steer import WORD, add, amplify, b_of, interval, repeated, sample, squeeze
from vectors import LABELS, Rollout, difference, window_means

UNSURE = set(" ".join(w for pair in (corpus.W.ADVERBS, corpus.W.PLACE_PREPS, corpus.W.TIME_PREPS, corpus.W.DETS, corpus.W.COPULAS)
                      for w in pair[1]).split()) | {"may", "might", "could"}
OFFSETS, STRENGTHS, MAIN = [-20, -16, -12, -8, -5, -4, 0, 4], [2, 3, 4], -12


def r4(x):
    return [r4(y) for y in x] if isinstance(x, (list, tuple)) else round(float(x), 4)


class Bench:
    """Holds the pair, the prompts and the vectors."""

    def __init__(self, folder: Path, samples: int):
        self.t = Tokenizer.from_file(str(folder / "reasoning" / "tokenizer.json"))
        self.base, self.reasoning = load(folder / "base"), load(folder / "reasoning")
        read = lambda f: [json.loads(x)["prompt"] for x in (folder / f).read_text().splitlines()]
        self.prompts, steer = read("prompts.jsonl"), read("prompts.steer.jsonl")
        random.Random(0).shuffle(steer)
        self.choose, self.confirm = steer[:len(steer) // 3], steer[len(steer) // 3:]
        rng = random.Random(1)
        self.known = {w for _ in range(3000) for w in WORD.findall((corpus.base_doc(rng).text + corpus.reasoning_doc(rng).text).lower())}
        self.rollouts = [Rollout(self.t, p, x) for k in range(samples)
                         for p, x in zip(self.prompts, sample(self.reasoning, self.t, self.prompts, k))]
        self.at, self.mean, self.counts, self.halves = {}, {}, {}, []
        for name, m in (("base", self.base), ("reasoning", self.reasoning)):
            sums, counts, self.mean[name] = window_means(m, self.rollouts, OFFSETS)
            self.counts[name] = counts
            if name == "base":
                for part in (0, 1):
                    s, c, _ = window_means(m, [r for r in self.rollouts if self.prompts.index(r.prompt) % 2 == part], [MAIN])
                    self.halves.append(difference(s, c, "backtracking")[0])
            self.at[name] = {l: difference(sums, counts, l) for l in LABELS}  # [offset, layer, d]

    def vector(self, layer: int, name: str = "base", label: str = "backtracking", offset: int = MAIN) -> torch.Tensor:
        return self.at[name][label][OFFSETS.index(offset), layer]

    def run(self, model, edit, prompts, seed: int = 11) -> dict:
        texts = [self.t.decode(x, skip_special_tokens=False) for x in sample(model, self.t, prompts, seed, edit)]
        words = [WORD.findall(x.lower()) for x in texts]
        b, low, high = interval([b_of(x) for x in texts])
        return {"b": r4(b), "ci": r4([low, high]), "repeated": r4(np.mean([repeated(x) for x in texts])),
                "zlib": r4(np.mean([squeeze(x) for x in texts])), "example": texts[0],
                "unknown_words": r4(np.mean([np.mean([w not in self.known for w in ws] or [0]) for ws in words])),
                "slips": r4(np.mean([checker.is_slip(x[a:b]) for x in texts for a, b in checker.sentences(x)])),
                "unsure_words": r4(np.mean([w in UNSURE for ws in words for w in ws])),
                "unfinished": r4(np.mean(["</think>" not in x for x in texts]))}

    def direct(self, edit, count: int = 120) -> float:
        """Mean probability of a backtracking token at the calm sentence ends of *unsteered* rollouts (no slip in the four sentences
        before, no backtracking sentence before or after), the edit being applied while the fixed text is read: no way through
        the text."""
        ids = [i for i in map(self.t.token_to_id, ("ĠWait", "ĠHmm", "ĠBut")) if i is not None]
        got = []
        for r in self.rollouts[:count]:
            bad = [checker.is_slip(r.text[a:b]) or checker.is_backtrack(r.text[a:b]) for a, b in checker.sentences(r.text)]
            if any(bad) or len(bad) != len(r.marks):
                continue
            with torch.no_grad():
                at = torch.tensor([s - 1 for _, s in r.marks[1:]])
                h = self.reasoning(torch.tensor([r.ids]), edit=edit)[0, at]
                got.append(float((h @ self.reasoning.embed_tokens.weight.T).softmax(-1)[:, ids].sum(-1).mean()))
        return r4(np.mean(got))


def readable(x: dict, plain: dict) -> bool:
    return (x["repeated"] < plain["repeated"] + .1 and x["zlib"] > .9 * plain["zlib"] and x["unknown_words"] < .02
            and x["unfinished"] < .15)


def backtracking(x: Bench) -> dict:
    """(a) on the rollouts; definitions in checker.episodes. Intervals resample prompts."""
    rows, who = [checker.episodes(r.text) for r in x.rollouts], [r.prompt for r in x.rollouts]
    total = Counter()
    for r in rows:
        total.update(r)
    near = [checker.episodes(r.text, 3) for r in x.rollouts]

    def ratio(a, b, rows=rows):
        ids = sorted(set(who))
        at = np.array([ids.index(p) for p in who])
        s, c = (np.bincount(at, [r[k] for r in rows]) for k in (a, b))
        pick = np.random.default_rng(0).integers(0, len(ids), (1000, len(ids)))
        m = s[pick].sum(1) / np.maximum(1, c[pick].sum(1))
        return r4([s.sum() / max(1, c.sum()), np.quantile(m, .025), np.quantile(m, .975)])

    b = interval([b_of(r.text) for r in x.rollouts], who)
    j = LABELS.index("backtracking")
    return {"rollouts": len(rows), "prompts": len(set(who)), **total, "p_wait_after_slip": ratio("answered", "slips"),
            "p_wait_after_slip_within_3": ratio("answered", "slips", near), "p_wait_otherwise": ratio("waits", "boundaries"),
            "windows": int(x.counts["base"][OFFSETS.index(MAIN), j]), "b": r4(b),
            "tokens": r4(np.mean([len(r.ids) - r.start for r in x.rollouts])),
            "unfinished": r4(np.mean(["</think>" not in r.text for r in x.rollouts]))}


def geometry(x: Bench) -> dict:
    """(e) cosines and (f) logit lens, per layer, at the main window."""
    cos, layers = torch.cosine_similarity, range(len(x.base.layers))
    out = {"cosine": [], "split_half": r4(cos(*x.halves, -1).tolist()), "relative_norm": [], "lens": [], **{l: [] for l in LABELS[:5]}}
    ids = [i for s, i in x.t.get_vocab().items() if s.strip("Ġ").lower() in ("wait", "hmm", "but")]
    w = x.base.embed_tokens.weight.detach()
    for layer in layers:
        v = x.vector(layer)
        out["cosine"].append(r4(cos(v, x.vector(layer, "reasoning"), 0)))
        out["relative_norm"].append(r4(v.norm() / x.mean["base"][layer].norm()))
        for l in LABELS[:5]:
            out[l].append(r4(cos(v, x.vector(layer, label=l), 0)))
        s = w @ v
        z = (s - s.mean()) / s.std()
        others = [float(z[torch.randperm(len(z), generator=torch.Generator().manual_seed(k))[:len(ids)]].mean()) for k in range(500)]
        out["lens"].append({"mean_z": r4(z[ids].mean()), "percentile_of_tokens": r4((z < z[ids].mean()).float().mean()), "percentile_of_random_sets": r4(np.mean(np.array(others) < float(z[ids].mean()))),
                            "best_rank": int((s > s[ids].max()).sum()) + 1,
                            "top": [x.t.id_to_token(int(i)) for i in s.topk(8).indices]})
    out["lens_tokens"] = len(ids)
    return out


def controls(x: Bench, layer: int, strength: float) -> dict:
    v, d = x.vector(layer), {}
    for k in range(5):
        n = torch.randn(len(v), generator=torch.Generator().manual_seed(1000 + k))
        d[f"noise {k}"] = add(layer, strength * v.norm() * n / n.norm())
    d["-v"] = add(layer, -strength * v)
    m = x.mean["base"][layer]
    d["mean, norm of v"] = add(layer, strength * v.norm() * m / m.norm())
    d["mean, strength 1"] = add(layer, m)
    c = float(strength * v.norm() / m.norm())
    for k in (.5, 1.0):
        d[f"self-amplification {c * k:.2f}"] = amplify(layer, c * k)
    for l in LABELS[:5]:
        u = x.vector(layer, label=l)
        d[l] = add(layer, strength * u)
        d[f"{l}, norm of v"] = add(layer, strength * v.norm() * u / u.norm())
    return d


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--models", type=Path, default=Path("models"))
    a.add_argument("--out", type=Path, default=Path("training/acceptance.json"))
    a.add_argument("--samples", type=int, default=4)
    a.add_argument("--threads", type=int, default=1)
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    begun = time.time()
    x = Bench(a.models, a.samples)
    out = {"gates": gates(x.base, x.t), "a": backtracking(x), "geometry": geometry(x)}

    def say(name, value):
        print(f"[{time.time() - begun:5.0f} s] {name}", {k: v for k, v in value.items() if k != "example"}, flush=True)
        a.out.write_text(json.dumps(out, indent=1) + "\n")

    for k in out:
        say(k, out[k])
    plain = out["plain, choosing"] = x.run(x.reasoning, None, x.choose)
    out["layers"], out["windows"], best = {}, {}, None
    out["direct"] = {"plain": x.direct(None)}
    for layer in range(len(x.base.layers)):
        for s in STRENGTHS:
            out["direct"][f"L{layer} x{s}"] = x.direct(add(layer, s * x.vector(layer)))
            y = out["layers"][f"L{layer} x{s}"] = x.run(x.reasoning, add(layer, s * x.vector(layer)), x.choose)
            y["readable"] = readable(y, plain)
            say(f"L{layer} x{s}", y)
            if y["readable"] and (best is None or y["b"] > best[0]):
                best = (y["b"], layer, s)
    _, layer, strength = best
    out["best"] = {"layer": layer, "strength": strength, "window": MAIN}
    norm = x.vector(layer).norm()
    for offset in OFFSETS:
        for s in (1, 2, 3, strength):
            u = x.vector(layer, offset=offset)
            for kind, e in (("", u), (" norm of v", u * norm / u.norm()))[:1 + (s == strength)]:
                y = out["windows"][f"{offset} x{s}{kind}"] = x.run(x.reasoning, add(layer, s * e), x.choose)
                y["readable"] = readable(y, plain)
                say(f"window {offset} x{s}{kind}", y)
    say("direct", out["direct"])
    out["figure3"], out["controls"] = {}, {}
    for model in ("reasoning", "base"):
        for name in ("base", "reasoning"):
            for s in (0, strength / 2, strength):
                if (s or name == "base") and (model == "reasoning" or s != strength / 2):
                    e = add(layer, s * x.vector(layer, name)) if s else None
                    y = out["figure3"][f"{model} model, {name}-derived x{s}"] = x.run(getattr(x, model), e, x.confirm, 12)
                    say(f"{model} model, {name}-derived x{s}", y)
    for s in (strength,):
        for name, e in controls(x, layer, s).items():
            out["direct"][f"{name} x{s}"] = x.direct(e)
            y = out["controls"][f"{name} x{s}"] = x.run(x.reasoning, e, x.confirm, 12)
            say(f"control {name} x{s}", y)
    f = out["figure3"]
    b0, b1 = (f[f"reasoning model, base-derived x{s}"]["b"] for s in (0, strength))
    worst = max((y["b"], n) for n, y in out["controls"].items() if not n.startswith("-v"))
    out["summary"] = {"b_plain": b0, "b_steered": b1, "times": r4(b1 / b0), "strongest_control": worst,
                      "rise_over_strongest_control": r4((b1 - b0) / max(1e-6, worst[0] - b0)), "minutes": r4((time.time() - begun) / 60)}
    say("direct", out["direct"])
    say("summary", out["summary"])


if __name__ == "__main__":
    main()
