/** What distinguishes one decoder architecture from plain Llama, as data: the graph builder has no branches by name. */
export interface Architecture {
  /** Biases on the query, key and value projections, or the config key that decides. */
  qkvBias: boolean | 'attention_bias';
  /** Bias on the attention's output projection, or the config key that decides. */
  outputBias: boolean | 'attention_bias';
  /** Biases on the feed-forward projections, or the config key that decides. */
  mlpBias: boolean | 'mlp_bias';
  /** RMS norm over each head of query and key before the rotary embedding. */
  queryKeyNorm: boolean;
  /** How a sliding window is announced in config.json. */
  slidingWindow: 'never' | 'sliding_window' | 'use_sliding_window';
}

const LLAMA: Architecture = {
  qkvBias: 'attention_bias',
  outputBias: 'attention_bias',
  mlpBias: 'mlp_bias',
  queryKeyNorm: false,
  slidingWindow: 'never',
};

/** Known values of `architectures[0]` in config.json. */
export const ARCHITECTURES: Record<string, Architecture> = {
  LlamaForCausalLM: LLAMA,
  MistralForCausalLM: {
    ...LLAMA,
    qkvBias: false,
    outputBias: false,
    mlpBias: false,
    slidingWindow: 'sliding_window',
  },
  Qwen2ForCausalLM: {
    ...LLAMA,
    qkvBias: true,
    outputBias: false,
    mlpBias: false,
    slidingWindow: 'use_sliding_window',
  },
  Qwen3ForCausalLM: { ...LLAMA, mlpBias: false, queryKeyNorm: true, slidingWindow: 'use_sliding_window' },
};
