// PDQ from rows of pixels to the eight hashes. The driver is hashing/pdq/kernel.ts, the twin hashing/pdq/plain.ts; both
// give the same bits: sums of pixels are whole numbers, and what follows takes the same steps in the same order.

const SIDE: i32 = 64;
const SIZE: i32 = 16;
// The longest row that a kernel takes: 65,536 pixels of four bytes. Blocks of 64 bytes may read and add beyond its end.
const ROW: i32 = 65536 * 4;
const BLOCK: i32 = 64;

// Where the driver puts rows, weights, parts and the cosine basis, and where it finds the result.
export const ROWS: usize = memory.data(ROW + BLOCK, 16);
export const ROW_WEIGHTS: usize = memory.data(2 * 512, 16); // u16
export const COLUMN_WEIGHTS: usize = memory.data(4 * 3 * 1024, 16); // i32
export const PARTS: usize = memory.data(2 * 64 * 24, 16);
export const BASIS: usize = memory.data(16 * 64 * 8, 16); // D, row by row
export const SAMPLES: usize = memory.data(64 * 64 * 8, 16);
export const HASHES: usize = memory.data(8 * 32, 16);

const COLUMNS: usize = memory.data((ROW + BLOCK) * 4, 16); // u32
const HALF: usize = memory.data(16 * 64 * 8, 16);
const TURNED_BASIS: usize = memory.data(64 * 16 * 8, 16);
const COEFFICIENTS: usize = memory.data(256 * 8, 16);
const SIGNED: usize = memory.data(256 * 8, 16);
const ORDERED: usize = memory.data(256 * 8, 16);

// The largest sum of weights whose products with bytes fit into 16 bits.
const MOST: i32 = 257;

/** Adds `count` rows of `stride` bytes from `first` on to the columns, each byte times its row's weight (at most 257). */
export function addRows(first: usize, stride: i32, weights: usize, count: i32): void {
  for (let x: i32 = 0; x < stride; x += BLOCK) {
    let done: i32 = 0;
    while (done < count) {
      let a = i16x8.splat(0),
        b = a,
        c = a,
        d = a,
        e = a,
        f = a,
        g = a,
        h = a;
      let room = MOST;
      while (done < count) {
        const weight = <i32>load<u16>(weights + ((<usize>done) << 1));
        if (weight > room) break;
        room -= weight;
        const times = i16x8.splat(<i16>weight);
        const row = first + <usize>(done * stride + x);
        const p = v128.load(row);
        a = i16x8.add(a, i16x8.mul(i16x8.extend_low_i8x16_u(p), times));
        b = i16x8.add(b, i16x8.mul(i16x8.extend_high_i8x16_u(p), times));
        const q = v128.load(row, 16);
        c = i16x8.add(c, i16x8.mul(i16x8.extend_low_i8x16_u(q), times));
        d = i16x8.add(d, i16x8.mul(i16x8.extend_high_i8x16_u(q), times));
        const r = v128.load(row, 32);
        e = i16x8.add(e, i16x8.mul(i16x8.extend_low_i8x16_u(r), times));
        f = i16x8.add(f, i16x8.mul(i16x8.extend_high_i8x16_u(r), times));
        const s = v128.load(row, 48);
        g = i16x8.add(g, i16x8.mul(i16x8.extend_low_i8x16_u(s), times));
        h = i16x8.add(h, i16x8.mul(i16x8.extend_high_i8x16_u(s), times));
        done++;
      }
      const to = COLUMNS + ((<usize>x) << 2);
      addTo(to, a);
      addTo(to + 32, b);
      addTo(to + 64, c);
      addTo(to + 96, d);
      addTo(to + 128, e);
      addTo(to + 160, f);
      addTo(to + 192, g);
      addTo(to + 224, h);
    }
  }
}

function addTo(to: usize, sums: v128): void {
  v128.store(to, i32x4.add(v128.load(to), i32x4.extend_low_i16x8_u(sums)));
  v128.store(to, i32x4.add(v128.load(to, 16), i32x4.extend_high_i16x8_u(sums)), 16);
}

/** Adds what the columns hold to one row of samples, by the parts along the rows, and empties the columns. */
export function addSamples(row: i32, divisor: f64, parts: i32, channels: i32, stride: i32): void {
  const step = (<usize>channels) << 2;
  const to = SAMPLES + ((<usize>(row * SIDE)) << 3);
  for (let i: i32 = 0; i < parts; i++) {
    const part = PARTS + <usize>(i * 24);
    let column = COLUMNS + <usize>load<i32>(part, 4) * step;
    let weight = COLUMN_WEIGHTS + <usize>load<i32>(part, 8);
    const end = weight + ((<usize>load<i32>(part, 12)) << 2);
    let sums = i32x4.splat(0); // red, green, blue of RGB; only the first of grey
    for (; weight < end; weight += 4, column += step)
      sums = i32x4.add(sums, i32x4.mul(v128.load(column), v128.load32_splat(weight)));
    const r = <f64>(<u32>i32x4.extract_lane(sums, 0));
    const g = <f64>(<u32>i32x4.extract_lane(sums, 1));
    const b = <f64>(<u32>i32x4.extract_lane(sums, 2));
    const luma = channels < 3 ? r : 0.299 * r + 0.587 * g + 0.114 * b;
    const sample = to + ((<usize>load<i32>(part)) << 3);
    store<f64>(sample, load<f64>(sample) + luma / (divisor * load<f64>(part, 16)));
  }
  memory.fill(COLUMNS, 0, <usize>((stride + BLOCK) << 2));
}

/** Makes the second form of the basis; once, after the driver has written the first. */
export function turnBasis(): void {
  for (let i: i32 = 0; i < SIZE; i++)
    for (let k: i32 = 0; k < SIDE; k++)
      store<f64>(
        TURNED_BASIS + ((<usize>(k * SIZE + i)) << 3),
        load<f64>(BASIS + ((<usize>(i * SIDE + k)) << 3)),
      );
}

/** From the samples, which it empties, to the eight hashes; returns the quality. */
export function finish(): i32 {
  const quality = qualityOfSamples();
  transform();
  memory.fill(SAMPLES, 0, 64 * 64 * 8);
  hashes(0, 0, 6); // as it lies; flipplus
  hashes(1, 5, 1); // flipy; rot90
  hashes(2, 4, 3); // flipx; rot270
  hashes(3, 2, 7); // rot180; flipminus
  return quality;
}

function qualityOfSamples(): i32 {
  let sum = f64x2.splat(0);
  for (let at: usize = SAMPLES; at < SAMPLES + 63 * 64 * 8; at += 16)
    sum = f64x2.add(sum, steps(v128.load(at), v128.load(at, 64 * 8)));
  for (let row: usize = SAMPLES; row < SAMPLES + 64 * 64 * 8; row += 64 * 8) {
    for (let at = row; at < row + 62 * 8; at += 16)
      sum = f64x2.add(sum, steps(v128.load(at), v128.load(at, 8)));
    // The last pair of a row stands alone.
    sum = f64x2.add(sum, steps(v128.load64_zero(row, 62 * 8), v128.load64_zero(row, 63 * 8)));
  }
  const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return <i32>Math.min(100, Math.floor(total / 90));
}

function steps(u: v128, v: v128): v128 {
  const share = f64x2.div(f64x2.mul(f64x2.sub(u, v), f64x2.splat(100)), f64x2.splat(255));
  return f64x2.abs(f64x2.trunc(share));
}

/** B = D A Dᵀ; each sum in the order of k. */
function transform(): void {
  for (let i: usize = 0; i < 16; i++)
    for (let j: usize = 0; j < 64; j += 16)
      sumProducts(BASIS + i * 512, SAMPLES + j * 8, 512, HALF + i * 512 + j * 8);
  for (let i: usize = 0; i < 16; i++) sumProducts(HALF + i * 512, TURNED_BASIS, 128, COEFFICIENTS + i * 128);
}

/** Sixteen sums over 64 rows: factor times row. */
function sumProducts(factors: usize, rows: usize, step: usize, to: usize): void {
  let a = f64x2.splat(0),
    b = a,
    c = a,
    d = a,
    e = a,
    f = a,
    g = a,
    h = a;
  for (let end = factors + 512; factors < end; factors += 8, rows += step) {
    const factor = v128.load64_splat(factors);
    a = f64x2.add(a, f64x2.mul(factor, v128.load(rows)));
    b = f64x2.add(b, f64x2.mul(factor, v128.load(rows, 16)));
    c = f64x2.add(c, f64x2.mul(factor, v128.load(rows, 32)));
    d = f64x2.add(d, f64x2.mul(factor, v128.load(rows, 48)));
    e = f64x2.add(e, f64x2.mul(factor, v128.load(rows, 64)));
    f = f64x2.add(f, f64x2.mul(factor, v128.load(rows, 80)));
    g = f64x2.add(g, f64x2.mul(factor, v128.load(rows, 96)));
    h = f64x2.add(h, f64x2.mul(factor, v128.load(rows, 112)));
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
  v128.store(to, g, 96);
  v128.store(to, h, 112);
}

/** One pattern of signs gives two hashes: upright at place `plain`, transposed at place `crossed`. */
function hashes(pattern: i32, plain: usize, crossed: usize): void {
  sign(pattern);
  memory.copy(ORDERED, SIGNED, 256 * 8);
  const median = f64x2.splat(smallest(127));
  const upright = HASHES + plain * 32;
  const turned = HASHES + crossed * 32;
  memory.fill(turned, 0, 32);
  for (let i: i32 = 0; i < SIZE; i++) {
    let bits: i32 = 0;
    const row = SIGNED + <usize>(i << 7);
    for (let j: i32 = 0; j < SIZE; j += 2)
      bits |= i64x2.bitmask(f64x2.gt(v128.load(row + <usize>(j << 3)), median)) << j;
    store<u16>(upright + 30 - <usize>(i << 1), bswap<u16>(<u16>bits));
    const mask = i > 7 ? 1 << (i - 8) : 256 << i; // bit i of a word whose bytes are swapped
    for (; bits !== 0; bits &= bits - 1) {
      const word = turned + 30 - <usize>(ctz(bits) << 1);
      store<u16>(word, <u16>((<i32>load<u16>(word)) | mask));
    }
  }
}

/** Coefficients with their signs: 0 as they are, 1 even columns turned, 2 even rows turned, 3 where row + column is odd. */
function sign(pattern: i32): void {
  const evenColumns = i64x2((<i64>1) << 63, 0);
  const oddColumns = i64x2(0, (<i64>1) << 63);
  const all = v128.or(evenColumns, oddColumns);
  const none = i64x2.splat(0);
  for (let i: usize = 0; i < 16; i++) {
    const even = (i & 1) === 0;
    const mask =
      pattern === 0
        ? none
        : pattern === 1
          ? evenColumns
          : pattern === 2
            ? even
              ? all
              : none
            : even
              ? oddColumns
              : evenColumns;
    for (let at = i << 7; at < (i + 1) << 7; at += 16)
      v128.store(SIGNED + at, v128.xor(v128.load(COEFFICIENTS + at), mask));
  }
}

/** The value that would stand at place `rank` if the 256 were sorted (Hoare's selection). */
function smallest(rank: i32): f64 {
  let low: i32 = 0;
  let high: i32 = 255;
  while (low < high) {
    const pivot = ordered(rank);
    let i = low;
    let j = high;
    do {
      while (ordered(i) < pivot) i++;
      while (pivot < ordered(j)) j--;
      if (i <= j) {
        const swapped = ordered(i);
        store<f64>(ORDERED + ((<usize>i) << 3), ordered(j));
        store<f64>(ORDERED + ((<usize>j) << 3), swapped);
        i++;
        j--;
      }
    } while (i <= j);
    if (j < rank) low = i;
    if (rank < i) high = j;
  }
  return ordered(rank);
}

function ordered(at: i32): f64 {
  return load<f64>(ORDERED + ((<usize>at) << 3));
}
