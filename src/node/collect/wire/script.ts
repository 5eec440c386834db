import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { ASK_PROGRAMS } from './programs.js';
import { splitSections, type Section } from '../../../core/parse/net-sections.js';

/**
 * What is asked of one net namespace, in one child process. It only lists; the legacy tools are asked only where
 * the kernel has their tables already (asking would make them). Interface names are taken from the kernel, never
 * from arguments; without globbing. Sysctls of interfaces that are plugged into a bridge are left out: the bridge takes their
 * frames before ARP or IP see one (net/bridge/br_input.c, br_handle_frame), and on a busy host they are nearly all there are.
 */
const SCRIPT = `
set -f
M=$1
say() { echo "$M $1"; printf '%s\\n' "$3"; echo "$M = $2"; }
r() { echo "$M $1"; n=$1; shift; "$@" 2>&1; st=$?; echo; echo "$M = $st"; }
r inode readlink /proc/self/ns/net
R='route show table all\\n'; [ "$2" = links ] && R=
L=$(printf "link show\\naddr show\\nneigh show nud all\\n$R" | ip -j -d -batch - 2>&1); say ip $? "$L"
[ "$2" = links ] && exit 0
N=$(nft -j list ruleset 2>&1); say nft $? "$N"
case $N in *'"netdev"'*|*'"ingress"'*) r chains nft list chains ;; esac
case $N in *'"family": "bridge"'*)
  case $N in *'"xt"'*)
    if command -v ebtables-nft-save >/dev/null; then r 'ebtables nft' ebtables-nft-save
    elif ebtables -V 2>&1 | grep -q nf_tables; then r 'ebtables nft' ebtables-save; fi ;;
  esac ;;
esac
case $N in *'"family": "arp"'*'"xt"'*) command -v arptables-nft-save >/dev/null && r 'arptables nft' arptables-nft-save ;; esac
case $N in *'"family": "ip6"'*)
  X=
  case $N in *'"name": "icmp6"'*|*'"name": "hl"'*|*'"name": "mac"'*) X=1 ;; esac
  case $L in *'"info_kind":"bridge"'*) ;; *) case $N in *'"name": "conntrack"'*) X=1 ;; esac ;; esac
  [ -n "$X" ] && command -v ip6tables-nft-save >/dev/null && r 'ip6tables nft' ip6tables-nft-save ;;
esac
Q=$(tc -j qdisc show 2>&1); say qdisc $? "$Q"
if command -v perl >/dev/null; then B=$(printf '%s' "$L" | perl -e "$3" 2>&1); say bpf $? "$B"
elif command -v bpftool >/dev/null; then r bpf bpftool -j net show; fi
names() { sed -n 's/^ *\\([^ ]*\\): .*/\\1/p' /proc/self/net/dev; }
case $Q in *clsact*|*'"ingress"'*)
  for d in $(names); do
    case $Q in *"\\"$d\\""*)
      r "filter ingress $d" tc -j filter show dev "$d" ingress
      r "filter egress $d" tc -j filter show dev "$d" egress ;;
    esac
  done ;;
esac
case $L in *'"info_kind":"bridge"'*|*'"info_slave_kind":"bridge"'*)
  r vlan bridge -j vlan show
  case $L in *'"vlan_filtering":1'*) r 'vlan states' bridge -j -d vlan show ;; esac
  r fdb bridge -j fdb show
  if [ -r /proc/modules ] && ! grep -q '^ebtable_\\|^ebtables' /proc/modules && ! grep -q 'ebtables' "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; then
    say 'ebtables modules' 0 none
  else
    E=
    if command -v ebtables-legacy >/dev/null; then E=ebtables-legacy
    elif command -v ebtables >/dev/null && ! ebtables -V 2>&1 | grep -q nf_tables; then E=ebtables; fi
    if [ -z "$E" ]; then say 'ebtables tool' 127 ebtables-legacy
    else for t in filter nat broute; do r "ebtables $t" $E -t $t -L; done; fi
  fi ;;
esac
if [ -e /proc/self/net/arp_tables_names ]; then
  A=$(cat /proc/self/net/arp_tables_names 2>&1); say arpnames $? "$A"
  case $A in *filter*)
    T=arptables; command -v arptables-legacy >/dev/null && T=arptables-legacy
    r arptables $T -t filter -L -n -v ;;
  esac
fi
P=
case $L in *'"info_slave_kind":"bridge"'*) P=$(ip -br link show type bridge_slave | sed 's/[ @].*//') ;; esac
if [ -e /proc/self/net/ip6_tables_names ] && read -r B < /proc/self/net/ip6_tables_names && command -v ip6tables-legacy-save >/dev/null; then
  r ip6tables ip6tables-legacy-save
fi
if [ -e /proc/self/net/ip_tables_names ] && read -r B < /proc/self/net/ip_tables_names && command -v iptables-legacy-save >/dev/null; then
  r iptables iptables-legacy-save
fi
set +f
cd /proc/sys/net || exit 0
N='
'
port() { case "$N$P$N" in *"$N\${1##*/}$N"*) return 0 ;; esac; return 1; }
set --
for d in ipv4/conf/*; do
  port "$d" || set -- "$@" "$d"/arp_* "$d"/drop_gratuitous_arp "$d"/accept_redirects "$d"/secure_redirects "$d"/shared_media \
    "$d"/proxy_arp "$d"/proxy_arp_pvlan "$d"/rp_filter "$d"/forwarding "$d"/accept_local "$d"/route_localnet
done
for d in ipv6/conf/*; do
  port "$d" || set -- "$@" "$d"/accept_ra "$d"/accept_redirects "$d"/accept_untracked_na "$d"/drop_unsolicited_na "$d"/disable_ipv6 \
    "$d"/forwarding "$d"/ndisc_* "$d"/proxy_ndp "$d"/force_tllao "$d"/autoconf
done
for d in ipv4/neigh/*; do port "$d" || set -- "$@" "$d"/locktime; done
r sysctl grep -s '' "$@" ipv4/ip_forward ipv4/ip_nonlocal_bind ipv4/ping_group_range bridge/*
exit 0
`;

/** Whether this process may enter the net namespace of another: root, or whoever owns the user namespace that it is in. */
export function mayEnter(pid: number, proc: string): boolean {
  if (process.getuid?.() === 0) return true;
  try {
    // It opens to its owner only, and that of this process's own gives no right that it lacks.
    return readlinkSync(`${proc}/${pid}/ns/user`) !== readlinkSync(`${proc}/self/ns/user`);
  } catch {
    return false;
  }
}

/** A net namespace to enter: that of a process, or one that a file holds (a bind mount, as `ip netns` makes it). */
export type Entry = number | string;

/** A user enters its own user namespace first, where it has every right over what was made below it. */
function entering(pid: Entry, proc: string): readonly string[] {
  if (typeof pid === 'string') return ['nsenter', `--net=${pid}`];
  const user = process.getuid?.() === 0 ? [] : [`--user=${proc}/${pid}/ns/user`, '--preserve-credentials'];
  return ['nsenter', ...user, `--net=${proc}/${pid}/ns/net`];
}

/** So long a host of many interfaces may take on a slow machine; nothing waits for it but the depth of the picture. */
const LONGEST_MS = 60_000;
const MOST_OUTPUT = 32 * 1024 * 1024;

/** What a child answered, or why there is no answer. */
export type Ran = { readonly sections: ReadonlyMap<string, Section> } | { readonly failed: 'denied' | 'absent' | 'unsupported'; readonly text: string };

/** Runs the reading script (`links`: its first part) in a net namespace (null: this process's own). Never rejects; ends the child after `deadline` ms. */
export function askNet(pid: Entry | null, proc: string, what: 'all' | 'links' = 'all', deadline = LONGEST_MS): Promise<Ran> {
  const mark = `@${randomBytes(9).toString('hex')}`;
  const sh = ['sh', '-c', SCRIPT, 'sh', mark, what, ASK_PROGRAMS];
  const [command = 'sh', ...args] = pid === null ? sh : [...entering(pid, proc), ...sh];
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } });
    const out: Buffer[] = [];
    let size = 0;
    let said = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), deadline);
    child.on('error', (error) => {
      clearTimeout(timer);
      done({ failed: 'absent', text: `${command}: ${error.message}` });
    });
    // Without a free descriptor a child has no streams, against what the types say; the error follows.
    if ((child.stdout as unknown) === undefined) return;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_OUTPUT) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(0, 500)));
    child.on('close', () => {
      clearTimeout(timer);
      const sections = splitSections(Buffer.concat(out).toString('utf8'), mark);
      if (sections.size > 0) done({ sections });
      else done({ failed: /not permitted|denied/i.test(said) ? 'denied' : /No such file/.test(said) ? 'absent' : 'unsupported', text: said.trim() });
    });
  });
}
