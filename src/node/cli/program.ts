import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { checkCommand, driftCommand } from './commands/check.js';
import { diffCommand } from './commands/diff.js';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { exportCommand } from './commands/export.js';
import { l2Command } from './commands/l2.js';
import { nsCommand } from './commands/ns.js';
import { recordCommand } from './commands/record.js';
import { serveCommand } from './commands/serve.js';
import { snapshotCommand } from './commands/snapshot.js';
import { watchCommand } from './commands/watch.js';
import { contextOf } from './context.js';
import type { Io } from './io.js';
import { didYouMean } from './nearest.js';
import { troubleText } from './trouble.js';
import { isForWindow } from './window.js';

/** A value that is none of an option's choices is refused with them and with the nearest. */
function guessChoices(command: Command): void {
  for (const option of command.options) {
    const { argChoices } = option;
    if (argChoices === undefined) continue;
    option.argParser((word: string) => {
      if (!argChoices.includes(word)) throw new InvalidArgumentError(`Allowed choices are ${argChoices.join(', ')}.${didYouMean(word, argChoices)}`);
      return word;
    });
  }
}

/** Runs one command line (the words after the program's name). Answers the exit status: 0 done, 1 findings, 2 it could not be done. `openWindow` answers its own. */
export async function run(words: readonly string[], io: Io, version: string, openWindow: () => Promise<number>): Promise<number> {
  let status = 0;
  const context = contextOf(io, (s) => {
    status = s;
    io.judged(s);
  });
  const program = new Command('bulkhead')
    .description('Shows how isolated the containers on a running host really are, with evidence.')
    .usage('[command] | [snapshot] [--host <url>] [--context <name>]')
    .version(version, '-V, --version', 'print the version')
    .showHelpAfterError('(--help tells what can be asked)')
    .addHelpText('after', '\nWithout a command it opens the window: on a saved snapshot (bulkhead FILE), on the engine of --host or --context, or on the one that is found. Wherever a live host is read, a saved snapshot can be given as a file (- for standard input).\nExit status: 0 done; 1 findings at or above --fail-on; 2 it could not be done.');
  snapshotCommand(context, program);
  watchCommand(context, program, version);
  nsCommand(context, program);
  driftCommand(context, program);
  l2Command(context, program);
  checkCommand(context, program);
  explainCommand(context, program);
  exportCommand(context, program);
  diffCommand(context, program);
  doctorCommand(context, program);
  recordCommand(context, program, version);
  serveCommand(context, program, (s) => {
    status = s;
  });
  const commands = [...program.commands.map((c) => c.name()), 'help'];
  if (isForWindow(words, commands)) return openWindow();
  const output = { writeOut: (text: string) => void io.out(text), writeErr: (text: string) => io.err(text.replace(/^error: /u, 'bulkhead: ')) };
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput(output).helpOption('-h, --help', 'tell what can be asked').helpCommand(false);
    guessChoices(command);
  }
  program.helpCommand('help [command]', 'tell what can be asked of a command');
  program.on('command:*', ([word = '']: string[]) => {
    throw new CommanderError(2, 'bulkhead.unknownCommand', `unknown command '${word}'.${didYouMean(word, commands)}`);
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'bulkhead.unknownCommand') io.err(`bulkhead: ${error.message}\n`);
      return error.exitCode === 0 ? 0 : 2;
    }
    io.err(troubleText(error));
    return 2;
  }
}
