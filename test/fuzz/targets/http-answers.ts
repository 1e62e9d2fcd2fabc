import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ERROR_CODES, PeerdexError } from '../../../src/core/errors.ts';
import { createClient } from '../../../src/network/http/client.ts';
import { fitsSchema } from '../../../src/network/http/validate.ts';
import { type Operation, Problem } from '../../../src/protocol/http/operation.ts';
import { registryOperations } from '../../../src/protocol/http/registry/operations.ts';
import { bytes as kept } from '../corpus.ts';
import { answeringAgent } from '../memory-sockets.ts';
import { mutatedBytes } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import { sampleOf } from '../sample-of.ts';
import { target } from '../target.ts';

const PARSES = [
  'network/http/client-request.ts',
  'network/http/client-body.ts',
  'network/http/client-problem.ts',
  'network/http/bounded-body.ts',
];
/** Answers of registries and peers, each by what asks for it. */
const ASKING = ['network', 'challenge', 'session', 'register', 'changes', 'revocations', 'leave'] as const;
type Asking = (typeof ASKING)[number];

/** The call's name in the first line, then what the server says: an answer that fits, or an error that says what is wrong. */
export const httpAnswers = target<Uint8Array>({ name: 'http-answers', parses: PARSES, usual: 200 }, () => {
  const fitting = fc.constantFrom(...ASKING).chain((name) => {
    const { response } = operationOf(name);
    return mutatedJson([response && sampleOf(response)]).map((value) => said(name, '200 OK', value));
  });
  const samples = ASKING.map((name) => said(name, '200 OK', sampleOf(operationOf(name).response ?? {})));
  const inputs = fc.oneof(
    { weight: 2, arbitrary: fitting },
    { weight: 1, arbitrary: mutatedBytes([...samples, chunked(), ...kept('http-answers')]) },
  );
  const { ask, close } = openClient();
  return { inputs, check: async (input: Uint8Array) => (await ask(input)) === 'value', close };
});

/** The same of refusals: bounded, of the right types, with a code of ours. */
export const httpProblems = target<Uint8Array>({ name: 'http-problems', parses: PARSES, usual: 200 }, () => {
  const problem = {
    ...(sampleOf(Problem) as object),
    code: 'limit',
    status: 429,
    detail: 'no',
    hint: 'wait',
  };
  const samples = [
    problem,
    { ...problem, code: 'ambiguous', candidates: [{ what: 'a', note: 'b' }, { what: 'c' }] },
  ];
  const statuses = fc.constantFrom(
    '429 No',
    '404 No',
    '401 No',
    '500 No',
    '503 No',
    '304 No',
    '100 No',
    '600 No',
  );
  const inputs = fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(statuses, mutatedJson(samples))
        .map(([status, value]) => said('network', status, value)),
    },
    { weight: 1, arbitrary: mutatedBytes(samples.map((one) => said('network', '429 No', one))) },
  );
  const { ask, close } = openClient();
  return { inputs, check: async (input: Uint8Array) => (await ask(input)) === 'problem', close };
});

/** A client, and what comes of the bytes that it is answered with. */
function openClient() {
  let answer: Uint8Array = Buffer.alloc(0);
  const agent = answeringAgent(() => answer);
  const transport = { address: { host: '127.0.0.1', port: 9 }, agent, fits: fitsSchema, name: 'it' };
  const client = createClient(registryOperations, transport) as unknown as Record<
    Asking,
    (input: object, options: object) => Promise<unknown>
  >;
  const ask = async (bytes: Uint8Array): Promise<'value' | 'problem' | 'nothing'> => {
    const line = Buffer.from(bytes).indexOf('\n');
    const name =
      ASKING.find((one) => one === Buffer.from(bytes.subarray(0, Math.max(0, line))).toString()) ?? 'network';
    answer = bytes.subarray(line + 1);
    try {
      const value = await client[name](INPUT, { timeoutMs: 5000 });
      const { response } = operationOf(name);
      assert.ok(response ? fitsSchema(response, value) : value === undefined);
      return 'value';
    } catch (error) {
      assertProblem(error);
      return error.message === 'no' || error.candidates ? 'problem' : 'nothing';
    }
  };
  return { ask, close: async () => agent.destroy() };
}

function assertProblem(error: unknown): asserts error is PeerdexError {
  if (!(error instanceof PeerdexError)) throw error;
  const { code, message, hint = '', candidates = [] } = error;
  assert.ok(ERROR_CODES.includes(code) && !message.includes('within'), String(error.stack));
  for (const text of [message, hint, ...candidates.flatMap(({ what, note = '' }) => [what, note])])
    assert.ok(typeof text === 'string' && text.length <= 4096);
  assert.ok(candidates.length <= 1000);
}

const operationOf = (name: Asking): Operation => registryOperations[name];
const INPUT = { params: { id: 'a' }, query: { nonce: 'b' }, body: {} };

function said(name: Asking, status: string, value: unknown): Uint8Array {
  const body = value === undefined ? '' : JSON.stringify(value);
  const head = `${name}\nHTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

function chunked(): Uint8Array {
  const body = JSON.stringify(sampleOf(registryOperations.network.response));
  const half = Math.floor(body.length / 2);
  const chunks = [body.slice(0, half), body.slice(half), ''].map(
    (one) => `${one.length.toString(16)}\r\n${one}\r\n`,
  );
  return Buffer.from(`network\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks.join('')}`);
}
