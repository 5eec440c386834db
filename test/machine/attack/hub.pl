# Speaks for many net namespaces at once: a packet socket in each, told over standard input what to send where.
# Used in the emulated host only. It refuses a namespace that is not the one that the test named, and its own.
use strict; use warnings; use Socket;
my $own = readlink('/proc/self/ns/net'); my (@out, @in, @index);
for my $seat (@ARGV) {
  my ($pid, $inode, $interface) = split /:/, $seat;
  my $here = readlink("/proc/$pid/ns/net") // '';
  die "refused: $seat is in $here\n" if $here ne "net:[$inode]" or $here eq $own;
  open(my $ns, '<', "/proc/$pid/ns/net") or die "$seat: $!\n";
  syscall(308, fileno($ns), 0x40000000) == 0 or die "setns $seat: $!\n";
  socket(my $s, 17, 3, 0) or die "socket: $!\n"; socket(my $r, 17, 3, 0xb588) or die "socket: $!\n";
  my $q = pack('a16 x24', $interface); ioctl($s, 0x8933, $q) or die "no $interface in $seat: $!\n"; my $n = unpack('x16 i', $q);
  bind($r, pack('S n i S C C a8', 17, 0x88b5, $n, 0, 0, 0, '')) or die "bind: $!\n";
  push @out, $s; push @in, $r; push @index, $n;
}
$| = 1; print "ready\n";
while (my $line = <STDIN>) {
  my ($verb, $seat, $rounds) = split ' ', $line;
  if ($verb eq 'send') {
    my @frames; while (my $f = <STDIN>) { chomp $f; last if $f eq '.'; push @frames, pack('H*', $f); }
    # Some drivers (ipvlan) go by what the sender says of the protocol, and not by the frame.
    my $sent = 0;
    for (1 .. $rounds) { for my $f (@frames) { my $to = pack('S n i S C C a8', 17, unpack('x12 n', $f), $index[$seat], 0, 0, 0, ''); defined(send($out[$seat], $f, 0, $to)) and $sent++; } select(undef, undef, undef, 0.02); }
    print "sent $sent\n";
  } else {
    # What came of the experimental EtherType: whom it was for, and what it says.
    my @heard; select(undef, undef, undef, 0.2);
    while (defined(my $from = recv($in[$seat], my $f, 2048, 0x40))) { push @heard, unpack('H12', $f) . ':' . unpack('x14 H4', $f) unless unpack('x10 C', $from) == 4; }
    print join(' ', 'heard', @heard), "\n";
  }
}
