/** gradbook/data: from raw files to a training set that one can trust. */
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
export { c4, c4Config, c4Paragraphs, cleanC4 } from "./filters/c4.ts";
export { fineweb, finewebConfig, finewebFilter } from "./filters/fineweb.ts";
export { gopherQuality, gopherQualityConfig, gopherQualityFilter } from "./filters/gopher-quality.ts";
export {
  gopherRepetition,
  gopherRepetitionConfig,
  gopherRepetitionFilter,
} from "./filters/gopher-repetition.ts";
export type { TextFilter } from "./filters/rule.ts";
export { hash53, hashFraction, hashString } from "./hash.ts";
export { pipeline, type Pipeline, type RunOptions } from "./pipeline/pipeline.ts";
export { dropped, funnelFigure, reportBundle, reportText } from "./pipeline/report-display.ts";
export type { PipelineReport, Reason, StepReport } from "./pipeline/report.ts";
export type { Sample } from "./pipeline/samples.ts";
export { filter, map, type Sink, type Source, type Step } from "./pipeline/step.ts";
export { read, readDocuments, type ReadOptions } from "./read/read.ts";
export { decodeHtml, decodeText } from "./text/decode.ts";
export { countSentences, splitSentences } from "./text/sentences.ts";
export { splitWords } from "./text/words.ts";
export { writeJsonl, type WriteJsonlOptions } from "./write/jsonl.ts";
export { writeCsv, writeParquet } from "./write/table.ts";
