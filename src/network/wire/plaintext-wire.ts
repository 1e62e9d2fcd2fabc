import { connect } from 'node:net';
import { createPublicListener } from '../listener.ts';
import { onreadOf } from './onread.ts';
import { unreachable, whenReady } from './when-ready.ts';
import type { Wire } from './wire.ts';

/** Connections as they are: for networks whose wires are trusted already. Nothing is known of who is at the other end. */
export const plaintextWire: Wire = {
  mode: 'plaintext',
  dial(options) {
    const { host, port } = options.address;
    const onread = onreadOf(options, (bytes) => options.onread?.read(bytes, socket));
    const socket = connect({ host, port, noDelay: true, keepAlive: true, ...onread });
    return whenReady(socket, 'connect', options, {
      check: () => {},
      explain: (cause) => unreachable(options, cause),
    });
  },
  listener: createPublicListener,
};
