//! `POST /check`: takes in what is sent, has it judged, and answers with the report.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Query, Request, State},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use futures_util::StreamExt as _;
use tokio::{sync::OwnedSemaphorePermit, task::spawn_blocking, time::timeout};
use tokio_util::io::ReaderStream;

use super::{
    Asked, GivenUp, Job, Page, Refusal,
    asked::media_type,
    upload::{Upload, too_large},
};
use crate::{bounded::MIB, report::Format};

/// What is still read of a request that was refused, so that its sender comes to hear of it.
const DRAINED: u64 = 64 * MIB;
const DRAINING: Duration = Duration::from_secs(5);
/// Octets of a report that are read at a time.
const PIECE: usize = 64 << 10;

/// Answers.
pub(super) async fn check(State(page): State<Arc<Page>>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    match begin(&page, &parts) {
        Ok((asked, place)) => finish(&page, &parts.headers, body, asked, place).await,
        Err(refusal) => {
            drain(body).await;
            Err(refusal)
        }
    }
}

/// What can be told before anything was read, and a place among those that are judged.
fn begin(page: &Page, parts: &Parts) -> Result<(Asked, OwnedSemaphorePermit), Refusal> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|error| Refusal::mistaken(format!("the address cannot be read: {error}")))?;
    let asked = Asked::of(pairs.iter().map(|(name, value)| (&**name, &**value)))?;
    asked.format_for(&parts.headers)?;
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > page.bounds.upload) {
        return Err(too_large(page.bounds));
    }
    let place = Arc::clone(&page.places).try_acquire_owned();
    let place = place.map_err(|_| {
        let count = page.bounds.at_once;
        Refusal::busy(format!("{count} checks are under way, and more are not made at once: try again in a moment"))
    })?;
    Ok((asked, place))
}

async fn finish(
    page: &Page,
    headers: &HeaderMap,
    body: Body,
    mut asked: Asked,
    place: OwnedSemaphorePermit,
) -> Result<Response, Refusal> {
    let time = page.bounds.time;
    let received = timeout(time, Upload::receive(page, headers, body, &mut asked)).await;
    let upload = received.map_err(|_| Refusal::slow(format!("it took longer than {} seconds", time.as_secs())))??;
    let format = asked.format_for(headers)?;
    asked.format = Some(format);
    // It has no name: nothing is left of it, however this ends.
    let report =
        tempfile::tempfile().map_err(|error| Refusal::trouble(format!("no report can be written: {error}")))?;
    let given_up = GivenUp::default();
    let _waiting = given_up.once_dropped();
    let judge = Arc::clone(&page.judge);
    let judging = spawn_blocking(move || {
        let job = Job {
            folder: upload.mail(),
            paths: upload.paths(),
            unread: upload.unread(),
            references: upload.references.clone(),
            asked,
            given_up,
        };
        let done = judge.judge(&job, &report);
        // The upload goes, and then the place is free.
        drop((upload, place));
        done.map(|()| report)
    });
    match timeout(time, judging).await {
        Ok(Ok(Ok(report))) => answer(report, format),
        Ok(Ok(Err(refusal))) => Err(refusal),
        Ok(Err(_)) => Err(Refusal::trouble("a mistake in this program, and no verdict on anybody: please report it")),
        Err(_) => Err(Refusal::busy(format!("judging took longer than {} seconds", time.as_secs()))),
    }
}

/// The report from its beginning.
fn answer(mut report: std::fs::File, format: Format) -> Result<Response, Refusal> {
    use std::io::Seek as _;
    report.rewind().map_err(|error| Refusal::trouble(format!("the report cannot be read: {error}")))?;
    let report = ReaderStream::with_capacity(tokio::fs::File::from_std(report), PIECE);
    Ok(([(header::CONTENT_TYPE, media_type(format))], Body::from_stream(report)).into_response())
}

/// Reads what was sent, and does nothing with it: to whoever is still writing a connection that is closed is a
/// broken one.
async fn drain(body: Body) {
    let mut body = body.into_data_stream();
    let reading = async {
        let mut left = DRAINED;
        while let Some(Ok(bytes)) = body.next().await {
            left = left.saturating_sub(bytes.len() as u64);
            if left == 0 {
                break;
            }
        }
    };
    // Whoever is slower hears of nothing.
    let _ = timeout(DRAINING, reading).await;
}
