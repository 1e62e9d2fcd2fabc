import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TestShares } from '../../test/support/share-service.ts';

describe('where keys and passwords are kept', () => {
  it('is left out and told of, until a rule says otherwise', async () => {
    await using shares = new TestShares();
    for (const path of [
      '.ssh/deep/id',
      '.config/gcloud/x',
      'gcloud/y',
      'sub/.netrc',
      'sub/.gnupg/k',
      'config.json',
    ])
      shares.write(path, path);
    await shares.start();
    for (let i = 0; i < 3; i += 1) await shares.service.rescan();
    assert.deepEqual(shares.live(), ['.config/', 'config.json', 'gcloud/', 'gcloud/y', 'sub/']);
    assert.match(
      shares.warnings(),
      /not shared: "\.(ssh|config\/gcloud)" \(and 3 more like it\): keys and passwords are kept there; a line !/,
    );
    shares.write('.peerdexignore', '!.ssh\n.netrc\n.gnupg\n');
    await shares.service.rescan();
    assert.deepEqual(shares.live(), [
      '.config/',
      '.ssh/',
      '.ssh/deep/',
      '.ssh/deep/id',
      'config.json',
      'gcloud/',
      'gcloud/y',
      'sub/',
    ]);
    assert.match(shares.warnings(), /not shared: "\.config\/gcloud": keys/);
  });

  it('is not shared by itself', async () => {
    await using shares = new TestShares();
    shares.write('home/.ssh/deep/id', 'id');
    await shares.start();
    for (const path of ['home/.ssh', 'home/.ssh/deep'])
      await assert.rejects(shares.service.add(join(shares.root, path)), {
        code: 'conflict',
        message: /where keys and passwords are kept, and is not shared by itself/,
        hint: /line !\.ssh in its \.peerdexignore/,
      });
  });
});
