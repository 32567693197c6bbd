// The pages work without this script; it adds the keyboard. Single-letter keys can be turned off (WCAG 2.1.4).
const STORE = 'overread.shortcuts';
const HELP = [
  ['j k', 'next, previous discrepancy or alert'],
  ['n p', 'next, previous case'],
  ['a', 'acknowledge'],
  ['d', 'show or hide text edits'],
  ['?', 'this help'],
];

const all = (selector) => [...document.querySelectorAll(selector)];

function shortcutsOn() {
  return localStorage.getItem(STORE) !== 'off';
}

/** Cards of a case, rows of a list: what j and k walk through. */
function stops() {
  const cards = all('.card');
  return cards.length > 0 ? cards : all('.worklist a.case');
}

/** The marks of a card are shown on both sides, whichever way the card was reached. */
function light(card) {
  const number = card.dataset.card;
  for (const marked of all('.lit')) marked.classList.remove('lit');
  card.classList.add('lit');
  const marks = all('[data-cards]').filter((mark) => mark.dataset.cards.split(' ').includes(number));
  for (const mark of marks) mark.classList.add('lit');
  return marks;
}

function walk(step) {
  const list = stops();
  if (list.length === 0) return;
  const lit = list.findIndex((stop) => stop === document.activeElement || stop.classList.contains('lit'));
  const next = lit === -1 ? (step > 0 ? 0 : list.length - 1) : lit + step;
  const stop = list[Math.min(Math.max(next, 0), list.length - 1)];
  stop.focus();
  if (stop.dataset.card === undefined) return;
  const [first] = light(stop);
  first?.scrollIntoView({ block: 'center' });
}

function helpDialog() {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'help-title');
  const title = document.createElement('h2');
  title.id = 'help-title';
  title.textContent = 'Keyboard';
  const list = document.createElement('dl');
  for (const [keys, meaning] of HELP) {
    const term = document.createElement('dt');
    for (const key of keys.split(' ')) {
      const kbd = document.createElement('kbd');
      kbd.textContent = key;
      term.append(kbd, ' ');
    }
    const what = document.createElement('dd');
    what.textContent = meaning;
    list.append(term, what);
  }
  const toggle = document.createElement('button');
  const name = () => {
    toggle.textContent = shortcutsOn() ? 'Turn letter keys off' : 'Turn letter keys on';
  };
  toggle.type = 'button';
  toggle.addEventListener('click', () => {
    localStorage.setItem(STORE, shortcutsOn() ? 'off' : 'on');
    name();
  });
  name();
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = 'Close';
  close.addEventListener('click', () => dialog.close());
  const actions = document.createElement('p');
  actions.append(close, toggle);
  dialog.append(title, list, actions);
  document.body.append(dialog);
  return dialog;
}

const dialog = helpDialog();
const help = document.createElement('button');
help.type = 'button';
help.className = 'help';
help.textContent = 'Keyboard';
help.addEventListener('click', () => dialog.showModal());
document.querySelector('.who')?.append(help);

const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  '?': () => dialog.showModal(),
};

function isTyping(target) {
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable]') !== null;
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || dialog.open) return;
  if (isTyping(event.target) || !shortcutsOn()) return;
  const action =
    KEYS[event.key] ?? (() => document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click());
  if (event.key.length === 1 && event.key !== ' ') {
    action();
    if (event.key in KEYS) event.preventDefault();
  }
});

// A mark or number that leads to a card lights the card's evidence too.
function follow() {
  const card = document.getElementById(location.hash.slice(1))?.closest('.card');
  if (card) light(card);
}
window.addEventListener('hashchange', follow);
follow();
for (const card of all('.card')) card.addEventListener('focusin', () => light(card));
