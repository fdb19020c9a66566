#!/usr/bin/env node
// First of all: libp2p calls what Node 20 does not have yet (docs/adr/0002).
import 'core-js/actual/promise/with-resolvers.js';
import { nodeDoors } from './doors.js';
import { processIo } from './process-io.js';
import { main } from './run.js';

const code = await main(process.argv.slice(2), processIo(), nodeDoors);
// What a library left running must not keep an ended command alive; the answer goes out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
