import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { makeTree } from '../../test/harness/files.ts';
import { tempFolder } from '../../test/harness/temp-folder.ts';
import { readPackagedFile } from './packaged-file.ts';

it('a packaged file is read by its name, and nothing else is', async () => {
  await using folder = await tempFolder();
  await makeTree(folder.path, {
    'dist/dashboard/index.html': '<p>',
    'dist/dashboard/assets/a-1_b.min.js': 'x',
    'secret.txt': 'no',
  });
  const read = (name: string) => {
    const bytes = readPackagedFile(name, pathToFileURL(`${folder.join('dist')}/`));
    return bytes && new TextDecoder().decode(bytes);
  };
  assert.equal(read('dashboard/index.html'), '<p>');
  assert.equal(read('dashboard/assets/a-1_b.min.js'), 'x');
  for (const name of [
    ...['', 'dashboard', 'dashboard/', 'dashboard/none.html', 'dashboard/index.html/more'],
    ...[
      '../secret.txt',
      'dashboard/../../secret.txt',
      '..%2fsecret.txt',
      '%2e%2e/secret.txt',
      '..\\secret.txt',
    ],
    ...[
      '/secret.txt',
      '//secret.txt',
      pathToFileURL(folder.join('secret.txt')).href,
      'dashboard/index.html\0',
      'a?b',
    ],
  ])
    assert.equal(read(name), undefined, name);
});
