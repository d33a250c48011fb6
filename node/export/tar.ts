/** A tar archive (POSIX ustar) as a stream: what every system unpacks. */

export interface TarFile {
  /** Below the folder; ASCII, at most 100 characters. */
  name: string;
  bytes: number;
  read: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const BLOCK = 512;

/** All files below one folder. `at` is when they were made, milliseconds. Throws when a file is not as long as it states. */
export async function* tarOf(
  folder: string,
  files: Iterable<TarFile>,
  at: number,
): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    yield headerOf(folder, file, at);
    let written = 0;
    for await (const piece of file.read()) {
      written += piece.length;
      yield piece;
    }
    if (written !== file.bytes) throw new Error("A file of the export does not have the length that it had.");
    yield new Uint8Array((BLOCK - (written % BLOCK)) % BLOCK);
  }
  yield new Uint8Array(2 * BLOCK);
}

function headerOf(folder: string, { name, bytes }: TarFile, at: number): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  header.write(name, 0, 100, "latin1");
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(bytes, 11), 124); // 8 GiB, more than the vault takes
  header.write(octal(Math.floor(at / 1000), 11), 136);
  header.write(" ".repeat(8), 148);
  header.write("0", 156);
  header.write("ustar\u000000", 257, "latin1");
  header.write(folder, 345, 155, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\u0000 `, 148, "latin1");
  return header;
}
