/** One usable report of a feed file, in the terms the track event keeps. */
export interface FeedReport {
  readonly line: number;
  /** MMSI or CoT uid. */
  readonly object: string;
  readonly timeMs?: number;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly speedKnots?: number;
  readonly courseDegrees?: number;
  readonly name?: string;
  /** AIS message type or CoT type. */
  readonly reportType: string;
  /** The original text, verbatim. */
  readonly raw: readonly string[];
}

export interface SkippedReport {
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

/** Readers of the formats people bring: pure text in, reports and named skips out. */
export interface FeedReader {
  read(
    format: 'ais' | 'cot',
    text: string,
  ): {
    readonly sentences: number;
    readonly reports: readonly FeedReport[];
    readonly skipped: readonly SkippedReport[];
  };
}
