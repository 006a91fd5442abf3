/** Our answers in the shape of Hugging Face's, for one comparison of everything. */
import { tokenizerFromJson } from "../../lib/tokenizers/pipeline/read-json.ts";
import { inCodePoints } from "./answers.ts";
import type { HuggingFaceEncoding } from "./answers.ts";

/** What our pipeline says of each text. `ids` are checked to be the same with and without offsets. */
export function pipelineAnswers(file: object, name: string, texts: readonly string[]): HuggingFaceEncoding[] {
  const tokenizer = tokenizerFromJson(file, name);
  return texts.map((text, index) => {
    const encoding = tokenizer.encodeWithOffsets(text, { allowedSpecial: "all" });
    const fast = [...tokenizer.encode(text, { allowedSpecial: "all" })];
    const ids = [...encoding.ids];
    if (JSON.stringify(fast) !== JSON.stringify(ids))
      throw new Error(`${name}: encode and encodeWithOffsets differ`);
    const stream = tokenizer.decodeStream();
    const decoded = ids.map((id) => stream.push(id)).join("") + stream.end();
    const answer: HuggingFaceEncoding = {
      ids,
      offsets: inCodePoints(text, encoding.offsets),
      typeIds: [...encoding.typeIds],
      attentionMask: [...encoding.attentionMask],
      specialMask: [...encoding.specialMask],
      decoded,
      skipped: tokenizer.decode(ids, { skipSpecial: true }),
      plain: [...tokenizer.encode(text, { addSpecialTokens: false })],
    };
    if (index % 5 === 1) {
      const pair = tokenizer.encodePair(text, texts[index - 1], { allowedSpecial: "all" });
      answer.pair = { ids: [...pair.ids], typeIds: [...pair.typeIds] };
    }
    return answer;
  });
}
