// House rules as a check. "--root DIR" looks at another tree.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from './lib/project.mjs';
import { tidy } from './lib/tidy.mjs';

const { values } = parseArgs({ options: { root: { type: 'string', default: projectRoot } } });
const { findings, fileCount, ruleCount } = tidy(resolve(values.root));

for (const { rule, path, line, message } of findings) {
  const place = line === undefined ? path : `${path}:${String(line)}`;
  process.stdout.write(`${place}  ${rule}: ${message}\n`);
}
process.stdout.write(
  `tidy: ${String(findings.length)} findings (${String(ruleCount)} rules, ${String(fileCount)} files)\n`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
