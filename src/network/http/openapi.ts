import type { ErrorCode } from '../../core/errors.ts';
import { type Operation, Problem, STATUS_OF } from '../../protocol/http/operation.ts';
import type { TSchema } from '../../protocol/schema.ts';
import { PROBLEM_TYPE } from './problem.ts';

/** Errors that every operation may give. */
const COMMON: readonly ErrorCode[] = ['usage', 'unauthorized', 'forbidden', 'failed'];

/** The schema of a route: ajv checks requests with it, the OpenAPI document is made from it. */
export function routeSchema(name: string, operation: Operation) {
  return {
    operationId: name,
    summary: operation.summary,
    ...(operation.params ? { params: operation.params } : {}),
    ...(operation.query ? { querystring: operation.query } : {}),
    ...(operation.body ? { body: operation.body } : {}),
    response: { ...success(operation), ...problems([...COMMON, ...operation.errors]) },
  };
}

function success(operation: Operation): Record<string, unknown> {
  if (operation.kind === 'bytes') {
    const { response } = operation;
    return {
      200: {
        description: 'The bytes.',
        content: response
          ? content('application/json', response)
          : content('application/octet-stream', { type: 'string' }),
      },
    };
  }
  if (!operation.response) return { 204: { description: 'Done.', type: 'null' } };
  if (operation.kind === 'ndjson' || operation.kind === 'events') {
    const [description, type] = STREAMS[operation.kind];
    return { 200: { description, content: content(type, operation.response) } };
  }
  return { 200: { description: 'Done.', content: content('application/json', operation.response) } };
}

const STREAMS = {
  ndjson: ['One JSON object a line.', 'application/x-ndjson'],
  events: ['Server-sent events, the data of each one JSON object.', 'text/event-stream'],
} as const;

/** One response a status, naming the codes that share it. */
function problems(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, (code) => STATUS_OF[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      { description: `Problem: ${same.join(', ')}.`, content: content(PROBLEM_TYPE, Problem) },
    ]),
  );
}

const content = (type: string, schema: TSchema) => ({ [type]: { schema } });
