/**
 * The one script of an exported HTML file: pan, zoom, select, inspect. It reads the data beside it, writes text only
 * (textContent), and asks nobody for anything. Kept small and plain, since its hash is the file's whole permission.
 */
export const HTML_SCRIPT = `'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const picture = document.getElementById('picture');
  const svg = picture.querySelector('svg');
  const told = document.getElementById('told');
  const list = document.getElementById('list');
  const items = data.items.map((item, index) => ({ ...item, index })).sort((a, b) => a.order - b.order);
  const listed = items.filter((item) => item.listed);
  let view = { x: 0, y: 0, k: 1 };
  let selected = null;
  const frame = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of [['fill', 'none'], ['stroke', data.accent], ['stroke-width', 2], ['rx', 6], ['visibility', 'hidden'], ['pointer-events', 'none']]) frame.setAttribute(name, value);
  svg.append(frame);
  const show = () => { svg.style.transform = 'translate(' + view.x + 'px,' + view.y + 'px) scale(' + view.k + ')'; };
  const fit = () => {
    const k = Math.min(picture.clientWidth / data.width, picture.clientHeight / data.height, 1);
    view = { k, x: (picture.clientWidth - data.width * k) / 2, y: Math.max(0, (picture.clientHeight - data.height * k) / 2) };
    show();
  };
  const zoom = (by, x, y) => {
    const k = Math.min(8, Math.max(0.05, view.k * by));
    view = { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k };
    show();
  };
  const add = (parent, tag, text, kind) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    parent.append(node);
    return node;
  };
  const sign = { risk: '▲ ', mind: '◆ ', fine: '✓ ', unknown: '? ', none: '' };
  const select = (item, reveal) => {
    selected = item;
    if (!item) return frame.setAttribute('visibility', 'hidden');
    const [x, y, w, h] = item.box;
    for (const [name, value] of [['x', x - 2], ['y', y - 2], ['width', w + 4], ['height', h + 4], ['visibility', 'visible']]) frame.setAttribute(name, value);
    told.replaceChildren();
    const more = item.subject === null ? undefined : data.subjects[item.subject];
    add(told, 'h1', more ? more.title : item.label);
    if (more) {
      add(told, 'p', more.subtitle, 'quiet');
      if (more.card) { add(told, 'h2', sign[more.card[2]] + more.card[0], more.card[2]); add(told, 'p', more.card[1]); }
    }
    if (item.detail) add(told, 'p', item.detail);
    for (const [title, rows] of more ? more.sections : []) {
      add(told, 'h2', title);
      const dl = add(told, 'dl');
      for (const [name, value, source, state] of rows) {
        add(dl, 'dt', name);
        const dd = add(dl, 'dd', sign[state] + value, state);
        if (source) add(dd, 'small', source);
      }
    }
    told.parentElement.scrollTop = 0;
    if (reveal) {
      const [left, top, right, bottom] = [view.x + x * view.k, view.y + y * view.k, view.x + (x + w) * view.k, view.y + (y + h) * view.k];
      if (left < 0 || right > picture.clientWidth) view.x += picture.clientWidth / 2 - (left + right) / 2;
      if (top < 0 || bottom > picture.clientHeight) view.y += picture.clientHeight / 2 - (top + bottom) / 2;
      show();
    }
  };
  const at = (event) => {
    const bounds = picture.getBoundingClientRect();
    const x = (event.clientX - bounds.left - view.x) / view.k;
    const y = (event.clientY - bounds.top - view.y) / view.k;
    const under = items.filter(({ box: [bx, by, w, h] }) => x >= bx && x <= bx + w && y >= by && y <= by + h);
    return under.sort((a, b) => a.box[2] * a.box[3] - b.box[2] * b.box[3])[0] ?? null;
  };
  let drag = null;
  picture.addEventListener('pointerdown', (event) => {
    if (event.target.closest('nav')) return;
    drag = { x: event.clientX, y: event.clientY, from: view, moved: false };
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.abs(dx) + Math.abs(dy) > 3) drag.moved = true;
    if (drag.moved) { view = { ...drag.from, x: drag.from.x + dx, y: drag.from.y + dy }; show(); }
  });
  picture.addEventListener('pointerup', (event) => {
    if (drag && !drag.moved) select(at(event), false);
    drag = null;
  });
  picture.addEventListener('wheel', (event) => {
    event.preventDefault();
    const bounds = picture.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - bounds.left, event.clientY - bounds.top);
  }, { passive: false });
  const middle = () => [picture.clientWidth / 2, picture.clientHeight / 2];
  document.getElementById('in').addEventListener('click', () => zoom(1.25, ...middle()));
  document.getElementById('out').addEventListener('click', () => zoom(0.8, ...middle()));
  document.getElementById('fit').addEventListener('click', fit);
  picture.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const now = selected ? listed.indexOf(selected) : step > 0 ? -1 : 0;
      if (listed.length > 0) select(listed[(now + step + listed.length) % listed.length], true);
    } else if (event.key === '+' || event.key === '=') zoom(1.25, ...middle());
    else if (event.key === '-') zoom(0.8, ...middle());
    else if (event.key === '0') fit();
    else if (event.key === 'Escape') select(null, false);
  });
  for (const item of listed) {
    const button = add(add(list, 'li'), 'button', sign[item.state] + item.label, item.state);
    button.type = 'button';
    button.addEventListener('click', () => select(item, true));
  }
  addEventListener('resize', fit);
  fit();
})();
`;
