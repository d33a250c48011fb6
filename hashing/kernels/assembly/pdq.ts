export function placeholder(): i32 {
  return i32x4.extract_lane(i32x4.splat(7), 2);
}
