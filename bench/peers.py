"""The other side of `npm run bench`: transformers with forward hooks, as the papers' scripts use it.

    python peers.py FOLDER --threads N

Reads one job a line from stdin, {"item": NAME, ...}, and answers each with one JSON line on stdout. The first line says
that the model is loaded and which versions run. Sums leave as a raw float32 file, so that no side pays for JSON.
"""

import argparse
import json
import os
import platform
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
started = time.perf_counter()

import torch
import transformers
from transformers import AutoModelForCausalLM, GenerationConfig


class Reached(Exception):
    """Thrown by a hook to leave the forward pass at its layer."""


def residual(output):
    return output[0] if isinstance(output, tuple) else output


def pool(into, hidden, text):
    """Adds label × offset sums of one layer's [T, d]: one gather and one product, as the engine's graph does it."""
    gathered = hidden[text["positions"]] * text["valid"].unsqueeze(-1)
    into += (text["labels"] @ gathered.flatten(1)).view(into.shape)


def prepare(job):
    """Index tensors of every text: positions [S, O] (clamped), their validity, and labels one-hot [L, S]."""
    lo, hi = job["offsets"]
    texts = []
    for text in job["texts"]:
        firsts = torch.tensor(text["firsts"])
        positions = firsts[:, None] + torch.arange(lo, hi + 1)
        valid = (positions >= 0) & (positions < len(text["ids"]))
        labels = torch.nn.functional.one_hot(torch.tensor(text["labels"]), job["labels"]).T.float()
        ids = torch.tensor([text["ids"]])
        positions = positions.clamp(0, len(text["ids"]) - 1)
        texts.append(dict(ids=ids, positions=positions, valid=valid.float(), labels=labels))
    return texts, hi - lo + 1


def harvest_hook(model, job):
    """One layer through a hook; the pass goes on to the logits as the papers' scripts let it, unless job["stops"]."""
    texts, width = prepare(job)
    sums = torch.zeros(job["labels"], width, model.config.hidden_size)
    caught = []

    def hook(_module, _inputs, output):
        caught.append(residual(output)[0])
        if job["stops"]:
            raise Reached

    handle = model.model.layers[job["layer"]].register_forward_hook(hook)
    for text in texts:
        try:
            model(text["ids"], use_cache=False)
        except Reached:
            pass
        pool(sums, caught.pop(), text)
    handle.remove()
    return save(sums, job)


def harvest_all(model, job):
    """All layers by output_hidden_states; the last block by a hook, for its hidden state there is after the norm."""
    texts, width = prepare(job)
    layers = model.config.num_hidden_layers
    sums = torch.zeros(layers, job["labels"], width, model.config.hidden_size)
    caught = []
    handle = model.model.layers[-1].register_forward_hook(lambda _m, _i, output: caught.append(residual(output)))
    for text in texts:
        states = model.model(text["ids"], use_cache=False, output_hidden_states=True).hidden_states
        for layer, state in enumerate([*states[1:-1], caught.pop()]):
            pool(sums[layer], state[0], text)
    handle.remove()
    return save(sums, job)


def decode(model, job):
    """model.generate over left-padded batches, with a hook that adds strength·v to each row at every position."""
    generation = GenerationConfig(
        max_new_tokens=job["tokens"],
        do_sample=job["sampled"],
        top_k=0 if job["sampled"] else None,
        eos_token_id=job["stop"] or None,
        pad_token_id=0,
    )
    vector = torch.tensor(job["vector"])
    rows, strengths, out = job["rows"], torch.tensor(job["strengths"]), []
    for start in range(0, len(rows), job["batch"]):
        part = rows[start : start + job["batch"]]
        steer = strengths[start : start + len(part), None, None] * vector
        longest = max(map(len, part))
        ids = torch.tensor([[0] * (longest - len(row)) + row for row in part])
        mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in part])

        def hook(_module, _inputs, output):
            if isinstance(output, tuple):
                return (output[0] + steer, *output[1:])
            return output + steer

        handle = model.model.layers[job["layer"]].register_forward_hook(hook)
        result = model.generate(ids, attention_mask=mask, generation_config=generation)
        handle.remove()
        out += [until_stop(row, job["stop"]) for row in result[:, longest:].tolist()]
    return {"tokenIds": out}


def until_stop(row, stop):
    for at, token in enumerate(row):
        if token in stop:
            return row[: at + 1]
    return row


def save(sums, job):
    sums.numpy().tofile(job["out"])
    return {}


ITEMS = {"harvest_hook": harvest_hook, "harvest_all": harvest_all, "decode": decode}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = AutoModelForCausalLM.from_pretrained(options.folder, dtype=torch.float32, attn_implementation="sdpa")
    # Nothing of the checkpoint's own sampling settings may leak into the jobs.
    model.generation_config = GenerationConfig()
    model.eval()
    versions = dict(transformers=transformers.__version__, torch=torch.__version__, python=platform.python_version())
    answer(dict(ready=True, versions=versions, seconds=time.perf_counter() - started))
    for line in sys.stdin:
        job = json.loads(line)
        torch.set_num_threads(job["threads"])
        start, cpu = time.perf_counter(), time.process_time()
        with torch.inference_mode():
            result = ITEMS[job["item"]](model, job)
        answer(dict(result, seconds=time.perf_counter() - start, cpu=time.process_time() - cpu))


def answer(value):
    print(json.dumps(value), flush=True)


main()
