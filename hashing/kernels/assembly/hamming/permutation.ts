/**
 * Spreads a hash's bits over the chunks. Bits of real hashes are not independent: those of one row or column of the
 * cosine transform go together. Here each chunk gets one bit of each row and of each column.
 *
 * A hash is 16 rows of 16 bits. Row i is rotated by the Gray code of i (a plain diagonal would keep bits whose row and column
 * are both even or both odd together); then rows and columns are exchanged.
 */
/** Hash as it came in -> 16 chunks. In place as well. */
export function permute(from: usize, to: usize): void {
  const first = rotated(v128.load(from), i16x8(1 << 0, 1 << 1, 1 << 3, 1 << 2, 1 << 6, 1 << 7, 1 << 5, 1 << 4));
  const second = rotated(
    v128.load(from, 16),
    i16x8(1 << 12, 1 << 13, -0x8000, 1 << 14, 1 << 10, 1 << 11, 1 << 9, 1 << 8),
  );
  transpose(first, second, to);
}

/** 16 chunks -> the hash as it came in. */
export function restore(from: usize, to: usize): void {
  transpose(v128.load(from), v128.load(from, 16), to);
  const first = v128.load(to);
  const second = v128.load(to, 16);
  v128.store(to, rotated(first, i16x8(1, -0x8000, 1 << 13, 1 << 14, 1 << 10, 1 << 9, 1 << 11, 1 << 12)));
  v128.store(to, rotated(second, i16x8(1 << 4, 1 << 3, 1 << 1, 1 << 2, 1 << 6, 1 << 5, 1 << 7, 1 << 8)), 16);
}

/** Each of 8 rows to the left by k bits, given as 2 to the power of k: both halves of the product, together. */
@inline function rotated(rows: v128, powers: v128): v128 {
  return i16x8.narrow_i32x4_u(
    folded(i32x4.extmul_low_i16x8_u(rows, powers)),
    folded(i32x4.extmul_high_i16x8_u(rows, powers)),
  );
}

@inline function folded(products: v128): v128 {
  return v128.or(i32x4.shr_u(products, 16), v128.and(products, i32x4.splat(0xffff)));
}

/** Bit j of row i becomes bit i of row j. The bytes' upper bits are a row of the result, eight times over. */
@inline function transpose(first: v128, second: v128, to: usize): void {
  const low = i16x8.splat(0xff);
  let right = i8x16.narrow_i16x8_u(v128.and(first, low), v128.and(second, low));
  let left = i8x16.narrow_i16x8_u(i16x8.shr_u(first, 8), i16x8.shr_u(second, 8));
  for (let row: usize = 8; row > 0; row--) {
    const target = to + ((row - 1) << 1);
    store<u16>(target, i8x16.bitmask(right));
    store<u16>(target, i8x16.bitmask(left), 16);
    right = i8x16.add(right, right);
    left = i8x16.add(left, left);
  }
}
