import { describe, expect, test } from 'vitest';
import { Solo } from './solo.js';

describe('P2: a timer runs for a reason only', () => {
  test('an entry that may be settled is one, until it is', () => {
    const solo = Solo.running();
    expect(solo.timers.size).toBe(0);
    solo.submit('a');
    expect([...solo.timers.keys()]).toEqual(['half']);
    solo.settleA();
    expect(solo.timers.size).toBe(0);
  });

  test('an entry that waits for another is none', () => {
    const solo = Solo.running();
    solo.submit('b', 'a');
    expect(solo.timers.size).toBe(0);
  });

  test('a certified block that is not committed is one, and a missing one too', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.hearCertificate(solo.qc(a));
    expect(solo.timers.has('half')).toBe(true);
    const bare = Solo.running();
    bare.hearCertificate(bare.qc(a));
    expect(bare.timers.has('half')).toBe(true);
  });

  test('a vote is none', () => {
    const solo = Solo.running();
    solo.hearProposal(solo.block(1, ['a']), ['a']);
    expect(solo.spoken).toEqual(['vote']);
    expect(solo.timers.has('half')).toBe(false);
  });

  test('a certified SEAL behind a settled block is none', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    const seal = solo.block(2, [], a);
    solo.hearProposal(seal);
    solo.hearCertificate(solo.qc(seal));
    expect(solo.timers.has('half')).toBe(true);
    solo.hearCertificate(solo.qc(a, 'commit'));
    expect(solo.status).toMatchObject({ tip: { height: 1 }, uncommittedBlocks: 1 });
    expect(solo.timers.size).toBe(0);
  });

  test('a TIMEOUT is none', () => {
    const solo = Solo.running();
    for (const author of solo.others.slice(0, 2)) solo.hearTimeout(author, 1);
    expect(solo.spoken).toEqual(['timeout']);
    expect(solo.timers.size).toBe(0);
  });
});

describe('P4: what may have been lost is said again', () => {
  test('at half time the vote of the view', () => {
    const solo = Solo.running();
    solo.submit('a');
    solo.hearProposal(solo.block(1, ['a']), ['a']);
    solo.forget();
    solo.fire('half');
    expect(solo.signed).toMatchObject([{ request: { again: true, statement: { kind: 'vote' } } }]);
    expect(solo.typesTo('all')).toEqual(['vote']);
  });

  test('at half time the commit vote, with its certificate', () => {
    const solo = Solo.running();
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.hearCertificate(solo.qc(a));
    solo.forget();
    solo.fire('half');
    expect(solo.sent).toMatchObject([
      { to: 'all', message: { type: 'vote', vote: { kind: 'commit', qc: { view: 1 } } } },
    ]);
  });

  test('at full time it gives up, forwards what waits, and goes on more and more slowly', () => {
    const solo = Solo.running();
    solo.submit('a');
    const waits: number[] = [];
    for (let round = 0; round < 3; round++) {
      solo.forget();
      solo.fire('half');
      waits.push(solo.timers.get('full')?.delayMs ?? 0);
      solo.fire('full');
      expect(solo.spoken).toEqual(['timeout']);
      expect(solo.typesTo('all').toSorted()).toEqual(['entries', 'timeout']);
    }
    const [first = 0, second = 0, third = 0] = waits;
    expect(first < second && second < third).toBe(true);
    expect(solo.status.view).toBe(1);
  });
});

describe('P5: joining a view change', () => {
  test('on g timeouts, not on one', () => {
    const solo = Solo.running();
    solo.hearTimeout(solo.others[0]!, 1);
    expect(solo.spoken).toEqual([]);
    solo.hearTimeout(solo.others[1]!, 1);
    expect(solo.spoken).toEqual(['timeout']);
  });

  const joinTwice = (prepare: (solo: Solo) => void): Solo => {
    const solo = Solo.running();
    prepare(solo);
    for (const author of solo.others.slice(0, 2)) solo.hearTimeout(author, 1);
    expect(solo.status.view).toBe(2);
    const proof = solo.fixture.timeoutCertificate(1, solo.block(1, []).record.justify);
    for (const author of solo.others.slice(0, 2)) solo.hearTimeout(author, 2, { proof });
    return solo;
  };

  test('without a reason at most once per view length', () => {
    expect(joinTwice(() => undefined).spoken).toEqual(['timeout']);
  });

  test('with a reason each time', () => {
    expect(joinTwice((solo) => solo.submit('a')).spoken).toEqual(['timeout', 'timeout']);
  });
});

describe('S1: the late are answered', () => {
  test('a vote that is repeated for a settled block, by the certificate; not a slow one', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    solo.forget();
    const late = solo.others.find((member) => member !== solo.fixture.leader(1))!;
    solo.hearBallot('vote', a, late);
    expect(solo.typesTo(late)).toEqual([]);
    const vote = solo.fixture.vote('commit', 1, a.id, late);
    solo.hear(late, { type: 'vote', vote: { ...vote, qc: solo.qc(a) } });
    expect(solo.typesTo(late)).toEqual(['certificate']);
    // Once per quarter of a view length.
    solo.hear(late, { type: 'vote', vote: { ...vote, qc: solo.qc(a) } });
    expect(solo.typesTo(late)).toEqual(['certificate']);
    solo.at += 50;
    solo.hear(late, { type: 'vote', vote: { ...vote, qc: solo.qc(a) } });
    expect(solo.typesTo(late)).toEqual(['certificate', 'certificate']);
  });

  test('a timeout of the present view that shows a missed commit', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    solo.forget();
    solo.hearTimeout(solo.others[2]!, 2, { highQC: solo.qc(a) });
    expect(solo.sent).toMatchObject([
      { to: solo.others[2]!, message: { type: 'certificate', certificate: { kind: 'commit' } } },
    ]);
  });

  test('a timeout of an older view, by what ended it', () => {
    const solo = Solo.running();
    const tc = solo.fixture.timeoutCertificate(1, solo.block(1, []).record.justify);
    solo.hear(solo.others[0]!, { type: 'timeout-certificate', tc });
    solo.forget();
    solo.hearTimeout(solo.others[2]!, 1);
    expect(solo.typesTo(solo.others[2]!)).toEqual(['timeout-certificate']);
  });

  test('a status that is behind', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    solo.forget();
    const highQC = a.record.justify;
    solo.at += 1000;
    solo.hear(solo.others[2]!, { type: 'status', status: { epoch: 1, view: 1, highQC } });
    expect(solo.typesTo(solo.others[2]!)).toContain('certificate');
  });

  test('a repeated timeout, by one’s own where there is no reason of one’s own', () => {
    const solo = Solo.running();
    solo.submit('a');
    solo.fire('half');
    solo.fire('full');
    // The next life remembers what it signed, not what waited.
    solo.start();
    solo.hearStatuses();
    const late = solo.others[2]!;
    solo.hearTimeout(late, 1);
    solo.forget();
    solo.hearTimeout(late, 1);
    expect(solo.sent).toEqual([]);
    solo.at += 1000;
    solo.hearTimeout(late, 1);
    expect(solo.typesTo(late)).toEqual(['timeout']);
  });

  test('a SEAL where nothing is left to finish', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    solo.forget();
    const seal = solo.block(2, [], a);
    solo.hearProposal(seal);
    expect(solo.spoken).toEqual([]);
    expect(solo.typesTo(seal.record.header.author)).toEqual(['certificate']);
  });
});

describe('the leader', () => {
  /** Block a is certified, not committed, and timeouts lead to the own view 4. */
  const leading = (pipelineMax: number): Solo => {
    const solo = Solo.running({ pipelineMax });
    const a = solo.block(1, ['a']);
    solo.hearProposal(a, ['a']);
    solo.hearCertificate(solo.qc(a));
    solo.submit('b');
    solo.forget();
    const tc = solo.fixture.timeoutCertificate(3, solo.qc(a));
    solo.hear(solo.others[0]!, { type: 'timeout-certificate', tc });
    return solo;
  };

  test('adds no entries to a full pipeline, but a SEAL always', () => {
    expect(leading(1).sent).toMatchObject([
      { message: { type: 'proposal', proposal: { record: { header: { kind: 'seal' } } } } },
    ]);
    expect(leading(2).sent).toMatchObject([
      { message: { type: 'proposal', proposal: { record: { header: { kind: 'normal' } } } } },
    ]);
  });

  test('says nothing where nothing is to be finished', () => {
    const solo = Solo.running();
    const a = solo.settleA();
    const tc = solo.fixture.timeoutCertificate(3, solo.qc(a));
    solo.forget();
    solo.hear(solo.others[0]!, { type: 'timeout-certificate', tc });
    expect(solo.status.view).toBe(4);
    expect(solo.sent).toEqual([]);
  });
});
