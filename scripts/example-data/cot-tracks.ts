import { motionAt, patrol, straight, type Waypoint } from './track.js';
import { fleet, meeting } from './vessels.js';

interface Craft {
  readonly uid: string;
  readonly callsign: string;
  /** CoT type: affiliation, battle dimension, function (after MIL-STD-2525). */
  readonly type: string;
  /** `m-g` from its own GPS, `m-r` from radar, `h-e` estimated by a person. */
  readonly how: string;
  /** Height above the ellipsoid, metres, for aircraft. */
  readonly heightMetres?: number;
  readonly errorMetres: number;
  readonly remarks: string;
  readonly track: readonly Waypoint[];
}

const trackOf = (mmsi: number): readonly Waypoint[] =>
  fleet.find((vessel) => vessel.mmsi === mmsi)?.track ?? [];

const craft: readonly Craft[] = [
  {
    uid: 'AUS.NAVY.FFH-901',
    callsign: 'ARAFURA 1',
    type: 'a-f-S-C-L-F-F',
    how: 'm-g',
    errorMetres: 8,
    remarks: 'AUS frigate, on-scene commander, closing to intercept',
    track: straight([0, -12.62, 112.35], 309, 21.5),
  },
  {
    uid: 'GBR.AIR.P8-07',
    callsign: 'TALISMAN 7',
    type: 'a-f-A-M-F-P',
    how: 'm-g',
    heightMetres: 5_500,
    errorMetres: 12,
    remarks: 'GBR maritime patrol aircraft, search area WEST',
    track: patrol([0, -10.6, 109.9], [-12.1, 110.6], 310),
  },
  {
    uid: 'USA.UAS.MQ4-22',
    callsign: 'LONGWATCH 22',
    type: 'a-f-A-M-F-Q',
    how: 'm-g',
    heightMetres: 15_200,
    errorMetres: 10,
    remarks: 'USA autonomous platform, wide-area surveillance',
    track: patrol([0, -9.8, 111.9], [-12.4, 112.4], 320),
  },
  {
    uid: 'JPN.AIR.P1-05',
    callsign: 'SHIOKAZE 5',
    type: 'a-f-A-M-F-P',
    how: 'm-g',
    heightMetres: 3_000,
    errorMetres: 12,
    remarks: 'JPN maritime patrol aircraft, visual identification',
    track: patrol([0, -11.0, 111.6], [-11.4, 110.4], 260),
  },
  {
    uid: 'MMSI-525012345',
    callsign: 'KM TELUK DALAM',
    type: 'a-s-S-X-F',
    how: 'm-r',
    errorMetres: 150,
    remarks: 'Suspected transshipment; AIS silent from minute 172 <radar track>',
    track: trackOf(525_012_345),
  },
  {
    uid: 'MMSI-312558900',
    callsign: 'OCEAN HARVEST 7',
    type: 'a-u-S-X-M',
    how: 'm-r',
    errorMetres: 200,
    remarks: 'Possible mother ship, alongside KM TELUK DALAM',
    track: trackOf(312_558_900),
  },
];

/** Every ten minutes of two hours about the meeting, and three events a reader must skip. */
export function cotTracks(startMs: number): string {
  const events: string[] = [];
  for (let minute = meeting.from - 30; minute < meeting.to + 30; minute += 10) {
    for (const one of craft) events.push(cotEvent(one, minute, startMs));
  }
  const [frigate] = events;
  if (frigate === undefined) throw new Error('no events');
  events.splice(20, 0, frigate.replace('</event>', ''));
  events.splice(40, 0, frigate.replace(/ lat="[^"]*"/, ' lat="-112.62"'));
  events.splice(60, 0, frigate.replace(/ stale="[^"]*"/, ' stale="soon"'));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<events>\n${events.join('\n')}\n</events>\n`;
}

function cotEvent(one: Craft, minute: number, startMs: number): string {
  const motion = motionAt(one.track, minute);
  if (motion === undefined) throw new Error(`no track for ${one.uid}`);
  const time = iso(startMs + minute * 60_000);
  const stale = iso(startMs + (minute + 15) * 60_000);
  const hae = one.heightMetres?.toFixed(1) ?? '9999999.0';
  const le = one.heightMetres === undefined ? '9999999.0' : '25.0';
  const where = `lat="${motion.latitude.toFixed(6)}" lon="${motion.longitude.toFixed(6)}"`;
  const speed = (motion.speedKnots * 0.514444).toFixed(2);
  return [
    `<event version="2.0" uid="${one.uid}" type="${one.type}" how="${one.how}"`,
    `    time="${time}" start="${time}" stale="${stale}">`,
    `  <point ${where} hae="${hae}" ce="${one.errorMetres.toFixed(1)}" le="${le}"/>`,
    '  <detail>',
    `    <contact callsign="${one.callsign}"/>`,
    `    <track course="${motion.courseDegrees.toFixed(1)}" speed="${speed}"/>`,
    `    <remarks>${one.remarks.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</remarks>`,
    '  </detail>',
    '</event>',
  ].join('\n');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
