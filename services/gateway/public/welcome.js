import { copyButtons } from './copy.js';

const byId = (id) => document.getElementById(id);

async function ask(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return await response.json();
  } catch {
    return null;
  }
}

function row({ name, ok, detail }) {
  const item = document.createElement('li');
  const label = document.createElement('span');
  label.textContent = name;
  const state = document.createElement('span');
  state.className = `state ${ok ? 'good' : 'bad'}`;
  state.textContent = ok ? '✓ well' : `✕ ${detail ?? 'not well'}`;
  item.append(label, state);
  return item;
}

async function refresh() {
  const [health, setup] = await Promise.all([ask('/health/ready'), ask('/api/v1/setup')]);
  const checks = health?.checks ?? [{ name: 'gateway', ok: false, detail: 'does not answer' }];
  const told = JSON.stringify(checks);
  // Read aloud only when something changed.
  if (byId('parts').dataset.told !== told) byId('parts').replaceChildren(...checks.map(row));
  byId('parts').dataset.told = told;
  byId('setup').hidden = setup?.setUp !== false;
  byId('sign-in').hidden = setup?.setUp !== true;
}

copyButtons(byId('announce'));
void refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, 5_000);
