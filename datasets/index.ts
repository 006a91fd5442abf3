/** Data sets the notebooks use: one file each, with source, licence and cleaning. */
export { mobyDick, isHeldOut, type Chapter, type MobyDick } from "./moby-dick.ts";
