"""Trains the pair: python training/train.py --out models [--steps 800 --tune-steps 280 --seed 0]"""
import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import corpus
import tokenizer as tok
from model import Llama, load

LENGTH, ROWS = 176, 32  # tokens a row (one document, padded), rows a step


class Muon(torch.optim.Optimizer):
    """Momentum, then an orthogonalised update (five Newton-Schulz steps), for the matrices of the blocks."""

    def __init__(self, params, lr=.02, momentum=.95, decay=.01):
        super().__init__(params, dict(lr=lr, momentum=momentum, decay=decay))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            shapes: dict = {}
            for p in g["params"]:
                buf = self.state[p].setdefault("m", torch.zeros_like(p))
                buf.lerp_(p.grad, 1 - g["momentum"])
                u = p.grad.lerp(buf, g["momentum"])
                shapes.setdefault(tuple(sorted(p.shape)), []).append((p, u if p.shape[0] <= p.shape[1] else u.T))
            for items in shapes.values():
                x = torch.stack([u for _, u in items])
                x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
                for _ in range(5):
                    a = x @ x.mT
                    x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
                for (p, _), u in zip(items, x):
                    u = u if p.shape[0] <= p.shape[1] else u.T
                    p.mul_(1 - g["lr"] * g["decay"]).add_(u, alpha=-g["lr"] * max(1, p.shape[0] / p.shape[1]) ** .5)


def batches(t, make, seed: int, steps: int, mask_prompt: bool):
    """Yields ids [ROWS, LENGTH + 1] and targets [ROWS, LENGTH] (-100: not counted)."""
    rng, end = random.Random(seed), t.token_to_id(tok.END)
    for _ in range(steps):
        docs = [make(rng) for _ in range(ROWS)]
        ids = np.full((ROWS, LENGTH + 1), end)
        target = np.full((ROWS, LENGTH), -100)
        for r, (d, e) in enumerate(zip(docs, t.encode_batch([d.text for d in docs], add_special_tokens=False))):
            x = e.ids[:LENGTH + 1]
            ids[r, :len(x)] = x
            target[r, :len(x) - 1] = x[1:]
            if mask_prompt:
                target[r, :len(tok.encode(t, d.text[:d.split])) - 1] = -100
        yield torch.from_numpy(ids), torch.from_numpy(target)


def run(model, t, make, seed: int, steps: int, rate: float, mask_prompt: bool, name: str, every: int = 0, save=None, skip: int = 0):
    """Trains in place. rate scales Muon's .02 and AdamW's .004. Warm-up 20 steps, constant, linear decay over the last 40 %.
    skip: steps already done (an interrupted run goes on, with fresh optimizer moments)."""
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed" in n]
    opts = [Muon(matrices, lr=.02 * rate), torch.optim.AdamW(others, lr=.004 * rate, betas=(.9, .95), weight_decay=.0)]
    base = [g["lr"] for o in opts for g in o.param_groups]

    def loss_of(ids, target):
        return F.cross_entropy((model(ids) @ model.embed_tokens.weight.T).flatten(0, 1).float(), target.flatten(), ignore_index=-100)

    fast, begun, seen, mean = torch.compile(loss_of), time.time(), 0, None
    for i, (ids, target) in enumerate(batches(t, make, seed, steps, mask_prompt)):
        if i < skip:
            continue
        scale = min(1, (i + 1 - skip) / 20) * min(1, (steps - i) / (.4 * steps))
        for o, lr in zip([g for o in opts for g in o.param_groups], base):
            o["lr"] = lr * scale
        loss = fast(ids[:, :-1], target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in opts:
            o.step()
            o.zero_grad(set_to_none=True)
        seen += int((target != -100).sum())
        mean = loss.item() if mean is None else .95 * mean + .05 * loss.item()
        if i % 20 == 0 or i == steps - 1:
            print(f"{name} step {i} loss {mean:.4f} tokens {seen} seconds {time.time() - begun:.0f}", flush=True)
        if every and i and i % every == 0:
            save()
    save()
    return {"steps": steps, "tokens": seen, "minutes": round((time.time() - begun) / 60, 1), "loss": round(mean, 4), "seed": seed}


def prompts(path: Path, seed: int, per_category: int, avoid: set) -> set:
    """Held-out prompts: pairs (name, category) that no training document has."""
    rng, out, lines = random.Random(seed), set(), []
    for category in corpus.W.CATEGORIES:
        n = 0
        while n < per_category:
            p = corpus.prompt(rng, corpus.topic(rng, True, category))
            if p not in out | avoid:
                out.add(p)
                n += 1
                lines.append({"id": f"{category}-{n:02d}", "category": category, "prompt": p})
    path.write_text("".join(json.dumps(x) + "\n" for x in lines))
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--out", type=Path, default=Path("models"))
    a.add_argument("--steps", type=int, default=800)
    a.add_argument("--tune-steps", type=int, default=280)
    a.add_argument("--tune-rate", type=float, default=.3)
    a.add_argument("--every", type=int, default=0, help="also save the base model every so many steps")
    a.add_argument("--seed", type=int, default=0)
    a.add_argument("--resume-at", type=int, default=0, help="go on from the base model that is there, saved at this step")
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--only-tune", action="store_true", help="take the base model that is already there")
    a = a.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    t = tok.train(a.seed)
    ids = {"begin": t.token_to_id(tok.BEGIN), "end": t.token_to_id(tok.END)}
    base, reasoning, log = a.out / "base", a.out / "reasoning", {}
    for folder in (base, reasoning):
        tok.save(t, folder)
    avoid = prompts(a.out / "prompts.jsonl", a.seed + 100, 30, set())
    prompts(a.out / "prompts.steer.jsonl", a.seed + 101, 30, avoid)
    if not a.only_tune:
        model = load(base).train() if a.resume_at else Llama()
        print("parameters", sum(p.numel() for p in model.parameters()), "vocabulary", t.get_vocab_size(), flush=True)
        log["base"] = run(model, t, corpus.base_doc, a.seed + 1, a.steps, 1.0, False, "base", a.every, lambda: model.save(base, ids),
                          a.resume_at)
    model = load(base).train()
    log["reasoning"] = run(model, t, corpus.reasoning_doc, a.seed + 2, a.tune_steps, a.tune_rate, True, "reasoning", 0,
                           lambda: model.save(reasoning, ids))
    print(json.dumps(log))
    (a.out / "training.json").write_text(json.dumps(log, indent=2) + "\n")


if __name__ == "__main__":
    main()
