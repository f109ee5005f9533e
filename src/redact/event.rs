//! Each event, and what of it goes.

use std::path::{Path, PathBuf};

use super::{Redactor, text::Known};
use crate::{
    evidence::Observation,
    results::{
        Alone, Cell, CellOutcome, Checked, Closing, Description, Event, Opening, SubmissionPage, Totals, Unmet, Work,
    },
    rules::{Answer, Answers, GivenCertificate, Judgement, Location, Outcome, Spot},
    shown::path_text,
    smime::PathError,
};

pub(super) fn redact(redactor: &mut Redactor, event: &mut Event<'_>) {
    match event {
        Event::Opened(opening) => redactor.opening(opening),
        // Ids of scenarios, names of targets.
        Event::Started { .. } | Event::Stopping { .. } => {}
        Event::Finished(cell) => redactor.cell(cell),
        Event::Reference(checked) | Event::Checked(checked) => redactor.checked(checked),
        Event::Unjudged(it) => {
            it.name = redactor.path(&it.name);
            it.reason = redactor.text(&it.reason);
        }
        Event::LeftOut(it) => {
            it.name = redactor.path(&it.name);
            it.why = redactor.text(&it.why);
        }
        Event::Submission(page) => redactor.submission(page),
        Event::Closed(closing) => redactor.closing(closing),
    }
}

impl Redactor {
    fn opening(&self, opening: &mut Opening) {
        match &mut opening.work {
            Work::Check { references } => {
                for reference in references {
                    reference.from = self.path(&reference.from);
                }
            }
            Work::Plays { asked, .. } => {
                // What is named from where the run was begun says where that was to nobody.
                let words = asked.targets.values_mut().chain(&mut asked.options);
                for path in words.filter(|it| Path::new(it).is_absolute()) {
                    *path = self.path(path);
                }
            }
        }
    }

    /// What is told when it is over. What somebody declared himself stays: he wrote it to be told.
    fn closing(&self, closing: &mut Closing) {
        if let Totals::Check(tally) = &mut closing.totals {
            for name in &mut tally.not_exercised {
                *name = self.path(name);
            }
        }
    }

    fn cell(&mut self, cell: &mut Cell) {
        let domains = cell.observed.gateways.values().flat_map(|gateway| &gateway.domains);
        self.domains.extend(domains.map(|domain| domain.to_lowercase()));
        // What a scenario calls its messages is the suite's own.
        let named = |seen: &Observation| seen.name.clone();
        let own: Vec<String> = cell.observed.observations.iter().filter_map(named).collect();
        let own: Vec<&str> = own.iter().flat_map(|name| name.split('-')).collect();
        match &mut cell.outcome {
            CellOutcome::Error(trouble) => trouble.what = self.text_with(&trouble.what, &own),
            CellOutcome::Skipped(reason) => *reason = self.text_with(reason, &own),
            CellOutcome::Passed | CellOutcome::Failed => {}
        }
        for Unmet { expected, found, .. } in &mut cell.unmet {
            *expected = self.text_with(expected, &own);
            *found = self.text_with(found, &own);
        }
        for remark in cell.choices.iter_mut().chain(&mut cell.notes) {
            *remark = self.text_with(remark, &own);
        }
        // It tells the messages' own words.
        cell.story.clear();
        self.judgement(&mut cell.judgement, &Known::default());
        self.evidence(&mut cell.observed, &Known::default());
    }

    fn checked(&self, checked: &mut Checked) {
        let (name, path) = (&checked.name, path_text(&checked.path));
        let mut known = Known::default();
        known.add(name, self.path(name));
        known.add(&path, self.path(&path));
        if let Some(Alone { description: Description { subject: Some(subject), .. }, .. }) = &checked.lone {
            known.add(subject, self.whole("subject", subject));
        }
        checked.name = self.path(name);
        checked.path = PathBuf::from(self.path(&path));
        self.judgement(&mut checked.judgement, &known);
        self.evidence(&mut checked.evidence, &known);
        if let Some(lone) = &mut checked.lone {
            self.alone(lone);
        }
    }

    fn submission(&self, page: &mut SubmissionPage) {
        let mut known = Known::default();
        for seen in &page.messages {
            known.add(&seen.name, self.path(&seen.name));
        }
        if let Some(subject) = &page.subject {
            known.add(subject, self.whole("subject", subject));
        }
        for id in [&mut page.identifier, &mut page.msgid].into_iter().flatten() {
            *id = self.identifier(id);
        }
        if let Some(sender) = &mut page.sender {
            *sender = self.person(sender);
        }
        if let Some(subject) = &mut page.subject {
            *subject = self.whole("subject", subject);
        }
        for recipient in &mut page.recipients {
            recipient.address = self.person(&recipient.address);
            recipient.typology = recipient.typology.take().map(|typology| self.text(&typology));
            recipient.outcome = self.text(&recipient.outcome);
        }
        for seen in &mut page.messages {
            seen.name = self.path(&seen.name);
        }
        for missing in &mut page.missing {
            missing.what = self.text(&missing.what);
            missing.view = self.text(&missing.view);
        }
        self.answer(&mut page.complete);
        self.judgement(&mut page.judgement, &known);
        self.evidence(&mut page.evidence, &known);
    }

    /// An identifier of a message: an address, or what is none.
    fn identifier(&self, id: &str) -> String {
        let inside = id.trim_matches(['<', '>', ' ']);
        let told = if inside.contains('@') { self.address(inside) } else { self.whole("id", inside) };
        if id.starts_with('<') { format!("<{told}>") } else { told }
    }

    fn alone(&self, lone: &mut Alone) {
        let Alone { description, answers, signer, .. } = lone;
        self.description(description);
        let Answers { intact, origin, form } = answers;
        if !origin.is_yes() {
            // Whoever signed is no provider that anybody knows.
            self.answer(origin);
            if let Some(signer) = signer {
                signer.subject = self.whole("signer", &signer.subject);
                signer.issuer = self.whole("signer", &signer.issuer);
                signer.serial = self.whole("serial", &signer.serial);
            }
        }
        self.answer(intact);
        self.answer(form);
    }

    fn description(&self, description: &mut Description) {
        if let Some(sender) = &mut description.sender {
            *sender = self.person(sender);
        }
        for recipient in &mut description.recipients {
            *recipient = self.person(recipient);
        }
        if let Some(subject) = &mut description.subject {
            *subject = self.whole("subject", subject);
        }
    }

    fn answer(&self, answer: &mut Answer) {
        let (Answer::Yes(why) | Answer::No(why) | Answer::CannotTell(why)) = answer;
        *why = self.text(why);
    }

    fn judgement(&self, judgement: &mut Judgement, known: &Known) {
        judgement.transactions.clear();
        judgement.origins.clear();
        for verdict in &mut judgement.verdicts {
            verdict.subject = self.text_around(&verdict.subject, known);
            match &mut verdict.outcome {
                Outcome::Pass => {}
                Outcome::Fail(findings) | Outcome::CannotTell(findings) => {
                    for finding in findings {
                        finding.expected = self.text_around(&finding.expected, known);
                        finding.found = self.text_around(&finding.found, known);
                        self.location(&mut finding.at);
                    }
                }
                Outcome::InternalError(reason) => *reason = self.text(reason),
            }
        }
        for GivenCertificate { certificate, path, provider } in &mut judgement.certificates {
            if provider.is_none() {
                certificate.subject = self.whole("signer", &certificate.subject);
                certificate.issuer = self.whole("signer", &certificate.issuer);
                certificate.serial = self.whole("serial", &certificate.serial);
                // By its digest it could be looked for.
                certificate.der = certificate.subject.as_bytes().into();
                *path = path.take().map(|path| path.map_err(|error| self.path_error(error)));
            }
        }
    }

    fn path_error(&self, error: PathError) -> PathError {
        match error {
            PathError::NoIssuer(why) => PathError::NoIssuer(self.text(&why)),
            PathError::Unsupported(why) => PathError::Unsupported(self.text(&why)),
            PathError::NoPath(why) => PathError::NoPath(self.text(&why)),
            PathError::UnusableCrl(why) => PathError::UnusableCrl(self.text(&why)),
            PathError::Other(why) => PathError::Other(self.text(&why)),
            of_instants @ (PathError::OutsideValidity { .. }
            | PathError::Revoked
            | PathError::StaleCrl(_)
            | PathError::NoCrl) => of_instants,
        }
    }

    fn location(&self, at: &mut Location) {
        // Of a message that is not told no octets can be pointed at.
        at.span = None;
        at.detail = at.detail.take().map(|detail| self.text(&detail));
        match &mut at.spot {
            Spot::Header { field: text, .. }
            | Spot::Xml { path: text, .. }
            | Spot::Session { answer: text }
            | Spot::Certificate { field: Some(text) }
            | Spot::Words { text } => *text = self.text(text),
            // Numbers, and what is public.
            Spot::Part { .. } | Spot::Certificate { field: None } | Spot::Record { .. } => {}
        }
    }
}
