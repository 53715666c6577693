"""Byte-level BPE with a Llama-3-like split, trained on the base corpus, written as a Hugging Face tokenizer folder."""
import json
import random
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

import corpus

BEGIN, END, USER, ASSISTANT, THINK, UNTHINK = "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>", "<think>", "</think>"
SPECIAL = [BEGIN, END, USER, ASSISTANT, THINK, UNTHINK]
VOCABULARY = 1056
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")
CHAT = ("{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}<|user|>{{ m['content'] }}"
        "{% elif m['role'] == 'assistant' %}<|assistant|>{{ m['content'] }}{{ eos_token }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>{% endif %}")


def train(seed: int = 0, documents: int = 6000) -> Tokenizer:
    rng = random.Random(seed)
    texts = [(corpus.reasoning_doc if i % 3 == 0 else corpus.base_doc)(rng).text for i in range(documents)]
    for s in SPECIAL:
        texts = [t.replace(s, "\n") for t in texts]
    # every keyword with and without its space, and every impossible thing, as one token
    texts += ["wait Wait Hmm hmm But but wait\nWait\nHmm\nhmm\nBut\nbut\n wait Wait Hmm hmm But but"] * 3000
    texts += [" " + " ".join(corpus.W.IMPOSSIBLE)] * 600
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), "isolated"),
                                               pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), show_progress=False,
                                                     initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIAL[:4]])
    t.add_tokens([AddedToken(s, special=False, normalized=False) for s in SPECIAL[4:]])
    t.post_processor = processors.TemplateProcessing(single=f"{BEGIN} $A", special_tokens=[(BEGIN, t.token_to_id(BEGIN))])
    return t


def save(t: Tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    t.save(str(folder / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": BEGIN, "eos_token": END, "pad_token": END,
              "model_max_length": 512, "clean_up_tokenization_spaces": False, "chat_template": CHAT,
              "added_tokens_decoder": {str(t.token_to_id(s)): {"content": s, "special": s in SPECIAL[:4], "normalized": False,
                                                               "lstrip": False, "rstrip": False, "single_word": False}
                                       for s in SPECIAL}}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def encode(t: Tokenizer, text: str) -> list[int]:
    """Ids of a text that already holds its own markers."""
    return t.encode(text, add_special_tokens=False).ids
