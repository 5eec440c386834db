import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Push } from '../contract/contract.js';
import { openOutside } from './lock.js';

type Command = Extract<Push, { push: 'command' }>['command'];

/** The menu bar; what is Bulkhead's own goes to the window as a push. */
export function createMenu(send: (command: Command) => void): Menu {
  const item = (label: string, accelerator: string, command: Command): MenuItemConstructorOptions => ({ label, accelerator, click: () => send(command) });
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        item('Open snapshot…', 'CmdOrCtrl+O', 'open'),
        item('Export…', 'CmdOrCtrl+E', 'export'),
        { type: 'separator' },
        process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        item('Network', 'CmdOrCtrl+1', 'lens-1'),
        item('Namespaces', 'CmdOrCtrl+2', 'lens-2'),
        item('Resources', 'CmdOrCtrl+3', 'lens-3'),
        item('Enforcement', 'CmdOrCtrl+4', 'lens-4'),
        { type: 'separator' },
        item('Find or do…', 'CmdOrCtrl+K', 'palette'),
        item('Light or dark', 'CmdOrCtrl+Shift+L', 'theme'),
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'namespaces(7)', click: () => void openOutside('https://man7.org/linux/man-pages/man7/namespaces.7.html') }],
    },
  ];
  return Menu.buildFromTemplate(template);
}
