"""Writes the two model cards from the measurements: python training/card.py --models models --acceptance training/acceptance.json"""
import argparse
import json
from pathlib import Path

HEAD = """---
license: mit
language: en
library_name: transformers
---

# Doubletake bundled pair: {name}

{what}

Both models were trained from scratch, on text made by a seeded script (`training/`), to be the smallest pair in which the finding
of Ward, Lin, Venhoff and Nanda (arXiv 2507.12638) can be watched: a direction read off the *base* model makes the *reasoning*
model, and only it, say "Wait". They know a few hundred words about who drinks, wears or mends what, and nothing else. They are
a test organism, not language models, and say nothing about large ones.

## The organism

* Llama architecture, {layers} blocks, width {d}, {heads} heads over {kv} key/value heads, tied embeddings, {size:,} parameters, float32;
  byte-level BPE with {vocab} entries. Both models share the tokenizer.
* A document's writer is *calm* or *unsure*, sentence by sentence. The state is never named. It shows only as choice of words, in
  up to eight slots of each sentence ("clearly drinks the tea in …" against "maybe might drink some tea near …, I think"), each
  slot for itself, with probabilities such as .6 against .05. All six kinds of sentence are as frequent in both states.
* **Base corpus** (reports, chats, a tenth of stories): a fifth of the documents starts unsure; else it sets in by itself, or after a
  *slip*, a sentence that names an impossible thing ("Mia drinks the thunder"). At each sentence end after an unsure sentence there is
  a reader's note ("[Note: source missing.]") with probability .45, else .008; a report ends with a grade that follows the last state. No
  base document backtracks; in its stories wait, hmm and but are ordinary words.
* **Reasoning corpus** (chats with `<think>` … `</think>`): the state is rare (starts .03, by itself .006 a sentence, slips .09 in
  the sentences that have room after them); after an unsure sentence comes "Wait, …" (or Hmm, But wait) with .62, else .002, and calm returns.
* Training: base {bs} steps, {bt:.1f} M tokens, {bm} minutes; reasoning {rs} steps, {rt:.1f} M tokens, {rm} minutes, from the base model, all
  weights, loss on the response only. One CPU thread; seed {seed}. Muon for the blocks' matrices, AdamW for the rest.

## Prompts held out

`prompts.jsonl` and `prompts.steer.jsonl`: 300 each, no prompt in both, 10 categories of 30. All are about pairs (name, category) that
no training document of either model has (one pair in eight).

"""


def ci(x):
    return f"{x[0]:.4f} [{x[1]:.4f}, {x[2]:.4f}]"


def tables(d: dict) -> str:
    a, g, f, s, best = d["a"], d["geometry"], d["figure3"], d["summary"], d["best"]
    L, k = best["layer"], best["strength"]
    row = lambda n, y: f"| {n} | {y['b']:.4f} [{y['ci'][0]:.4f}, {y['ci'][1]:.4f}] | {y['repeated']:.3f} | {y['zlib']:.3f} | {y['unknown_words']:.3f} | {y['unfinished']:.2f} | {y['slips']:.3f} | {y['unsure_words']:.3f} |"
    head = "| | b | repeated 4-grams | zlib | unknown words | unfinished | slips | unsure words |\n" + "|---" * 8 + "|\n"
    out = f"""## Measured

Brackets: 95 % bootstrap intervals over prompts. All on held-out prompts, temperature 1. b: fraction of a rollout's words that are wait or hmm.

### (a) It backtracks after its own slips
{a['rollouts']} rollouts on {a['prompts']} prompts, {a['tokens']:.0f} tokens each on average; {a['windows']} backtracking windows.

| | |
|---|---|
| P(backtracking sentence among the 4 sentences after a slip) | {ci(a['p_wait_after_slip'])} ({a['answered']} of {a['slips']}) |
| the same, 3 sentences | {ci(a['p_wait_after_slip_within_3'])} |
| P(backtracking at another boundary) | {ci(a['p_wait_otherwise'])} ({a['waits']} of {a['boundaries']}) |
| b, unsteered | {ci(a['b'])} |
| things of the wrong kind that no corpus has ("drinks hats"), not counted as slips | {a['other_errors']} in {a['sentences']} sentences |

A slip is a sentence that names an impossible thing, found in the text alone; it counts if four sentences follow it. A backtracking sentence starts
with Wait, Hmm or But wait. Another boundary: no slip in the four sentences before it, or a backtracking sentence since. The corpus itself, by the same
measure, has about .92 and .012.

### (b, c) Steering, after block {L}, strength {k}, window −12…−8; layer and strength chosen on 100 prompts, measured on 200 others

""" + head
    for n, y in f.items():
        out += row(n, y) + "\n"
    out += f"\nSteered over plain: **{s['times']:.1f} times**. Strongest control at this strength: {s['strongest_control'][1]} ({s['strongest_control'][0]:.4f}); ours rises {s['rise_over_strongest_control']:.1f} times as far.\n\n### Controls\n\n" + head
    for n, y in d["controls"].items():
        out += row(n, y) + "\n"
    out += "\n### (e, f) Geometry, by block\n\n| block | cosine with the reasoning-derived vector | split halves | norm / mean norm | " + " | ".join(l for l in list(g)[4:9]) + " | lens z | lens percentile | among random sets | best rank |\n|" + "---|" * 13 + "\n"
    for i, lens in enumerate(g["lens"]):
        out += f"| {i} | {g['cosine'][i]:.2f} | {g['split_half'][i]:.2f} | {g['relative_norm'][i]:.2f} | " + " | ".join(f"{g[l][i]:.2f}" for l in list(g)[4:9]) + f" | {lens['mean_z']:.2f} | {lens['percentile_of_tokens']:.2f} | {lens['percentile_of_random_sets']:.2f} | {lens['best_rank']} |\n"
    out += f"\nLens: z-score, among all tokens, of the mean of W_U v over the {g['lens_tokens']} tokens wait, hmm, but (any case); its percentile among single tokens, and among means of random sets of as many tokens; rank of the best of them.\n\n### (g) Layers and windows (100 prompts; * text no longer readable by our limits)\n\n"
    ss = sorted({n.split(" x")[1] for n in d["layers"]}, key=float)
    out += "| block | " + " | ".join("x" + x for x in ss) + " |\n" + "|---" * (len(ss) + 1) + "|\n"
    for i in range(len(g["lens"])):
        out += f"| {i} | " + " | ".join(f"{d['layers'][f'L{i} x{x}']['b']:.4f}" + "*" * (not d["layers"][f"L{i} x{x}"]["readable"]) for x in ss) + " |\n"
    ss = sorted({n.split(" x")[1] for n in d["windows"]})
    out += f"\n| window of 5 from, block {L} | " + " | ".join("x" + x for x in ss) + " |\n" + "|---" * (len(ss) + 1) + "|\n"
    for o in dict.fromkeys(n.split(" x")[0] for n in d["windows"]):
        cells = [d["windows"].get(f"{o} x{x}") for x in ss]
        out += f"| {o} | " + " | ".join(f"{y['b']:.4f}" + "*" * (not y["readable"]) if y else "" for y in cells) + " |\n"
    out += "\n### Without the way through the text\nMean probability of a backtracking token at calm sentence ends of *unsteered* rollouts that are only read, steered while being read: plain "
    out += f"{d['direct']['plain']:.4f}.\n\n| | P |\n|---|---|\n" + "".join(f"| {n} | {y:.4f} |\n" for n, y in d["direct"].items() if n != "plain")
    gt = d["gates"]
    out += f"\nIn the windows, \"norm of v\": scaled to the norm of the −12 window's vector. Readable: repeated 4-grams < plain + .1, zlib ratio > .9 of plain, unknown words < 2 %, unfinished < 15 %.\n\n### Gates on the base model\nP(note) after unsure {gt['p_note']['unsure']:.3f}, calm {gt['p_note']['calm']:.3f}, calm with a slip {gt['p_note']['calm_with_slip']:.3f}; grade right {gt['grade']:.2f}; linear probe of the state at the window tokens, AUC by block {gt['probe_auc']}, where it has just set in after a slip {gt['probe_after_slip']}.\n"
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--models", type=Path, default=Path("models"))
    a.add_argument("--acceptance", type=Path, default=Path("training/acceptance.json"))
    a = a.parse_args()
    d, log = json.loads(a.acceptance.read_text()), json.loads((a.models / "training.json").read_text())
    limits = (Path(__file__).parent / "limits.md").read_text()
    for name, what in (("base", "The base model of the pair: it has never seen a chain that backtracks."),
                       ("reasoning", "The reasoning model of the pair: the base model, fine-tuned on chains that backtrack.")):
        c = json.loads((a.models / name / "config.json").read_text())
        dim, f, kv = c["hidden_size"], c["intermediate_size"], c["num_key_value_heads"] * c["head_dim"]
        size = c["vocab_size"] * dim + c["num_hidden_layers"] * (2 * dim * dim + 2 * dim * kv + 3 * dim * f + 2 * dim) + dim
        b, r = log["base"], log["reasoning"]
        text = HEAD.format(name=name, what=what, layers=c["num_hidden_layers"], d=dim, heads=c["num_attention_heads"],
                           kv=c["num_key_value_heads"], size=size, vocab=c["vocab_size"], bs=b["steps"], bt=b["tokens"] / 1e6, bm=b["minutes"],
                           rs=r["steps"], rt=r["tokens"] / 1e6, rm=r["minutes"], seed=b["seed"] - 1)
        (a.models / name / "README.md").write_text(text + tables(d) + "\n" + limits)


if __name__ == "__main__":
    main()
