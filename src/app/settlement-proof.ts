import { compareText } from '../base/bytes.js';
import { makeBundle } from '../core/settlement/index.js';
import type { Header } from '../domain/consensus.js';
import type { Directory } from './directory.js';
import type { Operation, Operations } from './operations.js';
import type { AppPorts } from './parts.js';
import type { Settled } from './settled.js';

interface Parts {
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly operations: Operations;
}

/** Headers from the entry's block up to the certified one, ascending; undefined when one is missing. */
async function headersOf(
  { ports }: Parts,
  { opId }: Operation,
  settled: Settled,
): Promise<readonly Header[] | undefined> {
  const headers: Header[] = [];
  for (let at = settled.certificate.block; ;) {
    const record = await ports.safety.block(opId, at);
    if (record === undefined) return undefined;
    headers.unshift(record.header);
    if (at === settled.block) return headers;
    if (record.header.height <= settled.height) return undefined;
    at = record.header.parent;
  }
}

/** The one-file proof of a settled entry, or undefined when this node lacks a part of it. */
export async function settlementProof(
  parts: Parts,
  settled: Settled,
): Promise<Uint8Array | undefined> {
  const operation = parts.operations.get(settled.op);
  if (operation === undefined) return undefined;
  const { safety } = parts.ports;
  const block = await safety.block(operation.opId, settled.block);
  const entry = await safety.entry(operation.opId, settled.entryId);
  const headers = await headersOf(parts, operation, settled);
  if (block === undefined || entry === undefined || headers === undefined) return undefined;
  const acceptances = [...operation.acceptances.values()];
  return makeBundle(
    {
      declaration: operation.document,
      acceptances: acceptances.sort((a, b) => compareText(a.nation, b.nation)),
      entry,
      entryIds: block.entryIds,
      headers,
      certificate: settled.certificate,
    },
    parts.directory,
  );
}
