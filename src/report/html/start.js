'use strict';
addEventListener('DOMContentLoaded', () => {
  const form = document.getElementById('offer'), drop = document.getElementById('drop'), trouble = document.getElementById('trouble');
  const state = document.getElementById('state'), bar = state.querySelector('progress'), told = document.getElementById('chosen');
  const missed = document.getElementById('unread');
  let chosen = [], unread = [];

  const complain = (what, words = '') => {
    trouble.hidden = !what;
    for (const it of trouble.querySelectorAll('[data-trouble]')) it.hidden = it.dataset.trouble !== what;
    trouble.querySelector('bdi').textContent = words;
  };
  const choose = (files) => {
    chosen = chosen.concat(files);
    told.hidden = !chosen.length;
    told.querySelector('b').textContent = chosen.length;
    missed.hidden = !unread.length;
    missed.querySelector('bdi').textContent = unread.join(', ');
    complain('');
  };

  for (const input of form.querySelectorAll('[name=file]')) {
    input.addEventListener('change', () => {
      choose([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })));
      input.value = '';
    });
  }
  document.getElementById('forget').addEventListener('click', () => { chosen = []; unread = []; choose([]); });

  // A folder that is dropped is walked; what is in it is named from there. What the browser cannot read stops nothing
  // else: a file's name may be none that it knows, and then it gives none.
  const walk = async (entry) => {
    const name = entry.fullPath.replace(/^\//, ''), found = [];
    try {
      if (entry.isFile) {
        const file = await new Promise((done, failed) => { entry.file(done, failed); });
        return [{ file, name }];
      }
      for (const reader = entry.createReader();;) {
        const some = await new Promise((done, failed) => { reader.readEntries(done, failed); });
        if (!some.length) return found;
        for (const it of some) found.push(...await walk(it));
      }
    } catch {
      unread.push(entry.name ? name : `${name}?`);
      return found;
    }
  };
  for (const kind of ['dragenter', 'dragover']) {
    addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
  }
  for (const kind of ['dragleave', 'drop']) addEventListener(kind, () => drop.classList.remove('over'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((it) => it.webkitGetAsEntry()).filter(Boolean);
    Promise.all(entries.map(walk)).then((found) => choose(found.flat()));
  });

  const show = (page) => {
    const again = document.getElementById('again');
    document.open();
    document.write(page);
    document.close();
    document.querySelector('.tools').prepend(again);
  };
  const busy = (what) => {
    state.hidden = !what;
    form.querySelector('[type=submit]').disabled = Boolean(what);
    for (const it of state.querySelectorAll('[data-state]')) it.hidden = it.dataset.state !== what;
  };
  // What was chosen may since have gone or changed: whether something is left to be sent without it.
  const sorted = async () => {
    const all = chosen, readable = [];
    for (const it of all) {
      try {
        await it.file.slice(0, 1).arrayBuffer();
        readable.push(it);
      } catch {
        unread.push(it.name);
      }
    }
    chosen = readable;
    choose([]);
    return readable.length && readable.length < all.length;
  };
  const send = () => {
    const body = new FormData();
    body.append('view', form.elements.view.value);
    for (const file of form.elements.reference.files) body.append('reference', file);
    for (const { file, name } of chosen) body.append('file', file, name);
    for (const name of unread) body.append('unread', name);
    const request = new XMLHttpRequest();
    request.open('POST', form.getAttribute('action'));
    request.upload.addEventListener('progress', (it) => { bar.max = it.total; bar.value = it.loaded; });
    request.upload.addEventListener('load', () => { bar.removeAttribute('value'); busy('judging'); });
    request.addEventListener('load', () => {
      busy('');
      const known = [413, 503].includes(request.status) ? String(request.status) : 'other';
      if (request.status === 200) show(request.responseText); else complain(known, request.responseText);
    });
    request.addEventListener('error', async () => {
      if (await sorted()) { send(); return; }
      busy('');
      complain('other');
    });
    busy('sending');
    request.send(body);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    complain('');
    if (!chosen.length) { complain('nothing'); return; }
    const octets = chosen.reduce((sum, { file }) => sum + file.size, 0);
    if (octets > Number(form.dataset.most)) { complain('413'); return; }
    send();
  });
});
