import path from 'node:path';
import { app, BrowserWindow, dialog, Menu } from 'electron';
import type { Answer } from '../contract/contract.js';
import { Stop } from '../node/cli/trouble.js';
import { openSession, wordsOf, type OpenSession, type Words } from '../node/serve/open.js';
import { carry } from './ipc.js';
import { denyPermissions, lockNavigation } from './lock.js';
import { createMenu } from './menu.js';
import { registerScheme, serveScheme } from './scheme.js';
import { desktopShell, openFile } from './shell.js';
import { createWindow } from './window.js';

registerScheme();
app.enableSandbox();

const page = path.join(import.meta.dirname, '../renderer');
const preload = path.join(import.meta.dirname, '../preload/index.cjs');
let window: BrowserWindow | null = null;

function show(): void {
  if (window === null) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

function open(): void {
  window = createWindow(preload);
  window.on('closed', () => {
    window = null;
  });
}

/** What Electron itself was started with comes first: its program, and the app's folder where it is no package. */
const given = (argv: readonly string[]): Words => wordsOf(argv.slice(app.isPackaged ? 1 : 2));

/** A file that cannot be opened costs one sentence, not the window. */
function begin(words: Words): OpenSession {
  try {
    return openSession(words, 'electron');
  } catch (error) {
    if (error instanceof Stop) tell({ ok: false, trouble: error.trouble });
    else dialog.showErrorBox('The file was not opened', error instanceof Error ? error.message : 'The system did not say why.');
    return openSession({ ...words, file: undefined }, 'electron');
  }
}

function tell(answer: Answer<null>): void {
  if (!answer.ok) dialog.showErrorBox(answer.trouble.what, `${answer.trouble.why} ${answer.trouble.todo}`);
}

/** The system may hand over a file before there is a session to open it. */
const early: string[] = [];
let take: (file: string) => void = (file) => void early.push(file);

async function start(): Promise<void> {
  lockNavigation();
  app.on('open-file', (event, file) => {
    event.preventDefault();
    take(file);
  });
  await app.whenReady();
  serveScheme(page);
  denyPermissions();
  const session = begin(given(process.argv));
  const wire = carry(session, desktopShell(session, () => window), () => window);
  Menu.setApplicationMenu(createMenu((command) => wire.push({ push: 'command', command })));
  open();
  take = (file) => void openFile(session, file).then(tell);
  for (const file of early.splice(0)) take(file);
  app.on('second-instance', (_event, argv, folder) => {
    show();
    const { file } = given(argv);
    if (file !== undefined) take(path.resolve(folder, file));
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => {
    wire.end();
    session.close();
  });
}

if (app.requestSingleInstanceLock()) void start();
else app.quit();
