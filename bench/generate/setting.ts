/** The baby GPT of nanoGPT: 10.8 million parameters, characters. */
export const VOCABULARY = 65;
export const PROMPT = 16;
/** Tokens of a text; prompt and text fit into the context of 256. */
export const TOKENS = 200;
