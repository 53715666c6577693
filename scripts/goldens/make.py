"""Random small models of every architecture, with what Hugging Face computes for them in float32.

    python make.py [name ...]        writes test/goldens/<name>/ (all cases, or the named ones)
"""

import json
import os
import shutil
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

from cases import CASES, COMMON

ROOT = Path(__file__).resolve().parents[2] / "test" / "goldens"
PROMPT = 24  # tokens of input_ids
NEW = 32  # tokens generated
BATCH = (24, 9, 17)  # prompt lengths of the batch case
MARGIN = 1e-3  # least gap between the two largest logits at every greedy step
STRENGTHS = (1.5, -2.0, 3.0, -4.0, 6.0)

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def build(case, seed):
    """A randomly initialised model. Norm weights and biases are drawn too: at 1 and 0 a forgotten one goes unnoticed."""
    config = AutoConfig.for_model(case["kind"], **{**COMMON, **case["config"]}, rope_parameters=dict(case["rope"]))
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight"):
            parameter.data = 1 + 0.3 * torch.randn_like(parameter)
        elif name.endswith(".bias"):
            parameter.data = 0.3 * torch.randn_like(parameter)
    return model.eval()


def save(model, case, folder):
    shutil.rmtree(folder, ignore_errors=True)
    model = model.to(getattr(torch, case.get("dtype", "float32")))
    model.save_pretrained(folder, max_shard_size=case.get("shard", "5GB"))
    path = folder / "config.json"
    config = json.loads(path.read_text())
    if case.get("keys") in ("4", "none"):
        rope = config.pop("rope_parameters")
        config.pop("layer_types", None)
        config["torch_dtype"] = config.pop("dtype")
        config["transformers_version"] = "4.46.0"
        if case["keys"] == "4":
            config["rope_theta"] = rope.pop("rope_theta")
            # Mid-2024 files say "type", later ones "rope_type"; linear is the one met with the old name.
            if rope["rope_type"] == "linear":
                rope = {"type": rope["rope_type"], "factor": rope["factor"]}
            config["rope_scaling"] = None if rope.get("rope_type") == "default" else rope
    config.update(case.get("extra", {}))
    path.write_text(json.dumps(config, indent=2) + "\n")


def blocks(model):
    return model.model.layers


class Hooks:
    """Records the output of every block; adds `steer` to the output of block `layer` first."""

    def __init__(self, model, steer=None, layer=None):
        self.residuals = {}
        self.handles = [b.register_forward_hook(self.hook(i, steer if i == layer else None)) for i, b in enumerate(blocks(model))]

    def hook(self, index, steer):
        def run(_module, _inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            if steer is not None:
                hidden = hidden + steer
            self.residuals[index] = hidden[0].clone()
            return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

        return run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            handle.remove()


@torch.no_grad()
def greedy(model, ids):
    """NEW greedy tokens by full passes (no cache), and the least margin met."""
    ids, least = ids.clone(), float("inf")
    for _ in range(NEW):
        logits = model(ids[None], use_cache=False).logits[0, -1]
        top = logits.topk(2)
        least = min(least, float(top.values[0] - top.values[1]))
        ids = torch.cat([ids, top.indices[:1]])
    return ids[-NEW:], least


@torch.no_grad()
def batch_greedy(model, rows):
    """Greedy tokens of left-padded rows by transformers' own generate, with its cache and without stopping at eos."""
    longest = max(len(row) for row in rows)
    ids = torch.stack([torch.cat([torch.zeros(longest - len(row), dtype=torch.int64), row]) for row in rows])
    mask = torch.stack([(torch.arange(longest) >= longest - len(row)).long() for row in rows])
    plain = GenerationConfig(do_sample=False, max_new_tokens=NEW, eos_token_id=None, pad_token_id=0)
    # generate() fills unset fields from the model's own generation config: its eos would end a row.
    model.generation_config.eos_token_id = None
    return list(model.generate(ids, attention_mask=mask, generation_config=plain)[:, longest:])


@torch.no_grad()
def expect(model, case, seed):
    """The tensors of expected.safetensors, or the reason why this seed will not do."""
    draw = torch.Generator().manual_seed(seed + 1)
    vocabulary = model.config.vocab_size
    layer = case["layer"]

    def prompt(length):
        return torch.cat([torch.tensor([1]), torch.randint(8, vocabulary, (length - 1,), generator=draw)])

    ids = prompt(PROMPT)
    with Hooks(model) as hooks:
        logits = model(ids[None], use_cache=False).logits[0]
    tokens, least = greedy(model, ids)
    if least < MARGIN:
        return f"near tie in greedy ({least:.1e})"
    if len(set(tokens.tolist())) < 12:
        return f"degenerate: {len(set(tokens.tolist()))} distinct tokens"
    tensors = {"input_ids": ids, "logits": logits, "greedy": tokens}
    tensors |= {f"resid_post.{i}": h for i, h in hooks.residuals.items()}

    direction = torch.randn(model.config.hidden_size, generator=draw)
    vector = direction / direction.norm() * hooks.residuals[layer].norm(dim=-1).mean() / 2
    for strength in STRENGTHS:
        with Hooks(model, strength * vector, layer):
            steered_logits = model(ids[None], use_cache=False).logits[0]
            steered, least = greedy(model, ids)
        if least >= MARGIN and (steered != tokens).float().mean() > 0.5 and len(set(steered.tolist())) >= 8:
            break
    else:
        return "no steering strength changes the tokens without near ties"
    tensors |= {"steer_vector": vector, "steered_logits": steered_logits, "steered_greedy": steered}

    rows = [prompt(length) for length in BATCH]
    for i, (row, got) in enumerate(zip(rows, batch_greedy(model, rows))):
        alone, least = greedy(model, row)
        if least < MARGIN or not torch.equal(alone, got):
            return f"batch row {i}: near tie ({least:.1e})"
        tensors |= {f"batch_ids.{i}": row, f"batch_greedy.{i}": got}
    return tensors, {"steer_layer": str(layer), "steer_strength": str(strength)}


def make(name):
    case, folder = CASES[name], ROOT / name
    for seed in range(1, 500):
        save(build(case, seed), case, folder)
        # Read back as any user would: what is expected rests on the files, rewritten keys and rounded weights included.
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        result = expect(model, case, seed)
        if not isinstance(result, str):
            break
        print(f"{name}: seed {seed}: {result}", flush=True)
    else:
        raise SystemExit(f"{name}: no seed will do")
    tensors, steering = result
    about = dict(name=name, seed=str(seed), torch=torch.__version__.split("+")[0], transformers=transformers.__version__)
    about |= dict(architecture=model.config.architectures[0], weights=case.get("dtype", "float32"), computed="float32, eager, cpu")
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "expected.safetensors", metadata=about | steering)
    size = sum(f.stat().st_size for f in folder.iterdir())
    print(f"{name}: seed {seed}, {steering}, {len(list(folder.glob('model*.safetensors')))} weight file(s), {size / 1e3:.0f} kB", flush=True)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    for name in sys.argv[1:] or CASES:
        make(name)
