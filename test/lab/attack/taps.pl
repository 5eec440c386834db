# Makes two taps and carries frames from one to the other, for as long as the net namespace of the first is there. Used by the attack lab only.
use strict; use warnings;
my @taps = map { open(my $t, '+<', '/dev/net/tun') or die "tun: $!\n"; my $want = pack('a16 S x22', $_, 0x1002); ioctl($t, 0x400454ca, $want) or die "tap: $!\n"; $t } @ARGV;
my $end = time + 60;
while (time < $end) {
  my $in = ''; vec($in, fileno($_), 1) = 1 for @taps;
  next unless select(my $ready = $in, undef, undef, 0.5);
  for my $n (0, 1) { next unless vec($ready, fileno($taps[$n]), 1); sysread($taps[$n], my $frame, 4096) or next; syswrite($taps[1 - $n], $frame); }
}
