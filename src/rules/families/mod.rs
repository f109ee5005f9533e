//! The families of rules, a file each. A rule is added to a file here, or by a file and its line in [`FAMILIES`]; a test
//! holds the list against the folder.

pub(super) mod access;
pub(super) mod brief;
pub(super) mod certificate;
pub(super) mod choreography;
pub(super) mod daticert;
pub(super) mod dialogue;
pub(super) mod directory;
pub(super) mod envelope;
pub(super) mod headers;
pub(super) mod html;
pub(super) mod log;
pub(super) mod mime;
pub(super) mod notification;
pub(super) mod octets;
pub(super) mod readable;
pub(super) mod signature;
pub(super) mod structure;
pub(super) mod subject;
pub(super) mod times;

use super::Family;

/// Every family, in the order in which its rules are put.
pub static FAMILIES: &[Family] = &[
    Family { name: "access", rules: access::RULES },
    Family { name: "brief", rules: brief::RULES },
    Family { name: "certificate", rules: certificate::RULES },
    Family { name: "certificate/attributes", rules: certificate::attributes::RULES },
    Family { name: "choreography/acceptance", rules: choreography::acceptance::RULES },
    Family { name: "choreography/anomaly", rules: choreography::anomaly::RULES },
    Family { name: "choreography/brief", rules: choreography::brief::RULES },
    Family { name: "choreography/founded", rules: choreography::founded::RULES },
    Family { name: "choreography/identity", rules: choreography::identity::RULES },
    Family { name: "choreography/original", rules: choreography::original::RULES },
    Family { name: "choreography/outcome", rules: choreography::outcome::RULES },
    Family { name: "choreography/receipt", rules: choreography::receipt::RULES },
    Family { name: "choreography/routing", rules: choreography::routing::RULES },
    Family { name: "choreography/takeover", rules: choreography::takeover::RULES },
    Family { name: "choreography/timeout", rules: choreography::timeout::RULES },
    Family { name: "choreography/virus", rules: choreography::virus::RULES },
    Family { name: "daticert", rules: daticert::RULES },
    Family { name: "daticert/errors", rules: daticert::errors::RULES },
    Family { name: "daticert/recipients", rules: daticert::recipients::RULES },
    Family { name: "dialogue", rules: dialogue::RULES },
    Family { name: "directory", rules: directory::RULES },
    Family { name: "directory/certificates", rules: directory::certificates::RULES },
    Family { name: "directory/schema", rules: directory::schema::RULES },
    Family { name: "directory/shared", rules: directory::shared::RULES },
    Family { name: "directory/signed", rules: directory::signed::RULES },
    Family { name: "envelope", rules: envelope::RULES },
    Family { name: "envelope/received", rules: envelope::received::RULES },
    Family { name: "envelope/replies", rules: envelope::replies::RULES },
    Family { name: "headers", rules: headers::RULES },
    Family { name: "html", rules: html::RULES },
    Family { name: "log", rules: log::RULES },
    Family { name: "mime", rules: mime::RULES },
    Family { name: "notification", rules: notification::RULES },
    Family { name: "octets", rules: octets::RULES },
    Family { name: "readable", rules: readable::RULES },
    Family { name: "signature", rules: signature::RULES },
    Family { name: "structure", rules: structure::RULES },
    Family { name: "structure/daticert", rules: structure::daticert::RULES },
    Family { name: "structure/limits", rules: structure::limits::RULES },
    Family { name: "structure/original", rules: structure::original::RULES },
    Family { name: "subject", rules: subject::RULES },
    Family { name: "times", rules: times::RULES },
];
