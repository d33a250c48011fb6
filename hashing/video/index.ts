/**
 * Videos as sequences of frame hashes. Frames come in hashed; decoding is not here.
 *
 * frames.ts   the shape, and folding of near-identical neighbours
 */
export { foldNeighbours, type FrameHash, type VideoHash } from "./frames.ts";
