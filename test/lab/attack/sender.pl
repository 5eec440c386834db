# Sends given frames through one of the doors to a wire, or waits for a packet. Used by the attack lab only.
# It refuses to send unless it is in the net namespace that the lab made and named: the second guard.
use strict; use warnings; no warnings 'portable'; use Socket; use IO::Handle;
my ($verb, $namespace, $interface, @rest) = @ARGV;
my $here = readlink('/proc/self/ns/net') // '';
die "refused: this is $here, not net:[$namespace]\n" unless $here eq "net:[$namespace]";

sub index_of { my ($s) = @_; my $q = pack('a16 x24', $interface); ioctl($s, 0x8933, $q) or die "no $interface: $!\n"; return unpack('x16 i', $q); }
# Memory by its number, which perl itself does not give: a pipe carries bytes there, a pointer shows them.
sub poke { my ($at, $bytes) = @_; pipe(my $r, my $w) or die "pipe: $!\n"; syscall(1, fileno($w), $bytes, length $bytes); syscall(0, fileno($r), $at, length $bytes) == length $bytes or die "poke: $!\n"; }
sub peek { my ($at, $length) = @_; return unpack("P$length", pack('J', $at)); }
sub mapped { my @how = @_; my $at = syscall(9, 0, @how); die "mmap: $!\n" if $at == -1; return $at; }
sub opened { my ($fd, $how) = @_; die "$how: error $fd\n" if $fd < 0; open(my $s, '+<&=', $fd) or die "open: $!\n"; return $s; }

# A packet socket by io_uring(7): no socket(2) is called, so seccomp sees none.
sub by_ring {
  my $p = "\0" x 120; my $fd = syscall(425, 4, $p); die "io_uring_setup: $!\n" if $fd < 0;
  my ($entries, $completions, undef, undef, undef, $features) = unpack('L6', $p); my @sq = unpack('x40 L10', $p); my @cq = unpack('x80 L10', $p);
  my $ring = mapped($sq[6] + 4 * $entries + 16 * $completions + 4096, 3, 1, $fd, 0); my $slots = mapped(64 * $entries, 3, 1, $fd, 0x10000000);
  die "an old ring\n" unless $features & 1;
  poke($slots, pack('C C S l Q Q L L Q x24', 45, 0, 0, 17, 3, 0, 0, 0, 0)); poke($ring + $sq[6], pack('L', 0)); poke($ring + $sq[1], pack('L', 1));
  syscall(426, $fd, 1, 1, 1, 0, 0) < 0 and die "io_uring_enter: $!\n";
  return opened((unpack('Q l', peek($ring + $cq[5], 16)))[1], 'io_uring');
}

# A packet socket by the 32-bit socketcall(2): its arguments lie in memory, where no filter looks.
sub by_call32 {
  require DynaLoader;
  my $page = mapped(4096, 7, 0x62, -1, 0); my $fd = -1;
  DynaLoader::dl_install_xsub('main::thirty_two', $page); no strict 'refs';
  # A filter may look at the pointer's last bits.
  for my $at (map { $page + 512 + $_ } 0 .. 15) {
    poke($at, pack('L3', 17, 3, 0));
    poke($page, "\x53\xb8" . pack('L', 102) . "\xbb" . pack('L', 1) . "\xb9" . pack('L', $at) . "\xcd\x80\xa3" . pack('Q', $page + 1024) . "\x5b\xc3");
    &{'main::thirty_two'}(); $fd = unpack('l', peek($page + 1024, 4)); last if $fd >= 0;
  }
  return opened($fd, 'socketcall');
}

# Frames by AF_XDP: no packet socket, and past every hook on the way out.
sub by_xdp {
  my ($rounds, @frames) = @_; my $many = 16;
  my $fd = syscall(41, 44, 3, 0); die "socket: $!\n" if $fd < 0;
  my $area = mapped(4096 * $many, 3, 0x22, -1, 0); my $reg = pack('Q Q L4', $area, 4096 * $many, 4096, 0, 0, 0);
  syscall(54, $fd, 283, 4, $reg, 32) == 0 or die "umem: $!\n";
  for my $o (5, 6, 3) { my $size = pack('L', $many); syscall(54, $fd, 283, $o, $size, 4) == 0 or die "ring: $!\n"; }
  my $off = "\0" x 128; my $len = pack('L', 128); syscall(55, $fd, 283, 1, $off, $len) == 0 or die "offsets: $!\n";
  my @o = unpack('Q16', $off); my ($produced, $slots) = @o[4, 6]; my ($completed, $taken) = @o[12, 13];
  my $tx = mapped($slots + 16 * $many, 3, 0x8001, $fd, 0x80000000); my $done = mapped($o[14] + 8 * $many, 3, 0x8001, $fd, 0x180000000);
  my $to = pack('S S L L L', 44, 2, index_of(any_socket()), 0, 0); syscall(49, $fd, $to, 16) == 0 or die "bind: $!\n";
  my $sent = 0;
  for my $round (1 .. $rounds) {
    for (my $i = 0; $i < @frames; $i += $many) {
      my @some = grep { defined } @frames[$i .. $i + $many - 1]; my $ring = peek($tx + $slots, 16 * $many);
      for my $n (0 .. $#some) { my $slot = ($sent + $n) % $many; poke($area + 4096 * $slot, $some[$n]); substr($ring, 16 * $slot, 16) = pack('Q L L', 4096 * $slot, length $some[$n], 0); }
      poke($tx + $slots, $ring); $sent += @some; poke($tx + $produced, pack('L', $sent & 0xffffffff));
      for (1 .. 50) { syscall(44, $fd, 0, 0, 0x40, 0, 0); last if unpack('L', peek($done + $completed, 4)) == $sent; select(undef, undef, undef, 0.002); }
      poke($done + $taken, peek($done + $completed, 4));
    }
    select(undef, undef, undef, 0.05);
  }
  print "sent $sent\n"; exit 0;
}

sub any_socket { socket(my $s, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n"; return $s; }

# Gives away every right for good: all five sets, and what a program could give back.
sub powerless {
  syscall(157, 24, $_, 0, 0, 0) for 0 .. 63; syscall(157, 38, 1, 0, 0, 0);
  my $head = pack('L L', 0x20080522, 0); my $none = "\0" x 24; syscall(126, $head, $none) == 0 or die "capset: $!\n";
}

if ($verb eq 'keep') {
  # Opens a socket that sends, gives every right away, and sends what comes by a pipe.
  my ($kind) = @rest; my $s;
  if ($kind eq 'raw6') { socket($s, 10, 3, 58) or die "socket: $!\n"; setsockopt($s, 41, 18, pack('i', 255)); setsockopt($s, 41, 16, pack('i', 255)); }
  else { socket($s, 17, $kind eq 'dgram' ? 2 : 3, 0) or die "socket: $!\n"; }
  my $index = index_of(any_socket()); powerless();
  my $pipe_at = '/kept'; syscall(133, $pipe_at, 010622, 0) == 0 or die "mknod: $!\n";
  while (1) {
    open(my $pipe, '<', '/kept') or die "pipe: $!\n";
    while (my $line = <$pipe>) {
      chomp $line; my $f = pack('H*', $line);
      if ($kind eq 'raw6') { send($s, substr($f, 16), 0, pack('S n N a16 i', 10, 0, 0, substr($f, 0, 16), $index)); }
      else { send($s, $kind eq 'dgram' ? substr($f, 14) : $f, 0, pack('S a2 i S C C a6 x2', 17, substr($f, 12, 2), $index, 0, 0, 6, substr($f, 0, 6))); }
    }
  }
}

if ($verb eq 'send') {
  my ($doors, $rounds) = @rest;
  my @frames = map { chomp; pack('H*', $_) } <STDIN>;
  my ($s, $door);
  my $by = sub {
  if ($door eq 'packet') { socket($s, 17, 3, 0) or die "socket: $!\n"; }
  elsif ($door eq 'old') { socket($s, AF_INET, 10, 0x0300) or die "socket: $!\n"; }
  elsif ($door eq 'wide') { my $fd = syscall(41, (1 << 32) | 17, 3, 0); die "socket: $!\n" if $fd < 0; open($s, '+<&=', $fd) or die "open: $!\n"; }
  elsif ($door eq 'ring') { $s = by_ring(); }
  elsif ($door eq 'call32') { $s = by_call32(); }
  elsif ($door eq 'dgram') { socket($s, 17, 2, 0x0608) or die "socket: $!\n"; }
  elsif ($door eq 'kept') {
    # By one who has kept a socket from before it lost its rights.
    -p '/kept' or die "nobody keeps a socket\n"; open(my $pipe, '>', '/kept') or die "kept: $!\n"; $pipe->autoflush(1);
    for (1 .. $rounds) { print $pipe unpack('H*', $_), "\n" for @frames; select(undef, undef, undef, 0.05); }
    print "sent by another\n"; exit 0;
  }
  elsif ($door eq 'xdp') { by_xdp($rounds, @frames); }
  else { die "no such door\n"; }
  };
  # Of several doors the first that opens is taken.
  my @doors = split /,/, $doors;
  while (defined($door = shift @doors)) { last if eval { $by->(); 1 }; die $@ unless @doors; }
  my $to = $door eq 'old' ? pack('S a14 n', AF_INET, $interface, 0x0806) : pack('S n i S C C a8', 17, 3, index_of(any_socket()), 0, 0, 0, '');
  my $sent = 0;
  for my $round (1 .. $rounds) {
    for my $f (@frames) {
      # Here the kernel makes the header, under the interface's own MAC.
      my $where = $door eq 'dgram' ? pack('S a2 i S C C a6 x2', 17, substr($f, 12, 2), index_of(any_socket()), 0, 0, 6, substr($f, 0, 6)) : $to;
      defined(send($s, $door eq 'dgram' ? substr($f, 14) : $f, 0, $where)) and $sent++;
    }
    select(undef, undef, undef, 0.05);
  }
  print "sent $sent by $door\n";
} elsif ($verb eq 'advertise') {
  # A neighbour advertisement by a raw IPv6 socket: no packet socket, the kernel makes the frame.
  my ($to, $rounds, $message) = @rest;
  if (-p '/kept') { open(my $pipe, '>', '/kept') or die "kept: $!\n"; $pipe->autoflush(1); for (1 .. $rounds) { print $pipe "$to$message\n"; select(undef, undef, undef, 0.05); } exit 0; }
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
  my $six = $from =~ /:/; socket(my $s, $six ? 10 : AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
  my $at = sub { my ($port, $ip) = @_; return $six ? pack('S n N a16 L', 10, $port, 0, Socket::inet_pton(10, $ip), 0) : pack('S n a4 x8', AF_INET, $port, inet_aton($ip)); };
  bind($s, $at->(0, $from)) or die "bind: $!\n";
  for (1 .. $rounds) { send($s, 'x', 0, $at->(9, $to)); select(undef, undef, undef, 0.05); }
  print "sent\n";
} elsif ($verb eq 'take6') {
  # Takes an IPv6 address by rtnetlink(7), without asking whether another has it (IFA_F_NODAD).
  my $ip = Socket::inet_pton(10, $rest[0]); my $attr = pack('S S a16', 20, 1, $ip) . pack('S S a16', 20, 2, $ip) . pack('S S L', 8, 8, 0x82);
  my $ask = pack('C C C C L', 10, 128, 0x82, 0, index_of(any_socket())) . $attr;
  socket(my $s, 16, 3, 0) or die "socket: $!\n"; send($s, pack('L S S L L', 16 + length $ask, 20, 0x605, 1, 0) . $ask, 0, pack('S x2 L L', 16, 0, 0)) or die "send: $!\n";
  recv($s, my $answer, 4096, 0); my $error = unpack('x16 l', $answer); die "refused by the kernel: $error\n" if $error != 0;
  print "taken\n";
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
