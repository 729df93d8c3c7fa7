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

const FIELDS = ['name', 'password'];
const LOGIN = `npx aether login --url ${location.origin}`;

function faultsOf({ name, password }) {
  const issues = name ? [] : [{ path: 'name', message: 'Enter your name.' }];
  return [...issues, ...passwordFaults(password)];
}

const textOf = (problem) => prose([problem.detail ?? problem.title, problem.hint].filter(Boolean).join(' '));

function refuse(problem) {
  byId('invalid-what').replaceChildren(...textOf(problem));
  show('invalid');
}

async function submit() {
  const input = { token, name: byId('name').value.trim(), password: byId('password').value };
  const issues = faultsOf(input);
  if (issues.length) return showProblem({ issues }, FIELDS);
  const { ok, body } = await send('/api/v1/invitations/accept', input, 'Creating the account');
  if (body.code === 'invitation_invalid') return refuse(body);
  if (!ok) return showProblem(body, FIELDS);
  byId('done-email').textContent = body.email;
  show('done');
  byId('done-title').focus();
}

async function start() {
  const { ok, body } = await ask('/api/v1/invitations/read', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (ok) {
    byId('role').textContent = body.role;
    byId('invited').textContent = body.email;
    byId('email').value = body.email;
    show('form');
    byId('name').focus();
  } else if (body.code)
    refuse(body.issues ? { detail: 'The link is not complete. Open it again as it was sent to you.' } : body);
  else {
    byId('away-what').replaceChildren(...textOf(body));
    show('away');
  }
}

let token = takeToken();
byId('login').textContent = LOGIN;
byId('copy-login').dataset.copy = LOGIN;
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});
revealButton();
byId('retry').addEventListener('click', () => void start());
addEventListener('hashchange', () => {
  token = takeToken() || token;
  void start();
});
copyButtons(byId('announce'));
void start();
