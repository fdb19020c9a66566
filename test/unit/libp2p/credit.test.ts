import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiveCredit, SendCredit } from '../../../src/adapters/libp2p/credit.js';

describe('credit', () => {
  it('never lets a sender overrun, and never stalls both ends', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 200 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 10, max: 400 }), (frames, inFlightMax) => {
        const sender = new SendCredit(400, inFlightMax);
        const receiver = new ReceiveCredit(400);
        const under: number[] = [];
        for (const size of frames) {
          // What does not fit waits for the receiver to handle and grant.
          while (!sender.allows(size)) {
            const handled = under.shift();
            expect(handled).toBeDefined();
            receiver.handled(handled!);
            expect(sender.granted(receiver.grant())).toBe(true);
          }
          sender.sent(size);
          expect(receiver.received(size)).toBe(true);
          under.push(size);
        }
      }),
    );
  });

  it('names an overrun and a false grant', () => {
    const receiver = new ReceiveCredit(100);
    expect(receiver.received(100)).toBe(true);
    expect(receiver.received(1)).toBe(false);
    const sender = new SendCredit(100, 100);
    expect(sender.granted(99)).toBe(false);
    expect(sender.granted(101)).toBe(false);
    sender.sent(10);
    expect(sender.inFlight).toBe(10);
    expect(sender.granted(110)).toBe(true);
    expect(sender.inFlight).toBe(0);
  });
});
