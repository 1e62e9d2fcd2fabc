import type { Target } from './target.ts';
import { backups } from './targets/backups.ts';
import { boundedJson } from './targets/bounded-json.ts';
import { challenges } from './targets/challenges.ts';
import { directory } from './targets/directory.ts';
import { httpAnswers, httpProblems } from './targets/http-answers.ts';
import { contentRequests, httpGuard } from './targets/http-headers.ts';
import { localRequests, peerRequests, registryRequests } from './targets/http-requests.ts';
import { certificates, peerKeys } from './targets/keys.ts';
import { inviteSecrets, joinLinks, linkTokens } from './targets/links.ts';
import { logPages, pageSignatures } from './targets/log-pages.ts';
import { leafHashes, manifests } from './targets/manifests.ts';
import { addresses, ids, indexPaths, peerNames } from './targets/names.ts';
import { joinClaims, sessionClaims, sessionTokens } from './targets/sessions.ts';
import { linkPaths } from './targets/share-links.ts';
import { revocations, signedTexts, tickets } from './targets/signed-texts.ts';
import { sourceAnswers } from './targets/source-answers.ts';
import { swarmFrames } from './targets/swarm-frames.ts';
import { swarmHandshakes } from './targets/swarm-handshakes.ts';
import { swarmProofs } from './targets/swarm-proofs.ts';

/** Every parser that reads what others send; README.md says which reads what. */
export const TARGETS: readonly Target[] = [
  swarmFrames,
  swarmProofs,
  swarmHandshakes,
  signedTexts,
  tickets,
  revocations,
  joinLinks,
  inviteSecrets,
  linkTokens,
  addresses,
  indexPaths,
  peerNames,
  ids,
  logPages,
  pageSignatures,
  boundedJson,
  registryRequests,
  peerRequests,
  localRequests,
  httpAnswers,
  httpProblems,
  httpGuard,
  contentRequests,
  linkPaths,
  peerKeys,
  certificates,
  backups,
  directory,
  sourceAnswers,
  manifests,
  leafHashes,
  sessionClaims,
  joinClaims,
  sessionTokens,
  challenges,
];
