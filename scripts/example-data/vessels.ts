import { straight, type Waypoint } from './track.js';

/** A made-up vessel. Its MMSI begins with the flag's maritime identification digits. */
export interface Vessel {
  readonly mmsi: number;
  readonly name: string;
  readonly callSign: string;
  /** Class A sends types 1 and 5, class B types 18 and 24 (ITU-R M.1371). */
  readonly transponder: 'A' | 'B';
  /** Ship and cargo type (ITU-R M.1371, table 53): 30 fishing, 70 cargo, 80 tanker. */
  readonly shipType: number;
  /** Metres from the antenna to bow, stern, port and starboard. */
  readonly size: readonly [number, number, number, number];
  readonly destination: string;
  readonly track: readonly Waypoint[];
  /** Minutes during which it does not transmit. */
  readonly dark?: readonly [from: number, to: number];
}

type Row = readonly [
  mmsi: number,
  name: string,
  callSign: string,
  kind: 'tanker' | 'cargo' | 'bulk' | 'fishing' | 'yacht',
  destination: string,
  start: readonly [latitude: number, longitude: number],
  courseDegrees: number,
  speedKnots: number,
];

const kinds = {
  tanker: { transponder: 'A', shipType: 80, size: [240, 40, 22, 22] },
  cargo: { transponder: 'A', shipType: 70, size: [150, 35, 15, 15] },
  bulk: { transponder: 'A', shipType: 71, size: [250, 42, 24, 24] },
  fishing: { transponder: 'B', shipType: 30, size: [14, 8, 3, 3] },
  yacht: { transponder: 'B', shipType: 36, size: [8, 6, 2, 2] },
} as const;

const traffic: readonly Row[] = [
  [503_411_220, 'PILBARA PIONEER', 'VJPB2', 'bulk', 'CN QDG', [-19.62, 117.9], 338, 12.6],
  [538_007_731, 'CAPE LEVEQUE STAR', 'V7QA8', 'bulk', 'KR KAN', [-17.4, 116.4], 342, 13.1],
  [636_019_442, 'ANDROS FORTUNE', 'D5RT9', 'bulk', 'AU PHE', [-9.35, 112.1], 147, 13.8],
  [477_305_918, 'PEARL MERIDIAN', 'VRSK4', 'bulk', 'AU DAM', [-10.2, 113.3], 158, 14.2],
  [431_502_667, 'HOKUTO MARU', '7JXQ', 'tanker', 'JP CHB', [-16.1, 114.8], 349, 16.4],
  [566_204_113, 'STRAITS GLORY', '9V7714', 'tanker', 'AU DAM', [-6.75, 105.1], 152, 12.2],
  [373_661_820, 'ISLA CONTADORA', '3EZT7', 'cargo', 'AU FRE', [-7.1, 104.8], 168, 17.3],
  [249_880_415, 'VALLETTA BREEZE', '9HA4881', 'cargo', 'SG SIN', [-13.6, 107.9], 338, 15.7],
  [311_000_934, 'EXUMA TRADER', 'C6DX5', 'cargo', 'ID JKT', [-11.9, 106.4], 346, 14.6],
  [533_180_227, 'SERI KENANGA', '9MQT3', 'tanker', 'MY PKG', [-15.2, 112.6], 316, 13.4],
  [563_071_559, 'TANJONG RIMAU', '9V2285', 'cargo', 'AU BME', [-8.8, 110.9], 131, 15.1],
  [525_401_877, 'SINAR BANTEN', 'YCBR2', 'cargo', 'ID CLN', [-9.9, 106.1], 352, 11.8],
  [525_118_064, 'KM HARAPAN BARU', 'YDQW', 'cargo', 'ID BNO', [-9.6, 113.8], 84, 9.6],
  [257_913_300, 'NORDHAV EXPLORER', 'LAQZ6', 'cargo', 'AU DAM', [-18.3, 114.2], 112, 10.9],
  [413_772_190, 'XIN HAI 88', 'BQRT', 'bulk', 'AU PHE', [-12.5, 114.9], 163, 12.9],
  [232_018_775, 'THAMES VENTURER', 'MBKX5', 'cargo', 'SG SIN', [-17.9, 110.3], 349, 16.8],
  [525_700_311, 'KM BINTANG LAUT', 'YB3101', 'fishing', '', [-9.15, 110.2], 205, 6.4],
  [525_700_498, 'KM CAHAYA 9', 'YB3117', 'fishing', '', [-9.4, 111.3], 171, 5.8],
  [525_701_022, 'KM MUTIARA TIMUR', 'YB3240', 'fishing', '', [-9.9, 109.4], 118, 7.1],
  [525_701_305, 'KM SUMBER REJEKI', 'YB3266', 'fishing', '', [-8.9, 108.6], 190, 6.7],
  [503_799_140, 'WINDJANA', 'VKW914', 'yacht', '', [-14.1, 121.9], 265, 6.2],
  [512_004_871, 'TE HAERENGA', 'ZMH482', 'yacht', '', [-12.2, 119.7], 281, 5.6],
  [503_640_082, 'BROOME BOUNTY', 'VKB640', 'fishing', '', [-16.9, 120.8], 297, 7.4],
];

/** Where and when (minutes) the suspicious vessel and the mother ship lie side by side. */
export const meeting = { from: 150, to: 210, latitude: -11.2, longitude: 110.8 } as const;

const suspicious: Vessel = {
  mmsi: 525_012_345,
  name: 'KM TELUK DALAM',
  callSign: 'YB7719',
  ...kinds.fishing,
  destination: '',
  track: [
    [0, -10.905, 110.555],
    [meeting.from, meeting.latitude, meeting.longitude],
    [meeting.to, meeting.latitude, meeting.longitude],
    [360, -11.53, 111.01],
  ],
  dark: [172, 208],
};

const motherShip: Vessel = {
  mmsi: 312_558_900,
  name: 'OCEAN HARVEST 7',
  callSign: 'V3HV7',
  transponder: 'A',
  shipType: 79,
  size: [70, 22, 8, 8],
  destination: 'HIGH SEAS',
  track: [
    [0, -10.82, 111.12],
    [meeting.from - 10, meeting.latitude + 0.0009, meeting.longitude + 0.0011],
    [meeting.to + 5, meeting.latitude + 0.0009, meeting.longitude + 0.0011],
    [360, -11.18, 110.37],
  ],
};

/** Twenty-five vessels in the Indian Ocean between the Sunda Strait and north-west Australia. */
export const fleet: readonly Vessel[] = [
  suspicious,
  motherShip,
  ...traffic.map(([mmsi, name, callSign, kind, destination, start, course, speed]) => ({
    mmsi,
    name,
    callSign,
    ...kinds[kind],
    destination,
    track: straight([0, ...start], course, speed),
  })),
];

/** South of Mindanao a week before: what a coast-guard station on Sarangani sees. */
export const coastGuardFleet: readonly Vessel[] = [
  { ...suspicious, track: straight([0, 4.92, 125.41], 214, 8.3), dark: [0, 0] },
  { ...motherShip, track: straight([0, 4.31, 125.02], 222, 9.4) },
  {
    mmsi: 548_204_600,
    name: 'BRP CAPE SAN LUCAS',
    callSign: 'DUCG7',
    transponder: 'A',
    shipType: 55,
    size: [26, 18, 4, 4],
    destination: 'PATROL',
    track: straight([0, 5.32, 125.31], 176, 13.5),
  },
  {
    mmsi: 548_711_093,
    name: 'FB MARIA CLARA',
    callSign: 'DYQ309',
    ...kinds.fishing,
    destination: '',
    track: straight([0, 5.48, 125.62], 248, 5.9),
  },
];
