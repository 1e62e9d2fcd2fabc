import { roomTests } from '../runner/room-tests.ts';

roomTests('cli');
