// Which stages of `npm test` run beside which.

/**
 * Rounds, one after the other; each has lanes that run beside each other; each of these has stages that follow each other.
 * A stage without a lane has a round of its own: what comes after needs what it makes. With a single processor nothing is
 * gained by lanes, and there is one. The order of stages is kept within a lane.
 */
export function roundsOf(stages, processors) {
  const rounds = [];
  let together = [];
  const close = () => {
    if (together.length === 0) return;
    const names = processors < 2 ? [null] : [...new Set(together.map((stage) => stage.lane))];
    rounds.push(names.map((name) => together.filter((stage) => name === null || stage.lane === name)));
    together = [];
  };
  for (const stage of stages) {
    if (stage.lane !== null) {
      together.push(stage);
      continue;
    }
    close();
    rounds.push([[stage]]);
  }
  close();
  return rounds;
}

/** How long a stage may take, in minutes: each lane has but its share of the machine. */
export const bound = (stage, lanes) => stage.minutes * Math.max(1, lanes);
