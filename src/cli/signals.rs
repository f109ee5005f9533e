//! Ctrl-C, and the signals that a CI system ends a job with and a terminal that is closed: each asks a run to stop. A
//! gateway that is served hears SIGHUP as a word to read its files again.

use std::{
    io,
    sync::{Mutex, PoisonError},
    thread,
};

use tokio::runtime::Builder;

use crate::runner::Stop;

/// What is asked to stop at each signal from the first call on. A signal that was ignored when the program began, as SIGHUP
/// is under `nohup`, stays so.
pub fn stop() -> io::Result<Stop> {
    static ASKED: Mutex<Option<Stop>> = Mutex::new(None);
    // Whoever panicked while it was held left it as it was.
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(stop) = &*asked {
        return Ok(stop.clone());
    }
    let stop = Stop::default();
    asking(stop.clone())?;
    Ok(asked.insert(stop).clone())
}

fn asking(stop: Stop) -> io::Result<()> {
    // Where no descriptor can be had, tokio panics instead of saying so.
    drop([io::pipe()?, io::pipe()?, io::pipe()?]);
    let runtime = Builder::new_current_thread().enable_io().build()?;
    let guard = runtime.enter();
    // They are caught from here on, whenever it is that the thread begins to wait for them.
    let mut heard = system::Signals::catch(false)?;
    drop(guard);
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            while heard.next().await.is_some() {
                stop.request();
            }
        });
    })?;
    Ok(())
}

/// Waits for the first of them from now on, to be called inside a runtime. One that was ignored when the program began
/// stays so.
pub fn ended() -> io::Result<impl Future<Output = ()>> {
    let mut heard = system::Signals::catch(false)?;
    Ok(async move {
        if heard.next().await.is_none() {
            // None can come: it is ended some other way.
            std::future::pending::<()>().await;
        }
    })
}

/// What a signal asks of a gateway that is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    Stop,
    /// To read its files again.
    Reread,
}

/// Signals to a gateway that is served, caught from now on; to be called inside a runtime.
pub struct Served(system::Signals);

impl Served {
    /// Catches them, SIGHUP even where `nohup` has it ignored: who sends that means the files.
    pub fn catch() -> io::Result<Self> {
        system::Signals::catch(true).map(Self)
    }

    /// Waits for one; `None` where none can come any more.
    pub async fn next(&mut self) -> Option<Asked> {
        self.0.next().await
    }
}

#[cfg(unix)]
mod system {
    use std::{fs, io};

    use super::Asked;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// What asks to stop.
    pub struct Signals {
        hangup: Option<Signal>,
        interrupt: Option<Signal>,
        terminate: Option<Signal>,
    }

    impl Signals {
        /// Catches those that were not ignored, and SIGHUP in any case where it is asked for.
        pub fn catch(hangup: bool) -> io::Result<Self> {
            let mut ignored = ignored();
            if hangup {
                ignored &= !bit(SignalKind::hangup());
            }
            let catch = |kind: SignalKind| {
                let is_ignored = ignored & bit(kind) != 0;
                (!is_ignored).then(|| signal(kind)).transpose()
            };
            Ok(Self {
                hangup: catch(SignalKind::hangup())?,
                interrupt: catch(SignalKind::interrupt())?,
                terminate: catch(SignalKind::terminate())?,
            })
        }

        /// Waits for one; `None` where none can come any more.
        pub async fn next(&mut self) -> Option<Asked> {
            tokio::select! {
                Some(()) = wait(&mut self.hangup) => Some(Asked::Reread),
                Some(()) = wait(&mut self.interrupt) => Some(Asked::Stop),
                Some(()) = wait(&mut self.terminate) => Some(Asked::Stop),
                else => None,
            }
        }
    }

    async fn wait(signal: &mut Option<Signal>) -> Option<()> {
        signal.as_mut()?.recv().await
    }

    fn bit(kind: SignalKind) -> u64 {
        1 << (kind.as_raw_value() - 1)
    }

    /// Signals that are ignored, a bit each, where the system tells.
    fn ignored() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    use super::Asked;

    /// Ctrl-C.
    pub struct Signals;

    impl Signals {
        /// Catches it once it is waited for.
        pub fn catch(_hangup: bool) -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits for it.
        pub async fn next(&mut self) -> Option<Asked> {
            tokio::signal::ctrl_c().await.ok().map(|()| Asked::Stop)
        }
    }
}
