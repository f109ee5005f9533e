//! Connections: each one request, and none for ever.

use std::{future::Future, io, pin::pin, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};

use super::{Page, answer::router};

/// Connections at once; more wait to be accepted.
const CONNECTIONS: usize = 256;
/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);
/// How long checks that are under way may still take once it is to end.
const GRACE: Duration = Duration::from_secs(10);
/// How soon is looked again where the system has no descriptor left.
const AGAIN: Duration = Duration::from_millis(100);

/// Answers whoever connects until `ended`, then lets those go on for a little that are being answered.
pub async fn serve(listener: TcpListener, page: Page, ended: impl Future<Output = ()>) {
    // To be received, to be judged, and to be read: one that does not read its answer is left too.
    let longest = page.bounds.time * 3;
    let service = TowerToHyperService::new(router(Arc::new(page)));
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut ended = pin!(ended);
    loop {
        let next = async {
            let place = Arc::clone(&connections).acquire_owned().await;
            (accept(&listener).await, place)
        };
        let (stream, place) = tokio::select! {
            next = next => next,
            () = &mut ended => break,
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD).keep_alive(false);
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service.clone()));
        tokio::spawn(async move {
            // What goes wrong with a connection its client sees.
            let _ = timeout(longest, connection).await;
            drop(place);
        });
    }
    drop(listener);
    let _ = timeout(GRACE, graceful.shutdown()).await;
}

async fn accept(listener: &TcpListener) -> tokio::net::TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_one(&error) => {}
            Err(_) => sleep(AGAIN).await,
        }
    }
}

/// Whether only the connection that was to be accepted is gone.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
