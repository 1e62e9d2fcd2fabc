import type { ComponentType } from 'react';
import { LibraryPage } from '../pages/library/library-page.tsx';
import { PeersPage } from '../pages/peers/peers-page.tsx';
import { RegistryPage } from '../pages/the-registry/registry-page.tsx';
import { ThisPeerPage } from '../pages/this-peer/this-peer-page.tsx';
import { TransfersPage } from '../pages/transfers/transfers-page.tsx';
import type { IconName } from '../parts/icon.tsx';

export interface PageEntry {
  /** The route `#/PATH`; pages get what follows, see `useRoute`. */
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  readonly Page: ComponentType;
}

/** What the navigation shows, in its order; the first one is where a browser starts. */
export const PAGES: readonly PageEntry[] = [
  { path: 'library', title: 'Library', icon: 'library', Page: LibraryPage },
  { path: 'transfers', title: 'Transfers', icon: 'transfers', Page: TransfersPage },
  { path: 'peers', title: 'Peers', icon: 'peers', Page: PeersPage },
  { path: 'this-peer', title: 'This peer', icon: 'peer', Page: ThisPeerPage },
  { path: 'registry', title: 'Registry', icon: 'registry', Page: RegistryPage },
];
