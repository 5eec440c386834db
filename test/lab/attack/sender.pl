# Sends given frames through one of the doors to a wire, or waits for a packet. Used by the attack lab only.
# It refuses to send unless it is in the net namespace that the lab made and named: the second guard.
use strict; use warnings; use Socket;
my ($verb, $namespace, $interface, @rest) = @ARGV;
my $here = readlink('/proc/self/ns/net') // '';
die "refused: this is $here, not net:[$namespace]\n" unless $here eq "net:[$namespace]";

sub index_of { my ($s) = @_; my $q = pack('a16 x24', $interface); ioctl($s, 0x8933, $q) or die "no $interface: $!\n"; return unpack('x16 i', $q); }
sub any_socket { socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n"; return $s; }

if ($verb eq 'send') {
  my ($door, $rounds) = @rest;
  my @frames = map { chomp; pack('H*', $_) } <STDIN>;
  my $s;
  if ($door eq 'packet') { socket($s, 17, 3, 0) or die "socket: $!\n"; }
  elsif ($door eq 'old') { socket($s, AF_INET, 10, 0x0300) or die "socket: $!\n"; }
  elsif ($door eq 'wide') { my $fd = syscall(41, (1 << 32) | 17, 3, 0); die "socket: $!\n" if $fd < 0; open($s, '+<&=', $fd) or die "open: $!\n"; }
  else { die "no such door\n"; }
  my $to = $door eq 'old' ? pack('S a14 n', AF_INET, $interface, 0x0806) : pack('S n i S C C a8', 17, 3, index_of(any_socket()), 0, 0, 0, '');
  my $sent = 0;
  for my $round (1 .. $rounds) {
    for my $f (@frames) { defined(send($s, $f, 0, $to)) and $sent++; }
    select(undef, undef, undef, 0.05);
  }
  print "sent $sent\n";
} elsif ($verb eq 'advertise') {
  # A neighbour advertisement by a raw IPv6 socket: no packet socket, the kernel makes the frame.
  my ($to, $rounds, $message) = @rest;
  socket(my $s, 10, 3, 58) or die "socket: $!\n";
  setsockopt($s, 41, 16, pack('i', 255)) or die "hops: $!\n";
  setsockopt($s, 41, 18, pack('i', 255));
  my $address = pack('S n N a16 i', 10, 0, 0, pack('H*', $to), index_of(any_socket()));
  my $sent = 0;
  for (1 .. $rounds) { defined(send($s, pack('H*', $message), 0, $address)) and $sent++; select(undef, undef, undef, 0.05); }
  print "sent $sent\n";
} elsif ($verb eq 'speak') {
  # An ordinary datagram from an address that was taken: the kernel itself asks for the receiver in that name.
  my ($from, $to, $rounds) = @rest;
  socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
  bind($s, pack('S n a4 x8', AF_INET, 0, inet_aton($from))) or die "bind: $!\n";
  for (1 .. $rounds) { send($s, 'x', 0, pack('S n a4 x8', AF_INET, 9, inet_aton($to))); select(undef, undef, undef, 0.05); }
  print "sent\n";
} elsif ($verb eq 'become') {
  # Gives the interface another's MAC (SIOCSIFHWADDR): no packet socket is needed, as busybox's ip does.
  ioctl(any_socket(), 0x8924, pack('a16 S a6 x16', $interface, 1, pack('H12', $rest[0]))) or die "mac: $!\n";
  print "done\n";
} elsif ($verb eq 'hear' or $verb eq 'catch') {
  # Waits for an IPv4 packet to an address, or a frame to a MAC, that is another's: that is what reading its traffic means.
  my ($address, $seconds) = @rest;
  socket(my $s, 17, 3, 0x0300) or die "socket: $!\n";
  bind($s, pack('S n i S C C a8', 17, 3, index_of(any_socket()), 0, 0, 0, '')) or die "bind: $!\n";
  print "ready\n"; $| = 1; print '';
  my $want = $verb eq 'hear' ? inet_aton($address) : pack('H12', $address); my $end = time + $seconds;
  while (time < $end) {
    my $in = ''; vec($in, fileno($s), 1) = 1;
    next unless select($in, undef, undef, 0.2);
    my $from = recv($s, my $frame, 2048, 0);
    my $type = unpack('x10 C', $from);
    next if $type == 4 or length($frame) < 34;
    if ($verb eq 'catch') { next unless substr($frame, 0, 6) eq $want and substr($frame, 12, 2) eq "\x88\xb5"; print "heard\n"; exit 0; }
    if (substr($frame, 12, 2) eq "\x08\x00" and substr($frame, 30, 4) eq $want) { print "heard\n"; exit 0; }
  }
  print "silent\n";
} else { die "no such verb\n"; }
