/** The compressed data of a file ends too early or is damaged; what came before the break is good. */
export class BrokenFile extends Error {
  override readonly name = "BrokenFile";
}
