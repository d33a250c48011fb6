/** What is said of a video that is refused. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { DecodeSettings } from "../configuration/settings/decode.ts";
import type { VideoRefusal } from "./video-formats.ts";

type Reason = VideoRefusal | "timeout" | "crashed" | "too-large" | "closed";

/** The error `decode/<reason>`. */
export function videoRefused(reason: Reason, { video }: DecodeSettings): WardlineError {
  const [message, advice] = sentences(video)[reason];
  return new WardlineError(`decode/${reason}`, message, { advice });
}

const sentences = (video: DecodeSettings["video"]): Record<Reason, [string, string]> => ({
  "unsupported-format": [
    "This is no video of a kind that is opened here (MP4, QuickTime, WebM, Matroska, AVI, MPEG, FLV, ASF, Ogg).",
    "Playlists, documents and unknown files are never opened, nor are rare codecs.",
  ],
  corrupt: [
    "The video is broken: no frame of it can be decoded.",
    "Transfer it again if it was cut off on its way.",
  ],
  "no-frames": [
    "No moving pictures are found in the file.",
    "Sound alone is not hashed; its digests still find exact copies.",
  ],
  "too-many-pixels": [
    `The video says that its frames have more than ${video.mostPixels} pixels.`,
    "It may be built to exhaust memory. Raise decode.video.mostPixels, and decode.video.memory with it, only if such videos are expected.",
  ],
  "too-many-frames": [
    `More than ${video.mostFrames} frames of the video would be hashed.`,
    "Ask for fewer a second or for keyframes, or raise decode.video.mostFrames.",
  ],
  "too-large": [
    "The video file is larger than allowed.",
    `Files of up to ${video.largestFile} bytes are opened, and up to ${video.largestBytes} in memory: raise decode.video.largestFile or largestBytes.`,
  ],
  timeout: [
    "Decoding this video took longer than allowed.",
    "Ask for keyframes, or raise decode.video.timeLimit if the machine is slow.",
  ],
  crashed: [
    "The sandboxed decoder ended while it worked on this video.",
    "The video may be built to attack decoders, or need more than decode.video.memory. Keep it listed as refused; others are not affected.",
  ],
  unreadable: [
    "The video file cannot be read.",
    "Check that it exists, is a file, and belongs to the user that this program runs as: not even root lends its rights to the sandbox.",
  ],
  closed: ["The decoder was closed.", "Start the node again."],
});
