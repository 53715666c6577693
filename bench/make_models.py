"""Writes a random Llama of a given shape as a Hugging Face folder: `python make_models.py SHAPE FOLDER`.

Every tensor is drawn anew: repeated data would share caches and prepacked buffers and flatter every engine.
"""

import os
import sys

from transformers import LlamaConfig, LlamaForCausalLM

import torch

SHAPES = {
    "300m": dict(
        hidden_size=1024,
        intermediate_size=2816,
        num_hidden_layers=24,
        num_attention_heads=16,
        num_key_value_heads=4,
        vocab_size=32000,
    ),
}


def main() -> None:
    shape, folder = sys.argv[1:]
    torch.manual_seed(0)
    config = LlamaConfig(tie_word_embeddings=True, max_position_embeddings=4096, **SHAPES[shape])
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.normal_(1.0 if tensor.dim() == 1 else 0.0, 0.02)
    # Renamed when complete: an interrupted run leaves no half model behind.
    model.save_pretrained(folder + ".incomplete")
    os.rename(folder + ".incomplete", folder)


main()
