import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { checkCsvFile } from '../../app/csv-file.ts';
import { asPeerdexError, PeerdexError } from '../../core/errors.ts';
import { type LocalClient, openDaemon } from '../daemon.ts';
import { peerFolder } from '../data-folders.ts';
import type { Invocation } from '../invocation.ts';
import { operandPath } from '../operands.ts';
import { escapeText, toJsonLine } from '../output/escape.ts';
import { examples } from '../output/help.ts';
import type { Output } from '../output/output.ts';

export function define(command: Command): void {
  command
    .option('-o, --output <file>', 'write there instead of standard output')
    .option('--raw', 'leave fields that a spreadsheet would run as formulas as they are');
  examples(command, [['csv -o index.csv'], ['csv --json', 'one JSON object a row']]);
}

export async function run(invocation: Invocation): Promise<undefined> {
  const { output, flags, cwd } = invocation;
  const client = await openDaemon(invocation);
  const file = typeof flags.output === 'string' ? operandPath(flags.output, cwd) : undefined;
  if (file !== undefined) checkCsvFile(file, peerFolder(invocation));
  const rows = output.json ? jsonRows(client) : await csvBytes(client, flags.raw === true);
  if (file === undefined) await print(rows, output);
  else await writeFile(file, rows);
}

async function* jsonRows(client: LocalClient): AsyncGenerator<string> {
  for await (const row of client.csvRows()) yield `${toJsonLine(row)}\n`;
}

async function csvBytes(client: LocalClient, raw: boolean): Promise<Readable> {
  const { body } = await client.csv({ query: raw ? { raw } : {} });
  return body.setEncoding('utf8');
}

/** File names come from others: on a terminal they are made harmless, elsewhere the bytes stay as they are. */
async function print(rows: AsyncIterable<string>, output: Output): Promise<void> {
  for await (const text of rows) {
    await output.write(output.terminal ? text.split('\n').map(escapeLine).join('\n') : text);
  }
}

const escapeLine = (line: string): string =>
  line.endsWith('\r') ? `${escapeText(line.slice(0, -1))}\r` : escapeText(line);

/** Whole or not at all: a file of that name is replaced only when every row is there. */
async function writeFile(file: string, rows: AsyncIterable<string>): Promise<void> {
  const part = path.join(path.dirname(file), `.peerdex-${path.basename(file)}-${process.pid}`);
  try {
    await pipeline(rows, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error instanceof PeerdexError ? error : asPeerdexError(error, `cannot write ${file}`);
  }
}
