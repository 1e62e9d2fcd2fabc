import { Transform } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { PeerdexError } from '../../core/errors.ts';
import type { PortLimits } from '../../core/limits/limits.ts';
import { sourceOf } from '../../core/limits/source.ts';
import { SourceBytes } from '../../core/limits/source-bytes.ts';

export interface RouteConfig {
  /** Its handler reads the body itself. */
  readonly bytes: true | undefined;
}

/** What keeping one piece of a body costs besides its bytes: somebody may send a body in pieces of one byte. */
const PIECE_BYTES = 256;
const RETRY_MS = 1000;

/**
 * Bounds the bodies of all requests together, from their first byte to the end of the answer: `unavailable` for the one that does not
 * fit, of which nothing more is read. What is announced and not sent takes no room.
 */
export function boundBodies(app: FastifyInstance, { bodies, bodiesOfOne }: PortLimits): void {
  const held = new SourceBytes(bodies, bodiesOfOne);
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
    // No body, one that nobody reads, or one of which nothing is kept.
    const isStream = (request.routeOptions.config as Partial<RouteConfig>).bytes;
    if (isStream || (length === undefined && coding === undefined) || /^(GET|HEAD)$/.test(request.method))
      return done();
    const source = sourceOf(request.socket.remoteAddress ?? '');
    let taken = 0;
    const counted = new Transform({
      transform(piece: Buffer, _encoding, next) {
        const bytes = piece.byteLength + PIECE_BYTES;
        if (reply.raw.destroyed || !held.take(source, bytes)) {
          reply.header('connection', 'close');
          next(tooMuch());
          return;
        }
        taken += bytes;
        next(null, piece);
      },
    });
    // Of a request that is refused unread nobody else hears it.
    counted.on('error', () => {});
    payload.once('error', (error) => counted.destroy(error));
    reply.raw.once('close', () => {
      if (taken > 0) held.giveBack(source, taken);
      // What nobody has read must not stand before the next request of this connection.
      payload.unpipe(counted);
      payload.resume();
      counted.destroy();
    });
    done(null, payload.pipe(counted));
  });
}

const tooMuch = (): PeerdexError =>
  new PeerdexError('unavailable', 'this server has as many request bodies under way as it may', {
    retryAfterMs: RETRY_MS,
    hint: 'try again a little later',
  });
