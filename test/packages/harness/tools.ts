import { spawnSync } from 'node:child_process';
import { missingOf, provideSystemTools, type Tools } from '../../runner/system-tools.ts';

/** What the packages are built and tried with. */
const TOOLS: Tools = {
  'aarch64-linux-gnu-strip': 'binutils-aarch64-linux-gnu',
  debootstrap: 'debootstrap',
  'docker-compose': 'docker-compose',
  'dpkg-deb': 'dpkg',
  ip: 'iproute2',
  lintian: 'lintian',
  man: 'man-db',
  nsenter: 'util-linux',
  'qemu-aarch64-static': 'qemu-user-static',
  readelf: 'binutils',
  shellcheck: 'shellcheck',
  'systemd-analyze': 'systemd',
  'systemd-nspawn': 'systemd-container',
};

/** For `skip`: false where packages can be tried, else the reason and the mend in one line. Installs what it may. */
export const skip = ((): string | false => {
  if (process.getuid?.() !== 0) return 'packages are tried in roots of their own: run as root';
  provideSystemTools(TOOLS);
  const missing = missingOf(TOOLS).map((name) => TOOLS[name]);
  if (missing.length > 0) return `not installed: apt-get install ${missing.join(' ')}`;
  const { status, stderr } = spawnSync('unshare', ['--mount', '--pid', '--net', '--fork', 'true'], {
    encoding: 'utf8',
  });
  return (
    status !== 0 &&
    `no namespaces for a root of its own: run on a machine or a privileged container: ${stderr}`
  );
})();
