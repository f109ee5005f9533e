//! Interoperability conformance tests for gateways of Italian certified mail (PEC, RFC 6109).
//!
//! The one-way flow: scenarios drive targets, the runner gathers evidence, rules judge the evidence, reports show the
//! judgement. What makes a message and what judges one never share code.

pub mod cli;
pub mod clock;
pub mod directory;
pub mod evidence;
pub mod fault;
pub mod gateway;
pub mod message;
pub mod net;
pub mod norm;
pub mod pki;
pub mod report;
pub mod rules;
pub mod runner;
pub mod scenario;
pub mod smime;
pub mod target;
