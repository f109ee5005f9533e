//! Ports for servers that must be told theirs, and how often is looked whether they answer.

use std::{
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

/// Between two looks at what takes its time: whoever looks without a pause takes the processor from what is waited for.
pub const LOOK: Duration = Duration::from_millis(20);

/// Below those that systems hand out by themselves, so that no client or other server has one by chance meanwhile.
const FIRST: u16 = 20_000;
const MANY: u16 = 12_000;

static TAKEN: AtomicU16 = AtomicU16::new(0);

/// A port of the loopback interface that nobody listens on, another one each time.
pub fn free() -> u16 {
    // Test programs that run at once begin at different ones.
    let start = process::id().wrapping_mul(61);
    loop {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed).into());
        let port = FIRST + u16::try_from(next % u32::from(MANY)).expect("fewer than there are ports");
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
