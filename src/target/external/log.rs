//! A target's log, as far as its file tells how it is read: JSON, an object to a line.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    file::{self, LogFields},
    reader::output,
};
use crate::{bounded, evidence::LogRecord, shown::path_text, target::TargetError};

/// Bytes that are read at most, of all its files together.
const LARGEST: u64 = 64 << 20;

/// A log, looked into from a mark on.
pub struct Log {
    told: file::Log,
    folder: PathBuf,
    /// Lines that were there when the play began.
    before: usize,
}

impl Log {
    /// A log that nobody has looked into; paths are taken from a folder, and commands run there.
    pub fn new(told: file::Log, folder: PathBuf) -> Self {
        Self { told, folder, before: 0 }
    }

    /// What is there now is not of the play.
    pub async fn mark(&mut self) -> Result<(), TargetError> {
        self.before = self.text().await?.lines().count();
        Ok(())
    }

    /// The records since the mark.
    pub async fn records(&self) -> Result<Vec<LogRecord>, TargetError> {
        let text = self.text().await?;
        let lines = text.lines().enumerate().skip(self.before).filter(|(_, line)| !line.trim().is_empty());
        let record = |(number, line): (usize, &str)| {
            self.record(line).map_err(|why| TargetError::configuration(format!("its log, line {}: {why}", number + 1)))
        };
        lines.map(record).collect()
    }

    async fn text(&self) -> Result<String, TargetError> {
        match (&self.told.file, &self.told.command) {
            (Some(path), _) => {
                let path = self.folder.join(path);
                read(&path).map_err(|error| {
                    TargetError::infrastructure(format!("its log {} cannot be read: {error}", path_text(&path)))
                })
            }
            (None, Some(words)) => output(words, &self.folder, LARGEST).await,
            (None, None) => Ok(String::new()),
        }
    }

    fn record(&self, line: &str) -> Result<LogRecord, String> {
        let record: Map<String, Value> =
            serde_json::from_str(line).map_err(|error| format!("not an object in JSON: {error}"))?;
        let LogFields { msgid, identifier, at, sender, recipients, subject, event, generated, provider, detail } =
            &self.told.fields;
        let text = |key: &String| match record.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let list = |key: &String| -> Vec<String> {
            match record.get(key) {
                Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Some(Value::String(text)) => {
                    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
                }
                _ => Vec::new(),
            }
        };
        let missing =
            |key: &str| format!("it has no `{key}`; `fields` of `log` in the target file says what that is called");
        let when = text(at).ok_or_else(|| missing(at))?;
        let at = match when.parse::<i64>() {
            Ok(seconds) => Timestamp::from_second(seconds).map_err(|error| error.to_string()),
            Err(_) => when.parse::<Timestamp>().map_err(|error| error.to_string()),
        };
        let word = text(event).ok_or_else(|| missing(event))?;
        Ok(LogRecord {
            msgid: text(msgid).filter(|id| !id.is_empty()),
            identifier: text(identifier).filter(|id| !id.is_empty()),
            at: at.map_err(|why| format!("`{when}` is no instant: {why}"))?,
            sender: text(sender).unwrap_or_default(),
            recipients: list(recipients),
            subject: text(subject).unwrap_or_default(),
            event: self.told.events.get(&word).cloned().unwrap_or(word),
            generated: list(generated),
            provider: text(provider).unwrap_or_default(),
            detail: text(detail),
        })
    }
}

/// What a file holds, or the files of a folder, one behind the other.
fn read(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_dir() {
        return bounded::read_text(path, LARGEST);
    }
    let mut files: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    let mut text = String::new();
    for file in files {
        text += &bounded::read_text(&file, LARGEST.saturating_sub(text.len() as u64))?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(folder: &Path) -> Log {
        let fields = LogFields { at: "time".into(), event: "what".into(), ..LogFields::default() };
        let events = [("accepted".to_owned(), "accettazione".to_owned())].into();
        let told = file::Log { file: Some("log".into()), command: None, fields, events };
        Log::new(told, folder.to_owned())
    }

    #[tokio::test]
    async fn records_are_those_since_the_mark_in_our_words() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("log")).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join("log").join(name), text).unwrap();
        write("1", "{\"time\": 1, \"what\": \"older\"}\n");
        let mut log = log(folder.path());
        log.mark().await.unwrap();
        assert_eq!(log.records().await.unwrap(), []);
        write(
            "2",
            r#"{"time": "2026-03-02T09:30:00+01:00", "what": "accepted", "recipients": "a@b, c@d", "generated": ["<1@a>"]}"#,
        );
        let records = log.records().await.unwrap();
        let [record] = &records[..] else { panic!("{records:?}") };
        assert_eq!(
            (&*record.event, &record.recipients[..]),
            ("accettazione", &["a@b".to_owned(), "c@d".to_owned()][..])
        );
        assert_eq!(
            (record.at.to_string(), &record.generated[..]),
            ("2026-03-02T08:30:00Z".to_owned(), &["<1@a>".to_owned()][..])
        );
    }

    #[tokio::test]
    async fn a_line_that_is_no_record_is_told_with_what_would_help() {
        let folder = tempfile::tempdir().unwrap();
        for (line, why) in [
            ("{}", "it has no `time`; `fields` of `log`"),
            (r#"{"time": "noon", "what": "x"}"#, "`noon` is no instant"),
            ("accepted", "not an object in JSON"),
        ] {
            fs::write(folder.path().join("log"), line).unwrap();
            let error = log(folder.path()).records().await.unwrap_err();
            assert!(error.to_string().contains(why) && error.to_string().contains("line 1"), "{error}");
            assert_eq!(error.trouble, crate::target::Trouble::Configuration);
        }
        fs::remove_file(folder.path().join("log")).unwrap();
        let error = log(folder.path()).records().await.unwrap_err();
        assert_eq!(error.trouble, crate::target::Trouble::Infrastructure);
    }
}
