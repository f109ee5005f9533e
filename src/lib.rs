//! Interoperability conformance tests for gateways of Italian certified mail (PEC, RFC 6109).
//!
//! Everything flows one way, and each room knows only those it is drawn to come after:
//!
//! ```text
//! scenarios/ ──> scenario ──> runner ──drives──> target ──> gateway ──> net     execution
//!                               │                 embedded or external
//!                            gathers
//!                               v
//!                            evidence   messages, sessions, logs, directory, certificates, clock
//!                               v
//!                             rules     pure: evidence in, findings out                   judgement
//!                               v
//!                             results   what was played and checked came to, as events
//!                               v
//!                             report    text, JSON lines, JUnit, SARIF
//!
//! bundle     a run in one file, sealed, to be handed on
//! redact     what is somebody's, taken out of what is told
//! archive    what someone holds, opened: files, folders, mailboxes and zips, for `check`
//! fault      single deviations: of recorded evidence, to prove the rules; of a live peer, to see how the other reacts
//! known      deviations that a provider declares
//! language   what people are told, in Italian and in English
//! catalogue  the clauses, rules, scenarios, faults and terms, and how they lead to each other: what is checked, and by what
//! page       what someone uploads, handed to whoever judges it: a web page, and the same over HTTP
//! below all  message, smime, directory, pki (reading mail, signatures, providers, the test PKI), norm, clock,
//!            bounded (files read up to a bound), yaml (files that people write, and what is wrong with one), shown (text from
//!            outside, fit for a terminal), state (of hosts and mailboxes, as scenarios give it and gateways have it), threads (to play and
//!            serve on)
//! ```
//!
//! Execution and judgement are apart, so a run, a check of files and a second look at last year's evidence share every
//! rule. What makes a message and what judges one never share code; `tests/testsuite/architecture.rs` holds the arrows.

pub mod archive;
pub mod bounded;
pub mod bundle;
pub mod catalogue;
pub mod check;
pub mod cli;
pub mod clock;
pub mod diff;
pub mod directory;
pub mod evidence;
pub mod fault;
pub mod gateway;
pub mod hexadecimal;
pub mod known;
pub mod language;
pub mod merge;
pub mod message;
pub mod net;
pub mod norm;
pub mod page;
pub mod pki;
pub mod redact;
pub mod report;
pub mod results;
pub mod rules;
pub mod runner;
pub mod scenario;
pub mod serve;
pub mod shown;
pub mod smime;
pub mod state;
pub mod target;
pub mod threads;
pub mod yaml;
