// Writes the testnet's input files to testnet/data, or to the folder given as the argument.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readAis } from '../src/adapters/ais/index.js';
import { readCot } from '../src/adapters/cot/index.js';
import { exampleFiles } from './example-data/files.js';

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../testnet/data'));
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(exampleFiles())) {
  const bytes = Buffer.from(text, name.endsWith('.nmea') ? 'latin1' : 'utf8');
  await writeFile(path.join(folder, name), bytes);
  process.stdout.write(`${name}: ${bytes.length} bytes, ${summary(name, text)}\n`);
}

function summary(name: string, text: string): string {
  if (name.endsWith('.xml')) {
    const { events, skipped } = readCot(text);
    return `${events.length} events, ${skipped.length} skipped`;
  }
  const { reports, skipped, sentences } = readAis(text);
  return `${sentences} sentences, ${reports.length} reports, ${skipped.length} skipped`;
}
