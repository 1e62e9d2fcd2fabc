import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../core/ports/log.ts';
import { FallenIndex } from './fallen-index.ts';

const A = 'aa'.repeat(8);

/** An index that ended at 5 when the peer started. */
function make() {
  const own = {
    index: A,
    seq: 5,
    anew: 0,
    head: () => ({ index: own.index, seq: own.seq }),
    beginIndexAnew: () => {
      own.anew += 1;
      own.index = 'bb'.repeat(8);
    },
  };
  return { own, fallen: new FallenIndex(own, silentLog) };
}

describe('an index that has fallen back', () => {
  it('is seen by what the registry knew before, also when it has passed that since', () => {
    const { own, fallen } = make();
    own.seq = 12;
    fallen.heardFromRegistry({ index: A, seq: 9 }, undefined);
    assert.equal(own.anew, 1);
  });

  it('is seen by what another member knows beyond what was given, also when it has passed that since', () => {
    const { own, fallen } = make();
    own.seq = 12;
    fallen.gave(8);
    fallen.heard({ index: A, seq: 8 });
    assert.equal(own.anew, 0);
    fallen.heard({ index: A, seq: 9 });
    assert.equal(own.anew, 1);
  });

  it('is seen by a request that goes on where nobody can be', () => {
    const { own, fallen } = make();
    own.seq = 12;
    fallen.asked({ since: 0 });
    fallen.asked({ index: A, since: 5 });
    fallen.asked({ index: 'cc'.repeat(8), since: 99 });
    assert.equal(own.anew, 0);
    fallen.asked({ index: A, since: 6 });
    assert.equal(own.anew, 1);
  });

  it('is none when others know what this start has told, or another log', () => {
    const { own, fallen } = make();
    fallen.heardFromRegistry({ index: A, seq: 5 }, undefined);
    fallen.heardFromRegistry({ index: 'cc'.repeat(8), seq: 99 }, undefined);
    fallen.heard({ index: 'cc'.repeat(8), seq: 99 });
    own.seq = 20;
    fallen.heardFromRegistry({ index: A, seq: 15 }, { index: A, seq: 15 });
    assert.equal(own.anew, 0);
  });

  it('begins anew once a start, whatever a member says', () => {
    const { own, fallen } = make();
    fallen.heard({ index: A, seq: 99 });
    fallen.heard({ index: own.index, seq: 999 });
    assert.equal(own.anew, 1);
  });
});
