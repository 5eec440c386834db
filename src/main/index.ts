import path from 'node:path';
import { app, BrowserWindow, Menu } from 'electron';
import { openSession } from '../node/serve/open.js';
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

async function start(): Promise<void> {
  lockNavigation();
  await app.whenReady();
  serveScheme(page);
  denyPermissions();
  const session = openSession(process.argv.slice(app.isPackaged ? 1 : 2), 'electron');
  const wire = carry(session, desktopShell(session, () => window), () => window);
  Menu.setApplicationMenu(createMenu((command) => wire.push({ push: 'command', command })));
  open();
  app.on('second-instance', show);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) open();
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    void openFile(session, file);
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
