"""The golden models, one entry each: what differs from the common small shape, and how its files are written."""

COMMON = dict(
    vocab_size=128,
    hidden_size=64,
    intermediate_size=80,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=256,
    bos_token_id=1,
    eos_token_id=2,
    initializer_range=0.2,
)

LLAMA31_ROPE = dict(
    rope_type="llama3",
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    # 8192 in the real model; small here so that all three bands of the scaling matter within 24 tokens.
    original_max_position_embeddings=16,
)

# kind: the transformers config class. config: overrides. rope: rope_parameters. layer: where the steering is added.
# dtype: of the saved weights. shard: max_shard_size. keys: "4" rewrites config.json with transformers 4's keys;
# "none" leaves the RoPE keys out (theta is then the architecture's default). extra: written into config.json as is.
CASES = {
    "llama2": dict(
        kind="llama",
        config=dict(num_key_value_heads=4, tie_word_embeddings=False, rms_norm_eps=1e-5),
        rope=dict(rope_type="default", rope_theta=10000.0),
        shard="180KB",
        layer=1,
        keys="none",
    ),
    "llama3": dict(
        kind="llama",
        config=dict(tie_word_embeddings=True, eos_token_id=[2, 5], rms_norm_eps=1e-5),
        rope=dict(rope_type="default", rope_theta=500000.0),
        layer=0,
        keys="4",
    ),
    "llama31": dict(
        kind="llama",
        config=dict(tie_word_embeddings=False, eos_token_id=[2, 5, 6], rms_norm_eps=1e-5),
        rope=dict(rope_theta=500000.0, **LLAMA31_ROPE),
        layer=1,
    ),
    "llama31-keys4": dict(
        kind="llama",
        config=dict(tie_word_embeddings=True, num_hidden_layers=2),
        rope=dict(rope_theta=500000.0, **LLAMA31_ROPE),
        layer=0,
        keys="4",
    ),
    "llama-bias": dict(
        kind="llama",
        config=dict(tie_word_embeddings=False, attention_bias=True, mlp_bias=True, head_dim=16),
        rope=dict(rope_type="default", rope_theta=10000.0),
        layer=2,
    ),
    "llama-linear-rope": dict(
        kind="llama",
        config=dict(tie_word_embeddings=True, num_hidden_layers=2),
        rope=dict(rope_type="linear", rope_theta=10000.0, factor=4.0),
        layer=0,
        keys="4",
    ),
    "llama-yarn": dict(
        kind="llama",
        config=dict(tie_word_embeddings=True, num_hidden_layers=2),
        rope=dict(
            rope_type="yarn",
            rope_theta=10000.0,
            factor=4.0,
            original_max_position_embeddings=16,
            beta_fast=4.0,
            beta_slow=1.0,
        ),
        layer=1,
    ),
    "llama-bf16": dict(
        kind="llama",
        config=dict(tie_word_embeddings=False),
        rope=dict(rope_type="default", rope_theta=500000.0),
        dtype="bfloat16",
        layer=1,
    ),
    "llama-f16": dict(
        kind="llama",
        config=dict(tie_word_embeddings=True),
        rope=dict(rope_type="default", rope_theta=500000.0),
        dtype="float16",
        shard="100KB",
        layer=1,
    ),
    "mistral": dict(
        kind="mistral",
        config=dict(tie_word_embeddings=False, sliding_window=None, head_dim=16, hidden_size=48),
        rope=dict(rope_type="default", rope_theta=1000000.0),
        layer=1,
    ),
    "mistral-window": dict(
        kind="mistral",
        config=dict(tie_word_embeddings=False, sliding_window=8, head_dim=16),
        rope=dict(rope_type="default", rope_theta=10000.0),
        layer=1,
        keys="4",
    ),
    # As the published Qwen2 configs: a sliding_window is named and switched off by use_sliding_window.
    "qwen2": dict(
        kind="qwen2",
        config=dict(tie_word_embeddings=True, rms_norm_eps=1e-6),
        rope=dict(rope_type="default", rope_theta=1000000.0),
        layer=1,
        keys="4",
        extra=dict(use_sliding_window=False, sliding_window=8, max_window_layers=1),
    ),
    # Full attention in the layers before max_window_layers, a window of 8 after (transformers 5: layer_types).
    "qwen2-window": dict(
        kind="qwen2",
        config=dict(
            tie_word_embeddings=True,
            num_hidden_layers=2,
            use_sliding_window=True,
            sliding_window=8,
            max_window_layers=1,
        ),
        rope=dict(rope_type="default", rope_theta=1000000.0),
        layer=0,
    ),
    "qwen3": dict(
        kind="qwen3",
        config=dict(tie_word_embeddings=True, head_dim=24, hidden_size=64, rms_norm_eps=1e-6),
        rope=dict(rope_type="default", rope_theta=1000000.0),
        layer=1,
    ),
    "qwen3-untied": dict(
        kind="qwen3",
        config=dict(
            tie_word_embeddings=False,
            head_dim=16,
            hidden_size=48,
            num_hidden_layers=2,
            attention_bias=True,
            rms_norm_eps=1e-6,
        ),
        rope=dict(rope_type="default", rope_theta=1000000.0),
        layer=0,
        keys="4",
    ),
}
