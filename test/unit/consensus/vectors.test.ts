import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toHex } from '../../../src/base/bytes.js';
import {
  blockId,
  blockPreimage,
  encodeBlockRecord,
  encodeConsensusMessage,
  encodeHeader,
  genesisPreimage,
  timeoutPreimage,
} from '../../../src/domain/codec/consensus.js';
import { encodeGenesis } from '../../../src/domain/codec/genesis.js';
import { genesisOf } from '../../sim/keys.js';
import { entryId, Fixture, id } from './fixtures.js';

const FILE = new URL('../../vectors/consensus.json', import.meta.url);

/** Bytes of one of each, with fixed keys. Ed25519 is deterministic, so signatures are frozen too. */
function vectors(): Readonly<Record<string, unknown>> {
  const fixture = new Fixture(4);
  const { epoch } = fixture;
  const record = fixture.record(1, [entryId(1), entryId(2)]);
  const block = blockId(record.header);
  const qc = fixture.certificate('vote', 1, block);
  const tc = fixture.timeoutCertificate(2, qc);
  const vote = fixture.vote('vote', 1, block, fixture.leader(1));
  const timeout = {
    epoch: 1,
    view: 2,
    author: 0,
    signature: tc.signatures[0]!,
    committedView: 0,
    highQC: qc,
  };
  const message = (value: Parameters<typeof encodeConsensusMessage>[0]): string =>
    toHex(encodeConsensusMessage(value));
  return {
    genesis: toHex(encodeGenesis(genesisOf(fixture.keys))),
    opId: epoch.opId,
    valSetHash: epoch.valSetHash,
    leaderOrder: epoch.order,
    header: toHex(encodeHeader(record.header)),
    block,
    blockRecord: toHex(encodeBlockRecord(record)),
    preimages: {
      vote: toHex(blockPreimage(epoch, 'vote', 1, block)),
      commit: toHex(blockPreimage(epoch, 'commit', 1, block)),
      timeout: toHex(timeoutPreimage(epoch, 2, 1)),
      genesis: toHex(genesisPreimage(epoch.opId)),
    },
    messages: {
      proposal: message({ type: 'proposal', proposal: { record, vote } }),
      commit: message({ type: 'vote', vote: { ...fixture.vote('commit', 1, block, 0), qc } }),
      timeout: message({ type: 'timeout', timeout }),
      certificate: message({ type: 'certificate', certificate: qc }),
      timeoutCertificate: message({ type: 'timeout-certificate', tc }),
      status: message({ type: 'status', status: { epoch: 1, view: 3, highQC: qc, highTC: tc } }),
      fetch: message({
        type: 'fetch',
        fetch: { fromDigest: id(7), downToHeight: 3, maxBytes: 4096 },
      }),
      fetchEntries: message({ type: 'fetch-entries', ids: [entryId(1)] }),
      entries: message({ type: 'entries', bodies: [Uint8Array.of(1, 2, 3)] }),
    },
  };
}

test('bytes are those of the published vectors', () => {
  if (process.env['WRITE_VECTORS'] === '1') {
    writeFileSync(FILE, `${JSON.stringify(vectors(), null, 2)}\n`);
  }
  expect(vectors()).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
});
