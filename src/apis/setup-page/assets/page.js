// The set-up page's script: takes the one-time code from the link's fragment and out of the address bar, sends the form
// as JSON, and answers in place. Without it the form works as a form.

const form = document.getElementById('setup');
if (form instanceof HTMLFormElement) start(form);

function start(form) {
  const texts = JSON.parse(form.dataset.texts);
  takeCode(form);
  offerPassword(texts);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form, texts);
  });
}

/** The code leaves the address bar and the history; the links to other languages carry it on. */
function takeCode(form) {
  const code = decodeURIComponent(location.hash.slice(1));
  if (code === '') return;
  history.replaceState(null, '', location.pathname + location.search);
  form.elements.code.value = code;
  document.getElementById('code-part').hidden = true;
  document.getElementById('code-taken').hidden = false;
  for (const link of document.querySelectorAll('.languages a')) link.hash = code;
}

function offerPassword(texts) {
  const button = document.getElementById('show-password');
  const password = document.getElementById('password');
  button.hidden = false;
  button.addEventListener('click', () => {
    const isShown = password.type === 'text';
    password.type = isShown ? 'password' : 'text';
    button.textContent = isShown ? texts.showPassword : texts.hidePassword;
  });
}

async function send(form, texts) {
  const button = document.getElementById('submit');
  const label = button.textContent;
  button.disabled = true;
  button.textContent = texts.working;
  clearProblems(form);
  try {
    const response = await fetch('/management/v1/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    const answer = await response.json();
    if (response.ok) showDone(answer, texts);
    else showProblem(form, problemOf(answer, texts));
  } catch {
    showProblem(form, { field: null, text: texts.other });
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}

function problemOf(answer, texts) {
  const known = texts.byCode[answer.code];
  if (known) return known;
  const field = answer.fields?.[0]?.field;
  if (field in texts.byField) return { field, text: texts.byField[field] };
  return { field: null, text: `${texts.other} (${answer.correlationId})` };
}

function clearProblems(form) {
  document.getElementById('summary').hidden = true;
  for (const input of form.querySelectorAll('input')) input.removeAttribute('aria-invalid');
  for (const error of form.querySelectorAll('.error')) error.textContent = '';
}

function showProblem(form, { field, text }) {
  const summary = document.getElementById('summary');
  document.getElementById('summary-text').textContent = field === null ? text : '';
  summary.hidden = false;
  const input = field === null ? null : form.elements[field];
  // The code's field is out of sight when the code came with the link; a problem with it shows it again.
  if (field === 'code') {
    document.getElementById('code-part').hidden = false;
    document.getElementById('code-taken').hidden = true;
  }
  if (!input) return summary.focus();
  document.getElementById(`${field}-error`).textContent = text;
  input.setAttribute('aria-invalid', 'true');
  input.focus();
}

function showDone({ tenant, user, url }, texts) {
  const done = document.getElementById('done').content.cloneNode(true);
  const main = document.querySelector('main');
  main.replaceChildren(done);
  document.title = texts.doneTitle;
  const heading = document.getElementById('done-heading');
  heading.textContent = texts.doneHeading.replace('{{organisation}}', () => tenant.displayName);
  document.getElementById('done-intro').textContent = texts.doneIntro.replace('{{userName}}', () => user.userName);
  document.getElementById('done-command').textContent = `sallyport login ${location.origin} --user ${user.userName}`;
  const link = document.getElementById('done-url');
  link.href = url;
  link.textContent = url;
  heading.focus();
}
