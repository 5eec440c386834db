import type { Reading } from '../model/reading.js';

export const TECHNIQUES = ['arp-spoof', 'ndp-spoof', 'mac-steal', 'table-write'] as const;
export type Technique = (typeof TECHNIQUES)[number];
export const VERDICTS = ['possible', 'latent', 'unknown', 'blocked'] as const;
/** `possible`: every condition was read and holds, or holds unless something unread stops it. `latent`: only by a program that gives rights. */
export type Verdict = (typeof VERDICTS)[number];

/** The four links of the frame's way: can it send, is there a wire, does something on the way stop it, does the victim take it. */
export type Link = 'send' | 'wire' | 'way' | 'victim';

/** One condition, a reading and what it means here. */
export interface Step {
  readonly link: Link;
  /** What is claimed, e.g. `a process can send the frame`. */
  readonly step: string;
  readonly holds: 'yes' | 'no' | 'unknown';
  readonly reading: Reading<unknown>;
  /** One sentence: why it matters. */
  readonly why: string;
}

/** What would stop it, least intrusive first. */
export interface Remedy {
  readonly text: string;
  /** A command that a person could run; never run by Bulkhead. */
  readonly command: string;
  /** What it would break, in general. */
  readonly breaks: string;
  readonly link: Link;
}

/** The whole answer for one attacker, victim, segment and technique: `l2 --from A --to B`. Ids as in Subject; host is `host`. */
export interface PairVerdict {
  readonly attacker: string;
  readonly victim: string;
  /** Ids whom it can pretend to be towards the victim: workloads, `host`, `gateway:<segment id>`. */
  readonly impersonates: readonly string[];
  readonly technique: Technique;
  readonly segment: string;
  readonly verdict: Verdict;
  readonly because: readonly Step[];
  readonly unless: readonly string[];
  /** Whether it also sees the victim's traffic (poisoning is one thing, reading another). */
  readonly reads: 'yes' | 'no' | 'unknown';
  readonly readsBecause: readonly Step[];
  readonly remedies: readonly Remedy[];
}

/** Victims with the same answer for one attacker on one segment. */
export interface ReachGroup {
  readonly victims: readonly string[];
  /** The strongest verdict over the techniques, and which techniques reach it. */
  readonly verdict: Verdict;
  readonly techniques: readonly Technique[];
  readonly unless: readonly string[];
  readonly reads: 'yes' | 'no' | 'unknown';
  /** One short sentence: what decides (`CAP_NET_RAW`, `no process holds CAP_NET_RAW`, `isolated port`). */
  readonly reason: string;
}

/** What one party of a segment can do to the others there. */
export interface Attacker {
  readonly id: string;
  /** The strongest verdict of its groups. */
  readonly verdict: Verdict;
  /** The right that decides, short: `NET_RAW`, `NET_ADMIN NET_RAW`, `cap-drop ALL`, `user 1000`, `own user ns`. */
  readonly right: string;
  readonly groups: readonly ReachGroup[];
}

export interface SegmentReach {
  readonly segment: string;
  /** Workload ids plugged in (sharers of a net namespace included), without host and gateway. */
  readonly members: readonly string[];
  /** Whether the host is on the wire (`host`) and whether a gateway address is (`gateway:<segment>`), as victims. */
  readonly others: readonly string[];
  readonly attackers: readonly Attacker[];
  /** Members (and others) that at least one attacker possibly reaches. */
  readonly exposed: readonly string[];
}

/**
 * Total over ordered pairs per segment, grouped by equal answers, so that a thousand containers stay small.
 * `counts` are of ordered pairs by verdict. Filters and ports that stay unread are named in `unread`.
 */
export interface Judgement {
  readonly segments: readonly SegmentReach[];
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly unread: readonly string[];
  /** Rules that look like a guard and are none: where, and why not. */
  readonly sham: readonly { readonly where: string; readonly why: string }[];
}
