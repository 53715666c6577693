"""Small tokenizers of every supported kind, and what the Python `tokenizers` and `transformers` libraries make of random text.

    python make_tokenizers.py        writes test/goldens/tokenizers/<name>/
"""

import json
import random
import shutil
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from tokenizer_texts import CHATS, LLAMA_CHAT, R1_CHAT, TRAINING, random_text

ROOT = Path(__file__).resolve().parents[2] / "test" / "goldens" / "tokenizers"
CASES = 170  # random strings for each kind
LLAMA_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|reserved_0|>", "<|reserved_1|>"]
R1_SPECIAL = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<|eot_id|>", "<think>", "</think>"]


def token_object(content):
    """A special token as tokenizer_config.json of many models writes it."""
    return dict(__type="AddedToken", content=content, lstrip=False, normalized=False, rstrip=False, single_word=False)


def template(tokenizer, bos):
    return processors.TemplateProcessing(single=f"{bos} $A", special_tokens=[(bos, tokenizer.token_to_id(bos))])


def byte_level(vocabulary, special, ordinary=()):
    """Llama 3's arrangement: split by a regex, byte-level BPE that takes whole words where it knows them."""
    t = Tokenizer(models.BPE(ignore_merges=True))
    split = pre_tokenizers.Split(Regex(LLAMA_SPLIT), "isolated")
    t.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    t.train_from_iterator(TRAINING, trainers.BpeTrainer(vocab_size=vocabulary, show_progress=False, initial_alphabet=alphabet))
    for content in special:
        plain = content in ordinary
        t.add_tokens([AddedToken(content, normalized=False, special=not plain)])
    t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template(t, special[0])])
    return t


def gpt2_nfc():
    """GPT-2's pattern after NFC (Qwen's normaliser), with added tokens that strip, that need word ends, and that are normalised."""
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    t.train_from_iterator(TRAINING, trainers.BpeTrainer(vocab_size=500, show_progress=False, initial_alphabet=alphabet))
    t.add_tokens([AddedToken("<|endoftext|>", normalized=False, special=True)])
    t.add_tokens([AddedToken("<mask>", normalized=False, special=True, lstrip=True)])
    t.add_tokens([AddedToken("<pad>", normalized=False, special=True, rstrip=True)])
    t.add_tokens([AddedToken("zeta", normalized=True, single_word=True)])
    t.add_tokens([AddedToken("caffè", normalized=True)])
    return t


def sentencepiece(legacy):
    """Llama 2's arrangement: ▁ for spaces and bytes for unknown characters. Old files prepend ▁ by the normaliser, new ones by Metaspace."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.Metaspace()
    pieces.train_from_iterator(TRAINING, trainers.BpeTrainer(vocab_size=330, show_progress=False))
    trained = json.loads(pieces.to_str())["model"]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    tokens += sorted(trained["vocab"], key=trained["vocab"].get)
    vocab = {token: i for i, token in enumerate(tokens)}
    merges = [tuple(m) for m in trained["merges"]]
    t = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    if legacy:
        t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    else:
        t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    strip = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    t.decoder = decoders.Sequence(strip)
    t.add_special_tokens([AddedToken(s, normalized=False, special=True) for s in ["<unk>", "<s>", "</s>"]])
    t.post_processor = template(t, "<s>")
    return t


def units(text):
    """UTF-16 code units before each code point."""
    at = [0]
    for c in text:
        at.append(at[-1] + (2 if ord(c) > 0xFFFF else 1))
    return at


def case(tokenizer, text):
    encoding, at = tokenizer.encode(text), units(text)
    bare = tokenizer.encode(text, add_special_tokens=False).ids
    return dict(
        text=text,
        ids=encoding.ids,
        bare=len(encoding.ids) - len(bare),
        starts=[at[s] for s, _ in encoding.offsets],
        ends=[at[e] for _, e in encoding.offsets],
        decoded=tokenizer.decode(bare, skip_special_tokens=False),
        skipped=tokenizer.decode(encoding.ids, skip_special_tokens=True),
    )


def write(name, tokenizer, special, config, seed):
    folder = ROOT / name
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = dict(tokenizer_class="PreTrainedTokenizerFast", clean_up_tokenization_spaces=False, **config)
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n")
    draw = random.Random(seed)
    cases = [case(tokenizer, random_text(draw, special)) for _ in range(CASES if seed else 0)]
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    if cases:
        (folder / "cases.json").write_text(f"[\n{lines}\n]\n")
    if "chat_template" in config:
        fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=special[0], eos_token=special[1], chat_template=config["chat_template"])
        rendered = [
            dict(messages=m, addGenerationPrompt=g, text=fast.apply_chat_template(m, tokenize=False, add_generation_prompt=g))
            for m in CHATS
            for g in (False, True)
        ]
        (folder / "chats.json").write_text(json.dumps(rendered, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    shutil.rmtree(ROOT, ignore_errors=True)
    llama = dict(bos_token=LLAMA_SPECIAL[0], eos_token=token_object(LLAMA_SPECIAL[1]), chat_template=LLAMA_CHAT)
    write("llama3-like", byte_level(600, LLAMA_SPECIAL), LLAMA_SPECIAL, llama, 1)
    r1 = dict(bos_token=token_object(R1_SPECIAL[0]), eos_token=R1_SPECIAL[1], chat_template=R1_CHAT)
    write("r1-like", byte_level(600, R1_SPECIAL, ("<think>", "</think>")), R1_SPECIAL, r1, 2)
    nfc = ["<|endoftext|>", "<mask>", "<pad>", "zeta", "caffè"]
    write("gpt2-nfc", gpt2_nfc(), nfc, dict(eos_token=nfc[0]), 3)
    pieces = ["<s>", "</s>"]
    write("llama2-like", sentencepiece(True), pieces, dict(bos_token="<s>", eos_token="</s>"), 4)
    write("mistral-like", sentencepiece(False), pieces, dict(bos_token="<s>", eos_token="</s>"), 5)
