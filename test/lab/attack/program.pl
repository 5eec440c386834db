# Loads an XDP program that drops everything and pins it at the path given. Used by the attack lab only.
use strict; use warnings;
my $path = "$ARGV[0]\0"; my $license = "GPL\0";
# mov r0, 1 (XDP_DROP); exit
my $code = pack('C C s l C C s l', 0xb7, 0, 0, 1, 0x95, 0, 0, 0);
# BPF_PROG_LOAD of type BPF_PROG_TYPE_XDP, with a name; then BPF_OBJ_PIN. A pointer in pack('P') keeps its string alive.
my $load = pack('L L P P L L Q L L a16', 6, 2, $code, $license, 0, 0, 0, 0, 0, 'drop_all');
my $fd = syscall(321, 5, $load, length $load); die "bpf: $!\n" if $fd < 0;
my $pin = pack('P L L', $path, $fd, 0);
syscall(321, 6, $pin, length $pin) == 0 or die "pin: $!\n";
