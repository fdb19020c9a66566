import { readFileSync } from 'node:fs';
import type { ControlPlace, ControlRequest } from './control-server.js';
import { messageOf, TestnetFailure } from './failure.js';
import type { TestnetFolder } from './folder.js';

function placeOf(folder: TestnetFolder): ControlPlace {
  try {
    return JSON.parse(readFileSync(folder.controlFile, 'utf8')) as ControlPlace;
  } catch {
    throw new TestnetFailure(
      'NO_TESTNET',
      `no testnet runs in ${folder.dir}`,
      'entente testnet up, or name its folder with --dir',
    );
  }
}

/** Asks the launcher that owns this folder. */
export async function askLauncher(
  folder: TestnetFolder,
  request: ControlRequest,
): Promise<unknown> {
  const { port, token } = placeOf(folder);
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${String(port)}/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(request),
    });
  } catch (error) {
    throw new TestnetFailure(
      'NO_TESTNET',
      `the testnet in ${folder.dir} does not answer: ${messageOf(error)}`,
      'entente testnet up',
    );
  }
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const error = (answer as { readonly error?: string }).error ?? 'refused';
  throw new TestnetFailure('USAGE', error);
}
