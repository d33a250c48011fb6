/** The files of a capture: a picture is decoded in the sandbox, its original and preview sealed; a video or an archive is sealed already, and frames of the video become its preview; the rest is refused by name. */
import { createHash } from "node:crypto";
import { isWardlineError } from "@wardline/protocol/encoding";
import type { Decoded, Decoder } from "../decode/index.ts";
import { blind, defineCollection, type Reader } from "../store/index.ts";
import type { Vault } from "../vault/index.ts";
import { refuse } from "./errors.ts";
import type { Acquisition } from "./evidence/index.ts";
import type { Sealed } from "./files.ts";
import type { Place } from "./run.ts";
import type { Videos } from "./videos.ts";

/** A file that is kept. */
export interface KeptFile {
  kind: "image" | "video" | "archive";
  /** Of a video or an archive: what its server calls it. */
  name?: string;
  mime: string;
  bytes: number;
  /** Of a picture, or of a video that was opened. */
  width?: number;
  height?: number;
  /** Of a video, in seconds, where it says. */
  duration?: number;
  /** Why a video could not be opened. */
  unopened?: { code: string; message: string };
  /** Of a picture. */
  pdq?: Decoded["pdq"];
  /** What its camera wrote into it. */
  camera?: Decoded["camera"];
  /** Vault id: what a person sees first, blurred and grey. Of a video: some of its frames. */
  preview?: string;
  digests: Decoded["digests"];
  /** Vault ids. */
  original: string;
}

export interface CapturedItem extends Place, KeptFile {
  /** In the order in which addresses were found. */
  position: number;
  /** How it came here; absent for one that was written into a page. */
  acquisition?: Acquisition;
}

/** Why a file is not kept. */
export interface RefusedFile {
  code: string;
  message: string;
  /** Of the file, when it was received whole. */
  sha256?: string;
  bytes: number;
}

export interface RefusedItem extends Place, RefusedFile {
  position: number;
  /** Of a file that came, and was then refused. */
  acquisition?: Acquisition;
}

/** One of the two. */
export type Outcome = { kept: KeptFile; refused?: never } | { kept?: never; refused: RefusedFile };

/** What became of the files of a running capture, by what they hold: the same bytes are decoded and kept once. */
export const files = defineCollection<Outcome>("capture.files");

export const fileKey = (run: string, sha256: string) => [run, blind(sha256)];

export interface Keeper {
  /** Takes in what a fetch brought. Rejects only for what is wrong here: the sandbox, the vault. */
  keep(brought: Uint8Array | Sealed): Promise<{ outcome: Outcome; sha256: string }>;
  /** These are on disk now. */
  forget(sha256: Iterable<string>): void;
  /** What is kept in the vault, and not on disk as a result. */
  pending(): Promise<KeptFile[]>;
}

export interface KeeperOptions {
  run: string;
  reader: Reader;
  decoder: Pick<Decoder, "decode">;
  videos: Videos;
  /** Pixels that a preview is long. */
  previewSide: number;
  vault: Pick<Vault, "put" | "shred">;
}

export function createKeeper({ run, reader, decoder, videos, previewSide, vault }: KeeperOptions): Keeper {
  /** Of files that are not on disk yet: two places may bring the same bytes at once. */
  const current = new Map<string, Promise<Outcome>>();

  const keepPicture = async (bytes: Uint8Array, sha256: string): Promise<Outcome> => {
    try {
      const { preview, ...findings } = await decoder.decode(bytes);
      if (findings.digests.sha256 !== sha256) throw refuse("digest-mismatch");
      const { id: original } = await vault.put(bytes);
      const { id: shown } = await vault.put(preview);
      return { kept: { kind: "image", bytes: bytes.length, ...findings, original, preview: shown } };
    } catch (error) {
      return { refused: { ...refusalOf(error), sha256, bytes: bytes.length } };
    }
  };
  /** One that cannot be opened is kept all the same: its digests may be known, and police may want it. */
  const keepSealed = async (sealed: Sealed): Promise<Outcome> => {
    if (sealed.kind === "archive") return { kept: sealed };
    try {
      const { sheet, ...look } = await videos.look(sealed.original, { level: "blurred", side: previewSide });
      const { id: preview } = await vault.put(sheet);
      return { kept: { ...sealed, ...look, preview } };
    } catch (error) {
      return { kept: { ...sealed, unopened: refusalOf(error) } };
    }
  };
  const known = async (sha256: string): Promise<Outcome | undefined> => {
    const now = current.get(sha256);
    if (now !== undefined) return now;
    const before = await reader.get(files, ...fileKey(run, sha256));
    return current.get(sha256) ?? before;
  };
  const first = (sha256: string, work: Promise<Outcome>): Promise<Outcome> => {
    work.catch(() => current.delete(sha256));
    current.set(sha256, work);
    return work;
  };

  return {
    async keep(brought) {
      const isSealed = !(brought instanceof Uint8Array);
      const sha256 = isSealed ? brought.digests.sha256 : createHash("sha256").update(brought).digest("hex");
      const before = await known(sha256);
      if (before !== undefined) {
        if (isSealed) await vault.shred(brought.original);
        return { outcome: before, sha256 };
      }
      const work = isSealed ? keepSealed(brought) : keepPicture(brought, sha256);
      return { outcome: await first(sha256, work), sha256 };
    },
    forget(list) {
      for (const sha256 of list) current.delete(sha256);
    },
    async pending() {
      const outcomes = await Promise.allSettled(current.values());
      current.clear();
      return outcomes.flatMap((one) => (one.status === "fulfilled" ? (one.value.kept ?? []) : []));
    },
  };
}

/** What a person reads of a file that is not kept. Whatever says nothing about the file or its server is thrown again: it ends the capture. */
export function refusalOf(error: unknown): { code: string; message: string } {
  const own = ["decode/no-sandbox", "decode/closed"];
  if (!isWardlineError(error) || own.includes(error.code)) throw error;
  if (!/^(?:capture|decode)\/|^vault\/too-large$/.test(error.code)) throw error;
  return { code: error.code, message: error.message };
}
