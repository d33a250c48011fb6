/**
 * Videos as sequences of frame hashes: folding, comparing, and the formats in which others give them. Frames come in hashed;
 * decoding is not here.
 *
 * frames.ts      the shape, and folding of near-identical neighbours
 * compare.ts     how much of one video is in the other, both ways
 * vpdq.ts        the reference's text format
 * tmk.ts         TMK+PDQF files -> tmk-score.ts (two levels of likeness)
 */
export { compareVideos, type VideoMatch, type VideoMatchSettings } from "./compare.ts";
export { foldNeighbours, type FrameHash, type VideoHash } from "./frames.ts";
export { compareTmk, type TmkScore } from "./tmk-score.ts";
export { readTmk, writeTmk, type Tmk } from "./tmk.ts";
export { readVpdq, writeVpdq } from "./vpdq.ts";
