"""A small Llama in plain PyTorch, equal to Hugging Face's LlamaForCausalLM, with a place to add a vector after a block."""
import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

CONFIG = dict(vocab_size=1056, hidden_size=128, intermediate_size=320, num_hidden_layers=6, num_attention_heads=4,
              num_key_value_heads=2, head_dim=32, rms_norm_eps=1e-5, rope_theta=10000.0, max_position_embeddings=512)


class Norm(nn.Module):
    def __init__(self, d: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(d)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotate(x, cos, sin):
    """Rotary embedding, halves convention. x: [batch, heads, time, head_dim]; cos, sin: [..., time, head_dim]."""
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        d, self.h, self.kv, self.hd = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        self.q_proj = nn.Linear(d, self.h * self.hd, bias=False)
        self.k_proj = nn.Linear(d, self.kv * self.hd, bias=False)
        self.v_proj = nn.Linear(d, self.kv * self.hd, bias=False)
        self.o_proj = nn.Linear(self.h * self.hd, d, bias=False)

    def forward(self, x, cos, sin, mask, cache):
        b, t, _ = x.shape
        q = rotate(self.q_proj(x).view(b, t, self.h, self.hd).transpose(1, 2), cos, sin)
        k = rotate(self.k_proj(x).view(b, t, self.kv, self.hd).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(b, t, self.kv, self.hd).transpose(1, 2)
        if cache is not None:
            k_all, v_all, at = cache
            k_all[:b, :, at:at + t], v_all[:b, :, at:at + t] = k, v
            k, v = k_all[:b, :, :at + t], v_all[:b, :, :at + t]
        rep = self.h // self.kv
        if t == 1 and cache is not None:  # one query: the heads that share a key act as its queries, nothing is copied
            y = F.scaled_dot_product_attention(q.view(b, self.kv, rep, self.hd), k, v, attn_mask=mask).view(b, self.h, 1, self.hd)
        else:
            k, v = k.repeat_interleave(rep, 1), v.repeat_interleave(rep, 1)
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        return self.o_proj(y.transpose(1, 2).reshape(b, t, -1))


class Mlp(nn.Module):
    def __init__(self, c):
        super().__init__()
        d, f = c["hidden_size"], c["intermediate_size"]
        self.gate_proj, self.up_proj = nn.Linear(d, f, bias=False), nn.Linear(d, f, bias=False)
        self.down_proj = nn.Linear(f, d, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn, self.mlp = Attention(c), Mlp(c)
        self.input_layernorm = Norm(c["hidden_size"], c["rms_norm_eps"])
        self.post_attention_layernorm = Norm(c["hidden_size"], c["rms_norm_eps"])

    def forward(self, x, cos, sin, mask, cache=None):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, cache)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    """Tied embeddings. forward returns the final normed hidden state [batch, time, d]; logits = out @ W.T."""

    def __init__(self, config: dict | None = None):
        super().__init__()
        self.config = c = dict(config or CONFIG)
        self.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.layers = nn.ModuleList(Block(c) for _ in range(c["num_hidden_layers"]))
        self.norm = Norm(c["hidden_size"], c["rms_norm_eps"])
        hd = c["head_dim"]
        angle = torch.arange(c["max_position_embeddings"])[:, None] / c["rope_theta"] ** (torch.arange(0, hd, 2) / hd)
        self.register_buffer("cos", torch.cat([angle.cos()] * 2, -1), persistent=False)
        self.register_buffer("sin", torch.cat([angle.sin()] * 2, -1), persistent=False)
        for n, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=.02 / ((2 * c["num_hidden_layers"]) ** .5 if "o_proj" in n or "down_proj" in n else 1))

    def forward(self, ids, start=0, mask=None, caches=None, edit=None, keep=None):
        """ids: [batch, time]. start: position of the first column. edit: f(layer, h) -> h, applied to resid_post of each
        block. keep: a list that receives every block's resid_post."""
        t = ids.shape[1]
        cos, sin = self.cos[start:start + t], self.sin[start:start + t]
        x = self.embed_tokens(ids)
        for i, block in enumerate(self.layers):
            x = block(x, cos, sin, mask, None if caches is None else (*caches[i], start))
            if edit is not None:
                x = edit(i, x)
            if keep is not None:
                keep.append(x)
        return self.norm(x)

    def save(self, folder: Path, ids: dict) -> None:
        """Writes a Hugging Face folder. ids: begin and end token ids."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({"model." + k: v.detach().contiguous() for k, v in self.state_dict().items()},
                  str(folder / "model.safetensors"), metadata={"format": "pt"})
        config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "attention_bias": False,
                  "mlp_bias": False, "attention_dropout": 0.0, "initializer_range": 0.02, "tie_word_embeddings": True,
                  "use_cache": True, "torch_dtype": "float32", "bos_token_id": ids["begin"], "eos_token_id": ids["end"],
                  "pad_token_id": ids["end"], **self.config}
        (folder / "model.safetensors").chmod(0o644)
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        (folder / "generation_config.json").write_text(json.dumps(
            {"bos_token_id": ids["begin"], "eos_token_id": [ids["end"]], "pad_token_id": ids["end"], "do_sample": True,
             "temperature": 1.0, "max_new_tokens": 240}, indent=2) + "\n")


def load(folder: Path) -> Llama:
    c = json.loads((Path(folder) / "config.json").read_text())
    m = Llama({k: c[k] for k in CONFIG})
    m.load_state_dict({k.removeprefix("model."): v for k, v in load_file(str(Path(folder) / "model.safetensors")).items()})
    return m.eval()
