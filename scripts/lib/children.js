// Commands that run beside each other, each in a session of its own: its group ends as a whole, and Linux shares the processors
// by session first, so that none is starved by another with more processes.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const running = new Set();

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended already.
  }
}

function end(child) {
  signal(child, 'SIGTERM');
  setTimeout(() => signal(child, 'SIGKILL'), 5000).unref();
}

/** Ends every command that runs, with all that it started in its group. */
export function endAll() {
  for (const child of running) end(child);
}

/**
 * Runs a command to its end. `minutes` bound it. `log`: the file that its output goes to; null passes it on as it comes.
 * Answers its exit status (-1 where it had to be ended or could not be started) and whether the time was over.
 */
export function run(command, { minutes, log }) {
  return new Promise((resolve) => {
    const out = log === null ? 'inherit' : openSync(log, 'a');
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', out, out], detached: true });
    if (log !== null) closeSync(out);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end(child);
    }, minutes * 60_000);
    const done = (status) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ status, late });
    };
    child.on('error', () => done(-1));
    child.on('exit', (code, name) => done(name === null ? code : -1));
    if (child.pid !== undefined) running.add(child);
  });
}
