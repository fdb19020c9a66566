import type { Command } from 'commander';
import type { NodeView } from '../../domain/views.js';
import { readConfig } from '../../node/config.js';
import { setUpNode } from '../../node/node-setup.js';
import { pinoLogger } from '../../node/pino-logger.js';
import { serveNode } from '../../node/serve.js';
import type { ServedNode } from '../../node/serve.js';
import type { Bind } from '../command.js';
import { manyOption, option } from '../command.js';
import type { Context } from '../context.js';
import type { Output } from '../output.js';
import { fields, jsonLine, list, short, table, utc } from '../output.js';
import { publishCredentials } from '../publish-credentials.js';
import { oneOf } from '../values.js';
import { peerTable } from './peer.js';

async function init(context: Context): Promise<Output> {
  const { values, passphrases, io } = context;
  const days = values.count('days', 1);
  const profile = values.text('link');
  const port = values.count('apiPort');
  const made = await setUpNode({
    home: context.home(),
    name: values.text('name') ?? 'one',
    authority: values.text('authority') ?? 'authority',
    authorityPassphrase: () => passphrases.authority(),
    nodePassphrase: () => passphrases.fresh('node'),
    renew: values.flag('renew'),
    nowMs: io.nowMs(),
    ...(days === undefined ? {} : { days }),
    config: {
      listen: values.list('listen'),
      bootstrap: values.list('bootstrap'),
      ...(profile === undefined ? {} : { profile: oneOf('--link', ['lan', 'tactical'], profile) }),
      ...(port === undefined ? {} : { apiPort: port }),
    },
  });
  const publish = values.flag('skipPublish') ? [] : made.publish;
  context.progress(`publishing ${String(publish.length)} credentials`);
  const results = await publishCredentials(context, publish);
  const events = results.flatMap((result) => result.events);
  const { node, home, peerId } = made;
  return {
    json: { nation: node.issuer, home: home.dir, node: node.kid, peerId, events },
    text:
      `node ${node.subject} is set up in ${home.dir}\n  kid     ${node.kid}\n` +
      `  peer    ${peerId}\n  events  ${String(events.length)} published\n` +
      `next: entente node run --home ${home.dir}\n`,
  };
}

/** Runs until a person stops it; the answer at the end is that it stopped. */
async function run(context: Context): Promise<Output> {
  const { io, doors, passphrases } = context;
  const home = context.home();
  const config = readConfig(home);
  const { createNode } = doors;
  const log = pinoLogger(config.log.level, config.nation);
  let stopped = (): void => undefined;
  const stop = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const forget = io.onStop(stopped, () => io.exit(130));
  try {
    const node = await serveNode({ home: home.dir, passphrases, createNode, log });
    announce(context, node);
    await stop;
    await node.stop();
  } finally {
    forget();
  }
  return { json: undefined, text: context.json ? '' : 'stopped\n' };
}

/** One document when the node is ready: with `--json`, the only one on stdout. */
function announce(context: Context, node: ServedNode): void {
  const { nation, api, pid, startedMs } = node;
  if (context.json) context.io.out(jsonLine({ nation, api, pid, startedMs }));
  else context.io.out(`${nation} is up: API on ${api.host} port ${String(api.port)}\n`);
}

function statusText(view: NodeView): string {
  const head = fields([
    ['nation', view.nation],
    ['node', `${view.nodeKid}, process ${String(view.pid)} since ${utc(view.startedMs)}`],
    ['peer id', view.peerId],
    ['addresses', list(view.addresses)],
    ['events', `${String(view.events)} held, ${String(view.withheld)} withheld`],
    ['own log', `size ${String(view.log.size)}, root ${short(view.log.root)}`],
  ]);
  const heads = view.heads.map((one) => [
    one.nation,
    String(one.size),
    short(one.root),
    String(one.held),
    String(one.withheld),
  ]);
  const operations = view.operations.map((op) => [
    short(op.opId ?? op.op),
    op.state,
    op.ownRole ?? '-',
    `${op.quorum} n=${String(op.n)} q=${String(op.q)}`,
    String(op.height),
    op.title,
  ]);
  const logs = table(['LOG', 'SIZE', 'ROOT', 'HELD', 'WITHHELD'], heads);
  const ops = table(['OPERATION', 'STATE', 'ROLE', 'QUORUM', 'HEIGHT', 'TITLE'], operations);
  return `${head}\n${logs}\n${peerTable(view.peers)}\n${ops}`;
}

function initCommand(node: Command): Command {
  return node
    .command('init')
    .description("make the keys, credentials and config.yaml of this nation's node")
    .addOption(option('--name <name>', 'name of the node (default: one)'))
    .addOption(manyOption('--listen <multiaddr>', 'address to listen on'))
    .addOption(manyOption('--bootstrap <multiaddr>', 'peer to dial at the start'))
    .addOption(option('--link <profile>', 'lan or tactical'))
    .addOption(option('--api-port <n>', 'port of the API on loopback (0: any)'))
    .addOption(option('--days <n>', 'life of node and release credentials (default 3)'))
    .addOption(option('--renew', 'issue new credentials for the keys that are there'))
    .addOption(option('--skip-publish', 'do not log the credentials yet'));
}

export function addNode(program: Command, bind: Bind): void {
  const node = program.command('node').description("this nation's node");
  bind(initCommand(node), init);
  bind(node.command('run').description('run until SIGINT or SIGTERM'), run);
  bind(node.command('status').description('what the running node holds'), async (context) => {
    const view = await context.client().status();
    return { json: view, text: statusText(view) };
  });
  bind(
    node.command('print-config').description('the configuration in force, without secrets'),
    async (context) => {
      const config = readConfig(context.home());
      return { json: config, text: `${JSON.stringify(config, null, 2)}\n` };
    },
  );
}
