import { writeFileSync } from 'node:fs';
import type { ActResult, EventView, IngestView } from '../../src/domain/views.js';
import { lookAtFeed } from '../feed.js';
import { CODES } from '../nations.js';
import { exampleFile, type Facts } from './facts.js';
import { LABELS } from './labels.js';
import type { Stage } from './stage.js';

/** Tracks that a decision cites: enough to show, few enough to read. */
const CITED_MAX = 6;
const EVENTS_MAX = 10_000;

function ingested(stage: Stage, args: readonly string[]): Promise<IngestView> {
  return stage.testnet.run<IngestView>('AUS', ['ingest', ...args]);
}

/** One event for each object, up to the most that a decision cites. */
function citedTracks(
  events: readonly EventView[],
  objects: readonly string[],
): readonly { readonly object: string; readonly id: string }[] {
  const texts = events.map(({ id, content }) => ({ id, text: JSON.stringify(content ?? null) }));
  return objects
    .flatMap((object) => {
      const found = texts.find(({ text }) => text.includes(object));
      return found === undefined ? [] : [{ object, id: found.id }];
    })
    .slice(0, CITED_MAX);
}

/** AUS takes in its sensor feeds, and PHL's coast guard's, which it attests. */
export async function takeInFeeds(stage: Stage, facts: Facts): Promise<void> {
  const { narrator, testnet } = stage;
  const { file, format, objects } = facts.input;
  const taken = await ingested(stage, [format, file, '--label', LABELS.mission]);
  narrator.step(
    `AUS took in ${String(taken.sentences)} ${format.toUpperCase()} reports: ` +
      `${String(taken.events.length)} events, ${String(taken.skipped.length)} bad lines named`,
    'a bad line is told with its number; the rest goes on',
  );
  const events = await testnet.api('AUS').events({ nation: 'AUS', limit: EVENTS_MAX });
  const own = new Set(taken.events);
  const cited = citedTracks(
    events.filter(({ id }) => own.has(id)),
    objects,
  );
  facts.tracks = cited.map(({ id }) => id);
  facts.objects = cited.map(({ object }) => object);
  stage.checks.check(
    'the input was taken in',
    taken.events.length > 0 && cited.length > 0,
    `${file}: ${String(taken.events.length)} events; cited objects ${facts.objects.join(', ')}`,
  );
  await takeInOthers(stage, facts);
}

async function takeInOthers(stage: Stage, facts: Facts): Promise<void> {
  const { narrator } = stage;
  const cot = exampleFile('operation.cot.xml');
  const units = await ingested(stage, ['cot', cot, '--label', LABELS.mission]);
  narrator.step(`AUS took in ${String(units.events.length)} unit positions from a CoT file`);
  const phl = lookAtFeed(exampleFile('phl-coastguard.nmea'));
  const by = ['--partner', 'PHL', '--channel', 'coast radio link, Manila to Darwin'];
  const under = ['--partner-authority', 'Philippine Coast Guard, District Palawan'];
  const args = [phl.format, phl.file, '--label', LABELS.acting, ...by, ...under];
  const attested = await ingested(stage, args);
  facts.attested = attested.events;
  narrator.step(
    `AUS attested ${String(attested.events.length)} reports of PHL's coast guard`,
    'PHL has no node: AUS signs that it received these bytes, not that they are true',
  );
  stage.checks.check(
    'the feed of a nation without a node is attested',
    attested.events.length > 0,
    `${String(attested.events.length)} attested-for events`,
  );
}

async function contribute(stage: Stage, facts: Facts): Promise<void> {
  const { narrator } = stage;
  facts.cue = await stage.emit('GBR', {
    type: 'intelligence-product',
    label: LABELS.fvey,
    content: {
      text: `Cue: vessel of interest will transfer cargo at sea within 12 hours. ${facts.canary}`,
    },
  });
  narrator.step(
    `GBR published an intelligence product, ${LABELS.fvey}`,
    'sealed to five nations: JPN supports the operation and is still not among them',
  );
  const track = await platformTrack(stage);
  facts.contribution = await stage.emit('USA', {
    type: 'contribution',
    label: LABELS.acting,
    content: {
      fields: {
        text: 'Track 7714 of autonomous platform MQ4-22, for identification',
        asset: 'MQ4-22',
        offers: 'surveillance for the maritime interdiction',
      },
    },
    parents: [`${track}:derived-from`],
  });
  narrator.step('USA contributed a track of its autonomous platform to the four that act');
  facts.offer = await offer(stage, 'slot 0600-1000Z');
  facts.secondOffer = await offer(stage, 'slot 1400-1800Z');
  narrator.step(
    'JPN offered two slots of a patrol aircraft',
    'each can be consumed once, by one tasking',
  );
}

/** A track as USA's autonomous platform reports it, in Cursor-on-Target. */
const PLATFORM_COT = `<event version="2.0" uid="USA.MQ4-22.T7714" type="a-s-S-X-M" how="m-r"
    time="2026-10-15T00:04:00.000Z" start="2026-10-15T00:04:00.000Z" stale="2026-10-15T00:19:00.000Z">
  <point lat="-11.842100" lon="111.602500" hae="9999999.0" ce="40.0" le="9999999.0"/>
  <detail>
    <contact callsign="T7714"/>
    <track course="095.0" speed="7.20"/>
  </detail>
</event>
`;

async function platformTrack(stage: Stage): Promise<string> {
  const file = stage.testnet.layout('USA').feedFile;
  writeFileSync(file, PLATFORM_COT, { mode: 0o600 });
  const args = ['ingest', 'cot', file, '--label', LABELS.acting];
  const { events } = await stage.testnet.run<IngestView>('USA', args);
  const [track] = events;
  if (track === undefined) throw new Error("the platform's report is one track");
  return track;
}

function offer(stage: Stage, slot: string): Promise<string> {
  const fields = {
    text: 'Patrol aircraft for the maritime interdiction',
    asset: 'P-1 patrol aircraft 05',
    offers: slot,
  };
  return stage.emit('JPN', { type: 'contribution', label: LABELS.acting, content: { fields } });
}

/** Events of four nations, each under its own key, label and release set. */
export async function contributeAll(stage: Stage, facts: Facts): Promise<void> {
  await contribute(stage, facts);
  await stage.held(facts.cue, ['AUS', 'CAN', 'GBR', 'NZL', 'USA']);
  for (const event of [facts.contribution, facts.offer, facts.secondOffer]) {
    await stage.held(event, ['AUS', 'GBR', 'JPN', 'USA']);
  }
  for (const track of facts.tracks) await stage.held(track, CODES);
  stage.narrator.step('every entitled node holds what was released to it');
}

/** GBR lets AUS derive a product from the cue that JPN may read. */
export async function consentToDerive(stage: Stage, facts: Facts): Promise<void> {
  const args = ['consent', 'grant', facts.cue, '--requester', 'AUS', '--label', LABELS.consent];
  const limits = ['--recipients', 'AUS,GBR,JPN,USA', '--max-label', LABELS.acting];
  const purpose = ['--purpose', 'decision and tasking of the interdiction'];
  const result = await stage.testnet.run<ActResult>('GBR', [...args, ...limits, ...purpose]);
  facts.consent = result.events.at(-1) ?? '';
  await stage.held(facts.consent, ['AUS', 'GBR', 'USA']);
  stage.narrator.step(
    "GBR's scripted officer consented to a derivative for AUS, GBR, JPN, USA",
    'the strict merge of labels alone would keep JPN out; only the originator widens it',
  );
}
