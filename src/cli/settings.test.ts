import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PeerdexError } from '../core/errors.ts';
import type { Definition } from './settings/definition.ts';
import { SETTINGS } from './settings/definitions.ts';
import type { SettingSources } from './settings/read-setting.ts';
import { readSettings } from './settings.ts';

describe('settings', () => {
  let data: string;
  before(() => {
    data = mkdtempSync(path.join(os.tmpdir(), 'peerdex-settings-'));
  });
  after(() => rmSync(data, { recursive: true }));

  const configure = (values: unknown) =>
    writeFileSync(
      path.join(data, 'config.json'),
      typeof values === 'string' ? values : JSON.stringify(values),
    );
  const sources = (parts: Partial<SettingSources> = {}): SettingSources => ({
    flags: {},
    environment: {},
    data,
    cwd: '/somewhere',
    ...parts,
  });
  const usage = (about: RegExp) => (error: unknown) =>
    error instanceof PeerdexError && error.code === 'usage' && about.test(error.message);

  it('flags win over the environment, the environment over config.json', () => {
    configure({ name: 'file', scanInterval: 7, upLimit: '1MB/s' });
    const read = (parts: Partial<SettingSources>) =>
      readSettings(['name', 'scanInterval', 'upLimit', 'csv'], sources(parts));
    const environment = { PEERDEX_NAME: 'environment', PEERDEX_SCAN_INTERVAL: '8' };
    assert.deepEqual(read({}), { name: 'file', scanInterval: 7, upLimit: 1e6 });
    assert.deepEqual(read({ environment }), { name: 'environment', scanInterval: 8, upLimit: 1e6 });
    assert.deepEqual(read({ environment, flags: { name: 'flag' } }), {
      name: 'flag',
      scanInterval: 8,
      upLimit: 1e6,
    });
    assert.ok(Object.isFrozen(read({})));
  });

  it('an empty variable says nothing', () => {
    configure({});
    assert.deepEqual(readSettings(['name'], sources({ environment: { PEERDEX_NAME: '' } })), {});
  });

  it('paths start from where they are written', () => {
    configure({ downloads: 'here', csv: '/abs/index.csv' });
    assert.deepEqual(readSettings(['downloads', 'csv'], sources()), {
      downloads: path.join(data, 'here'),
      csv: '/abs/index.csv',
    });
    assert.deepEqual(readSettings(['downloads'], sources({ flags: { downloads: 'there' } })), {
      downloads: '/somewhere/there',
    });
  });

  it('several values: repeated flags, commas, a list', () => {
    const expected = {
      advertise: [
        { host: 'a.example', port: 5 },
        { host: '::1', port: 0 },
      ],
    };
    configure({ advertise: ['a.example:5', '[::1]'] });
    assert.deepEqual(readSettings(['advertise'], sources()), expected);
    configure({});
    const environment = { PEERDEX_ADVERTISE: 'a.example:5, [::1]' };
    assert.deepEqual(readSettings(['advertise'], sources({ environment })), expected);
    assert.deepEqual(
      readSettings(['advertise'], sources({ flags: { advertise: ['a.example:5', '[::1]'] } })),
      expected,
    );
  });

  it('errors name the source', () => {
    configure({ scanInterval: 'soon' });
    assert.throws(
      () => readSettings(['scanInterval'], sources()),
      usage(/"scanInterval" in .*config\.json.*soon/),
    );
    configure({});
    const environment = { PEERDEX_LISTEN: 'nowhere' };
    assert.throws(
      () => readSettings(['listen'], sources({ environment })),
      usage(/^PEERDEX_LISTEN: .*nowhere/),
    );
    assert.throws(
      () => readSettings(['upLimit'], sources({ flags: { upLimit: 'fast' } })),
      usage(/^--up-limit: .*fast/),
    );
  });

  it('config.json is checked as a whole', () => {
    configure({ nmae: 'x' });
    assert.throws(() => readSettings(['csv'], sources()), usage(/unknown key "nmae"/));
    configure('{"name": ');
    assert.throws(() => readSettings(['csv'], sources()), usage(/config\.json is not JSON/));
    configure('[]');
    assert.throws(() => readSettings(['csv'], sources()), usage(/JSON object/));
    configure({ name: { nested: true } });
    assert.throws(() => readSettings(['name'], sources()), usage(/"name" in/));
  });

  it('refuses values out of range', () => {
    configure({});
    const wrong: [Parameters<typeof readSettings>[0][number], string][] = [
      ['lease', '0'],
      ['scanInterval', '2w'],
      ['memory', '199MiB'],
      ['name', 'a:b'],
      ['name', '..'],
      ['name', 'x'.repeat(65)],
      ['store', 'redis://localhost'],
      ['plaintext', 'perhaps'],
      ['logLevel', 'loud'],
      ['advertise', ':80'],
      ['advertise', '*'],
      ['advertise', 'a b:1'],
      ['maxPeers', '1.5'],
      ['linkHttp', 'nowhere'],
    ];
    const variable = (name: string) => `PEERDEX_${name.replace(/[A-Z]/g, (big) => `_${big}`).toUpperCase()}`;
    for (const [name, value] of wrong) {
      const environment = { [variable(name)]: value };
      assert.throws(
        () => readSettings([name], sources({ environment })),
        usage(/PEERDEX_/),
        `${name}=${value}`,
      );
    }
  });

  it('are all in docs/configuration.md, where they can be said', async () => {
    const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    for (const { flag, environment, key } of Object.values(SETTINGS) as Definition<unknown>[]) {
      const named = [flag, environment && `\`${environment}\``, key && `\`${key}\``].filter(Boolean);
      for (const name of named) assert.ok(page.includes(String(name)), String(name));
    }
  });
});
