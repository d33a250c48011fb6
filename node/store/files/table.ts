/**
 * LevelDB's table files: blocks, each with its type and checksum behind it, found through an index block and a metaindex
 * block, which a footer of 48 bytes points to. LevelDB itself looks at these checksums only when asked to, and here it
 * cannot be asked; so a flipped bit would show a record under another key, or none at all.
 */
import { crc32c, masked } from "./crc32c.ts";
import { PackedReader } from "./varints.ts";

const FOOTER = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
const TRAILER = 5;

interface Place {
  readonly offset: number;
  readonly size: number;
}

/** Checks every block of a table. Throws `RangeError` for the first that is not as it was written. */
export function checkTable(bytes: Uint8Array): void {
  const footer = bytes.subarray(bytes.length - FOOTER);
  if (Buffer.compare(footer.subarray(-MAGIC.length), MAGIC) !== 0)
    throw new RangeError("a table's end is not its end");
  const places = new PackedReader(footer);
  for (const directory of [placeIn(places), placeIn(places)]) {
    for (const block of placesIn(blockAt(bytes, directory))) blockAt(bytes, block);
  }
}

function placeIn(reader: PackedReader): Place {
  return { offset: reader.number(), size: reader.number() };
}

/** A block whose checksum is right. */
function blockAt(bytes: Uint8Array, { offset, size }: Place): Uint8Array {
  const end = offset + size;
  if (end + TRAILER > bytes.length) throw new RangeError("a block is cut off");
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + end + 1, 4).getUint32(0, true);
  if (masked(crc32c(bytes.subarray(offset, end + 1))) !== checksum)
    throw new RangeError("a block is damaged");
  return bytes.subarray(offset, end);
}

/** What an index or metaindex block points to. Blocks of ours are never compressed. */
function placesIn(block: Uint8Array): Place[] {
  const restarts = new DataView(block.buffer, block.byteOffset + block.length - 4, 4).getUint32(0, true);
  const entries = new PackedReader(block.subarray(0, block.length - 4 * (restarts + 1)));
  const places: Place[] = [];
  while (entries.remaining > 0) {
    entries.number(); // bytes shared with the key before
    const keyLength = entries.number();
    const valueLength = entries.number();
    entries.bytes(keyLength);
    places.push(placeIn(new PackedReader(entries.bytes(valueLength))));
  }
  return places;
}
