import {
  ask,
  byId,
  passwordFaults,
  revealButton,
  send,
  show,
  showProblem,
  takeToken,
} from './account-form.js';
import { copyButtons } from './copy.js';
import { prose } from './prose.js';

const FIELDS = ['token', 'email', 'name', 'password'];

function tell(problem) {
  const aboutToken = (problem.issues ?? []).some(({ path }) => path === 'token');
  if (aboutToken || problem.code === 'setup_token_invalid') byId('token-field').hidden = false;
  showProblem(problem, FIELDS);
}

/** What the browser can tell before anything is sent. */
function faultsOf({ token, email, password }) {
  const issues = [];
  if (token.length < 16) issues.push({ path: 'token', message: 'Paste the token from the set-up link.' });
  if (!email || !byId('email').validity.valid)
    issues.push({ path: 'email', message: 'Enter an e-mail address.' });
  return [...issues, ...passwordFaults(password)];
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
  if (issues.length) return tell({ issues });
  const { ok, body } = await send('/api/v1/setup', input, 'Creating the account');
  if (body.code === 'already_set_up') return show('already');
  if (!ok) return tell(body);
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
revealButton();
byId('retry').addEventListener('click', () => void start(token));
addEventListener('hashchange', () => {
  token = takeToken() || token;
  void start(token);
});
copyButtons(byId('announce'));
void start(token);
