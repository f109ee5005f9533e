//! What was owed and did not come may have been refused on its way.

use super::{Context, providers::provider_of};
use crate::evidence::{DialogueLine, Evidence, Party, Speaker};

/// Whether what a host owed to an address of another provider may have been refused at that provider's incoming point: a
/// session shows it, or nobody saw that point. Who told and was turned away has done what was its to do.
pub(super) fn may_have_been_refused(context: &Context<'_>, host: Party, address: &str) -> bool {
    was_turned_away(context.evidence, host, address) || unseen(context, host, address)
}

/// Whether a host named this address in RCPT TO and had a refusal for it, then or later in the session, or no answer at all.
pub fn was_turned_away(evidence: &Evidence, host: Party, address: &str) -> bool {
    let is_refusal = |line: &DialogueLine| line.by == Speaker::Server && line.text.starts_with(['4', '5']);
    let names = |line: &DialogueLine| line.recipient().is_some_and(|named| named.eq_ignore_ascii_case(address));
    let mut sessions = evidence.dialogues.iter().filter(|dialogue| dialogue.from == host);
    sessions.any(|session| {
        let mut since_named = session.lines.iter().skip_while(|line| !names(line)).peekable();
        since_named.peek().is_some() && (session.is_cut_short() || since_named.any(is_refusal))
    })
}

/// Whether a gateway that plays keeps the address, another than the host, and what reaches its points was not seen.
fn unseen(context: &Context<'_>, host: Party, address: &str) -> bool {
    let keeper = provider_of(context, address);
    keeper.role().is_some_and(|role| host != keeper && !context.evidence.watch.sees_wires_at(role))
}
