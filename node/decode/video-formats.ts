/**
 * Which videos are opened: a file's first bytes choose the one demuxer that may run, and the decoders are named, too.
 * ffmpeg knows hundreds more, some of which read other files, playlists and addresses; none of those is ever offered.
 */
export const videoMimes = [
  "video/mp4",
  "video/quicktime",
  "video/webm",
  "video/x-matroska",
  "video/x-msvideo",
  "video/mp2t",
  "video/mpeg",
  "video/x-flv",
  "video/x-ms-asf",
  "video/ogg",
] as const;

/** Why a video can be refused once its sandbox runs. */
export const videoRefusals = [
  "unreadable",
  "unsupported-format",
  "corrupt",
  "no-frames",
  "too-many-pixels",
  "too-many-frames",
] as const;
export type VideoRefusal = (typeof videoRefusals)[number];

/** A video that is refused, and why. */
export class VideoRefused extends Error {
  readonly refusal: VideoRefusal;
  constructor(refusal: VideoRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

interface Container {
  /** As ffmpeg calls it. */
  demuxer: string;
  mime: (typeof videoMimes)[number];
}

/** Bytes of a file's start that `containerOf` wants to see. */
export const HEAD_BYTES = 512;

/** What kind of file starts like this; undefined for every kind that is not opened here. */
export function containerOf(head: Uint8Array): Container | undefined {
  const text = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
  const starts = (...bytes: number[]) => bytes.every((byte, at) => head[at] === byte);
  // A transport stream has its sign every 188 bytes, or every 192 with a time in front of each packet.
  const packets = (first: number, size: number) => [0, 1].every((n) => head[first + n * size] === 0x47);

  if (["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"].includes(text(4, 8)))
    return { demuxer: "mov", mime: text(4, 12) === "ftypqt  " ? "video/quicktime" : "video/mp4" };
  if (starts(0x1a, 0x45, 0xdf, 0xa3))
    return { demuxer: "matroska", mime: text(4, 64).includes("webm") ? "video/webm" : "video/x-matroska" };
  if (text(0, 4) === "RIFF" && text(8, 12) === "AVI ") return { demuxer: "avi", mime: "video/x-msvideo" };
  if (packets(0, 188) || packets(4, 192)) return { demuxer: "mpegts", mime: "video/mp2t" };
  if (starts(0, 0, 1, 0xba)) return { demuxer: "mpeg", mime: "video/mpeg" };
  if (text(0, 3) === "FLV") return { demuxer: "flv", mime: "video/x-flv" };
  if (starts(0x30, 0x26, 0xb2, 0x75)) return { demuxer: "asf", mime: "video/x-ms-asf" };
  if (text(0, 4) === "OggS") return { demuxer: "ogg", mime: "video/ogg" };
  return undefined;
}

/** Whether a file that starts like this is of a kind of video that is opened here. */
export const isVideo = (head: Uint8Array): boolean => containerOf(head) !== undefined;

/** ffmpeg's decoders that may run: what cameras, phones and sites make, now and in old collections. */
export const decoders: readonly string[] = [
  ...["h264", "hevc", "vp8", "vp9", "libdav1d", "mpeg4", "mpeg1video", "mpeg2video", "mjpeg", "theora"],
  ...["h263", "flv", "vp6", "vp6f", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "wmv1", "wmv2", "wmv3", "vc1"],
];
