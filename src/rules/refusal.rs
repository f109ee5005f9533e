//! What was owed and did not come may have been refused on its way.

use super::{Context, providers::provider_of};
use crate::evidence::{Dialogue, DialogueLine, Evidence, GatewayFacts, Party, Speaker};

/// Whether what a host owed to an address of another provider may have been refused at that provider's incoming point: a
/// session shows it, or nobody saw that point. Who told and was turned away has done what was its to do.
pub(super) fn may_have_been_refused(context: &Context<'_>, host: Party, address: &str) -> bool {
    was_turned_away(context.evidence, host, address) || unseen(context, host, address)
}

/// Whether a host had a refusal for this address, for now or for good, or no answer at all: when it named it in RCPT TO or
/// later in the session, or before it could name anybody.
pub fn was_turned_away(evidence: &Evidence, host: Party, address: &str) -> bool {
    turned_away(evidence, host, address, &['4', '5'])
}

/// The same for good: whoever hears that does not try again.
pub fn was_refused_for_good(evidence: &Evidence, host: Party, address: &str) -> bool {
    turned_away(evidence, host, address, &['5'])
}

fn turned_away(evidence: &Evidence, host: Party, address: &str, classes: &[char]) -> bool {
    let is_refusal = |line: &DialogueLine| line.by == Speaker::Server && line.text.starts_with(classes);
    let names = |line: &DialogueLine| line.recipient().is_some_and(|named| named.eq_ignore_ascii_case(address));
    let cut_short = |session: &Dialogue| classes.contains(&'4') && session.is_cut_short();
    let keeper = keeper(evidence, address);
    let mut sessions = evidence.dialogues.iter().filter(|dialogue| dialogue.from == host);
    sessions.any(|session| {
        let mut since_named = session.lines.iter().skip_while(|line| !names(line)).peekable();
        let named_nobody = || session.lines.iter().all(|line| line.recipient().is_none());
        if since_named.peek().is_some() {
            cut_short(session) || since_named.any(is_refusal)
        } else {
            // A message that is too large is refused with MAIL FROM (RFC 1870).
            keeper == Some(session.to) && named_nobody() && session.lines.iter().any(is_refusal)
        }
    })
}

/// The gateway that plays and keeps an address, if one does.
fn keeper(evidence: &Evidence, address: &str) -> Option<Party> {
    let (_, domain) = address.rsplit_once('@')?;
    let manages = |facts: &GatewayFacts| facts.domains.iter().any(|managed| managed.eq_ignore_ascii_case(domain));
    evidence.gateways.iter().find(|(_, facts)| manages(facts)).map(|(role, _)| (*role).into())
}

/// Whether a gateway that plays keeps the address, another than the host, and what reaches its points was not seen.
fn unseen(context: &Context<'_>, host: Party, address: &str) -> bool {
    let keeper = provider_of(context, address);
    keeper.role().is_some_and(|role| host != keeper && !context.evidence.watch.sees_wires_at(role))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::evidence::{Role, Service};

    const ANNA: &str = "anna@bravo.example";

    /// What a session comes to for Anna: turned away, and for good.
    fn told_of(said: &[(Speaker, &str)]) -> (bool, bool) {
        let line = |(by, text): &(Speaker, &str)| DialogueLine { by: *by, secured: true, text: (*text).to_owned() };
        let facts = GatewayFacts { target: "b".into(), provider: "B".into(), domains: vec!["bravo.example".into()] };
        let dialogue = Dialogue {
            from: Party::Sender,
            to: Party::Receiver,
            service: Service::Incoming,
            tls: None,
            lines: said.iter().map(line).collect(),
        };
        let evidence = Evidence {
            gateways: BTreeMap::from([(Role::Receiver, facts)]),
            dialogues: vec![dialogue],
            ..Evidence::default()
        };
        (was_turned_away(&evidence, Party::Sender, ANNA), was_refused_for_good(&evidence, Party::Sender, ANNA))
    }

    #[test]
    fn whoever_is_refused_by_name_or_before_anybody_was_named_is_turned_away() {
        use Speaker::{Client, Server};
        let mail = (Client, "MAIL FROM:<m@alfa.example> SIZE=41000000");
        let (anna, luca) = ((Client, "RCPT TO:<anna@bravo.example>"), (Client, "RCPT TO:<luca@bravo.example>"));
        let (yes, quit) = ((Server, "250 2.1.0 Ok"), (Client, "QUIT"));
        for (said, expected) in [
            (vec![mail, yes, anna, yes, quit], (false, false)),
            (vec![mail, yes, anna, (Server, "550 5.1.1 No"), quit], (true, true)),
            (vec![mail, yes, anna, (Server, "450 4.2.0 Later"), quit], (true, false)),
            (vec![mail, yes, anna], (true, false)),
            (vec![mail, (Server, "552 5.3.4 Too large"), quit], (true, true)),
            (vec![(Server, "554 5.7.1 No"), quit], (true, true)),
            (vec![mail, yes, luca, (Server, "550 5.1.1 No"), quit], (false, false)),
        ] {
            assert_eq!(told_of(&said), expected, "{said:?}");
        }
    }
}
