/**
 * A program of perl(1) that asks bpf(2) which programs of tcx and netkit are on the interfaces that `ip -j link` told on its
 * standard input (BPF_PROG_QUERY, which only reads; Linux 6.6), and prints them as `bpftool -j net show` does. tc lists none of
 * them, and a bpftool older than the kernel (7.1 on Debian 12) neither. The number of bpf(2) is x86_64's or, elsewhere, that of newer machines.
 */
export const ASK_PROGRAMS = String.raw`
use POSIX (); my @out; my %seen; my $links = do { local $/; <STDIN> };
my $bpf = (POSIX::uname())[4] eq 'x86_64' ? 321 : 280;
my @hooks = ([46, 'tcx/ingress'], [47, 'tcx/egress'], [54, 'netkit/primary'], [55, 'netkit/peer']);
while ($links =~ /"ifindex":(\d+)(?:,"link(?:_index)?":(?:"[^"]*"|\d+|null))?,"ifname":"([^"\\]+)"/g) {
  my ($index, $name) = ($1, $2); next if $seen{$index}++;
  for my $hook (@hooks) {
    my $q = pack('L4 Q L L Q4', $index, $hook->[0], 0, 0, 0, 0, 0, 0, 0, 0, 0);
    if (syscall($bpf, 16, $q, length $q) < 0 && $! != 28) { die "bpf: $!\n" if $! == 1; next; }
    push @out, map { qq({"devname":"$name","ifindex":$index,"kind":"$hook->[1]"}) } 1 .. (unpack('L4 Q L', $q))[5];
  }
}
print '[{"xdp":[],"tc":[' . join(',', @out) . ']}]';
`;
