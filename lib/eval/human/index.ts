/** What people think: comparisons, ratings from them, and whether judges agree. */
export { fleissKappa, krippendorffAlpha, preferenceAgreement } from "./agreement.ts";
export { collectPreferences, type CollectOptions, type PreferenceCollector } from "./collect.ts";
export { simulatedLabeller, type LabellerOptions, type Question } from "./labeller.ts";
export { bradleyTerry, eloRatings, ratingTable, type Game, type Rating } from "./ratings.ts";
export { appendPreference, preferencePairs, readPreferences } from "./records.ts";
export type { PreferencePair, PreferenceRecord } from "./records.ts";
