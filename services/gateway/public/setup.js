import { copyButtons } from './copy.js';
import { prose } from './prose.js';

const FIELDS = ['token', 'email', 'name', 'password'];
const byId = (id) => document.getElementById(id);

/** The token is taken out of the address at once, so that it stays in no history and on no screenshot. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

function show(view) {
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

function showProblem(problem) {
  for (const field of FIELDS) showFault(field, undefined);
  const issues = (problem.issues ?? []).filter(({ path }) => FIELDS.includes(path));
  for (const { path, message } of issues) showFault(path, sentence(message));
  if (issues.some(({ path }) => path === 'token') || problem.code === 'setup_token_invalid')
    byId('token-field').hidden = false;
  const known = issues.length > 0;
  byId('problem').hidden = known;
  if (known) return byId(issues[0].path).focus();
  byId('problem-what').replaceChildren(...prose(problem.detail ?? problem.title));
  byId('problem-hint').replaceChildren(...prose(problem.hint ?? ''));
  byId('problem').focus();
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** What the browser can tell before anything is sent. */
function faultsOf({ token, email, password }) {
  const issues = [];
  if (token.length < 16) issues.push({ path: 'token', message: 'Paste the token from the set-up link.' });
  if (!email || !byId('email').validity.valid)
    issues.push({ path: 'email', message: 'Enter an e-mail address.' });
  if (password.length < 12)
    issues.push({ path: 'password', message: `Use at least 12 characters; these are ${password.length}.` });
  return issues;
}

async function ask(url, init) {
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

async function submit(token) {
  const name = byId('name').value.trim();
  const input = {
    token: token || byId('token').value.trim(),
    email: byId('email').value.trim(),
    password: byId('password').value,
    ...(name && { name }),
  };
  const issues = faultsOf(input);
  if (issues.length) return showProblem({ issues });
  byId('submit').disabled = true;
  byId('submit').textContent = 'Creating the account';
  const { ok, body } = await ask('/api/v1/setup', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  byId('submit').disabled = false;
  byId('submit').textContent = 'Create account';
  if (body.code === 'already_set_up') return show('already');
  if (!ok) return showProblem(body);
  byId('done-email').textContent = body.email;
  show('done');
  byId('done-title').focus();
}

async function start(token) {
  const { ok, body } = await ask('/api/v1/setup');
  if (!ok) {
    byId('away-what').replaceChildren(...prose([body.detail, body.hint].filter(Boolean).join(' ')));
    return show('away');
  }
  show(body.setUp ? 'already' : 'form');
  byId('token-field').hidden = token.length >= 16;
  if (!body.setUp) byId(token.length >= 16 ? 'email' : 'token').focus();
}

let token = takeToken();
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  // A token that was refused is typed anew.
  void submit(byId('token-field').hidden ? token : '');
});
byId('reveal').addEventListener('click', () => {
  const shown = byId('password').type === 'password';
  byId('password').type = shown ? 'text' : 'password';
  byId('reveal').textContent = shown ? 'Hide' : 'Show';
  byId('reveal').setAttribute('aria-pressed', String(shown));
});
byId('retry').addEventListener('click', () => void start(token));
addEventListener('hashchange', () => {
  token = takeToken() || token;
  void start(token);
});
copyButtons(byId('announce'));
void start(token);
