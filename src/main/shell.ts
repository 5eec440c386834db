import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { app, dialog, Notification, type BrowserWindow } from 'electron';
import type { Answer } from '../contract/contract.js';
import { MAX_TEXT } from '../contract/requests.js';
import { refuse, type SessionPort, type ShellMethods } from '../node/serve/port.js';

const because = (error: unknown): string => (error instanceof Error ? error.message : 'The system did not say why.');

/** Whole or not at all: a temporary file beside the target, then renamed over it. */
async function save(target: string, bytes: Buffer): Promise<void> {
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(temporary, bytes, { mode: 0o644, flag: 'wx' });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a file that the user chose; too big or unreadable is an answer, not an error. */
export async function openFile(session: SessionPort, file: string): Promise<Answer<null>> {
  try {
    const { size } = await stat(file);
    if (size > MAX_TEXT) return refuse(`${path.basename(file)} was not opened.`, 'It has more than 100 MB.', 'Take the snapshot again, or cut the recording.');
    return await session.call('openText', [{ name: path.basename(file), text: await readFile(file, 'utf8') }]);
  } catch (error) {
    return refuse(`${path.basename(file)} was not opened.`, because(error), 'Check the file and your rights on it.');
  }
}

/** What the desktop does for the window: dialogs, files, notifications. */
export function desktopShell(session: SessionPort, window: () => BrowserWindow | null): ShellMethods {
  return {
    hello: async () => {
      const answer = await session.call('hello', []);
      return answer.ok ? { ok: true, value: { version: app.getVersion(), shell: 'electron' } } : answer;
    },
    openDialog: async () => {
      const parent = window();
      const filters = [{ name: 'Snapshots and recordings', extensions: ['json', 'jsonl', 'bulkhead', 'ndjson'] }, { name: 'All files', extensions: ['*'] }];
      const chosen = await (parent ? dialog.showOpenDialog(parent, { properties: ['openFile'], filters }) : dialog.showOpenDialog({ properties: ['openFile'], filters }));
      const file = chosen.filePaths[0];
      return chosen.canceled || file === undefined ? { ok: true, value: null } : openFile(session, file);
    },
    saveAs: async ({ name, encoding, data }) => {
      const parent = window();
      const defaultPath = path.basename(name);
      const chosen = await (parent ? dialog.showSaveDialog(parent, { defaultPath }) : dialog.showSaveDialog({ defaultPath }));
      if (chosen.canceled || chosen.filePath === '') return { ok: true, value: { path: null } };
      try {
        await save(chosen.filePath, Buffer.from(data, encoding === 'base64' ? 'base64' : 'utf8'));
        return { ok: true, value: { path: chosen.filePath } };
      } catch (error) {
        return refuse(`${defaultPath} was not saved.`, because(error), 'Choose another folder.');
      }
    },
    notify: ({ title, body }) => {
      if (Notification.isSupported()) {
        const notification = new Notification({ title, body });
        notification.on('click', () => window()?.show());
        notification.show();
      }
      return Promise.resolve({ ok: true, value: null });
    },
  };
}
