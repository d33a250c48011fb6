/** How looks at watched URLs are spread over time and hosts. */
import { z } from "zod";
import { duration, size } from "./units.ts";

export const recheckSettings = z.strictObject({
  growth: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe(
      "The interval grows to this part of the time for which the URL has been watched: what stayed for a month seldom vanishes today.",
    ),
  longest: duration("7d").describe(
    "The interval grows no further, so that a removal is known within a week.",
  ),
  spread: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.2)
    .describe(
      "Each interval is shorter or longer by up to this part, so that URLs that were noticed together are not looked at together for ever.",
    ),
  together: z
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe("Reports looked at at a time; all others that are due wait in line."),
  nearDistance: z
    .int()
    .min(0)
    .max(63)
    .default(31)
    .describe(
      "Most of the 256 PDQ bits that may differ in a picture that a site only encoded anew: it is still online.",
    ),
  nearQuality: z
    .int()
    .min(0)
    .max(100)
    .default(50)
    .describe("Least PDQ quality of both pictures for that: poorer ones hash to noise."),
  largest: size("2GiB").describe(
    "Largest file that a look reads to compare its digest: as large as a video that is captured.",
  ),
  largestPicture: size("64MiB").describe(
    "Of that, how much is held in memory to compare it as a picture: as large as a picture that is captured.",
  ),
  hostInterval: duration("2s").describe(
    "Least time between two looks at one host; further ones wait for their turn, whatever the number of URLs there.",
  ),
});
