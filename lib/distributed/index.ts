/** Several processes that train one model: ranks, their store, their data. */
export { Group } from "./group.ts";
export { firstHost, rankOf, type Rank } from "./rank.ts";
export { shareBatches } from "./share-batches.ts";
export { Store } from "./store.ts";
