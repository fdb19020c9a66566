import ggencoder from 'ggencoder';
import type { Motion } from './track.js';
import type { Vessel } from './vessels.js';

/** Payload characters that fit into a sentence of 82 characters (IEC 61162-1). */
const PAYLOAD_CHARS_MAX = 60;

/** Writes VDM sentences as a receiver does: channels by turns, sequence ids from 0 to 9. */
export class AisWriter {
  #messages = 0;
  #multipart = 0;

  position(vessel: Vessel, motion: Motion): string[] {
    const { mmsi, transponder } = vessel;
    const { latitude: lat, longitude: lon, speedKnots: sog, courseDegrees: cog } = motion;
    const moved = { mmsi, lat, lon, sog, cog, hdg: Math.round(cog) % 360 };
    return transponder === 'A'
      ? this.#sentences({ aistype: 1, ...moved, navstatus: sog < 1 ? 1 : 0 })
      : this.#sentences({ aistype: 18, ...moved, accuracy: 1 });
  }

  statics(vessel: Vessel): string[] {
    const { mmsi, name: shipname, callSign: callsign, shipType: cargo } = vessel;
    const [dimA, dimB, dimC, dimD] = vessel.size;
    const about = { mmsi, shipname, callsign, cargo, dimA, dimB, dimC, dimD };
    if (vessel.transponder === 'B') {
      return [0, 1].flatMap((part) => this.#sentences({ aistype: 24, part, ...about }));
    }
    // An IMO number of 0 means "not available"; a made-up one could be a real ship's.
    const voyage = { imo: 0, etaMo: 10, etaDay: 19, etaHr: 6, etaMin: 0, draught: 9.5 };
    return this.#sentences({
      aistype: 5,
      ...about,
      ...voyage,
      destination: vessel.destination,
    });
  }

  #sentences(fields: ConstructorParameters<typeof ggencoder.AisEncode>[0]): string[] {
    const { valid, nmea } = new ggencoder.AisEncode(fields);
    const [, , , , , payload = '', fill = ''] = nmea.split(/[,*]/);
    if (!valid || payload === '') throw new Error(`not encoded: ${JSON.stringify(fields)}`);
    const channel = this.#messages % 2 === 0 ? 'A' : 'B';
    this.#messages += 1;
    const parts = payload.match(new RegExp(`.{1,${PAYLOAD_CHARS_MAX}}`, 'g')) ?? [];
    if (parts.length === 1) return [checksummed(`AIVDM,1,1,,${channel},${payload},${fill}`)];
    const sequence = this.#multipart % 10;
    this.#multipart += 1;
    return parts.map((part, i) => {
      const fillBits = i === parts.length - 1 ? fill : '0';
      const place = `${parts.length},${i + 1},${sequence},${channel}`;
      return checksummed(`AIVDM,${place},${part},${fillBits}`);
    });
  }
}

/** The sentence with its start and its checksum (NMEA 0183). */
export function checksummed(body: string): string {
  return `!${body}*${checksum(body)}`;
}

/** A TAG block: who received the sentence, and when in Unix seconds (NMEA 0183 4.10). */
export function tagBlock(source: string, unixSeconds: number): string {
  const body = `s:${source},c:${unixSeconds}`;
  return `\\${body}*${checksum(body)}\\`;
}

function checksum(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i += 1) sum ^= body.charCodeAt(i);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}
