'use strict';
(() => {
  const root = document.documentElement, languages = ['it', 'en'];
  const query = new URLSearchParams(location.search);
  const preferred = (navigator.languages || []).map((it) => it.slice(0, 2).toLowerCase()).find((it) => languages.includes(it));
  root.classList.add('scripted');
  root.lang = languages.includes(query.get('lang')) ? query.get('lang') : preferred || 'en';

  // What is chosen stands in the address, so that it can be sent to somebody.
  const remember = (name, value) => {
    if (value) query.set(name, value); else query.delete(name);
    const words = query.toString();
    history.replaceState(null, '', location.pathname + (words && '?' + words) + location.hash);
  };

  const speak = (language) => {
    root.lang = language;
    for (const button of document.querySelectorAll('[data-speak]')) {
      button.setAttribute('aria-pressed', String(button.dataset.speak === language));
    }
    for (const it of document.querySelectorAll('[data-it]')) it.textContent = it.dataset[language];
  };

  const filter = (form, data) => {
    const cells = [...document.querySelectorAll('td[data-play]')];
    const findings = [...document.querySelectorAll('#findings > .finding')];
    const families = data.rules.map((rule) => rule.split('/')[0]);
    const asked = (play, number) => (parseInt(play.rules[number >> 2] || '0', 16) >> (number & 3)) & 1;
    const is = (wanted) => {
      const text = wanted.text.toLowerCase();
      const found = ([rule, level, side]) => (!wanted.rule || rule === wanted.rule) && (!wanted.level || level === wanted.level)
        && (!wanted.side || side === wanted.side) && (!wanted.family || rule.split('/')[0] === wanted.family);
      const put = data.rules.map((rule, number) => number).filter((number) =>
        (!wanted.rule || data.rules[number] === wanted.rule) && (!wanted.family || families[number] === wanted.family));
      return (play) => (!text || play.text.includes(text)) && (!wanted.outcome || play.outcome === wanted.outcome)
        && (wanted.level || wanted.side ? play.found.some(found)
          : !(wanted.rule || wanted.family) || put.some((number) => asked(play, number)));
    };
    bind(form, (now) => {
      const matches = is(now), shown = data.plays.map(matches);
      for (const cell of cells) cell.classList.toggle('off', !shown[cell.dataset.play]);
      for (const body of document.querySelectorAll('.matrix tbody')) {
        let any = false;
        for (const row of body.rows) {
          if (row.classList.contains('theme')) continue;
          row.hidden = !row.querySelector('td[data-play]:not(.off)');
          any ||= !row.hidden;
        }
        body.hidden = !any;
      }
      for (const it of findings) {
        it.hidden = (now.rule && it.dataset.rule !== now.rule) || (now.level && it.dataset.level !== now.level)
          || (now.side && it.dataset.side !== now.side) || (now.family && (it.dataset.rule || '').split('/')[0] !== now.family)
          || (now.text && !it.textContent.toLowerCase().includes(now.text.toLowerCase()));
      }
      const none = document.getElementById('no-finding');
      if (none) none.hidden = findings.some((it) => !it.hidden);
      document.getElementById('count').textContent = shown.filter(Boolean).length;
    });
  };

  // A form whose fields stand in the address.
  const bind = (form, show) => {
    const wanted = () => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    const apply = () => show(wanted());
    for (const name of new Set([...form.elements].map((it) => it.name).filter(Boolean))) {
      form.elements[name].value = query.get(name) || '';
      // An address may name what is not to be chosen here.
      if (form.elements[name].selectedIndex === -1) form.elements[name].value = '';
    }
    form.addEventListener('input', () => {
      for (const [name, value] of Object.entries(wanted())) remember(name, value);
      apply();
    });
    form.addEventListener('reset', () => setTimeout(() => form.dispatchEvent(new Event('input'))));
    form.addEventListener('submit', (event) => event.preventDefault());
    document.addEventListener('keydown', (event) => {
      if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.target.matches('input, select')) {
        event.preventDefault();
        form.elements.text.focus();
      }
    });
    apply();
  };

  const answered = {
    'all-yes': (words) => words.every((it) => it === 'yes' || it === 'none') && words.includes('yes'),
    'any-no': (words) => words.includes('no'),
    'any-untold': (words) => words.includes('untold'),
  };

  const search = (form) => {
    const lines = [...document.querySelectorAll('[data-line]')];
    const texts = lines.map((line) => line.textContent.toLowerCase());
    bind(form, (now) => {
      const text = now.text.toLowerCase(), is = answered[now.answer];
      let shown = 0;
      lines.forEach((line, number) => {
        line.hidden = !texts[number].includes(text) || (now.kind && line.dataset.kind !== now.kind)
          || (is && !is(line.dataset.answers.trim().split(' ')));
        shown += line.hidden ? 0 : 1;
      });
      document.getElementById('count').textContent = shown;
    });
  };

  // Lines that are too many to stand in the page: those that were found are drawn, some at a time.
  const list = (form, lines) => {
    const body = document.querySelector('#lines tbody'), more = document.getElementById('more'), step = 100;
    const answers = Object.fromEntries([...document.getElementById('answers').content.querySelectorAll('td')]
      .map((cell) => [cell.classList[1], cell]));
    const [one, many] = document.getElementById('wrong').content.children;
    const kinds = Object.fromEntries([...form.elements.kind.options].map((option) => [option.value, option.dataset]));
    const texts = lines.map(([, kind, ...told]) => [kinds[kind].it, kinds[kind].en, ...told.slice(0, 5)].join('\n').toLowerCase());
    let found = [], drawn = 0;
    const cell = (text) => Object.assign(document.createElement('td'), { textContent: text });
    const row = ([href, kind, title, name, date, sender, recipients, words, count]) => {
      const row = document.createElement('tr'), head = document.createElement('th'), link = document.createElement('a');
      row.dataset.line = '';
      head.scope = 'row';
      link.href = href;
      Object.assign(link.dataset, { it: kinds[kind].it, en: kinds[kind].en });
      link.textContent = kinds[kind][root.lang];
      head.append(link, ' ' + title, Object.assign(document.createElement('small'), { textContent: name }));
      if (count) {
        const sign = (count === 1 ? one : many).cloneNode(true);
        sign.firstElementChild.textContent = count;
        head.append(' ', sign);
      }
      row.append(head, ...[date, sender, recipients].map(cell), ...words.map((word) => answers[word].cloneNode(true)));
      return row;
    };
    const draw = () => {
      body.append(...found.slice(drawn, drawn + step).map((number) => row(lines[number])));
      drawn += step;
      more.hidden = drawn >= found.length;
    };
    more.addEventListener('click', draw);
    bind(form, (now) => {
      const text = now.text.toLowerCase(), is = answered[now.answer];
      found = [...lines.keys()].filter((number) => texts[number].includes(text)
        && (!now.kind || lines[number][1] === now.kind) && (!is || is(lines[number][7])));
      document.getElementById('count').textContent = found.length;
      body.replaceChildren();
      drawn = 0;
      draw();
    });
  };

  // Who moves by keyboard or listens is taken along to the page that is shown.
  const arrive = () => {
    const page = document.querySelector('.page:target h2');
    if (page) { scrollTo(0, 0); page.focus({ preventScroll: true }); }
  };

  addEventListener('DOMContentLoaded', () => {
    speak(root.lang);
    for (const button of document.querySelectorAll('[data-speak]')) {
      button.addEventListener('click', () => { speak(button.dataset.speak); remember('lang', button.dataset.speak); });
    }
    // What is chosen goes along to the other pages of a folder.
    document.addEventListener('click', (event) => {
      const link = event.target.closest('a[href]');
      const isOther = link && link.pathname !== location.pathname && link.pathname.endsWith('.html');
      if (isOther && query.has('lang')) link.search = '?lang=' + root.lang;
    });
    document.getElementById('print').addEventListener('click', () => print());
    const filters = document.getElementById('filters'), lines = document.getElementById('search');
    if (filters) filter(filters, JSON.parse(document.getElementById('data').textContent));
    if (lines && document.getElementById('lines')) list(lines, window.judged || []);
    else if (lines) search(lines);
    addEventListener('hashchange', arrive);
    // What a fragment leads to takes the focus away once more when it is first drawn.
    addEventListener('load', () => requestAnimationFrame(() => setTimeout(arrive)));
  });
})();
