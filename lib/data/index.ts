/** gradbook/data: from raw files to a training set that one can trust. */
export { association, type AssociationResult } from "./bias/association.ts";
export { auditBias, compareBias, type BiasReport } from "./bias/audit.ts";
export { counterfactual, swapGender } from "./bias/counterfactual.ts";
export { scoresByGroup, type GroupScore } from "./bias/scores.ts";
export { ASSOCIATIONS, GENDER_PAIRS, GROUPS } from "./bias/lexicons.ts";
export { representation, type GroupCount } from "./bias/representation.ts";
export { reweigh } from "./bias/reweigh.ts";
export { binaryMetrics, thresholdFor, type BinaryMetrics } from "./classify/metrics.ts";
export {
  classifierFilter,
  loadTextClassifier,
  trainTextClassifier,
  type Labelled,
  type TextClassifier,
} from "./classify/text-classifier.ts";
export { decontaminate, decontaminator } from "./decontaminate.ts";
export { bloom, BloomFilter } from "./dedup/bloom.ts";
export { exact } from "./dedup/exact.ts";
export { minhash, minhashConfig, minHasher, signatureSimilarity } from "./dedup/minhash.ts";
export { sentenceDedup } from "./dedup/sentence.ts";
export { jaccard, shingles } from "./dedup/shingles.ts";
export { uniqueIds } from "./dedup/unique-ids.ts";
export { PassageIndex, substringDedup } from "./dedup/substring.ts";
export {
  drop,
  type Document,
  type Drop,
  type Json,
  type Metadata,
  type Problem,
  type Verdict,
} from "./document.ts";
export { queryRows, type DuckOptions } from "./duckdb.ts";
export { badWords, wordFinder } from "./filters/bad-words.ts";
export { boilerplate, boilerplateKind } from "./filters/boilerplate.ts";
export { harmful, harmfulPassages, type HarmfulOptions } from "./filters/harmful.ts";
export { c4, c4Config, c4Paragraphs, cleanC4 } from "./filters/c4.ts";
export { fineweb, finewebConfig, finewebFilter } from "./filters/fineweb.ts";
export { gopherQuality, gopherQualityConfig, gopherQualityFilter } from "./filters/gopher-quality.ts";
export {
  gopherRepetition,
  gopherRepetitionConfig,
  gopherRepetitionFilter,
} from "./filters/gopher-repetition.ts";
export { detectLanguage, language, loadLanguages } from "./filters/language.ts";
export { NgramModel, perplexity } from "./filters/perplexity.ts";
export type { TextFilter } from "./filters/rule.ts";
export { url } from "./filters/url.ts";
export { splitAnswer, toConversation, toPrompt, unpair } from "./format/convert.ts";
export {
  readExamples,
  writeExamples,
  type Conversation,
  type Example,
  type Judgement,
  type Message,
  type Preference,
  type Prompt,
  type PromptCompletion,
  type Stepwise,
  type WithTools,
} from "./format/examples.ts";
export { parseAlpaca, parseShareGpt } from "./format/instructions.ts";
export { maskWords } from "./format/masked.ts";
export { parseOpenai, toOpenai } from "./format/openai.ts";
export { parseTrl, splitPrompt, toTrl } from "./format/trl.ts";
export { fromDocuments } from "./from-documents.ts";
export { hash53, hashFraction, hashString } from "./hash.ts";
export { html, htmlToText } from "./html/html.ts";
export { mix, type Ingredient } from "./mix.ts";
export { findPii, type PiiKind, type PiiSpan } from "./pii/find.ts";
export { maskPii, pii } from "./pii/mask.ts";
export { pipeline, type Pipeline, type RunOptions } from "./pipeline/pipeline.ts";
export { dropped, funnelFigure, reportBundle, reportText } from "./pipeline/report-display.ts";
export type { PipelineReport, Reason, StepReport } from "./pipeline/report.ts";
export type { Sample } from "./pipeline/samples.ts";
export { filter, map, type Sink, type Source, type Step } from "./pipeline/step.ts";
export { parseMail } from "./read/mail.ts";
export { read, readDocuments, type ReadOptions } from "./read/read.ts";
export { exceptFor, readReview, readReviewItems, reviewFile, summarizeReview } from "./review.ts";
export type { Review, ReviewedReason, ReviewItem, ReviewOptions } from "./review.ts";
export { keepPart, partOf, splitDocuments } from "./split.ts";
export { corpusStats, distribution, statsCollector, type CorpusStats } from "./stats.ts";
export { decodeHtml, decodeText } from "./text/decode.ts";
export { foldText, normalize, normalizeText } from "./text/normalize.ts";
export { repair, repairEncoding } from "./text/repair.ts";
export { countSentences, splitSentences } from "./text/sentences.ts";
export { splitWords } from "./text/words.ts";
export { writeJsonl, type WriteJsonlOptions } from "./write/jsonl.ts";
export { writeCsv, writeParquet } from "./write/table.ts";
