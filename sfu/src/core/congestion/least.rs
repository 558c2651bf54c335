//! The least of what was measured lately.

/// For so long, in microseconds, and for as long before.
#[derive(Debug)]
pub(super) struct Least<T> {
    span: i64,
    since: Option<i64>,
    least: Option<T>,
    before: Option<T>,
}

impl<T: Copy + PartialOrd> Least<T> {
    pub(super) fn of(span: i64) -> Self {
        Self { span, since: None, least: None, before: None }
    }

    pub(super) fn note(&mut self, now: i64, value: T) {
        let since = *self.since.get_or_insert(now);
        if now - since >= self.span {
            (self.since, self.before) = (Some(now), self.least.take());
        }
        if self.least.is_none_or(|least| value < least) {
            self.least = Some(value);
        }
    }

    pub(super) fn least(&self) -> Option<T> {
        match (self.least, self.before) {
            (Some(least), Some(before)) if before < least => Some(before),
            (least, before) => least.or(before),
        }
    }

    /// The least of a whole span, once one is over.
    pub(super) fn lasting(&self) -> Option<T> {
        self.before.and(self.least())
    }

    /// Forgets all else.
    pub(super) fn set(&mut self, now: i64, value: T) {
        (self.since, self.least, self.before) = (Some(now), None, Some(value));
    }
}
