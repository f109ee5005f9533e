//! What a scenario needs of who plays it, and of which side.

use std::collections::BTreeSet;

use crate::{
    evidence::Role,
    scenario::{
        Scenario,
        change::{Change, GatewayChange},
        given::{GatewayState, RevocationLists},
        inject::Provider,
        model::{Expectation, Step},
        words::{Host, Mailbox, Place},
    },
    target::{Need, World},
};

/// Why the world cannot play this; `None` where it can.
pub fn lacks(scenario: &Scenario, world: &World) -> Option<String> {
    needs(scenario).into_iter().find_map(|(role, need)| world.lacks(role, need))
}

/// What a scenario needs, and of which side.
fn needs(scenario: &Scenario) -> BTreeSet<(Role, Need)> {
    let given = &scenario.given;
    let healthy = GatewayState::default();
    let mut needs = BTreeSet::new();
    let roles: Vec<Role> = given.gateways().map(|(role, _)| role).collect();
    let of_all = |need: Need| roles.iter().map(move |role| (*role, need));
    for (role, state) in given.gateways() {
        let has_mailbox = given.mailboxes.keys().any(|mailbox| mailbox.host() == Some(Host::Gateway(role)));
        if *state != healthy || has_mailbox {
            needs.insert((role, Need::State));
        }
    }
    if !given.also_listed.is_empty() || given.revocation_lists != RevocationLists::Current {
        needs.extend(of_all(Need::Trust));
    }
    // Whoever writes to its users needs a way there, and whoever answers them.
    let second = Some(Host::Gateway(Role::SecondReceiver));
    for send in scenario.sends() {
        let (from, to) = (send.submitted_at(), send.recipients().into_iter().map(Mailbox::host));
        let ways = to.flat_map(|to| [(from, to), (to, from)]).filter(|(_, to)| *to == second);
        let callers = ways.filter_map(|(caller, _)| caller?.role());
        needs.extend(callers.map(|role| (role, Need::SecondReceiver)));
    }
    let stores = |expectation: &Expectation| -> Vec<(Role, Need)> {
        let looked_into = expectation.keys().filter_map(|place| match place {
            Place::VirusStore(role) => Some((*role, Need::VirusStore)),
            _ => None,
        });
        looked_into.collect()
    };
    for step in &scenario.steps {
        match step {
            Step::Inject(inject) => {
                let provider = inject.notification.as_ref().map_or(Provider::Sender, |notification| notification.by);
                needs.extend(provider.role().map(|role| (role, Need::Impersonation)));
            }
            Step::Change(change) => {
                let Change { mailboxes, restarted, delisted, revoked, domain_moves, .. } = &**change;
                for &role in &roles {
                    let has_mailbox = mailboxes.keys().any(|mailbox| mailbox.host() == Some(Host::Gateway(role)));
                    if *change.of(role) != GatewayChange::default() || has_mailbox || restarted.contains(&role) {
                        needs.insert((role, Need::State));
                    }
                }
                if delisted.is_some() || revoked.is_some() {
                    needs.extend(of_all(Need::Trust));
                }
                if domain_moves.is_some() {
                    needs.extend(of_all(Need::Trust).chain(of_all(Need::State)));
                }
            }
            Step::Advance(_) => needs.extend(of_all(Need::Clock)),
            Step::Expect(expectation) => needs.extend(stores(expectation)),
            Step::Either(ways) => needs.extend(ways.iter().flat_map(|way| stores(&way.expect))),
            // What is found on a session at a point, has to be seen there; and what a gateway is made to lose or delay is
            // missed where the sender's provider takes it, or would refuse it.
            Step::ExpectFindings(findings) => needs.extend(findings.keys().filter_map(|id| match id.parse() {
                Ok(Place::AccessPoint(role) | Place::IncomingPoint(role)) => Some((role, Need::Wires)),
                _ => given.plants_faults().then_some((Role::Sender, Need::Wires)),
            })),
            Step::Send(_) | Step::Together(_) | Step::Again(_) | Step::Dialogue(_) => {}
        }
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_to_a_second_receiver_or_is_written_to_from_there_needs_a_way_to_it() {
        let callers = |from: &str, to: &str| {
            let yaml = format!(
                "title: t\nclauses: [RFC6109-3.5-transaction]\ngiven: {{second-receiver: {{}}}}\nsteps:\n\
                 - send: {{id: a, from: {from}, to: [{to}]}}\n- expect: {{}}\n"
            );
            let all = needs(&Scenario::read("t", "t.yaml", &yaml, &[]).unwrap()).into_iter();
            all.filter(|(_, need)| *need == Need::SecondReceiver).map(|(role, _)| role).collect::<Vec<_>>()
        };
        let second = "giulia@second-receiver";
        assert_eq!(callers("mario@sender", &format!("anna@receiver, {second}")), [Role::Sender]);
        assert_eq!(callers(second, "mario@sender, anna@receiver"), [Role::Sender, Role::Receiver]);
        assert_eq!(callers("mario@sender", "anna@receiver"), []);
    }
}
