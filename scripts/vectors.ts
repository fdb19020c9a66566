// Writes the frozen vectors of events, release keys and signatures again. A test compares them.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { vectorFiles } from './vectors/files.js';

const folder = path.join(import.meta.dirname, '../test/vectors');
for (const [name, text] of await vectorFiles()) writeFileSync(path.join(folder, name), text);
