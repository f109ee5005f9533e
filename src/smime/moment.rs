//! The instant of a question, and the span of time around it in which the answer stays the same.

use std::cell::Cell;

use jiff::Timestamp;

/// A span of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub until: Timestamp,
}

impl Span {
    /// All time.
    pub const ALWAYS: Self = Self { from: Timestamp::MIN, until: Timestamp::MAX };

    /// Whether an instant lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        (self.from..=self.until).contains(&at)
    }
}

/// The instant that is asked about. Whatever is asked of it narrows the span in which every answer so far is the same,
/// so that a result can be kept for that span and for no instant beyond it.
pub struct Moment {
    at: Timestamp,
    span: Cell<Span>,
}

impl Moment {
    /// A moment that nothing was asked of.
    pub fn new(at: Timestamp) -> Self {
        Self { at, span: Cell::new(Span::ALWAYS) }
    }

    /// Whether it lies after `instant`.
    pub fn is_after(&self, instant: Timestamp) -> bool {
        let Span { from, until } = self.span.get();
        let is_after = self.at > instant;
        self.span.set(if is_after {
            // One nanosecond is what timestamps count in; `at` lies beyond, so there is such an instant.
            let next = Timestamp::from_nanosecond(instant.as_nanosecond() + 1).unwrap_or(Timestamp::MAX);
            Span { from: from.max(next), until }
        } else {
            Span { from, until: until.min(instant) }
        });
        is_after
    }

    /// Whether it lies before `instant`.
    pub fn is_before(&self, instant: Timestamp) -> bool {
        Timestamp::from_nanosecond(instant.as_nanosecond() - 1).is_ok_and(|previous| !self.is_after(previous))
    }

    /// Whether it lies within a span, both ends included.
    pub fn is_within(&self, from: Timestamp, until: Timestamp) -> bool {
        !self.is_before(from) && !self.is_after(until)
    }

    /// The span in which every answer given is the same.
    pub fn span(&self) -> Span {
        self.span.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn each_question_narrows_the_span_in_which_all_answers_hold() {
        let [first, second, third] = ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"].map(at);
        let moment = Moment::new(second);
        assert_eq!(moment.span(), Span::ALWAYS);
        assert!(moment.is_within(first, third));
        assert_eq!(moment.span(), Span { from: first, until: third });
        assert!(!moment.is_after(second) && !moment.is_before(second));
        assert_eq!(moment.span(), Span { from: second, until: second });
        let later = Moment::new(third);
        assert!(later.is_after(second));
        assert!(later.span().contains(third) && !later.span().contains(second));
        assert!(later.span().contains(at("2026-02-01T00:00:00.000000001Z")));
        assert!(!Moment::new(Timestamp::MIN).is_before(Timestamp::MIN));
    }
}
