import { type Static, Type } from '../../schema.ts';
import {
  ContentIdShape,
  CountShape,
  NameShape,
  PathShape,
  PeerIdShape,
  SizeShape,
  TimeShape,
} from '../shapes.ts';
import { Text } from './local-shapes.ts';

export const PeerRow = Type.Object({
  id: PeerIdShape,
  name: NameShape,
  address: Text,
  files: CountShape,
  bytes: CountShape,
  since: TimeShape,
  self: Type.Boolean(),
});
export type PeerRow = Static<typeof PeerRow>;

export const ListedEntry = Type.Object({
  name: Type.String(),
  kind: Type.Union([Type.Literal('peer'), Type.Literal('folder'), Type.Literal('file')]),
  size: CountShape,
  modified: Type.Union([TimeShape, Type.Null()]),
  content: Type.Union([ContentIdShape, Type.Null()]),
});
export type ListedEntry = Static<typeof ListedEntry>;

export const FoundContent = Type.Object({
  /** The best match among the paths that bear this content. */
  path: PathShape,
  size: SizeShape,
  content: ContentIdShape,
  modified: TimeShape,
  /** Where not all are told, first one under whose path it is found, then this peer. */
  holders: Type.Array(
    Type.Object({ peer: PeerIdShape, name: NameShape, address: Text, path: PathShape, self: Type.Boolean() }),
  ),
  /** How many hold it, where `holders` are not all of them. */
  held: Type.Optional(CountShape),
});
export type FoundContent = Static<typeof FoundContent>;

export const CsvRow = Type.Object({
  file: Type.String(),
  host: Type.String(),
  port: CountShape,
  flag: Type.Union([Type.Literal(0), Type.Literal(1)]),
  size: SizeShape,
  modified: TimeShape,
  content: Type.Union([ContentIdShape, Type.Null()]),
  peer: PeerIdShape,
});
export type CsvRow = Static<typeof CsvRow>;
