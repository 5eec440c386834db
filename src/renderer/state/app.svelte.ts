import type { Item } from '../../core/scene/scene.js';
import { THEMES, stale, type Palette } from '../../core/scene/theme.js';
import { findBridge } from '../bridge/bridge.js';
import type { Canvases } from '../paint/stage.js';
import { SessionState } from './session.svelte.js';
import { DEFAULT_POLL_MS, Settings } from './settings.svelte.js';
import { StageState } from './stage.svelte.js';
import { ViewState } from './view.svelte.js';
import { hostName } from './words.js';

export type Dialog = 'palette' | 'export' | 'compare' | 'keys' | 'engines' | null;

/** The window: what it was told, what it shows and what the user chose, each in its own class. */
export class Bulkhead {
  readonly settings = new Settings();
  readonly session = new SessionState(findBridge());
  readonly view = new ViewState(this.session);
  readonly stage = new StageState();
  dialog = $state<Dialog>(null);
  /** Set when a state's card was put aside, until the state changes. */
  putAside = $state<string | null>(null);
  /** Set after the first frame that shows a picture: what only goes with it is made then, so that it keeps nobody waiting for the picture. */
  drawn = $state(false);
  /** The stage's canvases, for the keyboard and for measuring. */
  canvases: Canvases | null = null;

  readonly colours: Palette = $derived(THEMES[this.settings.theme]);
  /** Old data keep their place and lose their colour. */
  readonly title = $derived.by(() => {
    const name = hostName(this.session.picture);
    return name === '' ? 'Bulkhead' : `${name} - Bulkhead`;
  });
  readonly faded = $derived(this.session.link.state === 'stale' || this.session.wire === 'lost');
  /** The picture's own: what is not of now keeps its form and loses its colour, on the ground that it had. */
  readonly pictureColours: Palette = $derived(this.faded ? stale(this.colours) : this.colours);

  constructor() {
    this.session.onReady = () => {
      const { pollMs } = this.settings.value;
      if (pollMs !== DEFAULT_POLL_MS) void this.session.ask('setPollInterval', { ms: pollMs });
    };
    this.session.onCommand((command) => {
      if (command === 'open') void this.open();
      else if (command === 'export' || command === 'palette') this.dialog = command;
      else if (command === 'theme') this.settings.nextTheme();
      else this.view.setLens((['network', 'namespaces', 'resources', 'enforcement'] as const)[Number(command.slice(-1)) - 1] ?? 'network');
    });
  }

  /** Goes into a thing: opens what is folded, or focuses the project or segment that it stands for. */
  enter(item: Item): void {
    if (item.members.length > 1) this.view.toggleOpened(item.id);
    else this.stage.reveal(item.box);
    this.view.select(item);
    this.settings.set({ inspectorShown: true });
  }

  /** The shell's dialog, or the page's own where there is no desktop shell. */
  async open(): Promise<void> {
    if (this.session.shell === 'electron') await this.session.ask('openDialog');
    else document.getElementById('open-file')?.click();
  }

  async openFile(file: File): Promise<void> {
    if (file.size > 100 * 1024 * 1024) {
      this.session.tell({ what: `${file.name} was not opened.`, why: 'It has more than 100 MB.', todo: 'Take the snapshot again, or cut the recording.', command: '' });
      return;
    }
    await this.session.openFile(file);
  }
}
