/**
 * Chat formats of the common model families as Jinja templates, written from their documentation.
 *
 * Each one takes `messages` (`{role, content}`), `add_generation_prompt`, `bos_token` and `eos_token`, as
 * `apply_chat_template` of Hugging Face's transformers does, and can be stored as a `chat_template` there.
 */

export interface ChatFormat {
  /** The Jinja template. */
  template: string;
  /** What closes a message of the assistant; models stop there. */
  endOfTurn: string;
  /** The begin-of-text token that the template writes, "" for none. */
  beginOfText: string;
}

/** Roles take turns, the user first; an optional system message is set apart as `system`. */
const SYSTEM_APART =
  "{%- if messages[0]['role'] == 'system' -%}{%- set system = messages[0]['content'] | trim -%}" +
  "{%- set turns = messages[1:] -%}{%- else -%}{%- set system = '' -%}{%- set turns = messages -%}{%- endif -%}" +
  "{%- for message in turns -%}{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}" +
  "{{- raise_exception('roles must take turns: user, assistant, user, …') -}}{%- endif -%}{%- endfor -%}";

/** A header, the trimmed content and an end for every message, whatever its role. */
const uniform = (header: string, end: string, prompt: string, begin = "") =>
  `{{- '${begin}' -}}{%- for message in messages -%}` +
  `{{- '${header.replace("ROLE", "' + message['role'] + '")}' + message['content'] | trim + '${end}' -}}` +
  `{%- endfor -%}{%- if add_generation_prompt -%}{{- '${prompt}' -}}{%- endif -%}`;

export const chatFormats = {
  /** OpenAI's ChatML, used by Qwen, Yi, SmolLM and many fine-tunes. */
  chatml: {
    template:
      "{%- for message in messages -%}{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' -}}" +
      "{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}",
    endOfTurn: "<|im_end|>",
    beginOfText: "",
  },
  /** Llama 2 Chat: `<s>[INST] <<SYS>> … <</SYS>> user [/INST] assistant </s>`. */
  llama2: {
    template:
      SYSTEM_APART +
      "{%- for message in turns -%}{%- if message['role'] == 'user' -%}" +
      "{%- if loop.index0 == 0 and system -%}{%- set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] -%}" +
      "{%- else -%}{%- set content = message['content'] -%}{%- endif -%}" +
      "{{- bos_token + '[INST] ' + content | trim + ' [/INST]' -}}" +
      "{%- else -%}{{- ' ' + message['content'] | trim + ' ' + eos_token -}}{%- endif -%}{%- endfor -%}",
    endOfTurn: "</s>",
    beginOfText: "<s>",
  },
  /** Llama 3 Instruct. */
  llama3: {
    template: uniform(
      "<|start_header_id|>ROLE<|end_header_id|>\\n\\n",
      "<|eot_id|>",
      "<|start_header_id|>assistant<|end_header_id|>\\n\\n",
      "<|begin_of_text|>",
    ),
    endOfTurn: "<|eot_id|>",
    beginOfText: "<|begin_of_text|>",
  },
  /** Mistral Instruct v0.1 and v0.2; a system message goes before the first user message. */
  mistral: {
    template:
      SYSTEM_APART +
      "{{- bos_token -}}{%- for message in turns -%}{%- if message['role'] == 'user' -%}" +
      "{%- if loop.index0 == 0 and system -%}{%- set content = system + '\\n\\n' + message['content'] -%}" +
      "{%- else -%}{%- set content = message['content'] -%}{%- endif -%}{{- '[INST] ' + content + ' [/INST]' -}}" +
      "{%- else -%}{{- ' ' + message['content'] | trim + eos_token -}}{%- endif -%}{%- endfor -%}",
    endOfTurn: "</s>",
    beginOfText: "<s>",
  },
  /** Gemma: roles are called user and model, a system message goes before the first user message. */
  gemma: {
    template:
      SYSTEM_APART +
      "{{- bos_token -}}{%- for message in turns -%}{%- if message['role'] == 'user' -%}{%- set role = 'user' -%}" +
      "{%- else -%}{%- set role = 'model' -%}{%- endif -%}{%- if loop.index0 == 0 and system -%}" +
      "{%- set content = system + '\\n\\n' + message['content'] | trim -%}{%- else -%}" +
      "{%- set content = message['content'] | trim -%}{%- endif -%}" +
      "{{- '<start_of_turn>' + role + '\\n' + content + '<end_of_turn>\\n' -}}{%- endfor -%}" +
      "{%- if add_generation_prompt -%}{{- '<start_of_turn>model\\n' -}}{%- endif -%}",
    endOfTurn: "<end_of_turn>",
    beginOfText: "<bos>",
  },
  /** Phi-3. */
  phi3: {
    template: uniform("<|ROLE|>\\n", "<|end|>\\n", "<|assistant|>\\n"),
    endOfTurn: "<|end|>",
    beginOfText: "",
  },
  /** Zephyr and TinyLlama Chat. */
  zephyr: {
    template:
      "{%- for message in messages -%}{{- '<|' + message['role'] + '|>\\n' + message['content'] + eos_token + '\\n' -}}" +
      "{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}",
    endOfTurn: "</s>",
    beginOfText: "",
  },
  /** Vicuna: plain words for roles. */
  vicuna: {
    template:
      SYSTEM_APART +
      "{{- bos_token -}}{%- if system -%}{{- system + '\\n\\n' -}}{%- endif -%}{%- for message in turns -%}" +
      "{%- if message['role'] == 'user' -%}{{- 'USER: ' + message['content'] + '\\n' -}}" +
      "{%- else -%}{{- 'ASSISTANT: ' + message['content'] + eos_token + '\\n' -}}{%- endif -%}{%- endfor -%}" +
      "{%- if add_generation_prompt -%}{{- 'ASSISTANT:' -}}{%- endif -%}",
    endOfTurn: "</s>",
    beginOfText: "<s>",
  },
} satisfies Record<string, ChatFormat>;

/** The name of a chat format. */
export type ChatFormatName = keyof typeof chatFormats;
