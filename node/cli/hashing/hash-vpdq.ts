/** The work of `wardline hash --vpdq`: the frames of one video in the reference's text format. */
import { writeVpdq } from "@wardline/hashing/video";
import { WardlineError } from "@wardline/protocol/encoding";
import { createExaminer } from "./examine.ts";
import { interruption } from "./interrupt.ts";

/** @throws `cli/no-video`, and what examining a file throws */
export async function hashAsVpdq(file: string): Promise<void> {
  const examiner = createExaminer(1);
  try {
    const { frames } = await examiner.examine(file, { frames: true, signal: interruption() });
    if (frames === undefined) throw noVideo();
    process.stdout.write(writeVpdq({ frames }));
  } finally {
    await examiner.close();
  }
}

const noVideo = () =>
  new WardlineError("cli/no-video", "This is a picture, which has no frames.", {
    advice: "Call it without --vpdq.",
  });
