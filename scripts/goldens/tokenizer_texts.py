"""Text for the small tokenizers: what they are trained on, random Unicode strings, and conversations."""

TRAINING = [
    "Let me think about this step by step. Wait, that is not right: the train leaves at 9:40, not at 9:14.",
    "Hmm, I said there are 12 apples, but she gave 5 of them away, so 7 are left. Let me check that again.",
    "So the first number is larger than the second one. But what if both of them are even? Then the sum is even.",
    "Wait. The garden is 30 metres long and 20 metres wide, so the fence is 100 metres long.",
    "def area(width, height):\n    return width * height\n\n\nprint(area(3, 4))  # 12\n",
    "I don't know whether it's true; they've said they'll come, and we're waiting. He'd better hurry.",
    "Der Zug fährt um zwölf Uhr über die Brücke. Où est la gare ? El niño está aquí. Привет, мир!",
    "ここに本があります。 東京は大きいです。 שלום עולם. مرحبا بالعالم. नमस्ते दुनिया. 안녕하세요 세계.",
    "Okay, so 2 + 2 = 4 and 17 * 3 = 51. Therefore the answer is 51 - 4 = 47.\r\nThe end. #### 47\r\n",
    "Alternatively, one could count the birds in the tree, then the birds in the garden, and add the two numbers.",
    " ####\n #### 12\n #### Wait\n #### Hmm\n",
] * 20

WORDS = ["Wait", " wait", " Hmm", ",", ".", "the", " the", " number", " 12345", "42", "don't", "I'LL", " we're", "caffè", "zeta", "zetas", " zeta "]
SPACES = [" ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", " \n ", "\u00a0", "\u0085", "\ufeff", "\u200b", "\u3000", "\u2028"]
ODD = ["▁", "▁▁a", "<0x41>", "<", ">", "<|", "|>", "Ġ", "Ċ", "ſ", "İ", "ß", "\u0000", "\u007f", "\ufffd", "\uffff", "½", "²", "Ⅷ", "_", "#", "####"]
EMOJI = ["😀", "👩‍👩‍👧", "🇩🇪", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏽", "𝔘", "𐍈"]
MARKS = ["e\u0301", "a\u0323\u0307", "\u0301", "n\u0303o", "ö", "o\u0308", "\u1112\u1161\u11ab", "각", "कि", "ก็", "\u212b", "ﬁ", "\u0344", "中\u0301"]
SCRIPTS = ["שָׁלוֹם", "مَرْحَبًا", "\u202eabc\u202c", "Привет", "日本語", "한국어", "नमस्ते", "Ελλάδα", "ខ្មែរ", "தமிழ்"]
POOLS = [WORDS, WORDS, WORDS, SPACES, SPACES, ODD, EMOJI, MARKS, SCRIPTS]


def random_text(draw, special):
    """Up to nine pieces; every third text has special tokens in it; single random code points too."""
    pieces = []
    for _ in range(draw.randint(0, 9)):
        roll = draw.random()
        if roll < 0.08:
            pieces.append(chr(draw.choice([draw.randint(0x20, 0x24F), draw.randint(0x250, 0xD7FF), draw.randint(0xE000, 0x2FA1D)])))
        elif roll < 0.16:
            pieces.append(draw.choice(special))
        else:
            pieces.append(draw.choice(draw.choice(POOLS)))
    return "".join(pieces)


LLAMA_CHAT = """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" + system_message + "<|eot_id|>" }}
{%- for message in messages %}
    {%- if message.role not in ['user', 'assistant'] %}
        {{- raise_exception('Unknown role: ' + message.role) }}
    {%- endif %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

R1_CHAT = (
    "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}"
    "{% set ns = namespace(first=true, system_prompt='') %}"
    "{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}"
    "{{ bos_token }}{{ ns.system_prompt }}"
    "{%- for message in messages %}"
    "{%- if message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}{%- endif %}"
    "{%- if message['role'] == 'assistant' and message['content'] is not none %}"
    "{% set content = message['content'] %}"
    "{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}"
    "{{ '<｜Assistant｜>' + content + eos_token }}{%- endif %}"
    "{%- endfor %}"
    "{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}"
)

CHATS = [
    [dict(role="user", content="What is 17 * 3?")],
    [dict(role="system", content=" Be brief. "), dict(role="user", content="  Hi\n\n")],
    [
        dict(role="user", content="Zähle die Äpfel 🍎."),
        dict(role="assistant", content="<think>\nHmm. Wait, 3.\n</think>\n\nDrei."),
        dict(role="user", content="{{ bos_token }} {% if %} \"quoted\" \\n"),
    ],
]
