//! The threads that things are played and served on.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    thread,
};

use tokio::runtime::{Builder, Runtime};

/// Sockets that a play or a gateway has open at a time, at least, and what waits for them.
const SOCKETS: usize = 12;

/// A runtime with this many threads, and as many as `waiting` for what signs and waits for the disk: each of them keeps
/// memory of its own for large messages. An error where the machine has no thread or descriptor left.
pub fn runtime(threads: usize, waiting: usize) -> io::Result<Runtime> {
    // Where no thread and no descriptor can be had, tokio panics instead of saying so.
    thread::Builder::new().spawn(|| ())?.join().ok();
    let sockets = (0..SOCKETS).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    drop(sockets.collect::<io::Result<Vec<_>>>()?);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(threads.max(1)).max_blocking_threads(waiting.max(1)).enable_all().build()
}
