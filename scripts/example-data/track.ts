/** Minutes after the feed's start, degrees north, degrees east. */
export type Waypoint = readonly [minute: number, latitude: number, longitude: number];

/** Where a craft is and how it moves. */
export interface Motion {
  readonly latitude: number;
  readonly longitude: number;
  readonly speedKnots: number;
  readonly courseDegrees: number;
}

const MINUTES_PER_DEGREE = 60;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** From a point on one course at one speed: on the plane, which is enough over a few hours. */
export function straight(
  from: Waypoint,
  courseDegrees: number,
  speedKnots: number,
  minutes = 360,
): readonly Waypoint[] {
  const [minute, latitude, longitude] = from;
  const degrees = (speedKnots * minutes) / 60 / MINUTES_PER_DEGREE;
  const north = degrees * Math.cos(radians(courseDegrees));
  const east = (degrees * Math.sin(radians(courseDegrees))) / Math.cos(radians(latitude));
  return [from, [minute + minutes, latitude + north, longitude + east]];
}

/** A patrol between two points, there and back, at one speed. */
export function patrol(a: Waypoint, b: readonly [number, number], speedKnots: number): Waypoint[] {
  const [start, ...home] = a;
  const legMinutes = (distanceNm(home, b) / speedKnots) * 60;
  const points: Waypoint[] = [];
  for (let leg = 0, minute = start; minute <= 360 + legMinutes; leg += 1, minute += legMinutes) {
    points.push([minute, ...(leg % 2 === 0 ? home : b)]);
  }
  return points;
}

/** Motion along the waypoints; before the first and after the last the craft lies still. */
export function motionAt(track: readonly Waypoint[], minute: number): Motion | undefined {
  const next = track.findIndex(([at]) => at > minute);
  const from = track[next === -1 ? track.length - 1 : Math.max(0, next - 1)];
  if (from === undefined) return undefined;
  const to = next <= 0 ? from : (track[next] ?? from);
  const span = to[0] - from[0];
  const share = span === 0 ? 0 : (minute - from[0]) / span;
  const north = to[1] - from[1];
  const east = (to[2] - from[2]) * Math.cos(radians((from[1] + to[1]) / 2));
  const course = (Math.atan2(east, north) * 180) / Math.PI;
  return {
    latitude: from[1] + share * north,
    longitude: from[2] + share * (to[2] - from[2]),
    speedKnots: span === 0 ? 0 : (distanceNm([from[1], from[2]], [to[1], to[2]]) / span) * 60,
    courseDegrees: (course + 360) % 360,
  };
}

/** Nautical miles on the plane, good for the tens of miles that matter here. */
export function distanceNm(a: readonly [number, number], b: readonly [number, number]): number {
  const north = b[0] - a[0];
  const east = (b[1] - a[1]) * Math.cos(radians((a[0] + b[0]) / 2));
  return Math.hypot(north, east) * MINUTES_PER_DEGREE;
}
