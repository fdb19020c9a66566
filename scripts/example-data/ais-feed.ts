import { seededChance } from '../../testnet/seeded-chance.js';
import { AisWriter, checksummed, tagBlock } from './ais-writer.js';
import { motionAt, type Motion } from './track.js';
import type { Vessel } from './vessels.js';

export interface FeedPlan {
  readonly fleet: readonly Vessel[];
  /** Unix milliseconds of minute 0. */
  readonly startMs: number;
  readonly minutes: number;
  readonly positionEveryMinutes: number;
  readonly staticsEveryMinutes: number;
  /** Name of the receiving station in the TAG blocks. */
  readonly source: string;
  readonly seed: number;
  /** A damage follows every so many sentences; 0 for none. */
  readonly damageEvery: number;
}

/** A feed as a receiver logs it, damaged lines among the others; lines end with CRLF. */
export function aisFeed(plan: FeedPlan): string {
  const lines: string[] = [];
  let damages = 0;
  for (const [i, line] of received(plan).entries()) {
    lines.push(line);
    if (plan.damageEvery > 0 && i % plan.damageEvery === plan.damageEvery - 1) {
      const damage = damageKinds[damages % damageKinds.length];
      if (damage !== undefined) lines.push(damage(line));
      damages += 1;
    }
  }
  return lines.map((line) => `${line}\r\n`).join('');
}

function received(plan: FeedPlan): string[] {
  const chance = seededChance(plan.seed);
  const writer = new AisWriter();
  const lines: string[] = [];
  // The last sentences of messages that other vessels' sentences come in between.
  let late: string[] = [];
  for (let minute = 0; minute <= plan.minutes; minute += 1) {
    plan.fleet.forEach((vessel, i) => {
      const tag = tagBlock(plan.source, Math.floor(plan.startMs / 1_000) + minute * 60 + i);
      const phase = minute + i;
      const { dark = [0, 0] } = vessel;
      if (minute >= dark[0] && minute < dark[1]) return;
      const log = (sentences: readonly string[]): string[] => sentences.map((one) => tag + one);
      if (phase % plan.staticsEveryMinutes === 0) {
        const [first = '', ...others] = log(writer.statics(vessel));
        lines.push(first);
        if (chance() < 0.5) lines.push(...others);
        else late.push(...others);
      }
      const motion = motionAt(vessel.track, minute);
      if (motion === undefined || phase % plan.positionEveryMinutes !== 0) return;
      lines.push(...log(writer.position(vessel, measured(motion, chance))), ...late);
      late = [];
    });
  }
  return [...lines, ...late];
}

/** The motion as instruments give it: some metres and a tenth of a knot off; a drift if still. */
function measured(motion: Motion, chance: () => number): Motion {
  const off = (most: number): number => (chance() * 2 - 1) * most;
  const still = motion.speedKnots < 0.5;
  return {
    latitude: motion.latitude + off(0.00008),
    longitude: motion.longitude + off(0.00008),
    speedKnots: Math.abs(motion.speedKnots + (still ? 0.3 : 0) + off(0.15)),
    courseDegrees: still
      ? Math.floor(chance() * 3_600) / 10
      : (motion.courseDegrees + off(0.8) + 360) % 360,
  };
}

/** What becomes of lines on noisy radio, serial cables and merged logs. */
const damageKinds: readonly ((line: string) => string)[] = [
  // One character changed: the checksum no longer fits.
  (line) =>
    line.replace(
      /,[AB],(.)/,
      (match, char: string) => match.slice(0, -1) + (char === '1' ? '3' : '1'),
    ),
  // The line broke off.
  (line) => line.slice(0, line.lastIndexOf('!') + 27),
  // The receiver got a slot it could not decode.
  () => checksummed('AIVDM,1,1,,B,,0'),
  // The second sentence of a message of which the first was lost.
  () => checksummed('AIVDM,2,2,7,C,88888888880,2'),
  // Another instrument's sentence in the same log.
  () => '$AIALR,,000,V,V,*77',
  // Bytes of a serial line at another speed.
  () => '\u00fe\u0080x\u00e0~\u0006\u00fex\u0080',
  // A character outside the six-bit alphabet, under a right checksum.
  () => checksummed('AIVDM,1,1,,A,15N4uP~P00PD4ar>ThtKHwv00000,0'),
  // A base station report, which gives no vessel.
  () => checksummed('AIVDM,1,1,,A,403OviQuMGCqWrRO9>E6fE700@GO,0'),
];
