/** Large contents that are made while they are read, and differ from place to place. */
const PIECE = 2 ** 20;

/** So many bytes in pieces of 1 MiB, each marked with its number. */
export async function* sequencePieces(size: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(PIECE);
  for (let at = 0; at < PIECE; at++) piece[at] = (at * 31 + (at >> 8)) % 251;
  for (let at = 0; at < size; at += PIECE) {
    piece.writeUInt32BE(at / PIECE, 0);
    yield await Promise.resolve(piece.subarray(0, Math.min(PIECE, size - at)));
  }
}
