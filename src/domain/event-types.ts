/** Event types with their wire numbers. */
export const EVENT_TYPES = {
  'intelligence-product': 0x01,
  track: 0x02,
  observation: 0x03,
  'labelled-message': 0x04,
  contribution: 0x05,
  assessment: 0x06,
  'consumption-receipt': 0x07,
  acknowledgement: 0x08,
  'attested-for': 0x09,
  withdrawal: 0x0a,
  dispute: 0x0b,
  credential: 0x20,
  'trust-list': 0x21,
  'status-list': 0x22,
  'status-delta': 0x23,
  rotate: 0x24,
  rekey: 0x25,
  prekeys: 0x26,
  'key-request': 0x27,
  'key-grant': 0x28,
  'key-receipt': 0x29,
  override: 0x2a,
  declaration: 0x30,
  acceptance: 0x31,
  integrity: 0x40,
  'integrity-answer': 0x41,
  'witness-commitment': 0x50,
  'witness-opening': 0x51,
  attestation: 0x52,
  verdict: 0x53,
  'decision-record': 0x60,
  tasking: 0x61,
  approval: 0x62,
  refusal: 0x63,
  'release-request': 0x64,
  'release-grant': 0x65,
  'release-denial': 0x66,
  'originator-consent': 0x67,
  'handoff-offer': 0x68,
  'handoff-acceptance': 0x69,
  'handoff-refusal': 0x6a,
  'handoff-receipt': 0x6b,
  opening: 0x6c,
  'settled-record': 0x6f,
} as const;

export type EventType = keyof typeof EVENT_TYPES;

const BY_NUMBER = new Map<number, EventType>(
  Object.entries(EVENT_TYPES).map(([name, number]) => [number, name as EventType]),
);

export function eventTypeOf(number: number): EventType | undefined {
  return BY_NUMBER.get(number);
}
