import { prose } from './prose.js';

/** What the forms for a new account have in common: one field each for every name in `fields`. */

export const byId = (id) => document.getElementById(id);

/** The token is taken out of the address at once, so that it stays in no history and on no screenshot. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

export function show(view) {
  for (const section of document.querySelectorAll('main > section'))
    section.hidden = section.id !== `${view}-view`;
}

function showFault(field, message) {
  const fault = byId(`${field}-fault`);
  fault.textContent = message ?? '';
  fault.hidden = !message;
  if (message) byId(field).setAttribute('aria-invalid', 'true');
  else byId(field).removeAttribute('aria-invalid');
}

/** Tells what is wrong: beside the fields where it belongs to one, else above all of them. */
export function showProblem(problem, fields) {
  for (const field of fields) showFault(field, undefined);
  const issues = (problem.issues ?? []).filter(({ path }) => fields.includes(path));
  for (const { path, message } of issues) showFault(path, sentence(message));
  const known = issues.length > 0;
  byId('problem').hidden = known;
  if (known) return byId(issues[0].path).focus();
  byId('problem-what').replaceChildren(...prose(problem.detail ?? problem.title));
  byId('problem-hint').replaceChildren(...prose(problem.hint ?? ''));
  byId('problem').focus();
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** Faults of a new password, as issues. */
export function passwordFaults(password) {
  if (password.length >= 12) return [];
  return [{ path: 'password', message: `Use at least 12 characters; these are ${password.length}.` }];
}

export async function ask(url, init) {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
    const body = await response.json();
    return { ok: response.ok, body };
  } catch {
    return {
      ok: false,
      body: {
        detail: 'Aether does not answer.',
        hint: 'Check that it runs (`npx aether status`), then try again.',
      },
    };
  }
}

/** Sends the form as JSON; its button cannot be pressed again meanwhile, and says what happens. */
export async function send(url, input, working) {
  const button = byId('submit');
  const label = button.textContent;
  button.disabled = true;
  button.textContent = working;
  const answer = await ask(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  button.disabled = false;
  button.textContent = label;
  return answer;
}

/** The button that shows and hides the password. */
export function revealButton() {
  byId('reveal').addEventListener('click', () => {
    const shown = byId('password').type === 'password';
    byId('password').type = shown ? 'text' : 'password';
    byId('reveal').textContent = shown ? 'Hide' : 'Show';
    byId('reveal').setAttribute('aria-pressed', String(shown));
  });
}
