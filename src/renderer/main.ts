import './zod.js';
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { Bulkhead } from './state/app.svelte.js';
import { warm } from './state/warm.js';

/** Text is measured by tables of the bundled fonts, so nothing is drawn before they are there. */
async function start(): Promise<void> {
  const faces = ['400 12px "IBM Plex Sans"', '600 12px "IBM Plex Sans"', '400 12px "IBM Plex Mono"', '600 12px "IBM Plex Mono"'];
  await Promise.allSettled(faces.map((face) => document.fonts.load(face)));
  const target = document.getElementById('app');
  if (target === null) return;
  const app = new Bulkhead();
  mount(App, { target, props: { app } });
  void warm(app);
}

void start();
