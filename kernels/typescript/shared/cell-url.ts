/** The URL by which the engine knows one execution of a cell: in stack frames, and for breakpoints. */
export const cellUrl = (cell: number) => `cell:${cell}`;
