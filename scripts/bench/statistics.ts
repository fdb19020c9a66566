/** Middle and edges of measured values. All functions leave their input as it is. */

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/**
 * The value below which a share of all lies, by linear interpolation between the two nearest
 * (Hyndman and Fan, type 7). `share` is 0..1. Throws RangeError for no values.
 */
export function quantile(values: readonly number[], share: number): number {
  if (share < 0 || share > 1) throw new RangeError('a share is between 0 and 1');
  const order = sorted(values);
  const place = (order.length - 1) * share;
  const [below, above] = [order[Math.floor(place)], order[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new RangeError('there are no values');
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Least and greatest value. */
export interface Spread {
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { min: quantile(values, 0), max: quantile(values, 1) };
}
