// Prepares a fresh clone: checks Node, installs the locked packages, builds dist.
import { setup } from './lib/setup.mjs';

process.exitCode = (await setup()) ? 0 : 1;
