import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { InviteRow } from '../../../protocol/http/registry-local/operations.ts';
import { api } from '../../api/client.ts';
import { NETWORK_KEY } from '../../api/live.ts';
import { formatTime } from '../../format/times.ts';
import { Button } from '../../parts/button.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { QrCode } from '../../parts/qr-code.tsx';
import { sayError } from '../../shell/toasts.tsx';
import './registry.css';

type Role = InviteRow['role'];

const ROLES: Readonly<Record<Role, string>> = {
  publish: 'fetch and share',
  fetch: 'fetch only',
  admin: 'look after the network too',
};

const LIVES = [
  ['1 hour', 3600],
  ['1 day', 86_400],
  ['1 week', 7 * 86_400],
  ['30 days', 30 * 86_400],
] as const;

/** Makes a join link, and shows it to people and cameras. */
export function MakeInvite(): ReactNode {
  const client = useQueryClient();
  const [role, setRole] = useState<Role>('publish');
  const [seconds, setSeconds] = useState(86_400);
  const [uses, setUses] = useState<number | null>(1);
  const make = useMutation({
    mutationFn: () => api.invite({ body: { role, seconds, uses } }),
    onError: sayError,
    onSuccess: () => void client.invalidateQueries({ queryKey: [NETWORK_KEY, 'invites'] }),
  });
  return (
    <div className="make-invite">
      <div className="form-row">
        <label className="field">
          It may
          <select className="select" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {Object.entries(ROLES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Holds
          <select
            className="select"
            value={seconds}
            onChange={(event) => setSeconds(Number(event.target.value))}
          >
            {LIVES.map(([words, value]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Admits
          <select
            className="select"
            value={uses ?? 0}
            onChange={(event) => setUses(Number(event.target.value) || null)}
          >
            <option value={1}>one machine</option>
            <option value={10}>ten machines</option>
            <option value={0}>any number</option>
          </select>
        </label>
        <Button
          label="Make a join link"
          kind="main"
          disabled={make.isPending}
          onPress={() => make.mutate()}
        />
      </div>
      {make.data && (
        <div className="made-invite" role="status">
          <QrCode text={make.data.link} label="The join link as a QR code" />
          <div>
            <CopyText label="Join link" text={make.data.link} />
            <p className="muted">
              Holds until {formatTime(make.data.expires)}; {usesText(make.data.uses)}. It is shown only here
              and now.
            </p>
          </div>
        </div>
      )}
    </div>
  );
}

const usesText = (uses: number | null): string =>
  uses === null ? 'admits any number' : uses === 1 ? 'admits one machine' : `admits ${uses} machines`;
