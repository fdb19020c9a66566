import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Credential } from '../../../src/domain/credential.js';
import type { BundleReport } from '../../../src/node/contract.js';
import { run } from '../../support/cli-harness.js';
import type { Ran } from '../../support/cli-harness.js';
import { tempFolder } from '../../support/temp-home.js';

const folder = tempFolder();
const aus = join(folder.dir, 'aus');
const gbr = join(folder.dir, 'gbr');
const loose = join(folder.dir, 'proof.cbor');
const inside = join(aus, 'exports', 'proof.cbor');

let anchors: readonly Credential[] = [];
const verify = (argv: readonly string[], result: BundleReport['result']): Promise<Ran> => {
  anchors = [];
  return run(
    ['settle', 'verify', ...argv],
    { cwd: folder.dir },
    {
      verifySettlement: async (_bytes, given) => {
        anchors = given;
        return { result };
      },
    },
  );
};

beforeAll(async () => {
  const env = { ENTENTE_AUTHORITY_PASSPHRASE: 'of the authority' };
  await run(['nation', 'init', 'AUS', '--home', aus], { env });
  await run(['nation', 'init', 'GBR', '--home', gbr], { env });
  mkdirSync(join(aus, 'exports'));
  writeFileSync(loose, 'x');
  writeFileSync(inside, 'x');
});
afterAll(() => folder.remove());

describe('settle verify', () => {
  it.each([
    ['verified', 0],
    ['cannot-verify', 3],
    ['tampered', 4],
  ] as const)('answers %s with exit code %i', async (result, exit) => {
    const { code, json } = await verify([inside, '--json'], result);
    expect(code).toBe(exit);
    expect(json).toEqual({ result });
  });

  it('takes named roots before those of a home', async () => {
    await verify([inside, '--root', join(gbr, 'roots', 'GBR.cred')], 'verified');
    expect(anchors.map(({ issuer }) => issuer)).toEqual(['GBR']);
  });

  it('finds the home above the file, and a named home', async () => {
    await verify([inside], 'verified');
    expect(anchors.map(({ issuer }) => issuer)).toEqual(['AUS']);
    await verify([inside, '--home', gbr], 'verified');
    expect(anchors.map(({ issuer }) => issuer)).toEqual(['GBR']);
  });

  it('exits 3 without any anchor, and says which are missing', async () => {
    const { code, err } = await verify([loose], 'verified');
    expect(code).toBe(3);
    expect(err).toContain('NO_ANCHOR');
    expect(err).toContain('--root FILE');
    expect(anchors).toEqual([]);
  });
});
