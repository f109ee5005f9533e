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
    const wanted = () => Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
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
    const apply = () => {
      const now = wanted(), matches = is(now), shown = data.plays.map(matches);
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
      document.getElementById('count').textContent = shown.filter(Boolean).length;
    };
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
    document.getElementById('print').addEventListener('click', () => print());
    const form = document.getElementById('filters'), data = document.getElementById('data');
    if (form && data) filter(form, JSON.parse(data.textContent));
    addEventListener('hashchange', arrive);
    arrive();
  });
})();
