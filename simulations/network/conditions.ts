/** How the way from one node to another is, at a moment. */
export interface Conditions {
  /** Milliseconds from end to end. */
  readonly latency: number;
  /** Up to so many milliseconds more, drawn for each piece; the order stays, as TCP keeps it. */
  readonly jitter: number;
  /** Bytes in a second; 0 is without limit. */
  readonly bytesPerSecond: number;
}

export const perfect: Conditions = { latency: 0, jitter: 0, bytesPerSecond: 0 };
